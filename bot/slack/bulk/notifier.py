"""Shows how a list goes on, not too often, and tells people of it once each time it stands otherwise."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from weakref import WeakValueDictionary

from bot.bulk.batches import Batch, BatchId
from bot.bulk.ports import BatchRepository
from bot.errors import BotError, TryLater
from bot.sends import Card
from bot.slack.bulk.posting import ListPosting
from bot.slack.bulk.telling import Telling

logger = logging.getLogger(__name__)

# Slack takes some fifty updates a minute, of all cards together (docs: chat.update, tier 3).
LEAST_PAUSE = 3.0  # seconds between two updates of a list's card
PAUSE_EACH = 1.5  # seconds for each list that runs
RETRY = 3.0  # seconds, where Slack does not say how long it wants a pause
REMEMBERED = 2000  # lists


class SlackBatchNotifier:
    """Whatever concerns one list goes one after the other."""

    def __init__(
        self,
        posting: ListPosting,
        batches: BatchRepository,
        telling: Telling | None = None,
        *,
        least_pause: float = LEAST_PAUSE,
        pause_each: float = PAUSE_EACH,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take pauses and a clock in seconds."""
        self._posting = posting
        self._batches = batches
        self._telling = telling or Telling(posting)
        self._least_pause, self._pause_each = least_pause, pause_each
        self._clock = clock
        self._wanted: set[BatchId] = set()
        self._tasks: dict[BatchId, asyncio.Task[None]] = {}
        self._drawn_at: OrderedDict[BatchId, float] = OrderedDict()
        self._not_before = 0.0  # Slack wants no updates until then, of any list
        # Each is there as long as somebody refers to it.
        self._locks: WeakValueDictionary[BatchId, asyncio.Lock] = WeakValueDictionary()
        self._is_closed = False

    def show(self, batch_id: BatchId) -> None:
        """Show its card as it is by then; never waited for, and the last state is always drawn."""
        if self._is_closed:
            return
        # One that has not read the list yet will show this as well.
        self._wanted.add(batch_id)
        if batch_id not in self._tasks:
            task = asyncio.create_task(self._keep_up(batch_id))
            self._tasks[batch_id] = task
            task.add_done_callback(partial(self._ended, batch_id))

    async def tell(self, batch: Batch) -> Card:
        """Say what has to be said of this status, once. Raises TryLater or Refused."""
        async with self._lock(batch.id):
            told = await self._telling.tell(batch)
            self._note_drawn(batch.id)
        return Card(told.card_channel, told.card_ts)

    async def close(self, *, patience: float) -> None:
        """Let the cards under way be drawn within `patience` seconds, and leave the rest."""
        self._is_closed = True
        if not self._tasks:
            return
        _, late = await asyncio.wait(tuple(self._tasks.values()), timeout=patience)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _keep_up(self, batch_id: BatchId) -> None:
        while batch_id in self._wanted:
            try:
                await self._wait_for_turn(batch_id)
                self._wanted.discard(batch_id)
                async with self._lock(batch_id):
                    await self._draw(batch_id)
            except TryLater as error:
                logger.info("card later", extra={"batch": batch_id, "reason": error.key})
                if self._is_closed:
                    return
                self._wanted.add(batch_id)
                pause = max(error.after, RETRY)
                self._not_before = max(self._not_before, self._clock() + pause)
            except BotError as error:
                logger.warning("card not shown", extra={"batch": batch_id, "reason": error.key})

    async def _wait_for_turn(self, batch_id: BatchId) -> None:
        """Wait until this card may be updated again."""
        drawn_at = self._drawn_at.get(batch_id)
        due = self._not_before
        if drawn_at is not None:
            running = await self._batches.running()
            pause = max(self._least_pause, self._pause_each * running)
            due = max(due, drawn_at + pause)
        while not self._is_closed:
            # Slack may ask for more while we wait.
            left = max(due, self._not_before) - self._clock()
            if left <= 0:
                return
            await asyncio.sleep(left)

    async def _draw(self, batch_id: BatchId) -> None:
        drawn: Batch | None = None
        batch = await self._batches.find(batch_id)
        # Read again afterwards: another process may have drawn what is true now before this one's
        # update arrived.
        while batch is not None and (drawn is None or drawn.status is not batch.status):
            if not self._posting.posted.placed(batch).card_ts:
                # Whoever tells it posts the card.
                return
            self._note_drawn(batch_id)
            always = drawn is not None or batch.status.is_final
            await self._posting.show(batch, always=always)
            drawn, batch = batch, await self._batches.find(batch_id)

    def _note_drawn(self, batch_id: BatchId) -> None:
        self._drawn_at[batch_id] = self._clock()
        self._drawn_at.move_to_end(batch_id)
        if len(self._drawn_at) > REMEMBERED:
            self._drawn_at.popitem(last=False)

    def _lock(self, batch_id: BatchId) -> asyncio.Lock:
        return self._locks.setdefault(batch_id, asyncio.Lock())

    def _ended(self, batch_id: BatchId, task: asyncio.Task[None]) -> None:
        del self._tasks[batch_id]
        if not task.cancelled() and (error := task.exception()):
            logger.error("card not shown", exc_info=error, extra={"batch": batch_id})
            self._wanted.discard(batch_id)
        elif batch_id in self._wanted:
            # Asked for just when it ended.
            self.show(batch_id)
