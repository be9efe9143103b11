"""The catalogue, and the admins in front of it."""

import dataclasses
from typing import Any

import sqlalchemy as sa

from bot.demo.slack import seed
from bot.demo.slack.person import Person
from bot.demo.slack.views import View
from bot.locales import load
from bot.store.templates import TemplateStore, read_all, replace_all
from bot.templates import Quiet, Template
from bot.templates.params import Kind, Param
from bot.templates.toml_file import read
from tests.builders import TEMPLATE, make_template
from tests.conftest import World
from tests.journeys.conftest import Journey

EN = load("en")
LEADS = "S0LEADS0001"
DIEGO = seed.DIEGO
NEW_ID = "NeWtEmPlAtE2026aBcDe"
CITA = make_template(
    header="Su cita en {{Sede}}",
    allowed=(seed.ALICE, seed.SUPPORT),
    channels=(seed.SOPORTE,),
    group="Citas",
    quiet=Quiet.ALWAYS,  # the form does not ask for it, and keeps it
    approval_free=(seed.BRUNO,),  # it asks for groups alone, and keeps people
    params=(
        Param("Sede", kind=Kind.CHOICE, choices=("Centro", "Costa"), default="Centro"),
        Param("client_name", label="Nombre del cliente", example="Rosa"),
        Param("Fecha de cita", kind=Kind.DATE, help="El día de la cita"),
    ),
)


@dataclasses.dataclass
class Scene:
    """The catalogue, and the admins in front of it."""

    journey: Journey
    engine: sa.Engine
    store: TemplateStore

    @property
    def world(self) -> World:
        return self.journey.world

    def keep(self, *templates: Template) -> None:
        """Make these the catalogue."""
        with self.engine.begin() as connection:
            assert replace_all(connection, templates, expected=read_all(connection))

    async def lead(self, user: str = seed.CARLA) -> Person:
        """Let somebody open Home."""
        person = self.journey.person(user)
        await person.open_home()
        await self.world.slack.until(lambda: person.home is not None)
        return person

    async def choose(self, verb: str, user: str = seed.CARLA) -> Person:
        person = await self.lead(user)
        await pick(person, verb)
        return person

    async def kept(self, template: str = TEMPLATE) -> Template:
        found = await self.store.get(template)
        assert found is not None
        return found

    async def exported(self) -> tuple[Template, ...]:
        code, printed = await self.world.run("templates", "export")
        assert code == 0, printed
        return read(printed)

    async def page_says(self, person: Person, words: str) -> None:
        def says() -> bool:
            return person.view is not None and words in person.view.text

        await self.world.slack.until(says)

    async def home_says(self, person: Person, words: str) -> None:
        def says() -> bool:
            return person.home is not None and words in person.home.text

        await self.world.slack.until(says)


async def pick(person: Person, verb: str) -> None:
    """Choose from a template's menu in Home."""
    await person.click_in_view("template_menu", f"manage.{TEMPLATE}", value=f"{verb}:{TEMPLATE}")


def top(person: Person) -> View:
    assert person.view is not None
    return person.view


def value(person: Person, block: str) -> Any:
    """Give what stands in a field."""
    (element,) = top(person).values[block].values()
    found = {key: one for key, one in element.items() if key != "type"}
    (only,) = found.values()
    return only


def chosen(person: Person, block: str) -> str:
    return str(value(person, block)["value"])


async def add(scene: Scene, body: str, **fields: object) -> Person:
    """Fill in a new template, without submitting it."""
    person = await scene.lead()
    await person.click_in_view("add_template")
    for block, typed in {"name": "Aviso", "id": NEW_ID, "body": body, **fields}.items():
        await person.fill(block, typed)
    return person


PASTED = "Hola {{client_name}}, su pago de {{Monto}} vence el {{Fecha de pago}}. Gracias."
