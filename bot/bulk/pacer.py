"""When the calls of a process's lists leave: one after the other, never closer than the rate."""

import asyncio
from collections.abc import Awaitable, Callable

# A little more than the rate has it. By as much of a second a call may leave late, and the next ones
# in time all the same: no second has more calls than the rate allows, and no lateness adds up.
MARGIN = 1.012
LATENESS = MARGIN - 1.0  # seconds


class Pacer:
    """Lets one call leave at a time.

    Each has a permit for its moment; but whoever is woken late leaves late, and those after it, which
    are woken in time, would leave too soon after it.
    """

    def __init__(self, rate: float, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Let `rate` calls a second leave at most."""
        self._gap = MARGIN / rate
        self._sleep = sleep
        self._lock = asyncio.Lock()
        self._next = 0.0
        self.waiting = 0  # calls that have a permit and have not left

    async def leave(self, moment: float) -> None:
        """Wait for the moment, by the loop's clock, and for one's turn."""
        loop = asyncio.get_running_loop()
        self.waiting += 1
        try:
            async with self._lock:
                await self._sleep(max(moment, self._next) - loop.time())
                self._next = max(moment, self._next, loop.time() - LATENESS) + self._gap
        finally:
            self.waiting -= 1
