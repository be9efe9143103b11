"""Runs of one kind in this process: each is a workflow of the engine, named `<id>:<n>`.

While many go on, those that begin within a moment share a workflow, named after the first of them:
what the engine writes down of one costs it as much as all else that a send needs. If it can't write
down that one begins, that begins without it: the truth is in our tables.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

from dbos import DBOS, SetWorkflowID

# The package's own, which says the same seldom, however often it happens.
logger = logging.getLogger(__package__)

# So long the engine may take to write down that a run begins; then it begins without that.
START_SECONDS = 3.0
# While more go on, the next ones gather for so many seconds, and share a workflow.
ALONE = 4
GATHER_SECONDS = 0.1
# After a fault of ours it is taken up again, but not over and over.
FAILED_SECONDS = 10.0


class Carried(Protocol):
    """What a run carries."""

    @property
    def id(self) -> str: ...

    @property
    def runs(self) -> int:
        """How many times it was taken up."""
        ...


R = TypeVar("R", bound=Carried)


class EngineRuns(Generic[R]):
    """Starts them, and knows which go on."""

    def __init__(self, name: str, carry: Callable[[R], Awaitable[None]]) -> None:
        """`name` is the engine's for this kind of run; its meaning never changes under it."""
        self._name, self._carry = name, carry
        self.live: set[str] = set()
        self._gathered: list[R] = []  # of these, those for which the engine was not asked yet
        self._gathering: asyncio.TimerHandle | None = None
        self._waiting: dict[str, R] = {}  # of these, those whose run has not begun
        self._tasks: set[asyncio.Task[None]] = set()

    def register(self) -> None:
        """Make them known to the engine, before it is launched."""

        @DBOS.workflow(name=self._name, max_recovery_attempts=None)
        async def run(runs: list[tuple[str, int]]) -> None:
            await self._begin(runs)

        self._run = run

    def begin(self, item: R) -> None:
        """Run what this process carries."""
        self.live.add(item.id)
        self._waiting[item.id] = item
        self._gathered.append(item)
        if len(self.live) <= ALONE:
            self._start_gathered()
        elif self._gathering is None:
            loop = asyncio.get_running_loop()
            self._gathering = loop.call_later(GATHER_SECONDS, self._start_gathered)

    async def end(self) -> None:
        """End all of them where they are."""
        if self._gathering is not None:
            self._gathering.cancel()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start_gathered(self) -> None:
        if self._gathering is not None:
            self._gathering.cancel()
            self._gathering = None
        gathered, self._gathered = self._gathered, []
        self._keep(asyncio.create_task(self._start(gathered)))

    async def _start(self, items: Sequence[R]) -> None:
        """Let the engine begin the runs; if it can't write that down now, run them all the same."""
        runs = [(item.id, item.runs) for item in items]
        name, number = runs[0]
        try:
            async with asyncio.timeout(START_SECONDS):
                with SetWorkflowID(f"{name}:{number}"):
                    await DBOS.start_workflow_async(self._run, runs)
            # Time for the engine's own task; it may know this run, and then begins nothing.
            await asyncio.sleep(0)
            if self._unbegun(runs):
                await asyncio.sleep(START_SECONDS)
        except Exception as error:  # noqa: BLE001 - whatever the engine raises, it goes on
            logger.warning(
                "run not written down",
                extra={
                    "send": name,
                    "run": number,
                    "with_others": len(runs) - 1,
                    "error": type(error).__name__,
                },
            )
        await self._begin(runs)

    def _unbegun(self, runs: Sequence[tuple[str, int]]) -> list[R]:
        """Find those of these runs that have not begun."""
        found = [(self._waiting.get(run_id), number) for run_id, number in runs]
        return [item for item, number in found if item is not None and item.runs == number]

    async def _begin(self, runs: Sequence[tuple[str, int]]) -> None:
        """Carry these, unless that has begun: as the workflow, or instead of it."""
        items = self._unbegun(runs)
        for item in items:
            del self._waiting[item.id]
        carrying = [asyncio.create_task(self._carry_one(item)) for item in items]
        for task in carrying:
            self._keep(task)
        await asyncio.gather(*carrying)

    async def _carry_one(self, item: R) -> None:
        """Carry it; raises nothing: the engine would keep it as an error."""
        try:
            await self._carry(item)
        except Exception:  # a fault of ours: the log has it, and the sweep takes it up again
            logger.exception("run failed", extra={"send": item.id, "run": item.runs})
            await asyncio.sleep(FAILED_SECONDS)
        finally:
            self.live.discard(item.id)

    def _keep(self, task: "asyncio.Task[None]") -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
