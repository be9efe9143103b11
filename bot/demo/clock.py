"""The stand-in's time, which tests move forward in place of sleeping."""

import asyncio
import contextlib
import time


class Clock:
    """Real time, plus what it was moved forward by."""

    def __init__(self) -> None:
        self.ahead = 0.0
        self._sleepers: set[asyncio.Event] = set()

    def now(self) -> float:
        return time.time() + self.ahead

    def forward(self, seconds: float) -> None:
        """Let so many seconds pass at once; whoever sleeps until then wakes."""
        self.ahead += seconds
        for sleeper in self._sleepers:
            sleeper.set()

    async def sleep(self, seconds: float) -> None:
        due = self.now() + seconds
        moved = asyncio.Event()
        self._sleepers.add(moved)
        try:
            while (left := due - self.now()) > 0:
                moved.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(moved.wait(), left)
        finally:
            self._sleepers.discard(moved)


class Changes:
    """Counts the changes of state and wakes those who wait for the next one (tests, a page)."""

    def __init__(self) -> None:
        self.revision = 0
        self._next = asyncio.Event()

    def touch(self) -> None:
        self.revision += 1
        self._next.set()
        self._next = asyncio.Event()

    async def wait(self, since: int, *, at_most: float) -> int:
        """Return the revision once it is past `since`, or after so many seconds anyway."""
        if self.revision == since:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._next.wait(), at_most)
        return self.revision
