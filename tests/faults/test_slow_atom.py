"""How long things take: for people while Atom is slow, and for Atom when it is not."""

import os
import time
from pathlib import Path

import pytest

from tests.conftest import open_world
from tests.faults.conftest import SQLITE, Fleet, Say
from tests.stopwatch import patiently, stopwatch

pytestmark = pytest.mark.slow

GENEROUS = 3.0
IDLE_SECONDS = 10.0
LONG = 60.0  # seconds for which Atom hangs, and is waited for


async def test_while_atom_hangs_people_are_answered_at_once(fleet: Fleet, say: Say) -> None:
    await fleet.kill()
    await fleet.start(ATOM_TIMEOUT=str(LONG), ATOM_RATE="80")
    fleet.world.atom.behave("hangs", seconds=LONG)
    opened, acknowledged = [], []

    for number in range(20):
        person = fleet.world.person()
        async with stopwatch() as watch:
            await fleet.open_form(person, f"slow-{number}")
        opened.append(watch.seconds)
        async with stopwatch() as watch:
            sent = await patiently(person.submit, lambda result: result.closed)
        acknowledged.append(watch.seconds)
        assert sent.closed, (sent.trouble, sent.errors)

    say(
        f"{len(fleet.roles)} processes, Atom hangs: command to form {figures(opened)}, "
        f"submit to ack {figures(acknowledged)}"
    )
    await fleet.called("slow-19")
    assert max(opened) < GENEROUS
    assert max(acknowledged) < GENEROUS


async def test_an_idle_bot_calls_atom_soon_after_the_submit(fleet: Fleet, say: Say) -> None:
    waits = []

    for number in range(20):
        async with stopwatch() as watch:
            await fleet.submit(f"idle-{number}")
            await fleet.called(f"idle-{number}")
        waits.append(watch.seconds)

    say(f"{len(fleet.roles)} processes, command to Atom called: {figures(waits)}")
    assert max(waits) < GENEROUS


async def test_an_idle_bot_leaves_the_processor_to_others(tmp_path: Path, say: Say) -> None:
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as world:
        fleet = Fleet(world, SQLITE)
        await fleet.start()
        pid = fleet.running[0].pid
        before, began = seconds_used(pid), time.monotonic()

        await world.slack.until(lambda: time.monotonic() - began > IDLE_SECONDS, IDLE_SECONDS * 2)

        share = (seconds_used(pid) - before) / (time.monotonic() - began)
    say(f"an idle serve on SQLite uses {share:.1%} of one core")
    assert share < 0.25


def seconds_used(pid: int) -> float:
    """Return the processor time of a process, in seconds (man proc_pid_stat: utime, stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def figures(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    middle = ordered[len(ordered) // 2]
    return f"median {middle * 1000:.0f} ms, max {ordered[-1] * 1000:.0f} ms"
