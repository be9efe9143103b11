"""A list runs: started, paused, resumed, stopped and sent again from its card, and told at its end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from tests.conftest import World
from tests.journeys.conftest import Journey, open_world, payload
from tests.journeys.list_scene import HEADER, card, cards
from tests.journeys.reminders import CITA, PAGO

pytestmark = pytest.mark.asyncio(loop_scope="module")

# So that its card says that it runs long before the last row.
RATE = "2"
ROWS = 14


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


async def test_pause_keeps_the_rest_from_going_until_it_is_resumed(journey: Journey) -> None:
    calls, done = len(journey.world.atom.calls), len(cards(journey, "done"))
    shown = await checked(journey, file_of(ROWS, first=2_000_000))
    await press(journey, shown, "bulk_start")
    await journey.world.slack.until(
        lambda: status_of(journey, shown) == "running" and len(journey.world.atom.calls) > calls,
    )

    await press(journey, shown, "bulk_pause")
    await journey.world.slack.until(lambda: status_of(journey, shown) == "paused")
    await journey.world.slack.until(lambda: "under way" not in now(journey, shown))
    called = len(journey.world.atom.calls)
    assert called < calls + ROWS
    await press(journey, shown, "bulk_resume")
    await card(journey, "done", done)

    numbers = [each.body["phoneNumber"] for each in journey.world.atom.calls[calls:]]
    assert len(numbers) == len(set(numbers)) == ROWS


async def test_stop_cancels_the_rest_for_good(journey: Journey) -> None:
    calls = len(journey.world.atom.calls)
    shown = await checked(journey, file_of(ROWS, first=3_000_000))
    await press(journey, shown, "bulk_start")
    await journey.world.slack.until(
        lambda: status_of(journey, shown) == "running" and len(journey.world.atom.calls) > calls,
    )

    await press(journey, shown, "bulk_stop")
    await journey.world.slack.until(lambda: status_of(journey, shown) == "stopped")
    # It is offered once nothing of it is under way any more.
    await journey.world.slack.until(lambda: "bulk_retry" in now(journey, shown))
    rows = await history(journey, shown)

    called = len(journey.world.atom.calls) - calls
    assert 0 < called < ROWS
    assert rows.count("cancelled") == ROWS - called
    assert len(rows) == ROWS
    # What did not go out is looked at anew, and is all that the new list has.
    checks = len(cards(journey, "checked"))
    await press(journey, shown, "bulk_retry")
    again = await card(journey, "checked", checks)
    done = len(cards(journey, "done"))
    await press(journey, again, "bulk_start")
    await card(journey, "done", done)
    numbers = [each.body["phoneNumber"] for each in journey.world.atom.calls[calls:]]
    assert len(numbers) == len(set(numbers)) == ROWS


async def test_what_may_have_gone_out_is_said_and_decided_by_a_person(journey: Journey) -> None:
    done = len(cards(journey, "done"))
    journey.world.atom.behave("drops", times=2)
    shown = await checked(journey, file_of(4, first=4_000_000))
    await press(journey, shown, "bulk_start")
    await card(journey, "done", done)

    assert sorted(await history(journey, shown)) == ["pending", "pending", "unknown", "unknown"]
    assert "Unconfirmed" in now(journey, shown)
    await press(journey, shown, "bulk_arrived")
    await journey.world.slack.until(lambda: "Unconfirmed" not in now(journey, shown))
    assert sorted(await history(journey, shown)) == ["pending", "pending", "sent", "sent"]


async def test_a_refused_token_pauses_it_and_resume_tries_again(journey: Journey) -> None:
    done = len(cards(journey, "done"))
    journey.world.atom.behave("unauthorized", times=1)
    shown = await checked(journey, file_of(4, first=5_000_000))
    await press(journey, shown, "bulk_start")
    await journey.world.slack.until(lambda: status_of(journey, shown) == "paused")

    await press(journey, shown, "bulk_resume")
    await card(journey, "done", done)

    assert await history(journey, shown) == ["pending"] * 4


async def test_a_row_never_posts_a_message_of_its_own(journey: Journey) -> None:
    done = len(cards(journey, "done"))
    journey.world.atom.behave("rejects", times=2)
    shown = await checked(journey, file_of(4, first=6_000_000))
    await press(journey, shown, "bulk_start")
    await card(journey, "done", done)

    assert sorted(await history(journey, shown)) == ["pending", "pending", "rejected", "rejected"]
    of_sends = [
        each
        for each in journey.world.slack.workspace.records.values()
        if "send_id" in payload(each)
    ]
    assert of_sends == []


async def test_nothing_personal_stands_in_the_channel_or_in_the_log(journey: Journey) -> None:
    done = len(cards(journey, "done"))
    content = f"{HEADER}\n+50767654321;Rosalinda;2026-05-03\n6765;Ermelinda;nunca\n".encode()
    shown = await checked(journey, content, "secreto.csv")
    await press(journey, shown, "bulk_start")
    await card(journey, "done", done)

    posted = [
        f"{each.text} {each.blocks} {each.metadata}"
        for each in journey.world.slack.workspace.messages
        if each.channel == seed.SOPORTE
    ]
    for word in ("7654321", "Rosalinda", "Ermelinda", "nunca"):
        assert not [each for each in posted if word in each], word
        assert word not in journey.world.logs(), word


def now(journey: Journey, shown: Message) -> str:
    """Return all that stands on a card at this moment."""
    found = journey.world.slack.workspace.records[shown.channel, shown.ts]
    return f"{found.text} {found.blocks}"


def status_of(journey: Journey, shown: Message) -> str:
    return str(
        payload(journey.world.slack.workspace.records[shown.channel, shown.ts]).get("status")
    )


async def history(journey: Journey, shown: Message) -> list[str]:
    """Return how the rows of a list stand, as the command prints it."""
    batch = str(payload(shown)["batch_id"])
    return [each["status"] for each in await journey.world.history() if each["batch"] == batch]
