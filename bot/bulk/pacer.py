"""When the calls of a process's lists leave: one after the other, never closer than the rate."""

import asyncio
from collections.abc import Awaitable, Callable

# A little more than the rate has it: what a call takes on its way differs from call to call.
MARGIN = 1.012


class Pacer:
    """Lets one call leave at a time.

    Each has a permit for its moment; but whoever is woken late leaves late, and the next one, which
    is woken in time, would leave too soon after it.
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
                self._next = loop.time() + self._gap
        finally:
            self.waiting -= 1
