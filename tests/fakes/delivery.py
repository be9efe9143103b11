"""What a delivery asks, in memory: the row, the rate limit, Atom, and who is told."""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.delivery.ports import Claimed
from bot.errors import BotError
from bot.sends import (
    LATE,
    Card,
    Outcome,
    Send,
    SendId,
    SendRequest,
    Status,
)
from bot.store.rate_limit import Permit

# What comes of asking for a permit: one, in how many seconds there is one, or why there is none.
ClaimAnswer = Permit | float | BotError


class FakeSteps:
    """The steps of a send's life, as a list; each attempt leaves the send as a test wants."""

    def __init__(self, after: Send) -> None:
        self.done: list[str] = []
        self._after = after

    async def attempt(self, send: Send) -> Send:
        self.done.append(f"attempt {send.id}")
        return self._after

    async def tell(self, send: Send) -> None:
        self.done.append(f"tell {send.id} {send.status}")


class FakeDeliveryRepository:
    """One send as it is written down, and what was written."""

    def __init__(
        self, send: Send, *, now: Callable[[], datetime], claims: Sequence[ClaimAnswer] = ()
    ) -> None:
        self.send = send
        self.outcomes: list[Outcome] = []
        self.resumed = 0
        self.given_up: list[str] = []  # why nobody tries to tell it any more
        self.meanwhile: Callable[[], object] = lambda: None  # what happens just before a claim
        self._claims = list(claims)
        self._now = now

    async def get(self, send_id: SendId) -> Send:
        assert send_id == self.send.id
        return self.send

    async def claim(self, send_id: SendId) -> Claimed | float | None:
        self.meanwhile()
        answer = self._claims.pop(0) if self._claims else Permit(0.0)
        if isinstance(answer, BotError):
            raise answer
        if isinstance(answer, float):
            return answer
        if self.send.status is not Status.QUEUED:
            return None
        self.change(status=Status.SENDING, claim=f"claim {self.send.tries}", next_try=None)
        return Claimed(self.send, answer.wait, is_probe=answer.is_probe)

    async def settle(self, send: Send, outcome: Outcome, *, claim: str) -> Send:
        assert (self.send.status, self.send.claim) == (Status.SENDING, claim)
        return self._end(outcome)

    async def refuse(self, send: Send, outcome: Outcome) -> Send:
        assert self.send.status is Status.QUEUED
        return self._end(outcome)

    async def postpone(
        self, send: Send, *, next_try: datetime, reason: str, claim: str = ""
    ) -> Send:
        if self.send.status is (Status.SENDING if claim else Status.QUEUED):
            assert claim in {"", self.send.claim}
            tries = self.send.tries + 1
            self.change(
                status=Status.QUEUED, claim="", next_try=next_try, reason=reason, tries=tries
            )
        return self.send

    async def fire(self, send: Send) -> Send:
        assert self.send.status is Status.SCHEDULED
        self.change(status=Status.QUEUED, due_at=None, announced_status="")
        return self.send

    async def ask_late(self, send: Send) -> Send:
        assert self.send.status is Status.SCHEDULED
        self.change(due_at=None, reason=LATE, announced_status="")
        return self.send

    async def expire(self, send: Send) -> Send:
        assert self.send.status is Status.AWAITING_APPROVAL
        return self._end(Outcome(Status.CANCELLED, "approval.expired"))

    async def wait_until(self, send: Send, moment: datetime, *, reason: str) -> Send:
        self.change(next_try=moment, reason=reason, give_up_at=moment + timedelta(hours=6))
        return self.send

    async def told(self, send: Send, channel: str, ts: str) -> None:
        self.change(announced_status=send.status, card_channel=channel, card_ts=ts, next_try=None)

    async def not_told(self, send: Send, *, reason: str) -> None:
        self.given_up.append(reason)
        self.change(announced_status=send.status, next_try=None)

    async def resume(self) -> None:
        self.resumed += 1

    async def tell_later(self, send: Send, *, next_try: datetime) -> None:
        self.change(next_try=next_try, tell_tries=self.send.tell_tries + 1)

    def change(self, **changes: Any) -> None:
        self.send = dataclasses.replace(self.send, updated=self._now(), **changes)

    def _end(self, outcome: Outcome) -> Send:
        self.outcomes.append(outcome)
        self.change(status=outcome.status, reason=outcome.reason, next_try=None, ended=self._now())
        return self.send


class FakeRateLimit:
    """Whether the queue was paused, and resumed."""

    def __init__(self) -> None:
        self.paused: list[float] = []
        self.resumed = 0
        self.is_paused = False  # by another process, or before

    async def pause(self, seconds: float) -> bool:
        self.paused.append(seconds)
        return len(self.paused) == 1 and not self.is_paused

    async def resume(self) -> None:
        self.resumed += 1


class FakeAlerts:
    """What the admins would be told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def token_refused(self, http_status: int) -> None:
        self.told.append("refused")

    def token_taken(self) -> None:
        self.told.append("taken")


class FakeNotifier:
    """Tells nobody, and remembers what it would have told; refuses as a test wants."""

    def __init__(self, *refusals: BotError) -> None:
        self.begun: list[Send] = []
        self.shown: list[Send] = []
        self.told: list[Send] = []
        self._refusals = list(refusals)

    def begin(self, send: Send) -> None:
        self.begun.append(send)

    def show(self, send: Send) -> None:
        self.shown.append(send)

    async def tell(self, send: Send) -> Card:
        if self._refusals:
            raise self._refusals.pop(0)
        self.told.append(send)
        return Card("C0SOPORTE01", "1.2")


class FakeAtom:
    """Answers calls as a test wants, and keeps the status that each send had at its call."""

    def __init__(self, sends: FakeDeliveryRepository, *answers: Outcome | BotError) -> None:
        self.statuses: list[Status] = []
        self._sends = sends
        self._answers = list(answers)

    async def send(self, request: SendRequest) -> Outcome:
        assert request == self._sends.send.request
        self.statuses.append(self._sends.send.status)
        answer = self._answers.pop(0)
        if isinstance(answer, BotError):
            raise answer
        return answer
