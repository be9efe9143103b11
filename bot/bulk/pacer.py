"""When the calls of a process's lists leave: one after the other, never closer than the rate."""

import asyncio
import time
from collections.abc import Awaitable, Callable

# A little more than the rate has it. By less than that of a second a call may leave late, and the
# next ones in time all the same: no second has more calls than the rate allows, also if some are on
# their way for longer than others, and no lateness adds up.
MARGIN = 1.014
IDLE = 1.0  # seconds without a list's call, after which none runs
LATENESS = 0.006  # seconds
# A row by itself is claimed when its call may leave, and before that by what the claim takes at most:
# if the process dies in between, nobody knows that it never left.
CLAIM_AHEAD = 0.01  # seconds


class Pacer:
    """Lets one call leave at a time.

    Each has a permit for its moment; but whoever is woken late leaves late, and those after it, which
    are woken in time, would leave too soon after it.
    """

    def __init__(
        self,
        rate: float,
        sleep: Callable[[float], Awaitable[None]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Let `rate` calls a second leave at most, by a clock in seconds."""
        self.now = clock
        self._gap = MARGIN / rate
        self._sleep = sleep
        self._lock = asyncio.Lock()
        self._next = 0.0
        self._list_at = -IDLE  # when a list's call left last, or was to leave
        self.waiting = 0  # calls that have a permit and have not left

    @property
    def free_in(self) -> float:
        """In how many seconds the next call may leave, of which none waits."""
        return max(0.0, self._next - self.now())

    async def leave(self, moment: float) -> None:
        """Let a list's call wait for its moment, by our clock, and for its turn."""
        self._list_at = moment
        await self._leave(moment)

    async def pass_by(self, seconds: float) -> None:
        """Let a single send's call leave in so many seconds, between those of a list if one runs."""
        now = self.now()
        if now - self._list_at > IDLE:
            await self._sleep(seconds)
        else:
            await self._leave(now + seconds)

    async def _leave(self, moment: float) -> None:
        self.waiting += 1
        try:
            async with self._lock:
                await self._sleep(max(moment, self._next) - self.now())
                self._next = max(moment, self._next, self.now() - LATENESS) + self._gap
        finally:
            self.waiting -= 1
