"""A list runs: started, paused, resumed, stopped and sent again from its card, and told at its end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.slack.messages import Message
from tests.conftest import World, open_world
from tests.journeys.conftest import Journey
from tests.journeys.test_by_name import CITA, PAGO
from tests.journeys.test_list_begins import HEADER, card, cards

pytestmark = pytest.mark.asyncio(loop_scope="module")

RATE = "10"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("lists")
    async with open_world(folder, f"sqlite:///{folder}/bot.db") as made:
        made.settings |= {"ATOM_RATE": RATE}
        await made.keep(CITA, PAGO)
        await made.start()
        yield made


def file_of(count: int, *, first: int) -> bytes:
    """Write a list of so many rows to as many numbers."""
    rows = (f"+5076{first + each:07};Rosa {each};2026-05-03" for each in range(count))
    return "\n".join((HEADER, *rows, "")).encode()


async def checked(journey: Journey, content: bytes, name: str = "pacientes.csv") -> Message:
    """Give a file in the form, and wait for its dry run."""
    before = len(cards(journey, "checked"))
    person = await journey.open("bulk recordatorio de cita")
    await person.give_file("file", name, content)
    result = await person.submit()
    assert result.closed, (dict(result.errors), result.trouble)
    return await card(journey, "checked", before)


async def press(journey: Journey, shown: Message, action: str) -> None:
    person = journey.person()
    await person.click(shown.channel, shown.ts, action)


async def test_a_list_is_started_and_ends_with_every_row_called_once(journey: Journey) -> None:
    calls = len(journey.world.atom.calls)
    done = len(cards(journey, "done"))
    shown = await checked(journey, file_of(6, first=1_000_000))
    await press(journey, shown, "bulk_start")

    ended = await card(journey, "done", done)

    assert ended.ts == shown.ts
    called = [each.body["phoneNumber"] for each in journey.world.atom.calls[calls:]]
    assert sorted(called) == [f"5076{1_000_000 + each:07}" for each in range(6)]
    for each in journey.world.slack.workspace.messages[-6:]:
        print("-----", each.channel, each.thread_ts, each.text, [str(b)[:400] for b in each.blocks])
