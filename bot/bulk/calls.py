"""The calls of one run of a list: which rows are called, when, and what becomes of each call."""

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Sequence
from datetime import timedelta

from bot.bulk.batches import Batch, PauseReason
from bot.bulk.look_ahead import LookAhead
from bot.bulk.pacer import CLAIM_AHEAD
from bot.bulk.refusals import Refusals
from bot.bulk.run_parts import ListPaused, RunParts
from bot.bulk.run_repository import Filled, Group
from bot.delivery.pauses import TOKEN_PAUSE, pause_before
from bot.errors import TryLater, Unclear
from bot.sends import PAUSED, Outcome, Send, Status

logger = logging.getLogger(__name__)

# Rows that become sends in one transaction, for which others wait.
FILLED_AT_ONCE = 25
STALE_SECONDS = 10.0  # behind its moment, with which a call does not leave any more
LEAST_GROUP = 5  # rows that one tries to claim together; at a higher rate those of a quarter second
UNREACHABLE = 3  # calls in a row of which nothing went out, after which the whole list waits
HELD_SECONDS = 1.0  # until one looks again whether all calls are still held
MOST_UNDER_WAY = 1000  # calls at the same moment
# Calls that have a permit and have not left, with which one takes no further group: those of so
# many seconds, and a few at any rate.
AHEAD_SECONDS, AHEAD = 0.08, 1
SHORT = 0.05  # seconds, until one looks for rows that are sends by now
IDLE = 0.5  # seconds, until one looks again for rows whose moment came
LONG = timedelta(seconds=30)  # a wait for which a run ends, and is taken up again


