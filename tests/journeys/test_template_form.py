"""Support leads keep the catalogue from Slack: add, edit, duplicate, switch off and on, try out."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa

from bot.demo.slack import seed
from bot.demo.slack.person import Person
from bot.demo.slack.views import View
from bot.locales import load
from bot.slack.home.state import HomeState
from bot.slack.home.view import Screen
from bot.slack.home.view import build as draw_home
from bot.slack.template_form.view import UNLIMITED
from bot.store.database import Database, open_engine
from bot.store.templates import TemplateStore, read_all, replace_all
from bot.templates import Category, Template
from bot.templates.params import Kind, Param
from bot.templates.toml_file import read
from tests.conftest import World, open_world
from tests.fakes import TEMPLATE, make_template
from tests.journeys.conftest import Journey

pytestmark = pytest.mark.asyncio(loop_scope="module")

EN = load("en")
LEADS = "S0LEADS0001"
DIEGO = seed.DIEGO
NEW_ID = "NeWtEmPlAtE2026aBcDe"
CITA = make_template(
    header="Su cita en {{Sede}}",
    allowed=(seed.ALICE, seed.SUPPORT),
    channels=(seed.SOPORTE,),
    group="Citas",
    params=(
        Param("Sede", kind=Kind.CHOICE, choices=("Centro", "Costa"), default="Centro"),
        Param("client_name", label="Nombre del cliente", example="Rosa"),
        Param("Fecha de cita", kind=Kind.DATE, help="El día de la cita"),
    ),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("template-form")
    settings = {"ADMINS": f"{seed.CARLA},{LEADS}"}
    async with open_world(folder, f"sqlite:///{folder}/bot.db", settings=settings) as made:
        made.slack.workspace.set_group(LEADS, [DIEGO])
        await made.start()
        yield made


@dataclasses.dataclass
class Desk:
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


@pytest_asyncio.fixture(loop_scope="module")
async def desk(journey: Journey) -> AsyncIterator[Desk]:
    """A catalogue with one template, and everybody as they are on other days."""
    engine = open_engine(journey.world.database_url)
    made = Desk(journey, engine, TemplateStore(Database(engine)))
    made.keep(CITA)
    yield made
    engine.dispose()
    journey.world.slack.workspace.set_group(LEADS, [DIEGO])
    await journey.world.slack.settled()


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


async def add(desk: Desk, body: str, **fields: object) -> Person:
    """Fill in a new template, without submitting it."""
    person = await desk.lead()
    await person.click_in_view("add_template")
    for block, typed in {"name": "Aviso", "id": NEW_ID, "body": body, **fields}.items():
        await person.fill(block, typed)
    return person


PASTED = "Hola {{client_name}}, su pago de {{Monto}} vence el {{Fecha de pago}}. Gracias."


async def test_a_pasted_text_offers_its_places_and_one_becomes_a_date(desk: Desk) -> None:
    person = await add(desk, PASTED)

    await person.submit()
    assert [block["block_id"] for block in top(person).blocks[1:]] == [
        "param.client_name",
        "param.Monto",
        "param.Fecha de pago",
    ]
    await person.click_in_view("edit_param", "param.Fecha de pago")
    await person.fill("label", "Fecha límite")
    await person.fill("kind", "date")
    await person.fill("required", [])
    await person.submit()
    await desk.page_says(person, "`{{Fecha de pago}}` · Fecha límite\nDate · optional")
    await person.close()

    assert person.views == []
    assert (await desk.exported())[-1] == Template(
        name="Aviso",
        id=NEW_ID,
        language="es",
        category=Category.UTILITY,
        body=PASTED,
        params=(
            Param("client_name"),
            Param("Monto"),
            Param("Fecha de pago", label="Fecha límite", kind=Kind.DATE, required=False),
        ),
    )
    await desk.home_says(person, "Aviso")


async def test_a_template_without_places_is_saved_and_the_form_closes(desk: Desk) -> None:
    person = await add(desk, "Gracias por su compra.", header="Gracias", footer="Tienda")

    result = await person.submit()

    assert result.closed
    saved = await desk.kept(NEW_ID)
    assert (saved.header, saved.footer, saved.params) == ("Gracias", "Tienda", ())


async def test_who_may_send_it_and_where_is_chosen_by_name(desk: Desk) -> None:
    person = await add(desk, "Gracias.")

    await person.fill("language", "Spanish (Mexico) · es_MX")
    await person.fill("category", "Marketing")
    await person.fill("allowed", [seed.BRUNO])
    await person.fill("allowed_groups", ["s0support01 · @s0support01"])
    await person.fill("channels", [seed.SOPORTE])
    await person.fill("assign", value=True)
    await person.fill("active", [])
    result = await person.submit()

    assert result.closed
    saved = await desk.kept(NEW_ID)
    assert (saved.language, saved.category) == ("es_MX", Category.MARKETING)
    assert (saved.allowed, saved.channels) == ((seed.BRUNO, seed.SUPPORT), (seed.SOPORTE,))
    assert (saved.assign, saved.active) == (True, False)


async def test_a_language_is_proposed_and_another_one_found_by_typing(desk: Desk) -> None:
    desk.keep(dataclasses.replace(CITA, language="pt_BR"))
    person = await add(desk, "Obrigado.")

    offered = await person.suggest("language", "fren")

    assert chosen(person, "language") == "pt_BR"
    assert [each["value"] for each in offered] == ["fr"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{{a}} es su cita.", EN("catalogue.body.begins", name="a")),
        ("Su cita es {{a}}", EN("catalogue.body.ends", name="a")),
        ("Su {{a}} {{b}} es.", EN("catalogue.body.side_by_side", one="a", other="b")),
        ("Su {{a}, es.", EN("catalogue.place.braces")),
        ("Su {{a}} y {{A}} es.", EN("catalogue.place.spelled", name="A", meant="a")),
        ("x" * 1025, EN("catalogue.text.too_long", length=1025, limit=1024)),
    ],
)
async def test_a_problem_is_told_at_its_field_and_nothing_is_saved(
    desk: Desk, body: str, says: str
) -> None:
    person = await add(desk, body)

    result = await person.submit()

    assert result.errors == {"body": says}
    assert value(person, "body") == body
    assert await desk.store.all() == (CITA,)


async def test_all_problems_are_told_at_once(desk: Desk) -> None:
    person = await add(desk, "{{a}} es.", name=CITA.name.upper(), id="too short", footer="De {{b}}")

    result = await person.submit()

    assert set(result.errors) == {"name", "id", "body", "footer"}


async def test_an_id_that_is_taken_is_told(desk: Desk) -> None:
    person = await add(desk, "Gracias.", id=TEMPLATE)

    result = await person.submit()

    assert result.errors == {"id": EN("catalogue.id.taken", other=CITA.name)}


async def test_the_form_of_a_template_is_filled_with_it(desk: Desk) -> None:
    person = await desk.choose("edit")

    assert top(person).title == EN("template_form.title_edit")
    assert [value(person, name) for name in ("name", "id", "body", "header", "group")] == [
        CITA.name,
        TEMPLATE,
        CITA.body,
        CITA.header,
        "Citas",
    ]
    assert (value(person, "allowed"), value(person, "channels")) == ([seed.ALICE], [seed.SOPORTE])
    (group,) = value(person, "allowed_groups")
    assert group["text"]["text"] == "s0support01 · @s0support01"


async def test_an_untouched_form_changes_nothing(desk: Desk) -> None:
    person = await desk.choose("edit")

    result = await person.submit()

    assert result.closed
    assert await desk.store.all() == (CITA,)


async def test_a_changed_text_keeps_the_details_of_its_places(desk: Desk) -> None:
    person = await desk.choose("edit")
    await person.fill("header", "")
    await person.fill(
        "body", "La cita es el {{FECHA DE CITA}} a las {{Hora}}, {{client_name}}. Gracias."
    )

    result = await person.submit()

    assert not result.closed
    assert EN("param_page.dropped", names="Sede") in top(person).text
    assert (await desk.kept()).params == (
        dataclasses.replace(CITA.params[2], name="FECHA DE CITA"),
        Param("Hora"),
        CITA.params[1],
    )


async def test_a_text_with_the_same_places_is_saved_without_further_questions(desk: Desk) -> None:
    person = await desk.choose("edit")
    await person.fill("body", CITA.body.replace("Hola", "Buenos días"))
    await person.fill("name", "Cita")

    result = await person.submit()

    assert result.closed
    saved = await desk.kept()
    assert (saved.name, saved.params) == ("Cita", CITA.params)
    await desk.home_says(person, "*Cita*")


@pytest.mark.parametrize(
    ("emptied", "left"),
    [
        ({"channels": []}, {"channels": ()}),
        ({"allowed": [], "allowed_groups": []}, {"allowed": ()}),
        (
            {"channels": [], "allowed": [], "allowed_groups": []},
            {"channels": (), "allowed": ()},
        ),
    ],
)
async def test_limits_that_are_gone_are_asked_about_before_they_are_lifted(
    desk: Desk, emptied: dict[str, object], left: dict[str, Any]
) -> None:
    person = await desk.choose("edit")
    await person.fill("body", "Gracias, {{client_name}}, por su visita.")
    for block, chosen_ in emptied.items():
        await person.fill(block, chosen_)

    first = await person.submit()
    assert (first.closed, first.trouble, dict(first.errors)) == (False, "", {})
    for field in left:
        assert EN(UNLIMITED[field]) in top(person).text
    assert value(person, "body") == "Gracias, {{client_name}}, por su visita."
    assert await desk.store.all() == (CITA,)
    await person.submit()

    saved = await desk.kept()
    assert saved.body == "Gracias, {{client_name}}, por su visita."
    assert {name: getattr(saved, name) for name in ("channels", "allowed")} == {
        "channels": CITA.channels,
        "allowed": CITA.allowed,
        **left,
    }


async def test_whoever_chooses_a_limit_again_is_not_asked_twice(desk: Desk) -> None:
    person = await desk.choose("edit")
    await person.fill("channels", [])
    await person.submit()
    await person.fill("channels", [seed.VENTAS])

    result = await person.submit()

    assert result.closed
    assert (await desk.kept()).channels == (seed.VENTAS,)


async def test_limits_of_people_that_go_after_those_of_channels_are_asked_about_too(
    desk: Desk,
) -> None:
    person = await desk.choose("edit")
    await person.fill("channels", [])
    await person.submit()
    await person.fill("allowed", [])
    await person.fill("allowed_groups", [])

    result = await person.submit()

    assert not result.closed
    assert EN(UNLIMITED["allowed"]) in top(person).text
    assert await desk.store.all() == (CITA,)


async def test_a_form_without_its_limits_that_is_pressed_twice_at_once_saves_nothing(
    desk: Desk,
) -> None:
    person = await desk.choose("edit")
    await person.fill("channels", [])

    await person.submit(times=2)

    assert await desk.store.all() == (CITA,)


async def test_a_duplicate_keeps_its_limits_unless_the_admin_says_so_twice(desk: Desk) -> None:
    person = await desk.choose("duplicate")
    await person.fill("id", NEW_ID)
    await person.fill("channels", [])
    first = await person.submit()
    assert not first.closed

    result = await person.submit()

    assert result.closed
    assert (await desk.kept(NEW_ID)).channels == ()


async def test_a_template_may_get_another_id(desk: Desk) -> None:
    person = await desk.choose("edit")
    await person.fill("id", NEW_ID)

    result = await person.submit()

    assert result.closed
    assert await desk.store.all() == (dataclasses.replace(CITA, id=NEW_ID),)


async def test_parameters_are_edited_beside_a_text_that_is_not_saved_yet(desk: Desk) -> None:
    person = await desk.choose("edit")
    await person.fill("group", "Agenda")

    await person.click_in_view("open_params")
    await person.click_in_view("edit_param", "param.Sede")
    await person.fill("choices", "Centro\nCosta\nNorte")
    await person.submit()
    await person.close()
    result = await person.submit()

    assert result.closed
    saved = await desk.kept()
    assert saved.group == "Agenda"
    assert saved.params[0].choices == ("Centro", "Costa", "Norte")


async def test_a_problem_of_a_parameter_is_told_at_its_field(desk: Desk) -> None:
    person = await desk.choose("edit")
    await person.click_in_view("open_params")
    await person.click_in_view("edit_param", "param.Fecha de cita")
    await person.fill("default", "mañana")

    result = await person.submit()

    assert result.errors == {"default": EN("param.not_a_date", name="Fecha de cita")}
    assert await desk.store.all() == (CITA,)


async def test_a_duplicate_has_its_own_name_and_id_and_the_same_parameters(desk: Desk) -> None:
    person = await desk.choose("duplicate")
    assert (value(person, "name"), value(person, "id")) == (f"{CITA.name} (copy)", None)

    await person.fill("id", NEW_ID)
    result = await person.submit()

    assert result.closed
    copy = dataclasses.replace(CITA, name=f"{CITA.name} (copy)", id=NEW_ID, active=False)
    assert await desk.store.all() == (CITA, copy)


async def test_a_template_is_switched_off_and_on_at_once(desk: Desk) -> None:
    person = await desk.choose("deactivate")

    await desk.page_says(person, EN("template_form.deactivated", name=CITA.name))
    assert not (await desk.kept()).active
    await desk.home_says(person, EN("home.inactive"))
    await person.close()
    await pick(person, "activate")

    await desk.page_says(person, EN("template_form.activated", name=CITA.name))
    assert await desk.store.all() == (CITA,)


async def test_a_template_is_tried_on_ones_own_number(desk: Desk) -> None:
    person = await desk.choose("test")

    assert top(person).callback_id == "send"


async def test_what_is_gone_meanwhile_is_told(desk: Desk) -> None:
    person = await desk.lead()
    desk.keep()

    await pick(person, "edit")

    await desk.page_says(person, EN("template.gone"))


async def test_a_button_that_fails_takes_nothing_away_that_was_typed(desk: Desk) -> None:
    person = await desk.choose("edit")
    await person.fill("group", "Turnos")
    desk.keep()

    await person.click_in_view("open_params")

    await desk.page_says(person, EN("template.gone"))
    await person.close()
    assert value(person, "group") == "Turnos"


@pytest.mark.parametrize("times", [2, 3])
async def test_a_form_that_is_pressed_twice_is_saved_once(desk: Desk, times: int) -> None:
    person = await add(desk, PASTED)

    results = await person.submit(times=times)

    assert [result.trouble for result in results] == [""] * times
    assert [each.name for each in await desk.store.all()] == [CITA.name, "Aviso"]
    assert top(person).callback_id == "template_params"


async def test_a_form_of_a_parameter_that_is_pressed_twice_is_saved_once(desk: Desk) -> None:
    person = await desk.choose("edit")
    await person.click_in_view("open_params")
    await person.click_in_view("edit_param", "param.Sede")
    await person.fill("label", "Dónde")

    results = await person.submit(times=2)

    assert {result.trouble for result in results} == {""}
    assert (await desk.kept()).params[0].label == "Dónde"


# Two at once.


async def test_what_another_admin_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    first, second = await desk.choose("edit"), await desk.choose("edit", DIEGO)
    await first.fill("group", "Agenda")
    await first.submit()
    await second.fill("group", "Turnos")

    result = await second.submit()

    assert EN("catalogue.changed") in result.errors["name"]
    assert value(second, "group") == "Turnos"
    assert (await desk.kept()).group == "Agenda"


async def test_two_admins_may_set_up_two_parameters_and_the_text_at_once(desk: Desk) -> None:
    first, second = await desk.choose("edit"), await desk.choose("edit", DIEGO)
    await second.click_in_view("open_params")
    await second.click_in_view("edit_param", "param.Sede")
    await first.click_in_view("open_params")
    await first.click_in_view("edit_param", "param.client_name")
    await first.fill("label", "Cliente")
    await first.submit()
    await first.close()
    await first.fill("group", "Agenda")
    await first.submit()
    await second.fill("label", "Dónde")

    await second.submit()

    saved = await desk.kept()
    assert saved.group == "Agenda"
    assert [param.label for param in saved.params] == ["Dónde", "Cliente", ""]


async def test_of_two_admins_at_one_parameter_the_second_is_told(desk: Desk) -> None:
    people = [await desk.choose("edit"), await desk.choose("edit", DIEGO)]
    for person, label in zip(people, ("Dónde", "Lugar"), strict=True):
        await person.click_in_view("open_params")
        await person.click_in_view("edit_param", "param.Sede")
        await person.fill("label", label)
    await people[0].submit()

    result = await people[1].submit()

    assert EN("catalogue.changed") in result.errors["label"]
    assert value(people[1], "label") == "Lugar"
    assert (await desk.kept()).params[0].label == "Dónde"


# Who may not.


def admins_home(*templates: Template) -> dict[str, Any]:
    screen = Screen(HomeState(), (), templates, has_catalogue=True, is_admin=True)
    drawn: dict[str, Any] = draw_home(screen, EN)
    return drawn


def lose_the_right(desk: Desk) -> None:
    desk.world.slack.workspace.set_group(LEADS, [])


@pytest.mark.parametrize("user", [seed.ALICE, seed.BRUNO])
@pytest.mark.parametrize("verb", ["add", "edit", "duplicate", "deactivate", "activate", "test"])
async def test_a_sender_is_refused_at_every_button(desk: Desk, verb: str, user: str) -> None:
    person = desk.journey.person(user)
    if verb == "activate":
        await desk.store.set_active(TEMPLATE, active=False, actor=seed.CARLA)
    before = await desk.store.all()
    desk.world.slack.workspace.views.publish(user, admins_home(*before))

    if verb == "add":
        await person.click_in_view("add_template")
    else:
        await pick(person, verb)

    await desk.page_says(person, f"<@{seed.CARLA}>")
    assert top(person).submit is None
    assert await desk.store.all() == before


@pytest.mark.parametrize("verb", ["edit", "duplicate"])
async def test_who_is_no_admin_any_more_cannot_submit_the_form(desk: Desk, verb: str) -> None:
    person = await desk.choose(verb, DIEGO)
    await person.fill("group", "Turnos")
    await person.fill("id", NEW_ID)
    lose_the_right(desk)
    await desk.world.slack.settled()

    result = await person.submit()

    assert not result.closed
    assert EN("refused.not_admin") in top(person).text
    assert await desk.store.all() == (CITA,)


async def test_who_is_no_admin_any_more_cannot_open_or_save_a_parameter(desk: Desk) -> None:
    person = await desk.choose("edit", DIEGO)
    await person.click_in_view("open_params")
    await person.click_in_view("edit_param", "param.Sede")
    await person.fill("label", "Dónde")
    lose_the_right(desk)
    await desk.world.slack.settled()

    result = await person.submit()

    assert not result.closed
    assert top(person).submit is None
    assert await desk.store.all() == (CITA,)


@pytest.mark.parametrize("block", ["language", "allowed_groups"])
async def test_who_is_no_admin_any_more_is_offered_nothing(desk: Desk, block: str) -> None:
    person = await desk.choose("edit", DIEGO)
    assert await person.suggest(block) != []
    lose_the_right(desk)
    await desk.world.slack.settled()

    assert await person.suggest(block) == []


@pytest.mark.parametrize(
    ("path", "button", "block"),
    [((), "open_params", None), (("open_params",), "edit_param", "param.Sede")],
)
async def test_who_is_no_admin_any_more_is_refused_at_the_buttons_inside(
    desk: Desk, path: tuple[str, ...], button: str, block: str | None
) -> None:
    person = await desk.choose("edit", DIEGO)
    for step in path:
        await person.click_in_view(step)
    lose_the_right(desk)
    await desk.world.slack.settled()

    await person.click_in_view(button, block)

    await desk.page_says(person, f"<@{seed.CARLA}>")
    assert top(person).callback_id == ""


@pytest.mark.parametrize(
    "path",
    [
        (),
        (("open_params", None),),
        (("open_params", None), ("edit_param", "param.Sede")),
    ],
)
async def test_a_form_is_only_for_whom_it_was_opened(
    desk: Desk, path: tuple[tuple[str, str | None], ...]
) -> None:
    theirs, mine = await desk.choose("edit"), await desk.choose("edit", DIEGO)
    for person in (theirs, mine):
        for button, block in path:
            await person.click_in_view(button, block)
    forged = {**top(mine).spec, "private_metadata": top(theirs).private_metadata}
    desk.world.slack.workspace.views.update(top(mine), forged)
    if top(mine).callback_id == "template_params":
        await mine.click_in_view("edit_param", "param.Sede")
    else:
        await mine.fill("label" if path else "group", "x")
        await mine.submit()

    await desk.page_says(mine, EN("refused.not_your_form"))
    assert await desk.store.all() == (CITA,)


# When Slack gives less.


async def test_where_slack_has_no_user_groups_the_form_opens_all_the_same(desk: Desk) -> None:
    desk.world.slack.workspace.set_plan("free")
    try:
        person = await desk.choose("edit")

        assert [each["value"] for each in value(person, "allowed_groups")] == [seed.SUPPORT]
        result = await person.submit()
        assert result.closed
        assert await desk.store.all() == (CITA,)
    finally:
        desk.world.slack.workspace.set_plan("pro")


async def test_slack_takes_fifty_parameters_with_odd_names(desk: Desk) -> None:
    names = [f"p{number} <&> \"'é🌴" for number in range(50)]
    body = " ".join(f"a {{{{{name}}}}}" for name in names) + "."
    person = await add(desk, body)

    await person.submit()
    # WhatsApp may refuse such names, which is said once; they are Atom's own.
    assert "WhatsApp does not take" in top(person).text
    await person.submit()
    await person.click_in_view("edit_param", top(person).blocks[-1]["block_id"])
    await person.fill("label", "La última")
    await person.submit()

    assert [param.name for param in (await desk.kept(NEW_ID)).params] == names
    assert (await desk.kept(NEW_ID)).params[-1].label == "La última"


async def test_what_whatsapp_may_refuse_is_said_once_and_saved_by_one_more_press(
    desk: Desk,
) -> None:
    person = await add(desk, PASTED, header="Hola \N{PARTY POPPER}", id="odd_id-1")

    first = await person.submit()
    told = top(person).text
    await person.submit()

    assert not first.closed
    assert "no emoji in a header" in told
    assert "odd_id-1 has another shape" in told
    assert (await desk.kept("odd_id-1")).header == "Hola \N{PARTY POPPER}"
