"""The life of a send once it is taken: try until something is known, then tell the people.

What is known is always in its row. A run takes a send up, does what can be done now, and leaves
the row so that the next run knows what is left; a wait is a moment in the row, and no run.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.delivery.deadlines import Deadlines
from bot.delivery.pauses import (
    GIVE_UP_TELLING,
    LONGEST_PAUSE_TO_TELL,
    TELL_TRIES,
    TOKEN_PAUSE,
    pause_before,
)
from bot.delivery.permit_queue import PermitQueue
from bot.delivery.ports import (
    Alerts,
    Claimed,
    DeliveryRepository,
    Gateway,
    Idle,
    Notifier,
    RateLimit,
)
from bot.errors import NotAllowed, Refused, TooEarly, TryLater, Unclear
from bot.sends import (
    PAUSED,
    Outcome,
    Send,
    SendId,
    Status,
)

logger = logging.getLogger(__name__)

FIRST_RUN = 1  # which a send begins as it is taken
GAVE_UP = Outcome(Status.FAILED, "gave_up")


class Steps(Protocol):
    """What a run is made of; each may happen twice."""

    async def attempt(self, send: Send) -> Send:
        """Try once if it is still to be called; return it as it is then."""
        ...

    async def tell(self, send: Send) -> None:
        """Try once to tell what became of it."""
        ...


async def deliver(send: Send, steps: Steps) -> None:
    """Do what can be done for a send now."""
    runner = send.runner
    send = await steps.attempt(send)
    # Another process carries it if that one took this one for dead.
    has_news = send.status.is_final or send.status.is_planned
    if has_news and send.is_open and send.runner == runner:
        await steps.tell(send)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a run does: claim the call, call Atom once, write down what is known, tell it."""

    sends: DeliveryRepository
    rate_limit: RateLimit
    notifier: Notifier
    alerts: Alerts
    may_send: Callable[[Send], Awaitable[object]]  # raises NotAllowed or TryLater
    gateway: Gateway
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    idle: Idle  # waits for what a stop need not wait for
    deadlines: Deadlines
    late_after: timedelta = timedelta(hours=1)  # then a person is asked about a scheduled one
    leave: Callable[[float], Awaitable[None]] | None = None  # in place of `sleep`, before a call
    queue: PermitQueue = field(default_factory=PermitQueue)

    async def attempt(self, send: Send) -> Send:
        """Try once if it is still to be called; return it as it is then."""
        if send.status.is_planned:
            send = await self._when_due(send)
        if send.status is Status.SENDING:
            # An earlier run called Atom and did not live to tell.
            unknown = Outcome(Status.UNKNOWN, "interrupted")
            return await self.sends.settle(send, unknown, claim=send.claim)
        if self._may_be_undone(send):
            self.notifier.show(send)
            return send
        if send.status is Status.QUEUED:
            self.notifier.begin(send)
            try:
                send = await self._try(send)
            except TooEarly as error:
                send = await self.sends.wait_until(send, error.until, reason=error.key)
                self.notifier.show(send)
            except TryLater as error:
                send = await self._postpone(send, error)
        if send.status.is_final:
            self.deadlines.forget(send.id)
        return send

    async def _when_due(self, send: Send) -> Send:
        """Look whether the moment has come that it waits for."""
        if send.due_at is None or send.due_at > self.now():
            return send
        if send.status is Status.AWAITING_APPROVAL:
            return await self.sends.expire(send)
        if self.now() - send.due_at > self.late_after:
            return await self.sends.ask_late(send)
        return await self.sends.fire(send)

    def _may_be_undone(self, send: Send) -> bool:
        """Whether it was taken just now, and its sender may still think again.

        Later it goes out, whatever a clock says that was wrong meanwhile.
        """
        left = (send.next_try - self.now()) if send.next_try else timedelta(0)
        return send.can_be_undone and send.runs == FIRST_RUN and left > timedelta(0)

    async def tell(self, send: Send) -> None:
        """Try once to tell what became of it; write down when to try again."""
        try:
            card = await self.notifier.tell(send)
        except TryLater as error:
            pause = max(error.after, pause_before(send.tell_tries + 1))
            logger.info("told later", extra={"send": send.id, "reason": error.key})
        except Refused as error:
            pause = pause_before(send.tell_tries + 1, longest=LONGEST_PAUSE_TO_TELL)
            reason = str(error.values.get("code", error.key))
            if self._is_too_late_to_tell(send):
                logger.error("never told", extra={"send": send.id, "slack_error": reason})  # noqa: TRY400 - no stack is of use
                await self.sends.not_told(send, reason=reason)
                return
            # Our token or a permission of the app: an operator must act; the log says so.
            logger.error("can't tell", extra={"send": send.id, "slack_error": reason})  # noqa: TRY400 - no stack is of use
        else:
            await self.sends.told(send, card.channel, card.ts)
            return
        await self.sends.tell_later(send, next_try=self.now() + timedelta(seconds=pause))

    def ended(self, send_id: SendId) -> None:
        """Let it wait no longer for a permit: it came to its end meanwhile."""
        self.queue.drop(send_id)

    def _is_too_late_to_tell(self, send: Send) -> bool:
        since = send.ended or send.created
        return send.tell_tries >= TELL_TRIES and self.now() - since >= GIVE_UP_TELLING

    async def _try(self, send: Send) -> Send:
        refused = await self._why_not(send)
        if refused is not None:
            return await self.sends.refuse(send, refused)
        claimed = await self._claim(send)
        if isinstance(claimed, Outcome):
            return await self.sends.refuse(send, claimed)
        if claimed is None:
            # Somebody cancelled it meanwhile, or another process carries it.
            return await self.sends.get(send.id)
        return await self._call(claimed)

    async def _why_not(self, send: Send) -> Outcome | None:
        """Look whether it may still be sent. Raises TryLater if that can't be said now."""
        if self.deadlines.left(send, self.now()) <= 0:
            return GAVE_UP
        try:
            await self.may_send(send)
        except NotAllowed as error:
            return Outcome(Status.FAILED, error.key)
        return None

    async def _claim(self, send: Send) -> Claimed | Outcome | None:
        """Wait in line for a permit, and ask anew what may have changed meanwhile."""
        wait: Claimed | float | None = 0.0
        if not self.queue.is_taken:
            wait = await self.sends.claim(send.id)
        if not isinstance(wait, float):
            return wait
        if self.queue.is_taken:
            # When its turn comes, what was said now is long past.
            wait = 0.0
        if not await self.idle(self.queue.enter(send.id)):
            return None
        try:
            while isinstance(wait, float):
                await self.idle(self.sleep(wait))
                refused = await self._why_not(send)
                if refused is not None:
                    return refused
                wait = await self.sends.claim(send.id)
            return wait
        finally:
            self.queue.leave()

    async def _call(self, claimed: Claimed) -> Send:
        send = claimed.send
        if send.card_ts:
            # Not "queued" any more; without a card there is nothing to correct yet.
            self.notifier.begin(send)
        await (self.leave or self.sleep)(claimed.wait)
        if self.deadlines.left(send, self.now()) <= 0:
            # Its claim waited for the database for so long, or this process was stopped.
            return await self.sends.settle(send, GAVE_UP, claim=send.claim)
        try:
            outcome = await self.gateway.send(send.request)
        except TryLater as error:
            return await self._postpone(send, error, claim=send.claim)
        except Unclear as error:
            outcome = Outcome(Status.UNKNOWN, error.key)
        if outcome.pauses_queue:
            return await self._pause_queue(claimed, outcome)
        settled = await self.sends.settle(send, outcome, claim=send.claim)
        if claimed.is_probe and outcome.status is not Status.UNKNOWN:
            await self.rate_limit.resume()
            await self.sends.resume()
            self.alerts.token_taken()
        return settled

    async def _pause_queue(self, claimed: Claimed, outcome: Outcome) -> Send:
        """Hold the queue. Who found the token refused ends so; all others wait for a better one."""
        send = claimed.send
        began = await self.rate_limit.pause(TOKEN_PAUSE)
        self.alerts.token_refused(outcome.http_status)
        if began and not claimed.is_probe:
            return await self.sends.settle(send, outcome, claim=send.claim)
        return await self._postpone(send, TryLater(PAUSED, after=TOKEN_PAUSE), claim=send.claim)

    async def _postpone(self, send: Send, error: TryLater, *, claim: str = "") -> Send:
        left = self.deadlines.left(send, self.now())
        pause = min(max(error.after, pause_before(send.tries + 1)), max(left, 0.0))
        next_try = self.now() + timedelta(seconds=pause)
        send = await self.sends.postpone(send, next_try=next_try, reason=error.key, claim=claim)
        self.notifier.show(send)
        return send
