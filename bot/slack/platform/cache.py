"""Answers of Slack's, kept for a minute."""

import asyncio
import functools
import time
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from bot.errors import TryLater

FRESH_SECONDS = 60.0
Key = TypeVar("Key")
Value = TypeVar("Value")


class Cache(Generic[Key, Value]):
    """Keeps each answer for a minute; whoever asks meanwhile shares one question to Slack."""

    def __init__(
        self,
        ask: Callable[[Key], Coroutine[Any, Any, Value]],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`now` counts seconds."""
        self._ask = ask
        self._now = now
        self._answers: dict[Key, tuple[float, asyncio.Task[Value]]] = {}
        self._last: dict[Key, Value] = {}
        self._limited_until = 0.0

    def ask(self, key: Key) -> asyncio.Task[Value]:
        """Begin to ask, unless there is an answer that is under a minute old."""
        _, task = self._answers.get(key, (0.0, None))
        if task is None or not self.is_fresh(key):
            task = asyncio.ensure_future(self._ask(key))
            self._answers[key] = (self._now(), task)
            task.add_done_callback(functools.partial(self._keep, key))
        return task

    def is_fresh(self, key: Key) -> bool:
        """Say whether there is an answer, or a question, that is under a minute old."""
        asked, task = self._answers.get(key, (0.0, None))
        return task is not None and self._now() - asked < FRESH_SECONDS

    def begin(self, key: Key) -> None:
        """Let the question go out now; somebody will get the answer later."""
        if self._now() >= self._limited_until:
            _ = self.ask(key)

    async def get(self, key: Key) -> Value:
        """Return an answer that is under a minute old; failed ones are not kept."""
        left = self._limited_until - self._now()
        if left > 0 and not self.is_fresh(key):
            # Slack asked for a pause; asking on would only make it longer.
            raise TryLater("slack.limited", after=left)
        task = self.ask(key)
        try:
            # Shielded: one impatient asker must not take the answer from the others.
            return await asyncio.shield(task)
        except Exception as error:
            if isinstance(error, TryLater):
                self._limited_until = max(self._limited_until, self._now() + error.after)
            if self._answers.get(key, (0.0, None))[1] is task:
                del self._answers[key]
            raise

    def peek(self, key: Key) -> Value | None:
        """Return the last answer, however old, without asking; None if there is none.

        Nor is there one of what was forgotten: something about it changed.
        """
        return self._last.get(key)

    def clear(self) -> None:
        """Ask anew for everything."""
        self._answers.clear()
        self._last.clear()

    def forget(self, key: Key) -> None:
        """Ask anew the next time."""
        self._answers.pop(key, None)
        self._last.pop(key, None)

    def _keep(self, key: Key, task: asyncio.Task[Value]) -> None:
        # A failure nobody waits for is met again by whoever asks next.
        is_answer = not task.cancelled() and task.exception() is None
        # What was forgotten meanwhile is no answer any more.
        if is_answer and self._answers.get(key, (0.0, None))[1] is task:
            self._last[key] = task.result()
