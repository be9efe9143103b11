"""The runs of lists in this process: one workflow a list, and the look that starts it."""

import asyncio
import contextlib
import logging
from typing import Protocol

from bot.bulk.batches import Batch, BatchId, DueBatch
from bot.errors import BotError
from bot.sends import Send
from bot.workflow.drain import Drain
from bot.workflow.engine_runs import EngineRuns
from bot.workflow.looking import keep_looking
from bot.workflow.takeover import Takeover

logger = logging.getLogger(__name__)

# A workflow's meaning never changes under its name: a new meaning gets a new name.
RUN = "list.v2"
LOOK_SECONDS = 2.0  # whoever decides something has it looked at once
AT_ONCE = 50  # lists of one process; all share one rate


class ListWork(Protocol):
    """What a run of a list does; it may happen twice."""

    async def carry(self, batch: Batch, /) -> None:
        """Do what can be done for a list, and return once nothing can be done now."""
        ...

    async def close(self) -> None:
        """Let what goes on beside the runs end."""
        ...


class Lists(Protocol):
    """The lists that are open, as they are written down."""

    async def due(self, limit: int, /) -> tuple[DueBatch, ...]: ...

    async def take_up(self, found: DueBatch, /) -> Batch | None: ...

    async def release(self, batch_id: BatchId, /) -> None: ...


class ListRuns:
    """Carries the lists for which something is due and which no living process carries."""

    def __init__(self, process: str, takeover: Takeover, drain: Drain) -> None:
        """Carry nothing yet; `process` stands in the rows of what is carried."""
        self.process = process
        self._takeover, self._drain = takeover, drain
        self._runs: EngineRuns[Batch] = EngineRuns(RUN, self._carry)
        self._wake = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None

    def register(self, work: ListWork, lists: Lists) -> None:
        """Make the runs known to the engine, before it is launched."""
        self._work, self._lists = work, lists
        self._runs.register()

    def start(self) -> None:
        """Begin to look."""
        self._loop = asyncio.create_task(
            keep_looking(
                self._take_up,
                self._wake,
                seconds=LOOK_SECONDS,
                postponed="look for lists postponed",
            )
        )

    async def stop(self) -> None:
        """Look no more, and end what runs: the drain waited for the calls."""
        if self._loop is None:
            return
        self._loop.cancel()
        live = [BatchId(each) for each in self._runs.live]
        await self._runs.end()
        await asyncio.gather(self._loop, return_exceptions=True)
        await self._work.close()
        with contextlib.suppress(BotError, TimeoutError):  # they are found without it, only later
            async with asyncio.timeout(1.0):
                for each in live:
                    await self._lists.release(each)

    def begin(self, _send: Send) -> None:
        """Leave it: a single send is no list's."""

    def look(self) -> None:
        """Look now: something was decided."""
        self._wake.set()

    async def _carry(self, batch: Batch) -> None:
        await self._drain.may_begin()
        try:
            await self._work.carry(batch)
        finally:
            if not self._drain.ends:
                await self._lists.release(batch.id)
                self.look()

    async def _take_up(self) -> None:
        found = await self._lists.due(2 * AT_ONCE)
        free = [each for each in found if each.id not in self._runs.live]
        living = await self._takeover.living({each.runner for each in free})
        for each in free:
            if each.runner in living or len(self._runs.live) >= AT_ONCE:
                continue
            if (batch := await self._lists.take_up(each)) is not None:
                self._runs.begin(batch)
