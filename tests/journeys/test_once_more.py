"""What waits, or goes out once more: looked at by what its template and its limits are by then."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from bot.demo.slack.person import Person
from bot.locales import load
from bot.slack.send_form.ids import MORE
from bot.store.database import open_engine
from bot.store.templates import read_all, replace_all
from bot.templates import Template
from bot.templates.params import Param
from tests.builders import make_one_param_template, make_template
from tests.conftest import PHONE, World
from tests.journeys.conftest import COMMAND, Journey, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")

EN = load("en")
PLAIN = dataclasses.replace(make_one_param_template(), name="Saludo", id="S" * 20)
IN_VENTAS = dataclasses.replace(
    make_one_param_template(), name="Solo en ventas", id="D" * 20, channels=(seed.VENTAS,)
)
CLOSED = make_template(
    name="Cierre",
    id="C" * 20,
    body="Hola {{client_name}}, hoy cerramos por {{Motivo}} y mañana abrimos.",
    params=(Param("client_name"), Param("Motivo", required=False, default="feriado")),
)
ODD = make_template(
    name="Tasa",
    id="T" * 20,
    body="Hola {{client_name}}, su tasa es {{Tasa=mes}} este mes.",
    params=(Param("client_name"), Param("Tasa=mes")),
)
OFF = dataclasses.replace(
    make_one_param_template(), name="Promoción vieja", id="E" * 20, active=False
)
CATALOGUE = (PLAIN, IN_VENTAS, CLOSED, ODD, OFF)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("once-more")
    async with open_world(folder, f"sqlite:///{folder}/bot.db") as made:
        await made.start()
        replace_catalogue(made, CATALOGUE)
        yield made


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def catalogue(running: World) -> AsyncIterator[None]:
    """Leave the catalogue as it was."""
    yield
    replace_catalogue(running, CATALOGUE)


def replace_catalogue(world: World, templates: tuple[Template, ...]) -> None:
    """Make these the catalogue, or none, which no file may."""
    engine = open_engine(world.database_url)
    with engine.begin() as connection:
        assert replace_all(connection, templates, expected=read_all(connection))
    engine.dispose()


async def again(journey: Journey, user: str = seed.ALICE) -> Person:
    """Press Send again under one's last send; the form is open."""
    person = journey.person(user)
    answer = await person.command(seed.SOPORTE, COMMAND, "recent")
    assert answer.message is not None
    await person.click(seed.SOPORTE, answer.message.ts, "send_again")
    return person


def params(journey: Journey) -> list[dict[str, Any]]:
    return [call.body["params"] for call in journey.world.atom.calls]


async def test_an_unknown_send_of_a_channel_without_the_bot_really_goes_again(
    journey: Journey,
) -> None:
    journey.world.atom.behave("drops", times=1)
    text = f'"Solo en ventas" {PHONE} valor=25'
    send_id = await journey.send(text, channel=seed.VENTAS)
    outcome = await journey.outcome(send_id, "unknown")
    person = journey.person()
    assert outcome.channel == person.dm_channel

    await person.click(person.dm_channel, outcome.ts, "retry", confirm=True)

    await journey.outcome(await journey.retry_of(send_id), "pending")
    assert params(journey) == [{"Valor": "25"}] * 2


async def test_a_value_that_was_left_out_stays_out_when_it_is_sent_again(
    journey: Journey,
) -> None:
    person = await journey.open(f"cierre {PHONE} client_name=Rosa")
    await person.fill("param.Motivo", None)
    await journey.outcome(await journey.press_send(person), "pending")

    person = await again(journey)

    await journey.outcome(await journey.press_send(person), "pending")
    first, second = params(journey)
    assert first["client_name"] == "Rosa"
    assert "feriado" not in first.values()
    assert second == first


@pytest.mark.parametrize(
    ("user", "left"), [(seed.CARLA, (PLAIN,)), (seed.ALICE, ())], ids=["bare id", "no catalogue"]
)
async def test_a_name_with_an_equals_sign_becomes_no_other_name(
    journey: Journey, user: str, left: tuple[Template, ...]
) -> None:
    person = await journey.open(f"tasa {PHONE} client_name=Rosa", user)
    await person.fill("param.Tasa=mes", "5")
    await journey.outcome(await journey.press_send(person), "pending")
    replace_catalogue(journey.world, left)

    person = await again(journey, user)

    assert person.view is not None
    told = [
        each
        for each in person.view.blocks
        if each["type"] == "section" and each.get("block_id") != MORE
    ]
    assert ["Tasa=mes" in each["text"]["text"] for each in told] == [True]
    (field,) = person.view.values["params"].values()
    assert field["value"] == "client_name=Rosa"


async def test_an_admin_s_send_that_waits_is_not_called_once_its_template_is_off(
    journey: Journey,
) -> None:
    journey.world.atom.behave("down")
    send_id = await journey.send(f"saludo {PHONE} valor=25", seed.CARLA)
    await journey.held(send_id)

    replace_catalogue(journey.world, (dataclasses.replace(PLAIN, active=False), *CATALOGUE[1:]))
    journey.world.atom.behave("answers")
    journey.let_try(send_id)

    outcome = await journey.outcome(send_id, "failed")
    assert EN("template.inactive") in outcome.text
    assert journey.world.atom.calls == []


async def test_what_may_not_be_sent_any_more_is_not_retried_and_stays_open(
    journey: Journey,
) -> None:
    journey.world.atom.behave("server_error", times=1)
    send_id = await journey.send(f"saludo {PHONE} valor=25", seed.ALICE)
    outcome = await journey.outcome(send_id, "unknown")
    person = journey.person(seed.ALICE)

    replace_catalogue(journey.world, (dataclasses.replace(PLAIN, active=False), *CATALOGUE[1:]))
    await person.click(seed.SOPORTE, outcome.ts, "retry", confirm=True)

    await journey.told(person, seed.SOPORTE, load("es")("template.inactive"))
    assert journey.outcomes(send_id, "failed") == []
    assert len(journey.world.atom.calls) == 1

    replace_catalogue(journey.world, CATALOGUE)
    await person.click(seed.SOPORTE, outcome.ts, "retry", confirm=True)

    await journey.outcome(await journey.retry_of(send_id), "pending")
    assert len(journey.world.atom.calls) == 2


async def test_an_inactive_template_is_tried_by_an_admin_and_kept_as_a_test(
    journey: Journey,
) -> None:
    person = journey.person(seed.CARLA)
    await person.open_home()
    await person.click_in_view("template_menu", f"manage.{OFF.id}", value=f"test:{OFF.id}")
    await person.fill("param.Valor", "25")

    send_id = await journey.press_send(person)

    outcome = await journey.outcome(send_id, "pending")
    assert outcome.channel == person.dm_channel
    assert [call.body["templateId"] for call in journey.world.atom.calls] == [OFF.id]
    tests = {row["id"]: row["is_test"] for row in await journey.world.history()}
    assert tests.pop(send_id) is True
    assert set(tests.values()) <= {False}
