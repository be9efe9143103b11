"""One question for all who ask at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from bot.errors import TryLater

T = TypeVar("T")


class NextAnswer(Generic[T]):
    """Asks for what may change at any moment: nobody gets an answer to an older question.

    Whoever asks while a question is under way shares the next one.
    """

    def __init__(self, ask: Callable[[], Awaitable[T]], patience: float | None) -> None:
        """Wait up to `patience` seconds, the time for the question before included."""
        self._ask = ask
        self._patience = patience
        self._now: asyncio.Task[T] | None = None
        self._next: asyncio.Task[T] | None = None

    async def get(self) -> T:
        """Return an answer. Raises TryLater, and what the question raises."""
        task = self._next
        if task is None or task.done():
            task = self._next = asyncio.create_task(self._after(self._now))
            # A failure nobody waits for any more is met again by whoever asks next.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            async with asyncio.timeout(self._patience):
                # Shielded: one impatient asker must not take the answer from the others.
                return await asyncio.shield(task)
        except TimeoutError as error:
            raise TryLater("database.unreachable") from error

    async def _after(self, before: "asyncio.Task[T] | None") -> T:
        if before is not None and not before.done():
            await asyncio.wait([before])
        self._now, self._next = self._next, None
        return await self._ask()