class Calls:
    """The calls of one run of one list."""

    def __init__(
        self,
        parts: RunParts,
        batch: Batch,
        refusals: Refusals,
        filling: "asyncio.Task[None]",
    ) -> None:
        self._parts, self._batch = parts, batch
        self._refusals = refusals
        self._filling = filling
        self._calls: set[asyncio.Task[None]] = set()
        self._paused: PauseReason | None = None
        self._ahead = LookAhead(parts, batch)
        self._unreachable = 0  # calls in a row of which nothing went out
        self._waits = 0  # of the whole list, since something went out last
        self._not_before = 0.0  # by the pacer's clock
        self._why_later = ""  # nothing goes out before
        self._most = max(LEAST_GROUP, int(parts.rate / 4))

    async def go(self) -> None:
        """Call row by row, while the next ones are looked at. Raises ListPaused."""
        parts = self._parts
        going = deque[Send]()
        ahead: asyncio.Task[tuple[bool, list[Send]]] | None = None
        try:
            while not parts.drain.ends:
                if ahead is None and len(going) <= self._ahead.size // 2:
                    ahead = asyncio.create_task(self._ahead.look(frozenset(s.id for s in going)))
                if ahead is not None and (ahead.done() or not going):
                    has_more, more = await ahead
                    ahead = None
                    going.extend(more)
                    parts.notifier.show(self._batch.id)
                    if not (going or has_more) and await self._is_over():
                        return
                if going and not await self._take_group(going):
                    return
        finally:
            if ahead is not None:
                ahead.cancel()

    def abandon(self) -> None:
        """Wait for no answer any more: what becomes of these calls, nobody knows."""
        for call in self._calls:
            call.cancel()

    async def close(self) -> None:
        """Wait for the calls under way."""
        while self._calls:
            await asyncio.wait(tuple(self._calls))

    async def _is_over(self) -> bool:
        """Look what is left while no row can be called now; wait for it, or say that none is."""
        if not self._filling.done():
            await asyncio.wait((self._filling,), timeout=SHORT)
            return False
        self._filling.result()
        if self._calls:
            calls = tuple(self._calls)
            await asyncio.wait(calls, timeout=IDLE, return_when=asyncio.FIRST_COMPLETED)
            self._check()
            return False
        if await self._parts.lists.finish(self._batch) or not await self._parts.is_running(
            self._batch.id
        ):
            return True
        # What another run left, or a fault of ours in the middle of a call.
        await self._parts.interrupt(self._batch)
        # It may have been paused while its rows became sends.
        if await self._parts.lists.fill(self._batch, FILLED_AT_ONCE) is Filled.MORE:
            return False
        return await self._waits_long()

    async def _waits_long(self) -> bool:
        """Wait for the next row that is due; leave that to another run if it takes long."""
        lists, batch_id = self._parts.lists, self._batch.id
        moment = await lists.next_moment(batch_id)
        if moment and moment - self._parts.now() > LONG:
            await lists.wait_until(batch_id, moment)
            return True
        await self._parts.sleep(IDLE)
        return False

    async def _take_group(self, going: deque[Send]) -> bool:
        """Begin the next calls; False if the list does not run any more. Raises ListPaused."""
        parts = self._parts
        self._check()
        if len(self._calls) >= MOST_UNDER_WAY:
            await asyncio.wait(tuple(self._calls), return_when=asyncio.FIRST_COMPLETED)
            return True
        if self._parts.pacer.now() < self._not_before:
            await parts.sleep(IDLE)
            return await self._parts.is_running(self._batch.id)
        async with parts.turn:
            while parts.pacer.waiting > max(AHEAD, AHEAD_SECONDS * parts.rate):
                # They fell behind: no more is claimed than leaves soon.
                await parts.sleep(parts.pacer.waiting / parts.rate / 2)
            # A row that is claimed leaves at once: who looks sooner only makes others wait.
            await parts.sleep(parts.pacer.free_in - CLAIM_AHEAD)
            while going and self._ahead.is_old(going[0].id):
                self._ahead.forget(going.popleft().id)
            if not going:
                return True
            with parts.drain.counted():
                asked = tuple(itertools.islice(going, self._most))
                group = await self._claim(asked)
                if isinstance(group, Group):
                    self._begin(group, asked, going)
                    return True
            if group is None:
                return False
            await parts.sleep(group)
        return True

    async def _claim(self, asked: Sequence[Send]) -> Group | float | None:
        try:
            return await self._parts.lists.claim(self._batch.id, asked)
        except TryLater as error:
            # All calls are held: one of whoever waits tries whether Atom takes the token again.
            return min(max(error.after, IDLE), HELD_SECONDS)

    def _begin(self, group: Group, asked: Sequence[Send], going: deque[Send]) -> None:
        claimed = {send.id for send in group.sends}
        # Those before the last one that were not claimed: somebody decided, or their number waits.
        for _ in asked:
            if group.sends and not claimed:
                break
            send_id = going.popleft().id
            claimed.discard(send_id)
            self._ahead.forget(send_id)
        first = self._parts.pacer.now() + group.wait
        for number, send in enumerate(group.sends):
            call = asyncio.create_task(
                self._call(send, first + number * group.gap, is_probe=group.is_probe)
            )
            self._calls.add(call)
            call.add_done_callback(self._ended)

    def _ended(self, call: "asyncio.Task[None]") -> None:
        self._calls.discard(call)
        if not call.cancelled() and (error := call.exception()):
            # Its row is found as one of which nobody knows.
            logger.error("call not written down", exc_info=error)

    async def _call(self, send: Send, moment: float, *, is_probe: bool) -> None:
        """Call at its moment, by the pacer's clock, and write down what is known of it."""
        with self._parts.drain.counted():
            await self._parts.pacer.leave(moment)
            if self._parts.pacer.now() - moment > STALE_SECONDS:
                # This process was stopped, or waited: others may have given it up by now.
                await self._put_back(send, 0.0, "")
                return
            if (left := self._not_before - self._parts.pacer.now()) > 0:
                # Others found meanwhile that nothing gets through: it need not try as well.
                await self._put_back(send, left, self._why_later)
                return
            outcome = await self._outcome(send)
            if outcome is None:
                return
            await self._parts.lists.settle(send, outcome)
            if is_probe and outcome.status is not Status.UNKNOWN:
                await self._parts.rate_limit.resume()
                await self._parts.wake_sends()
                self._parts.alerts.token_taken()
            self._paused = self._refusals.add(outcome) or self._paused

    async def _outcome(self, send: Send) -> Outcome | None:
        """Call once; None if nothing went out, and that is written down."""
        parts = self._parts
        try:
            outcome = await parts.gateway.send(send.request)
        except TryLater as error:
            await self._put_back(send, self._pause_after(send, error), error.key)
            return None
        except Unclear as error:
            outcome = Outcome(Status.UNKNOWN, error.key)
        except Exception:  # a fault of ours: it may have gone out, and the log has why nobody knows
            logger.exception("call failed", extra={"send": send.id, "batch": self._batch.id})
            outcome = Outcome(Status.UNKNOWN, "no_answer")
        self._unreachable = self._waits = 0
        if not outcome.pauses_queue:
            return outcome
        await parts.rate_limit.pause(TOKEN_PAUSE)
        parts.alerts.token_refused(outcome.http_status)
        self._paused = PauseReason.TOKEN
        await self._put_back(send, 0.0, PAUSED)
        return None

    def _pause_after(self, send: Send, error: TryLater) -> float:
        """Say when a row is tried again; after a few in a row the whole list waits."""
        self._unreachable += 1
        now = self._parts.pacer.now()
        # Of calls that were under way together one is enough.
        if self._unreachable >= UNREACHABLE and now >= self._not_before:
            self._waits += 1
            self._not_before = now + max(error.after, pause_before(self._waits))
            self._why_later = error.key
        return max(error.after, pause_before(send.tries + 1))

    async def _put_back(self, send: Send, pause: float, reason: str) -> None:
        moment = self._parts.now() + timedelta(seconds=pause)
        await self._parts.lists.put_back(send, next_try=moment, reason=reason)

    def _check(self) -> None:
        if self._paused is not None:
            raise ListPaused(self._paused)
