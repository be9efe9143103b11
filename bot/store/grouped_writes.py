"""Writes that wait at the same moment, committed together: each commit is a disk's sync."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T")

# Few enough that nobody waits long for those who came with them.
AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class _Write:
    work: Callable[[sa.Connection], Any]
    result: "asyncio.Future[Any]"


class GroupedWrites:
    """One thread that writes; what came in while it did is its next transaction."""

    def __init__(self, engine: sa.Engine, thread: Executor) -> None:
        """`thread` runs one thing at a time."""
        self._engine = engine
        self._on_sqlite = engine.dialect.name == "sqlite"
        self._thread = thread
        self._waiting: deque[_Write] = deque()
        self._runs = False

    def add(self, work: Callable[[sa.Connection], T]) -> "asyncio.Future[T]":
        """Commit what `work` does, perhaps with others'; what is cancelled in time is not begun.

        One that fails spoils nobody else's: the others run again, in transactions without it.
        """
        loop = asyncio.get_running_loop()
        result: asyncio.Future[T] = loop.create_future()
        self._waiting.append(_Write(work, result))
        if not self._runs:
            self._begin(loop)
        return result

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        group: list[_Write] = []
        while self._waiting and len(group) < AT_ONCE:
            each = self._waiting.popleft()
            if not each.result.done():
                group.append(each)
        self._runs = bool(group)
        if group:
            works = [each.work for each in group]
            try:
                done = loop.run_in_executor(self._thread, self._run, works)
            except RuntimeError:
                self._give_up(group)
                return
            done.add_done_callback(lambda found: self._end(loop, group, found))

    def _end(
        self, loop: asyncio.AbstractEventLoop, group: Sequence[_Write], found: "asyncio.Future[Any]"
    ) -> None:
        if found.cancelled():
            self._give_up(group)
            return
        answers = found.result()
        for each, answer in zip(group, answers, strict=True):
            if each.result.done():
                continue
            if isinstance(answer, BaseException):
                each.result.set_exception(answer)
            else:
                each.result.set_result(answer.value)
        self._begin(loop)

    def _give_up(self, group: Sequence[_Write]) -> None:
        """Let nobody wait for what has not begun: the thread was closed, so it never will."""
        for each in (*group, *self._waiting):
            each.result.cancel()
        self._waiting.clear()
        self._runs = False

    def _run(self, works: Sequence[Callable[[sa.Connection], Any]]) -> list["_Done | Exception"]:
        try:
            return list(self._together(works))
        except _NotBegunError as error:
            # Nobody's fault: each of them waits and comes again, and this thread waits but once.
            return [error.reason] * len(works)
        except Exception as error:  # noqa: BLE001 - whatever one of them raises is answered to it alone
            if len(works) == 1:
                return [error]
            if isinstance(error, sa.exc.OperationalError) and not self._on_sqlite:
                # The server is away, or kept them waiting until its time-out: not once for each.
                return [error] * len(works)
        half = len(works) // 2
        return self._run(works[:half]) + self._run(works[half:])

    def _together(self, works: Sequence[Callable[[sa.Connection], Any]]) -> Sequence["_Done"]:
        with contextlib.ExitStack() as stack:
            try:
                connection = stack.enter_context(self._engine.begin())
                if self._on_sqlite:
                    # From here on what is read is what is written to.
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
            except Exception as error:
                raise _NotBegunError(error) from error
            return [_Done(work(connection)) for work in works]


class _NotBegunError(Exception):
    """The file can't be written to."""

    def __init__(self, reason: Exception) -> None:
        super().__init__()
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Done:
    value: Any
