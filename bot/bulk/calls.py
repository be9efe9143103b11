"""The calls of one run of a list: which rows are called, when, and what becomes of each call."""

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.bulk.batches import Batch, BatchStatus, PauseReason
from bot.bulk.pacer import CLAIM_AHEAD, Pacer
from bot.bulk.ports import BatchNotifier
from bot.bulk.refusals import Refusals
from bot.bulk.run_repository import SAME_SENT, Filled, Group, RunRepository
from bot.delivery import GAVE_UP
from bot.delivery.pauses import FIRST_PAUSE, TOKEN_PAUSE, pause_before
from bot.delivery.ports import Alerts, Gateway, RateLimit
from bot.errors import NotAllowed, TooEarly, TryLater, Unclear
from bot.sends import PAUSED, Outcome, Send, SendId, Status

logger = logging.getLogger(__name__)

# Rows that become sends in one transaction, for which others wait.
FILLED_AT_ONCE = 25
LEAST_PAGE = 5  # rows that are looked at before their calls; at a higher rate those of a second
JUDGED_SECONDS = 5.0  # for which it is believed that a row may go
STALE_SECONDS = 10.0  # behind its moment, with which a call does not leave any more
UNREACHABLE = 3  # calls in a row of which nothing went out, after which the whole list waits
HELD_SECONDS = 1.0  # until one looks again whether all calls are still held
MOST_UNDER_WAY = 1000  # calls at the same moment
# Calls that have a permit and have not left, with which one takes no further group: those of so
# many seconds, and a few at any rate.
AHEAD_SECONDS, AHEAD = 0.08, 1
SHORT = 0.05  # seconds, until one looks for rows that are sends by now
IDLE = 0.5  # seconds, until one looks again for rows whose moment came
LONG = timedelta(seconds=30)  # a wait for which a run ends, and is taken up again


class Drain(Protocol):
    """What a stop of the process waits for."""

    @property
    def ends(self) -> bool: ...

    def counted(self) -> AbstractContextManager[None]: ...


class ListPaused(Exception):
    """The list goes on only once a person says so."""

    def __init__(self, reason: PauseReason) -> None:
        """Keep why."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RunParts:
    """What every run of a list needs."""

    lists: RunRepository
    notifier: BatchNotifier
    rate_limit: RateLimit
    alerts: Alerts
    gateway: Gateway
    # Says why some of these may not go. Raises NotAllowed of the list's person, and TryLater.
    check_rows: Callable[[Sequence[Send]], Awaitable[Mapping[SendId, NotAllowed | TooEarly]]]
    why_paused: Callable[[Batch], Awaitable[PauseReason | None]]  # what speaks against all of it
    wake_sends: Callable[[], Awaitable[None]]  # those that wait for a token: it is taken again
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    drain: Drain
    rate: float  # calls a second
    late_after: timedelta
    pacer: Pacer  # by whose clock all calls of this process leave while a list runs
    # Lists of one process take their groups by turns.
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def interrupt(self, batch: Batch) -> None:
        """Mark the calls of an earlier run as unknown; the run that carries it has none yet."""
        if interrupted := await self.lists.interrupt(batch):
            logger.warning("rows interrupted", extra={"batch": batch.id, "rows": interrupted})


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
        self._judged: dict[SendId, float] = {}  # when, of those that may go
        self._unreachable = 0  # calls in a row of which nothing went out
        self._waits = 0  # of the whole list, since something went out last
        self._not_before = 0.0  # by the pacer's clock
        self._why_later = ""  # nothing goes out before
        self._size = max(LEAST_PAGE, int(parts.rate))
        self._most = max(LEAST_PAGE, int(parts.rate / 4))  # that one tries to claim together

    async def go(self) -> None:
        """Call row by row, while the next ones are looked at. Raises ListPaused."""
        parts = self._parts
        going = deque[Send]()
        ahead: asyncio.Task[tuple[bool, list[Send]]] | None = None
        try:
            while not parts.drain.ends:
                if ahead is None and len(going) <= self._size // 2:
                    ahead = asyncio.create_task(self._look_ahead(frozenset(s.id for s in going)))
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
        if await self._parts.lists.finish(self._batch) or not await self._is_running():
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

    async def _look_ahead(self, known: frozenset[SendId]) -> tuple[bool, list[Send]]:
        """Look whether there are more rows, and which of them may go, as far as that can be said.

        Raises ListPaused.
        """
        parts = self._parts
        while True:
            if not await self._is_running():
                return False, []
            page = await parts.lists.next(self._batch.id, self._size + len(known))
            new = [send for send in page if send.id not in known]
            try:
                if new and (reason := await parts.why_paused(self._batch)):
                    raise ListPaused(reason)
                return bool(new), await self._judged_now(new)
            except NotAllowed as error:
                raise ListPaused(PauseReason.ACCESS) from error
            except TryLater as error:
                await parts.sleep(max(error.after, FIRST_PAUSE))

    async def _is_running(self) -> bool:
        batch = await self._parts.lists.get(self._batch.id)
        return batch.status is BatchStatus.RUNNING

    async def _judged_now(self, page: Sequence[Send]) -> list[Send]:
        """Ask once more what speaks against these rows; return those that may go. Raises TryLater."""
        if not page:
            return []
        why = await self._parts.check_rows(page)
        retries = self._batch.request.retries
        alone = await self._parts.lists.replaced(retries) if retries else frozenset[int]()
        same = NotAllowed(SAME_SENT)
        why = {**why, **{each.id: same for each in page if each.request.batch_line in alone}}
        self._judged |= {send.id: self._parts.pacer.now() for send in page}
        return [send for send in page if await self._may_go(send, why.get(send.id))]

    async def _may_go(self, send: Send, why: NotAllowed | TooEarly | None) -> bool:
        lists = self._parts.lists
        if send.tries and self._parts.now() > send.give_up_at:
            await lists.refuse(send, GAVE_UP)
        elif isinstance(why, TooEarly):
            await lists.postpone(send, next_try=why.until, reason=why.key)
        elif why is not None:
            await lists.refuse(send, Outcome(Status.FAILED, why.key))
        else:
            return True
        self._judged.pop(send.id, None)
        return False

    def _forget_old(self, going: deque[Send]) -> None:
        """Leave out those about whom was asked too long ago: they are asked about anew."""
        now = self._parts.pacer.now()
        while going and now - self._judged[going[0].id] > JUDGED_SECONDS:
            del self._judged[going.popleft().id]

    async def _take_group(self, going: deque[Send]) -> bool:
        """Begin the next calls; False if the list does not run any more. Raises ListPaused."""
        parts = self._parts
        self._check()
        if len(self._calls) >= MOST_UNDER_WAY:
            await asyncio.wait(tuple(self._calls), return_when=asyncio.FIRST_COMPLETED)
            return True
        if self._parts.pacer.now() < self._not_before:
            await parts.sleep(IDLE)
            return await self._is_running()
        async with parts.turn:
            while parts.pacer.waiting > max(AHEAD, AHEAD_SECONDS * parts.rate):
                # They fell behind: no more is claimed than leaves soon.
                await parts.sleep(parts.pacer.waiting / parts.rate / 2)
            # A row that is claimed leaves at once: who looks sooner only makes others wait.
            await parts.sleep(parts.pacer.free_in - CLAIM_AHEAD)
            self._forget_old(going)
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
            self._judged.pop(send_id, None)
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
