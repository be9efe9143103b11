"""A database of the version that kept no events: every send ends as it should, and says how."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack import seed
from bot.store.database import open_engine
from bot.store.tables import events
from bot.workflow.process_lock import TRY, key
from tests.conftest import BOT_TOKEN, open_world
from tests.faults.checks import Sends, row
from tests.faults.conftest import SOON, SQLITE, Fleet, calls, outcomes, status
from tests.faults.version_before import make, post_card
from tests.faults.version_without_events import CLAIM, REVISION, SETTLE, TOLD, Left, take
from tests.stopwatch import patiently

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
PAST = datetime(2026, 1, 1, tzinfo=UTC)
CALLED = {"claim": "19b56760a1684e668292fe9dce512c32"}
FREE = {"runner": ""}  # handed over, or told
WAITS = {"tries": 2, "reason": "atom.unreachable", "next_try": PAST, "runner": ""}
BY_ALICE = {"decided_by": seed.ALICE, "ended": PAST, "runner": ""}

# How each was left, what is told of it then, and how often Atom is called for it.
LEFT: dict[str, tuple[Left, list[str], int]] = {
    "begun": (Left("queued"), ["pending"], 1),
    "record-failed": (Left("queued", "ERROR"), ["pending"], 1),
    "record-done": (Left("queued", "SUCCESS"), ["pending"], 1),
    "no-record": (Left("queued", None, has_card=False), ["pending"], 1),
    "handed-over": (Left("queued", columns=FREE), ["pending"], 1),
    "waits": (Left("queued", "SUCCESS", columns=WAITS), ["pending"], 1),
    "too-late": (Left("queued", columns=WAITS, ago=24 * HOUR), ["failed"], 0),
    "called": (Left("sending", columns=CALLED), ["unknown"], 0),
    "called-long-ago": (Left("sending", "ERROR", columns=CALLED, ago=24 * HOUR), ["unknown"], 0),
    "settled": (Left("pending", columns=CALLED | {"reason": "pending"}), ["pending"], 0),
    "tell-later": (
        Left("pending", columns=FREE | {"reason": "pending", "tell_tries": 3, "next_try": PAST}),
        ["pending"],
        0,
    ),
    "known-late": (
        Left("pending", columns=CALLED | {"reason": "pending", "told": "unknown"}),
        ["pending"],
        0,
    ),
    "cancelled": (Left("cancelled", columns=BY_ALICE | {"reason": "cancelled"}), ["cancelled"], 0),
    "decided": (
        Left("sent", columns=CALLED | BY_ALICE | {"reason": "arrived", "told": "unknown"}),
        ["sent"],
        0,
    ),
    "replaced": (
        Left("failed", columns=CALLED | BY_ALICE | {"reason": "not_arrived", "told": "unknown"}),
        ["failed"],
        0,
    ),
    "replaced-again-1": (Left("queued", columns={"replaces": "replaced"}), ["pending"], 1),
    "told": (Left("pending", columns=FREE | {"told": "pending", "reason": "pending"}), [], 0),
    "rejected": (Left("rejected", columns=FREE | {"told": "rejected"}), [], 0),
    "told-unknown": (
        Left("unknown", columns=CALLED | FREE | {"told": "unknown", "reason": "no_answer"}),
        [],
        0,
    ),
}


@pytest.fixture(params=["sqlite", "postgres"])
async def left(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Fleet]:
    """Every kind of send that a process of the version before may leave, which is dead."""
    on_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/bot.db" if on_sqlite else request.getfixturevalue("postgres_url")
    async with open_world(tmp_path, url) as world:
        slack = AsyncWebClient(BOT_TOKEN, base_url=world.slack.api_url)
        engine = await asyncio.to_thread(make, url, REVISION)
        for name, (kept, _, _) in LEFT.items():
            card = await post_card(slack, name, kept.status) if kept.has_card else ("", "")
            with engine.begin() as connection:
                take(connection, name, kept, card_channel=card[0], card_ts=card[1])
        engine.dispose()
        yield Fleet(world, SQLITE)


def statuses_told_of(url: str) -> dict[str, list[str]]:
    """Give each send's statuses, one after the other, as its events have them."""
    engine = open_engine(url)
    query = sa.select(events.c.send_id, events.c.after).where(events.c.kind != "told")
    found: dict[str, list[str]] = {}
    with engine.connect() as connection:
        for send_id, after in connection.execute(query.order_by(events.c.id)):
            found.setdefault(send_id, []).append(after)
    engine.dispose()
    return found


