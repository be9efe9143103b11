"""The life of a send once it is taken: try until something is known, then tell the people."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.errors import NotAllowed, TryLater, Unclear
from bot.sends import Outcome, Send, SendId, Status

FIRST_PAUSE = 1.0  # seconds
LONGEST_PAUSE = 60.0
TOLERANCE = 0.1  # seconds by which a pause may end early
HOLD = 60.0  # seconds for which a refused token stops the queue


class Steps(Protocol):
    """What the life of a send is made of; each may run twice."""

    async def attempt(self, send_id: SendId) -> float | None: ...

    async def pause(self, seconds: float) -> None: ...

    async def tell(self, send_id: SendId) -> None: ...


async def deliver(send_id: SendId, steps: Steps) -> None:
    """See one send through to its outcome, in its thread."""
    while (pause := await steps.attempt(send_id)) is not None:
        await steps.pause(pause)
    await steps.tell(send_id)


class Book(Protocol):
    """The sends as they are written down."""

    async def get(self, send_id: SendId) -> Send: ...

    async def claim(self, send_id: SendId) -> str | None:
        """Mark the call as begun, before it is; None if it may not begin any more.

        What is returned names this claim: nobody else's call is settled or put back with it.
        """
        ...

    async def unclaim(self, send_id: SendId, *, claim: str) -> None:
        """Put it back: of this call nothing went out."""
        ...

    async def settle(self, send_id: SendId, outcome: Outcome, *, claim: str) -> None:
        """Write down what is known of this call."""
        ...

    async def refuse(self, send_id: SendId, outcome: Outcome) -> None:
        """Write down why it is not called at all; nothing happens once a call has begun."""
        ...

    async def postpone(self, send_id: SendId, *, next_try: datetime, reason: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Slot:
    """Leave to call: in how many seconds, and whether this call tests a queue on hold."""

    wait: float
    is_probe: bool = False


class Pace(Protocol):
    """When the next call may go, over all processes of one database."""

    async def slot(self) -> Slot:
        """Return the next free slot; raises TryLater while the queue is on hold."""
        ...

    async def check(self) -> None:
        """Return if calls may begin; raises TryLater while the queue is on hold."""
        ...

    async def hold(self, seconds: float) -> None: ...

    async def release(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt at a send: claim it, call Atom once, write down what is known."""

    book: Book
    pace: Pace
    may_send: Callable[[Send], Awaitable[object]]  # raises NotAllowed or TryLater
    call: Callable[[Send], Awaitable[Outcome]]  # raises TryLater if nothing went out
    begin: Callable[[Send], None]  # the card, should the outcome take its time
    show: Callable[[Send], None]  # the card, beside the call and never waited for
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]

    async def attempt(self, send_id: SendId) -> float | None:
        """Try once. Return the seconds to pause before the next try, or None if it ended."""
        send = await self.book.get(send_id)
        if send.status is Status.SENDING:
            # An earlier run of this step called Atom and did not live to tell.
            unknown = Outcome(Status.UNKNOWN, "interrupted")
            await self.book.settle(send_id, unknown, claim=send.claim)
            return None
        if send.status is not Status.QUEUED:
            return None
        if (early := self._early(send)) > TOLERANCE:
            # A run before this one was killed before its pause was written down.
            return early
        self.begin(send)
        try:
            if await self._may_go(send):
                return await self._take_turn(send)
        except TryLater as error:
            return await self._postpone(send, error)
        return None

    def _early(self, send: Send) -> float:
        """Say how many seconds are left of its pause."""
        return (send.next_try - self.now()).total_seconds() if send.next_try else 0.0

    async def _may_go(self, send: Send) -> bool:
        """Look whether it may still be sent; if not, write down why. Raises TryLater."""
        if self.now() >= send.give_up_at:
            await self.book.refuse(send.id, Outcome(Status.FAILED, "gave_up"))
            return False
        try:
            await self.may_send(send)
        except NotAllowed as error:
            await self.book.refuse(send.id, Outcome(Status.FAILED, error.key))
            return False
        return True

    async def _take_turn(self, send: Send) -> float | None:
        slot = await self.pace.slot()
        await self.sleep(slot.wait)
        if not slot.is_probe:
            # The queue may have been put on hold while this one waited for its slot.
            await self.pace.check()
        # And the sender may have lost the right.
        if slot.wait and not await self._may_go(send):
            return None
        claim = await self.book.claim(send.id)
        if claim is None:
            # Somebody cancelled it meanwhile. Or another process, which was only taken for dead,
            # calls right now: it may not live to tell, so this one looks again.
            return None if (await self.book.get(send.id)).status.ends else HOLD
        await self._call(send, claim, slot)
        return None

    async def _call(self, send: Send, claim: str, slot: Slot) -> None:
        try:
            outcome = await self.call(send)
        except TryLater:
            await self.book.unclaim(send.id, claim=claim)
            raise
        except Unclear as error:
            outcome = Outcome(Status.UNKNOWN, error.key)
        await self.book.settle(send.id, outcome, claim=claim)
        if outcome.holds_queue:
            await self.pace.hold(HOLD)
        elif slot.is_probe and outcome.status is not Status.UNKNOWN:
            await self.pace.release()

    async def _postpone(self, send: Send, error: TryLater) -> float:
        left = (send.give_up_at - self.now()).total_seconds()
        pause = min(max(error.after, pause_before(send.tries + 1)), max(left, 0.0))
        next_try = self.now() + timedelta(seconds=pause)
        await self.book.postpone(send.id, next_try=next_try, reason=error.key)
        self.show(send)
        return pause


def pause_before(try_number: int) -> float:
    """Say how many seconds to wait before a further try: 1, 2, 4 … and never more than 60."""
    return min(FIRST_PAUSE * 2.0 ** min(try_number - 1, 10), LONGEST_PAUSE)
