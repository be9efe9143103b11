"""What long work says on a terminal meanwhile, and nowhere else."""

import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Self, TextIO, TypeVar

T = TypeVar("T")

SECONDS = 0.2  # between two looks of it
BAR = 30  # characters of a bar


class Progress:
    """One line on standard error, written over as work goes on and gone at its end.

    Plain characters alone: there is no colour that NO_COLOR would have to take away.
    """

    def __init__(
        self, out: TextIO | None = None, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._out = out or sys.stderr
        self._shows = self._out.isatty()
        self._now = now
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.clear()

    def say(self, words: str) -> None:
        """Say this in place of what was said before."""
        if not self._shows:
            return
        # A line that wraps can't be written over.
        words = words[: shutil.get_terminal_size().columns - 1]
        self._out.write("\r" + words.ljust(self._width) + "\r" * (not words))
        self._out.flush()
        self._width = len(words)

    def clear(self) -> None:
        """Leave the line empty for what others write."""
        if self._width:
            self.say("")

    def bar(self, things: Iterable[T], total: int) -> Iterator[T]:
        """Hand things on, and show every moment how many of all there were."""
        said = self._now()
        for number, thing in enumerate(things, 1):
            yield thing
            if self._shows and self._now() - said >= SECONDS:
                said = self._now()
                filled = BAR * min(number, total) // max(total, 1)
                self.say(f"[{'#' * filled:.<{BAR}}] {number:,} / {total:,}")

    def count(self, things: Iterable[T], what: str) -> Iterator[T]:
        """Hand things on, and say every moment how many there were: `12,000 sends`."""
        said = self._now()
        for number, thing in enumerate(things, 1):
            yield thing
            if self._shows and self._now() - said >= SECONDS:
                said = self._now()
                self.say(f"{number:,} {what}")
