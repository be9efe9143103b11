"""The life of a list: its file is read, its rows go out, and people are told how it ended.

What is known is always in the rows. A run takes a list up, marks what an earlier run left in the
middle of its calls as unknown, and goes on with the rows that wait.
"""

import asyncio
import logging
from dataclasses import dataclass, field

from bot.bulk.batches import Batch, PauseReason
from bot.bulk.calls import FILLED_AT_ONCE, Calls
from bot.bulk.refusals import Refusals
from bot.bulk.run_parts import ListPaused, RunParts
from bot.bulk.run_repository import Filled

logger = logging.getLogger(__name__)

FILL_PAUSE = 0.02  # seconds, in which others write
CANCELLED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class ListRun:
    """Carries one list after the other, or several at once."""

    parts: RunParts
    filling: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, batch: Batch) -> Batch:
        """Send what waits, until nothing does, or the list stands otherwise; return it then."""
        moment = batch.request.send_at.instant if batch.request.send_at else None
        if moment and moment > self.parts.now():
            await self.parts.lists.wait_until(batch.id, moment)
            self.parts.notifier.show(batch.id)
            return await self.parts.lists.get(batch.id)
        # Before anything else happens to it.
        last = await self.parts.lists.last_event(batch)
        await self.parts.interrupt(batch)
        if self.parts.now() - last > self.parts.late_after:
            await self._pause(batch, PauseReason.LATE)
            return await self.parts.lists.get(batch.id)
        await self._call_all(batch)
        return await self.parts.lists.get(batch.id)

    async def _call_all(self, batch: Batch) -> None:
        filling = asyncio.create_task(self._fill(batch))
        calls = Calls(self.parts, batch, Refusals(await self.parts.lists.outcomes(batch)), filling)
        try:
            await calls.go()
        except ListPaused as error:
            await self._pause(batch, error.reason)
        except asyncio.CancelledError:
            # The process ends: it waited for the calls as long as it can.
            calls.abandon()
            raise
        finally:
            filling.cancel()
            await asyncio.gather(filling, return_exceptions=True)
            await calls.close()

    async def _fill(self, batch: Batch) -> None:
        """Make sends of all rows, while the first ones go out and others write in between."""
        while True:
            # One list after the other: together they would be one long transaction.
            async with self.filling:
                filled = await self.parts.lists.fill(batch, FILLED_AT_ONCE)
            if filled is not Filled.MORE:
                return
            await self.parts.sleep(FILL_PAUSE)

    async def _pause(self, batch: Batch, reason: PauseReason) -> None:
        logger.warning("list paused", extra={"batch": batch.id, "reason": reason})
        await self.parts.lists.pause_itself(batch.id, reason)

    async def cancel(self, batch: Batch) -> None:
        """Cancel what has not begun of a stopped list."""
        while await self.parts.lists.cancel_rows(batch, CANCELLED_AT_ONCE):
            self.parts.notifier.show(batch.id)
