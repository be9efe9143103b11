"""Runs of one kind in this process: each is a workflow of the engine, named `<id>:<n>`.

If the engine can't write down that one begins, it begins without that: the truth is in our tables.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, Protocol, TypeVar

from dbos import DBOS, SetWorkflowID

# The package's own, which says the same seldom, however often it happens.
logger = logging.getLogger(__package__)

# So long the engine may take to write down that a run begins; then it begins without that.
START_SECONDS = 3.0
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
        self._waiting: dict[str, R] = {}  # of these, those whose run has not begun
        self._tasks: set[asyncio.Task[None]] = set()

    def register(self) -> None:
        """Make them known to the engine, before it is launched."""

        @DBOS.workflow(name=self._name, max_recovery_attempts=None)
        async def run(run_id: str, number: int) -> None:
            await self._begin(run_id, number)

        self._run = run

    def begin(self, item: R) -> None:
        """Run what this process carries."""
        self.live.add(item.id)
        self._waiting[item.id] = item
        self._keep(asyncio.create_task(self._start(item)))

    async def end(self) -> None:
        """End all of them where they are."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _start(self, item: R) -> None:
        """Let the engine begin the run; if it can't write that down now, run it all the same."""
        try:
            async with asyncio.timeout(START_SECONDS):
                with SetWorkflowID(f"{item.id}:{item.runs}"):
                    await DBOS.start_workflow_async(self._run, item.id, item.runs)
            # Time for the engine's own task; it may know this run, and then begins nothing.
            await asyncio.sleep(0)
            if item.id in self._waiting:
                await asyncio.sleep(START_SECONDS)
        except Exception as error:  # noqa: BLE001 - whatever the engine raises, it goes on
            logger.warning(
                "run not written down",
                extra={"send": item.id, "run": item.runs, "error": type(error).__name__},
            )
        await self._begin(item.id, item.runs)

    async def _begin(self, run_id: str, number: int) -> None:
        """Carry it, unless that has begun: as the workflow, or instead of it.

        Raises nothing: the engine would keep it as an error.
        """
        item = self._waiting.get(run_id)
        if item is None or item.runs != number:
            return
        del self._waiting[item.id]
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine always runs in one
        self._keep(task)
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
