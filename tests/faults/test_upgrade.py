"""A database of the version before: whatever it left of a send comes to its end, and no call twice."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack import seed
from bot.workflow.takeover import GRACE
from tests.conftest import BOT_TOKEN, open_world
from tests.faults.checks import Sends, row
from tests.faults.conftest import SQLITE, Fleet, calls, outcomes, status
from tests.faults.version_before import Left, leave, make, post_card

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
CLAIM = {"claim": "19b56760a1684e668292fe9dce512c32"}
WAITS = {"tries": 2, "reason": "atom.unreachable"}

# How each was left, what is told of it then, and how often Atom is called for it.
LEFT: dict[str, tuple[Left, list[str], int]] = {
    "queued": (Left("queued", "ENQUEUED", has_card=False), ["pending"], 1),
    "begun": (Left("queued"), ["pending"], 1),
    "waits": (Left("queued", columns=WAITS), ["pending"], 1),
    "record-failed": (Left("queued", "ERROR"), ["pending"], 1),
    "record-done": (Left("queued", "SUCCESS"), ["pending"], 1),
    "no-record": (Left("queued", None, has_card=False), ["pending"], 1),
    "lost-long-ago": (Left("queued", "ERROR", ago=24 * HOUR), ["failed"], 0),
    "called": (Left("sending", columns=CLAIM), ["unknown"], 0),
    "called-and-lost": (Left("sending", "ERROR", columns=CLAIM, ago=24 * HOUR), ["unknown"], 0),
    "settled": (Left("pending", columns=CLAIM | {"reason": "pending"}), ["pending"], 0),
    "known-late": (
        Left(
            "pending",
            "ENQUEUED",
            announces=True,
            columns=CLAIM | {"reason": "pending", "told": "unknown"},
        ),
        ["pending"],
        0,
    ),
    "cancelled": (
        Left(
            "cancelled",
            "ENQUEUED",
            announces=True,
            columns={"reason": "cancelled", "decided_by": seed.ALICE},
        ),
        ["cancelled"],
        0,
    ),
    "decided": (
        Left(
            "sent",
            announces=True,
            columns=CLAIM | {"reason": "arrived", "told": "unknown", "decided_by": seed.ALICE},
        ),
        ["sent"],
        0,
    ),
    "told": (Left("pending", "SUCCESS", columns={"told": "pending", "reason": "pending"}), [], 0),
    "told-unknown": (
        Left("unknown", "SUCCESS", columns=CLAIM | {"told": "unknown", "reason": "no_answer"}),
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
        engine = await asyncio.to_thread(make, url)
        for name, (kept, _, _) in LEFT.items():
            # On PostgreSQL such a process may still be there: for a while it is left alone.
            ago = max(kept.ago, timedelta() if on_sqlite else GRACE)
            card = ("", "")
            if kept.has_card:
                card = await post_card(slack, name, kept.status)
            with engine.begin() as connection:
                leave(connection, name, dataclasses.replace(kept, ago=ago), card=card)
        engine.dispose()
        yield Fleet(world, SQLITE)


async def test_whatever_was_left_ends_as_it_should_have(left: Fleet) -> None:
    code, printed = await left.world.run("migrate")
    assert code == 0, printed
    await left.start()
    sends = Sends(left, {name: name for name, (_, told, _) in LEFT.items() if told})

    await sends.all_told()

    # Whoever calls or tells too often does so at once, or with the next sweeps.
    await asyncio.sleep(3.0)
    told = {name: [status(each) for each in outcomes(left.world).get(name, [])] for name in LEFT}
    assert told == {name: wanted for name, (_, wanted, _) in LEFT.items()}
    assert {name: calls(left.world)[name] for name in LEFT} == {
        name: count for name, (_, _, count) in LEFT.items()
    }
    await sends.assert_no_card_lies()


async def test_what_a_process_that_may_live_has_just_written_is_left_to_it(
    tmp_path: Path, postgres_url: str
) -> None:
    """Several processes are brought up to date one after the other, each with its own clock."""
    fresh = [30.0, 0.0, -0.5, -3.0, -20.0, -90.0]  # seconds ago
    old = [GRACE.total_seconds(), HOUR.total_seconds(), -HOUR.total_seconds(), -1e6]
    async with open_world(tmp_path, postgres_url) as world:
        engine = await asyncio.to_thread(make, postgres_url)
        with engine.begin() as connection:
            for ago in (*fresh, *old):
                calling = Left("sending", columns=CLAIM, ago=timedelta(seconds=ago))
                leave(connection, f"ago {ago}", calling, card=("", ""))
        code, printed = await world.run("migrate")
        assert code == 0, printed
        fleet = Fleet(world, SQLITE)
        await fleet.start()
        # Whatever a wrong clock wrote is not left alone for an hour.
        await Sends(fleet, {f"ago {ago}": "" for ago in old}).all_told()
        await asyncio.sleep(3.0)

        found = {ago: row(postgres_url, f"ago {ago}")["status"] for ago in fresh}

        assert found == dict.fromkeys(fresh, "sending")
        with engine.begin() as connection:
            passed = datetime.now(UTC) - GRACE
            connection.execute(sa.text("UPDATE sends SET updated = :at"), {"at": passed})
        await Sends(fleet, {f"ago {ago}": "" for ago in fresh}).all_told()
        engine.dispose()
