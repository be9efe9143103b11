"""When the calls of a process's lists leave: one after the other, never more than the rate."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable

# As many calls as leave in a second never leave in less than this: what one of them may be on its
# way for longer than another, without that Atom sees a second with too many.
SECOND = 1.0155
# Calls follow each other at the rate; after one that was late, at twice the rate until that is made
# up for. So no lateness adds up.
CLOSEST = 0.5
IDLE = 1.0  # seconds without a list's call, after which none runs
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
        self._gap = CLOSEST / rate
        self._sleep = sleep
        self._lock = asyncio.Lock()
        most = math.ceil(rate)
        self._left = deque[float](maxlen=most)  # when the last ones did
        self._window = SECOND * most / rate
        self._list_at = -IDLE  # when a list's call left last, or was to leave
        self.waiting = 0  # calls that have a permit and have not left

    @property
    def free_in(self) -> float:
        """In how many seconds the next call may leave, of which none waits."""
        return max(0.0, self._next() - self.now())

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
                moment = max(moment, self._next())
                await self._sleep(moment - self.now())
                # Whoever is woken a little early counts as in time.
                self._left.append(max(moment, self.now()))
        finally:
            self.waiting -= 1

    def _next(self) -> float:
        """Say when one more call may leave."""
        if not self._left:
            return 0.0
        in_line = self._left[-1] + self._gap
        is_full = len(self._left) == self._left.maxlen
        return max(in_line, self._left[0] + self._window) if is_full else in_line
