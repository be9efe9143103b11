"""What goes on in this process, and how a stop waits for it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Iterator
from typing import TypeVar

T = TypeVar("T")


class Drain:
    """What goes on in this process, so that a stop waits for it and lets nothing new begin."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._ends = False

    @property
    def ends(self) -> bool:
        """Whether nothing new may begin."""
        return self._ends

    async def may_begin(self) -> None:
        """Return at once, or never: what has not begun at a stop is left to the next process."""
        if self._ends:
            await asyncio.Event().wait()

    async def idle(self, wait: Awaitable[T]) -> T:
        """Wait in the middle of what is counted; a stop does not wait for that, and ends it."""
        self._left()
        try:
            found = await wait
            await self.may_begin()
            return found
        finally:
            self._entered()

    async def end(self, patience: float) -> None:
        """Let nothing more begin, and wait up to `patience` seconds for what did."""
        self._ends = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), patience)

    @contextlib.contextmanager
    def counted(self) -> Iterator[None]:
        """Count what runs inside as going on."""
        self._entered()
        try:
            yield
        finally:
            self._left()

    def _entered(self) -> None:
        self._count += 1
        self._idle.clear()

    def _left(self) -> None:
        self._count -= 1
        if not self._count:
            self._idle.set()