async def test_whatever_was_left_ends_as_it_should_have(left: Fleet) -> None:
    world = left.world
    code, printed = await world.run("migrate")
    assert code == 0, printed
    assert statuses_told_of(world.database_url) == {
        name: [kept.status] for name, (kept, _, _) in LEFT.items()
    }
    await left.start()
    sends = Sends(left, {name: name for name, (_, told, _) in LEFT.items() if told})

    await sends.all_told()

    # Whoever calls or tells too often does so at once, or with the next sweeps.
    await asyncio.sleep(3.0)
    told = {name: [status(each) for each in outcomes(world).get(name, [])] for name in LEFT}
    wanted = {name: told for name, (_, told, _) in LEFT.items()}
    assert {name: set(each) for name, each in told.items()} == {
        name: set(each) for name, each in wanted.items()
    }
    assert {name: calls(world)[name] for name in LEFT} == {
        name: count for name, (_, _, count) in LEFT.items()
    }
    timelines = statuses_told_of(world.database_url)
    assert {name: timelines[name][-1] for name in LEFT} == {
        name: row(world.database_url, name)["status"] for name in LEFT
    }
    await sends.assert_no_card_lies()


OLD = "a-process-of-the-version-before"


@dataclass
class Beside:
    """A process of the version before, which lives, beside one of this version."""

    fleet: Fleet
    engine: sa.Engine
    lock: sa.Connection  # on which it shows that it lives

    def does(self, statement: sa.TextClause, send_id: str, **values: str) -> bool:
        given = {"id": send_id, "process": OLD, "claim": f"claim of {send_id}", **values}
        with self.engine.begin() as connection:
            return connection.execute(statement, given).first() is not None

    def takes(self, send_id: str) -> bool:
        with self.engine.begin() as connection:
            return take(connection, send_id, Left("queued", None), runner=OLD)


@pytest.fixture
async def beside(tmp_path: Path, postgres_url: str) -> AsyncIterator[Beside]:
    async with open_world(tmp_path, postgres_url) as world:
        engine = await asyncio.to_thread(make, postgres_url, REVISION)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as lock:
            assert lock.scalar(TRY, {"key": key(OLD)})
            made = Beside(Fleet(world, SQLITE), engine, lock)
            code, printed = await world.run("migrate")
            assert code == 0, printed
            await made.fleet.start()
            yield made
        engine.dispose()


async def test_a_process_of_the_version_before_goes_on_beside_this_one(beside: Beside) -> None:
    assert beside.takes("V0WHOLE")
    assert beside.does(CLAIM, "V0WHOLE")
    assert beside.does(SETTLE, "V0WHOLE", status="sent")
    assert beside.does(TOLD, "V0WHOLE", status="sent")
    assert beside.takes("V0QUEUED")
    assert beside.takes("V0CALLED")
    assert beside.does(CLAIM, "V0CALLED")
    # Longer than a dead process is waited for.
    await asyncio.sleep(5.0)
    assert row(beside.fleet.world.database_url, "V0QUEUED")["status"] == "queued"
    assert beside.fleet.world.atom.calls == []

    # It dies.
    beside.lock.execute(sa.text("SELECT pg_advisory_unlock_all()"))

    sends = Sends(beside.fleet, {"V0QUEUED": "V0QUEUED", "V0CALLED": "V0CALLED"})
    await sends.all_told()
    assert sends.statuses() == {"V0QUEUED": "pending", "V0CALLED": "unknown"}
    assert calls(beside.fleet.world) == {"V0QUEUED": 1}


async def test_a_form_that_comes_to_both_versions_is_one_send(beside: Beside) -> None:
    world = beside.fleet.world
    first, second = world.person(seed.ALICE), world.person(seed.CARLA)
    ids = [await beside.fleet.open_form(person, person.id) for person in (first, second)]

    # One comes to the version before first, the other to this one.
    assert beside.takes(ids[0])
    await patiently(first.submit, lambda result: result.closed)
    assert (await patiently(second.submit, lambda result: result.closed)).closed
    assert not beside.takes(ids[1])

    await world.slack.until(lambda: calls(world)[seed.CARLA], timeout=SOON)
    assert len(await world.history()) == 2
    assert calls(world)[seed.ALICE] == 0
