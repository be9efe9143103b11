"""A database that is locked, or a process that is stopped, for longer than anybody waits."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable
from contextlib import ExitStack

import pytest

from bot.demo.slack import seed
from bot.demo.slack.person import Person
from tests.conftest import PHONE, TEMPLATE
from tests.faults.checks import Sends, press_until_taken
from tests.faults.conftest import COMMAND, SOON, Fleet, Say, locked
from tests.faults.crowd import CHANNELS, Crowd
from tests.stopwatch import patiently, stopwatch

pytestmark = pytest.mark.slow

STALL = 33.0
"""Seconds; the bot's own patience with a locked file is thirty."""
TAKEN = 6.0
"""Seconds after a stall within which somebody who presses Send is served."""
PEOPLE = 10


async def test_a_lock_of_half_a_minute_wedges_nothing(solo: Fleet, say: Say) -> None:
    people, sends = await with_open_forms(solo)
    await sends.submit("before")
    asked: list[float] = []
    on_sqlite = solo.world.database_url.startswith("sqlite")
    seconds = STALL if on_sqlite else STALL / 3

    with locked(solo.world.database_url, reads=True):
        submitting = asyncio.gather(*(person.submit() for person in people))
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            await asyncio.sleep(seconds / 4)
            asked += [await reads(solo, "recent"), await reads(solo, f"status {PHONE[-4:]}")]
        await submitting

    say(f"reads while the database is locked for {seconds:.0f} s: at most {max(asked):.2f} s")
    await taken_soon(people, sends, say)


async def test_a_process_that_is_stopped_for_half_a_minute_wedges_nothing(
    sqlite_fleet: Fleet, say: Say
) -> None:
    fleet = sqlite_fleet
    people, sends = await with_open_forms(fleet)
    pid = fleet.running[0].pid

    with ExitStack() as held:
        held.enter_context(locked(fleet.world.database_url))
        submitting = asyncio.gather(*(person.submit() for person in people))
        # Until they wait in line for the file.
        await asyncio.sleep(1.0)
        os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(STALL)
    os.kill(pid, signal.SIGCONT)
    await submitting

    await taken_soon(people, sends, say)


async def with_open_forms(fleet: Fleet) -> tuple[list[Person], Sends]:
    """Let some people have a filled form in front of them."""
    crowd = Crowd(fleet, PEOPLE, size=PEOPLE)
    await crowd.settle_in()
    people = [fleet.world.person(user) for user in crowd.people]
    sends = Sends(fleet)
    for number, person in enumerate(people):
        code = f"stalled-{number}"
        sends.codes[await fleet.open_form(person, code, channel=CHANNELS[0])] = code
    return people, sends


async def taken_soon(people: list[Person], sends: Sends, say: Say) -> None:
    """Let somebody send anew and everybody press again, who must be served within seconds."""
    await in_time("a new send", sends.submit_until_taken("after"), say)
    again = (press_until_taken(sends.fleet, person) for person in people)
    await in_time("those who waited", asyncio.gather(*again), say)
    await sends.learn_ids()
    await sends.all_told()
    sends.assert_all("pending")
    await sends.assert_no_card_lies()


async def in_time(what: str, doing: Awaitable[object], say: Say) -> None:
    async with stopwatch() as watch:
        await asyncio.wait_for(doing, SOON)
    say(f"after the stall, {what}: taken after {watch.seconds:.2f} s")
    assert watch.seconds < TAKEN


async def reads(fleet: Fleet, text: str) -> float:
    """Ask the bot about sends; give the seconds until it said what it was asked for."""
    person = fleet.world.person()
    asked = await patiently(
        lambda: person.command(seed.SOPORTE, COMMAND, text), lambda found: TEMPLATE in found.shown
    )
    assert TEMPLATE in asked.shown, f"{text}: {asked.shown}"
    return asked.seconds
