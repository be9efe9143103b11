"""A machine that stands still for a while: what is measured beside it leaves that out."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

TURN = 0.02  # seconds


class Stalls:
    """Counts the seconds for which this process had no turn."""

    def __init__(self) -> None:
        self.seconds = 0.0

    async def count(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(TURN)
            self.seconds += max(0.0, time.monotonic() - began - 2 * TURN)


@contextlib.asynccontextmanager
async def counted() -> AsyncIterator[Stalls]:
    """Count for as long as this is open."""
    stalls = Stalls()
    counting = asyncio.create_task(stalls.count())
    try:
        yield stalls
        # What stood still until now is counted, too.
        await asyncio.sleep(TURN)
    finally:
        counting.cancel()


async def running_for(seconds: float) -> None:
    """Wait for so many seconds of a machine that runs."""
    left = seconds
    while left > 0.0:
        began = time.monotonic()
        await asyncio.sleep(TURN)
        left -= min(time.monotonic() - began, 2 * TURN)
