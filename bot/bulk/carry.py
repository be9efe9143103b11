"""What is done for a list whenever it is taken up: read it, run it, end it, and tell of it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.bulk.batches import Batch, BatchId, BatchStatus
from bot.bulk.ports import BatchNotifier, ListReader, Looked
from bot.bulk.run import ListRun
from bot.delivery.pauses import GIVE_UP_TELLING, LONGEST_PAUSE_TO_TELL, TELL_TRIES, pause_before
from bot.errors import BotError, Refused, TryLater
from bot.sends import Card

logger = logging.getLogger(__name__)

READ_TRIES = 20  # then its file can't be read


class CarryRepository(Protocol):
    """A list, as it is written down; all of it waits for the database."""

    async def get(self, batch_id: BatchId) -> Batch: ...

    async def looked_at(self, batch: Batch, looked: Looked) -> bool:
        """Write down what a look found; False if the list was stopped meanwhile."""
        ...

    async def expire(self, batch_id: BatchId) -> bool: ...

    async def told(self, batch: Batch, card: Card) -> None: ...

    async def not_told(self, batch: Batch, *, reason: str) -> None: ...

    async def try_later(self, batch: Batch, *, next_try: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class ListCarrier:
    """Each step may happen twice."""

    lists: CarryRepository
    reader: ListReader
    runs: ListRun
    notifier: BatchNotifier
    now: Callable[[], datetime]

    async def carry(self, batch: Batch) -> None:
        """Do what can be done for a list, and return once nothing can be done now."""
        if batch.status is BatchStatus.READING and not await self._read(batch):
            return
        batch = await self.lists.get(batch.id)
        is_over = batch.approve_until is not None and batch.approve_until <= self.now()
        if batch.status is BatchStatus.AWAITING_APPROVAL and is_over:
            await self.lists.expire(batch.id)
            batch = await self.lists.get(batch.id)
        if batch.status in {BatchStatus.PAUSED, BatchStatus.STOPPED}:
            # Whoever ran it may have been killed in the middle of its calls.
            await self.runs.parts.interrupt(batch)
        if batch.status is BatchStatus.RUNNING:
            batch = await self.runs.run(batch)
        if batch.status is BatchStatus.STOPPED:
            await self.runs.cancel(batch)
        waits = batch.status in {BatchStatus.READING, BatchStatus.RUNNING}
        if batch.announced_status != batch.status and not waits:
            await self._tell(batch)

    async def _read(self, batch: Batch) -> bool:
        """Read its file; False if it is to be tried again later."""
        if not batch.card_ts:
            await self._post_card(batch)
        try:
            looked = await self.reader.look(batch)
        except TryLater as error:
            if batch.tell_tries < READ_TRIES:
                logger.info("list read later", extra={"batch": batch.id, "reason": error.key})
                await self._later(batch, max(error.after, pause_before(batch.tell_tries + 1)))
                return False
            looked = _unreadable(batch, error)
        except Refused as error:
            looked = _unreadable(batch, error)
        await self.lists.looked_at(batch, looked)
        return True

    async def _post_card(self, batch: Batch) -> None:
        """Show that it is read; what can't be shown now is shown with what the look finds."""
        try:
            await self.notifier.tell(batch)
        except (TryLater, Refused) as error:
            logger.info("list not shown yet", extra={"batch": batch.id, "reason": error.key})

    async def _tell(self, batch: Batch) -> None:
        """Try once to tell how it stands; write down when to try again."""
        try:
            card = await self.notifier.tell(batch)
        except TryLater as error:
            pause = max(error.after, pause_before(batch.tell_tries + 1))
            logger.info("list told later", extra={"batch": batch.id, "reason": error.key})
        except Refused as error:
            reason = str(error.values.get("code", error.key))
            logger.error("list not told", extra={"batch": batch.id, "slack_error": reason})  # noqa: TRY400 - no stack is of use
            since = batch.ended or batch.updated
            if batch.tell_tries >= TELL_TRIES and self.now() - since >= GIVE_UP_TELLING:
                await self.lists.not_told(batch, reason=reason)
                return
            pause = pause_before(batch.tell_tries + 1, longest=LONGEST_PAUSE_TO_TELL)
        else:
            await self.lists.told(batch, card)
            return
        await self._later(batch, pause)

    async def _later(self, batch: Batch, seconds: float) -> None:
        moment = self.now() + timedelta(seconds=seconds)
        await self.lists.try_later(batch, next_try=moment)


def _unreadable(batch: Batch, error: BotError) -> Looked:
    return Looked(BatchStatus.UNREADABLE, batch.report, reason=error.key, values=dict(error.values))
