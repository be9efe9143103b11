"""How long something took, without the time for which this machine stood still."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.demo.process import BotProcess
from bot.demo.slack.person.base import Result

TICK = 0.05
AT_ONCE = 4.5
"""Seconds within which a bot stops that need wait for nothing: what is under way may take five."""
STILL = 0.3  # seconds; by less the ticks are late on any machine
HANGS = 60.0  # seconds after which a process that was told to stop never does


@dataclass
class Stopwatch:
    """Counts seconds, and those by which its ticks were late: whatever it measures was so, too."""

    began: float = field(default_factory=time.monotonic)
    late: float = 0.0
    _ended: float = 0.0
    _due: float = 0.0

    @property
    def seconds(self) -> float:
        return (self._ended or time.monotonic()) - self.began - self.late

    async def tick(self) -> None:
        """Tick until it is cancelled."""
        while True:
            self._due = time.monotonic() + TICK
            await asyncio.sleep(TICK)
            self._note()

    def end(self) -> None:
        self._note()
        self._ended = time.monotonic()

    def _note(self) -> None:
        self.late += max(0.0, time.monotonic() - self._due)


@asynccontextmanager
async def stopwatch() -> AsyncIterator[Stopwatch]:
    """Measure what is done meanwhile."""
    watch = Stopwatch()
    ticking = asyncio.create_task(watch.tick())
    # Until it ticks.
    await asyncio.sleep(0)
    try:
        yield watch
    finally:
        watch.end()
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)


async def patiently(
    gesture: Callable[[], Awaitable[Result]], is_well: Callable[[Result], bool]
) -> Result:
    """Do what a person does; again if it failed while the machine stood still.

    Slack waits for three seconds, and a bot that gets none of them is not to blame.
    """
    while True:
        async with stopwatch() as watch:
            result = await gesture()
        if is_well(result) or watch.late < STILL:
            return result


async def stopped(bot: BotProcess) -> tuple[int, float]:
    """Ask a bot to stop; its exit code, and the seconds that it took."""
    async with stopwatch() as watch:
        with contextlib.suppress(ProcessLookupError):
            os.kill(bot.pid, signal.SIGTERM)
        code = await asyncio.wait_for(bot.wait(), HANGS)
    return code, watch.seconds


async def running_for(seconds: float) -> None:
    """Wait for so many seconds of a machine that runs."""
    left = seconds
    while left > 0.0:
        began = time.monotonic()
        await asyncio.sleep(TICK)
        left -= min(time.monotonic() - began, 2 * TICK)
