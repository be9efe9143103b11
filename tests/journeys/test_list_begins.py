"""A list begins: its file is given in the form or under a message, read, and its columns are said."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.slack.bulk import ids
from tests.conftest import World
from tests.journeys.conftest import Journey, open_world
from tests.journeys.list_scene import HEADER, card, cards
from tests.journeys.reminders import CITA, PAGO

pytestmark = pytest.mark.asyncio(loop_scope="module")

GOOD = f"{HEADER}\n+50761234567;Rosa;2026-05-03\n+50761234568;Luz;2026-05-04\n".encode()
TWO_PHONES = b"celular;whatsapp;client_name;Fecha de cita\n61234567;61234568;Rosa;2026-05-03\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("lists")
    async with open_world(folder, f"sqlite:///{folder}/bot.db") as made:
        await made.keep(CITA, PAGO)
        await made.start()
        yield made


async def test_a_file_given_in_the_form_is_read_before_anything_goes_out(journey: Journey) -> None:
    before = len(cards(journey, "checked"))
    person = await journey.open("bulk recordatorio de cita")
    await person.give_file("file", "pacientes.csv", GOOD)

    result = await person.submit()

    assert result.closed, (dict(result.errors), result.trouble)
    shown = await card(journey, "checked", before)
    assert (shown.channel, shown.thread_ts) == (seed.SOPORTE, None)
    assert CITA.name in shown.text
    assert journey.world.atom.calls == []


async def test_a_file_under_a_message_is_read_in_its_thread(journey: Journey) -> None:
    before = len(cards(journey, "checked"))
    person = journey.person()
    message = await person.upload(seed.SOPORTE, "pacientes.csv", GOOD)
    await person.message_shortcut(ids.FROM_MESSAGE, seed.SOPORTE, message.ts)
    await person.fill("template", CITA.name)

    await person.submit()

    assert (await card(journey, "checked", before)).thread_ts == message.ts


async def test_a_file_in_a_channel_without_the_bot_is_told_with_what_to_do(
    journey: Journey,
) -> None:
    person = journey.person()
    message = await person.upload(seed.SECRET, "pacientes.csv", GOOD)
    await person.message_shortcut(ids.FROM_MESSAGE, seed.SECRET, message.ts)
    await person.fill("template", CITA.name)

    await person.submit()

    await journey.world.slack.until(
        lambda: any("/invite" in each.text for each in journey.world.slack.workspace.messages)
    )


async def test_two_phone_columns_are_asked_about_and_said(journey: Journey) -> None:
    before = len(cards(journey, "checked"))
    person = await journey.open("bulk recordatorio de cita")
    await person.give_file("file", "dos.csv", TWO_PHONES)
    await person.submit()
    asking = await journey.world.slack.until(lambda: card_of(journey, "dos.csv"))

    await person.click(asking.channel, asking.ts, ids.COLUMNS)
    await person.fill("column.phone", "1")
    result = await person.submit()

    assert result.closed, dict(result.errors)
    await card(journey, "checked", before)


def card_of(journey: Journey, name: str) -> Message | None:
    """Find the card of a list by its file's name, once there is a question under it."""
    found = [
        each
        for each in journey.world.slack.workspace.messages
        if name in each.text and ids.COLUMNS in str(each.blocks)
    ]
    return found[-1] if found else None
