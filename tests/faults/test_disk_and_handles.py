"""A process that runs out of something for moments: room on its disk, or handles."""

import asyncio
import contextlib
import resource
import socket
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.conftest import open_world
from tests.faults.checks import Sends
from tests.faults.conftest import SQLITE, Fleet, Say
from tests.faults.crowd import LONG, Crowd
from tests.faults.limits import (
    full,
    limited,
    read_meanwhile,
    small_disk,
    with_handles,
    without_handles,
    without_writing,
)

pytestmark = pytest.mark.slow

SENDS = 120
WITH_HANDLES = 20
HEADS = 1100
HANDLES = 1024
"""What a process has on most machines unless it asks for more."""
HEAD = b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Type: application/"
MOMENT = 0.7  # seconds
LIMIT = 600.0  # seconds for a crowd, which takes 20 on a quiet machine

Trouble = Callable[[], AbstractContextManager[object]]


@asynccontextmanager
async def again_and_again(trouble: Trouble, moment: float) -> AsyncIterator[None]:
    """Let something be wrong for a moment, and right for one."""

    async def alternate() -> None:
        while True:
            with trouble():
                await asyncio.sleep(moment)
            await asyncio.sleep(moment)

    alternating = asyncio.create_task(alternate())
    try:
        yield
    finally:
        alternating.cancel()
        await asyncio.gather(alternating, return_exceptions=True)


async def survives(
    crowd: Crowd, trouble: Trouble, say: Say, name: str, *, moment: float = MOMENT
) -> None:
    """Let a crowd send while something is wrong for moments, and look at every send."""
    try:
        async with asyncio.timeout(LIMIT):
            async with again_and_again(trouble, moment):
                await crowd.people_send()
            sends = Sends(crowd.fleet, crowd.taken)
            await sends.all_told(seconds=LONG)
    finally:
        say(f"{name}: {crowd.figures()}")
    await crowd.check()
    await sends.assert_no_card_lies()


async def test_a_disk_that_is_full_for_moments_loses_nothing(tmp_path: Path, say: Say) -> None:
    with ExitStack() as mounted:
        try:
            disk = mounted.enter_context(small_disk(tmp_path / "disk"))
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("a disk can't be mounted here")
        async with open_world(tmp_path, f"sqlite:///{disk}/bot.db") as world:
            crowd = Crowd(Fleet(world, SQLITE), SENDS, size=10, rest=(0.1, 0.5))
            await crowd.settle_in()

            with read_meanwhile(disk / "bot.db"):
                await survives(crowd, lambda: full(disk), say, "a disk full for moments")


async def test_a_file_that_takes_no_writes_for_moments_loses_nothing(
    sqlite_fleet: Fleet, say: Say
) -> None:
    crowd = Crowd(sqlite_fleet, SENDS, size=10, rest=(0.1, 0.5))
    await crowd.settle_in()
    pid = crowd.fleet.running[0].pid

    await survives(crowd, lambda: without_writing(pid), say, "no writes for moments")


async def test_no_handles_for_moments_lose_nothing(solo: Fleet, say: Say) -> None:
    crowd = Crowd(solo, WITH_HANDLES * 2, rest=(0.1, 0.5))
    await crowd.settle_in()
    pid = crowd.fleet.running[0].pid

    await survives(crowd, lambda: without_handles(pid), say, "no handles for moments")


async def test_heads_that_are_never_finished_lose_nothing(solo: Fleet, say: Say) -> None:
    crowd = Crowd(solo, WITH_HANDLES * 3, size=10, rest=(0.0, 0.2))
    await crowd.settle_in()
    pid, port = crowd.fleet.running[0].pid, crowd.fleet.world.port

    def unfinished() -> AbstractContextManager[object]:
        """Hold as many connections open as there are, with half a head each."""
        held = ExitStack()
        for _ in range(HEADS):
            held.enter_context(half_a_head(port))
        return held

    with with_handles(HEADS + 500), limited(pid, resource.RLIMIT_NOFILE, HANDLES):
        await survives(crowd, unfinished, say, f"{HEADS} unfinished heads", moment=3.0)


def half_a_head(port: int) -> socket.socket:
    """Begin a request, as a client that needs no signature may; the bot may have had enough."""
    made = socket.socket()
    made.settimeout(0.0)
    made.connect_ex(("127.0.0.1", port))
    with contextlib.suppress(OSError):
        made.send(HEAD)
    return made
