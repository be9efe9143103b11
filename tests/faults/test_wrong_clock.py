"""A clock that is an hour ahead or behind for a while: no send waits an hour, or gives up early.

Over Socket Mode: over HTTP a bot with a wrong clock rightly refuses whatever Slack signed.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store.database import open_engine
from tests.conftest import open_world
from tests.faults.bot_clock import BotClock
from tests.faults.checks import Sends
from tests.faults.conftest import SOON, Fleet
from tests.stopwatch import stopwatch

pytestmark = pytest.mark.slow

HOUR = 3600.0
MOMENT = 2.0  # seconds for which the clock is wrong
TOKEN_PAUSE = 60.0
"""Seconds for which a refused token pauses the queue."""


@asynccontextmanager
async def on_socket(folder: Path, database_url: str) -> AsyncIterator[tuple[Fleet, BotClock]]:
    """One process over Socket Mode, whose clock can be set; not started."""
    clock = BotClock(folder / "clock")
    async with open_world(folder, database_url, socket=True, settings=clock.settings()) as world:
        if database_url.startswith("postgresql"):
            code, printed = await world.run("migrate")
            assert code == 0, printed
        yield Fleet(world, (("socket",),)), clock


@pytest.fixture(params=["sqlite", "postgres"])
async def clocked(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[Fleet, BotClock]]:
    on_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/bot.db" if on_sqlite else request.getfixturevalue("postgres_url")
    async with on_socket(tmp_path, url) as made:
        yield made


async def test_what_is_sent_while_the_clock_is_wrong_and_after_goes_out_at_once(
    clocked: tuple[Fleet, BotClock],
) -> None:
    fleet, clock = clocked
    await fleet.start()
    sends = Sends(fleet)

    for number, shift in enumerate((0.0, HOUR, 0.0, -HOUR, 0.0)):
        clock.shift(shift)
        # Slack's SDK takes a clock that jumps for a lost connection, and connects anew.
        await sends.submit_until_taken(*(f"clock-{number}-{each}" for each in range(3)))
        await sends.all_told()

    sends.assert_all("pending")


async def test_what_waits_for_atom_meanwhile_is_neither_given_up_nor_stuck(
    clocked: tuple[Fleet, BotClock],
) -> None:
    fleet, clock = clocked
    await fleet.start(GIVE_UP_AFTER="30m")
    fleet.world.atom.behave("down")
    sends = Sends(fleet)
    await sends.submit_until_taken(*(f"waits-{each}" for each in range(4)))
    await sends.all_wait()

    for wrong in (HOUR, -HOUR):
        clock.shift(wrong)
        await asyncio.sleep(MOMENT)
        clock.shift(0.0)
    fleet.world.atom.behave("answers")
    # Within the pauses that the tries explain: it is tried after 1, 2, 4 and 8 seconds.

    await sends.all_told()
    sends.assert_all("pending")


async def test_what_waits_for_its_turn_meanwhile_goes_out_at_the_rate(
    clocked: tuple[Fleet, BotClock],
) -> None:
    fleet, clock = clocked
    await fleet.start(ATOM_RATE="1")
    sends = Sends(fleet)
    async with stopwatch() as watch:
        await sends.submit_until_taken(*(f"turn-{each}" for each in range(8)))
        await fleet.called("turn-0")

        for wrong in (HOUR, -HOUR):
            clock.shift(wrong)
            await asyncio.sleep(MOMENT)
            clock.shift(0.0)

        await sends.all_told()
    sends.assert_all("pending")
    first, *others = (call.at for call in fleet.world.atom.calls)
    # The bot counts when a call begins, Atom when it has arrived: the first may have been late.
    late = 0.8 + watch.late
    assert all(at - first > turn - late for turn, at in enumerate(others, start=1)), others


async def test_an_hour_in_the_row_of_the_rate_limit_is_not_waited_for(solo: Fleet) -> None:
    sends = Sends(solo)
    await sends.submit("right")
    await sends.all_told()

    put_an_hour_ahead(solo.world.database_url, "next_at")
    await sends.submit("while it runs")
    await sends.all_told()

    await solo.kill()
    put_an_hour_ahead(solo.world.database_url, "next_at")
    await solo.start()
    await sends.submit("after a start")
    await sends.all_told()
    sends.assert_all("pending")


async def test_a_refused_token_holds_the_queue_for_a_minute_whatever_the_clock_did(
    tmp_path: Path, postgres_url: str
) -> None:
    """Both databases, and both ways in which an hour gets into the row, side by side."""
    for name in ("clock", "row", "postgres"):
        await asyncio.to_thread((tmp_path / name).mkdir)
    async with AsyncExitStack() as stack:
        worlds = [
            await stack.enter_async_context(on_socket(tmp_path / name, url))
            for name, url in (
                ("clock", f"sqlite:///{tmp_path}/clock/bot.db"),
                ("row", f"sqlite:///{tmp_path}/row/bot.db"),
                ("postgres", postgres_url),
            )
        ]
        (_, clock), (in_row, _), (_, other) = worlds
        for fleet, _ in worlds:
            await fleet.start()
            fleet.world.atom.behave("unauthorized", times=1)
        clock.shift(HOUR)
        other.shift(HOUR)
        held = [Sends(fleet) for fleet, _ in worlds]
        for sends in held:
            await sends.submit_until_taken("refused")
            await sends.all_told()
            assert sends.statuses() == {"refused": "failed"}
        put_an_hour_ahead(in_row.world.database_url, "held_until")
        clock.shift(0.0)
        other.shift(0.0)
        for sends in held:
            await sends.submit_until_taken("held")

        await asyncio.gather(*(sends.all_told(seconds=TOKEN_PAUSE + SOON) for sends in held))

        for sends in held:
            assert sends.statuses()["held"] == "pending"


def put_an_hour_ahead(database_url: str, column: str) -> None:
    """Write what a bot writes whose clock is an hour ahead."""
    engine = open_engine(database_url)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text(f"UPDATE pace SET {column} = {column} + {HOUR}"))
    finally:
        engine.dispose()
