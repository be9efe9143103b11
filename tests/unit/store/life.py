"""One bot's sends over a real file, with processes that die and a clock that jumps: a world to act in.

What people decided is kept beside, as they know it; each call is judged by that at once.
"""

import dataclasses
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from bot import time_zones
from bot.delivery import Delivery, deliver
from bot.delivery.deadlines import Deadlines
from bot.errors import TryLater, Unclear
from bot.send_ids import new_id
from bot.sends import (
    Card,
    Outcome,
    Periods,
    Send,
    SendAt,
    SendId,
    SendRequest,
    Status,
)
from bot.store.database import Database
from bot.store.rate_limit import StoredRateLimit
from bot.store.sends import SendStore
from bot.times import wall_time
from tests.builders import ALICE, make_send_request
from tests.fakes import FakeAlerts, FakeClock, FakeRuns
from tests.unit.store.scene import SetClock

T = TypeVar("T")

BEN = "U0BEN000001"
GIVE_UP = timedelta(hours=6)
LATE = timedelta(hours=1)
EXPIRES = timedelta(hours=8)
UNDO = timedelta(seconds=10)
ANSWERS = ("pending", "later", "unclear", "dies before", "dies after")
PENDING = Outcome(Status.PENDING, "pending", http_status=200)


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Plan:
    """A send as the people know it."""

    at: datetime | None
    needs_approval: bool
    taken: datetime
    is_approved: bool = False
    is_stopped: bool = False  # cancelled, undone, refused or changed: somebody was told that it is
    is_now: bool = False  # somebody pressed Send now


@dataclass
class Life:
    """All of it."""

    database: Database
    clock: FakeClock = field(default_factory=FakeClock)
    plans: dict[SendId, Plan] = field(default_factory=dict)
    calls: Counter[SendId] = field(default_factory=Counter)
    told: Counter[tuple[SendId, str]] = field(default_factory=Counter)
    answer: str = "pending"
    slack_is_away: bool = False
    clock_is_right: bool = True
    processes: int = 0

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Begin a process; what an earlier one carried is nobody's by now."""
        self.processes += 1
        self.store = SendStore(
            self.database,
            rate_limit=StoredRateLimit(self.database, rate=1e6, now=self.clock.seconds),
            periods=Periods(GIVE_UP, UNDO, LATE, EXPIRES),
            runs=FakeRuns(f"process {self.processes}"),
            clock=SetClock(self.clock.now),
        )
        self.delivery = Delivery(
            sends=self.store,
            rate_limit=StoredRateLimit(self.database, rate=1e6, now=self.clock.seconds),
            notifier=self,
            alerts=FakeAlerts(),
            may_send=self._may_send,
            gateway=self,
            now=self.clock.now,
            sleep=self.clock.sleep,
            idle=self._idle,
            deadlines=Deadlines(GIVE_UP, self.clock.monotonic),
            late_after=LATE,
        )

    async def take(self, after: timedelta | None, *, needs_approval: bool) -> SendId:
        at = self.clock.now() + after if after else None
        request = make_send_request(
            id=new_id(), send_at=_send_at(at), needs_approval=needs_approval, user=ALICE
        )
        request = _with_key(request)
        taken = await self.store.take(request)
        self.plans[taken.send.id] = Plan(at, needs_approval, self.clock.now())
        await self._run(taken.send)
        return taken.send.id

    async def change(self, send_id: SendId, after: timedelta) -> SendId | None:
        old = self.plans[send_id]
        at = self.clock.now() + after
        request = make_send_request(
            id=new_id(),
            send_at=_send_at(at),
            needs_approval=old.needs_approval,
            changed_from=send_id,
        )
        taken = await self.store.take_instead(_with_key(request))
        if taken is None:
            return None
        old.is_stopped = True
        self.plans[taken.send.id] = Plan(at, old.needs_approval, self.clock.now())
        await self._run(taken.send)
        return taken.send.id

    async def cancel(self, send_id: SendId) -> None:
        self.plans[send_id].is_stopped |= await self.store.cancel(send_id, user=ALICE)

    async def send_now(self, send_id: SendId) -> None:
        self.plans[send_id].is_now |= await self.store.send_now(send_id, user=ALICE)

    async def approve(self, send_id: SendId) -> None:
        self.plans[send_id].is_approved |= await self.store.approve(send_id, user=BEN)

    async def decline(self, send_id: SendId) -> None:
        self.plans[send_id].is_stopped |= await self.store.decline(send_id, user=BEN)

    async def sweep(self) -> None:
        """Do what is due, as the sweep does, until the process dies of it."""
        for send in await self.store.take_up(await self.store.due(100)):
            if not await self._run(send):
                return

    async def _run(self, send: Send) -> bool:
        """Carry one; say whether the process lives."""
        try:
            await deliver(send, self.delivery)
        except Killed:
            self.start()
            return False
        return True

    # The way to Atom.

    async def send(self, request: SendRequest) -> Outcome:
        plan, now = self.plans[request.id], self.clock.now()
        if self.answer == "dies before":
            raise Killed
        if self.answer == "later":
            raise TryLater("atom.unreachable")
        self.calls[request.id] += 1
        assert self.calls[request.id] == 1, "called twice"
        assert not plan.is_stopped, "called though it was stopped"
        assert plan.is_approved or not plan.needs_approval, "called though nobody approved it"
        assert plan.is_now or plan.at is None or plan.at <= now, "called before its time"
        if self.clock_is_right and not (plan.at or plan.needs_approval or plan.is_now):
            assert now >= plan.taken + UNDO, "called while it could be undone"
        if self.answer == "dies after":
            raise Killed
        if self.answer == "unclear":
            raise Unclear("no_answer")
        return PENDING

    # Who tells the people.

    def begin(self, send: Send) -> None:
        """Show nothing."""

    def show(self, send: Send) -> None:
        """Show nothing."""

    async def tell(self, send: Send) -> Card:
        if self.slack_is_away:
            raise TryLater("slack.unreachable")
        self.told[send.id, send.status] += 1
        return Card("C0SOPORTE01", "1.2")

    async def _may_send(self, send: Send) -> None:
        """Let everybody."""

    async def _idle(self, wait: Awaitable[T]) -> T:
        return await wait

    async def end(self) -> None:
        """Let all be well, and time pass, until nothing is left to do."""
        self.answer, self.slack_is_away = "pending", False
        self.start()
        for hours in (0, 0.01, 0.1, 1, 6, 9, 24 * 30, 1, 1, 9, 24, 24):
            self.clock.pass_by(hours * 3600.0)
            await self.sweep()
            await self.sweep()
        for send_id, plan in self.plans.items():
            send = await self.store.get(send_id)
            asks = send.is_late
            assert send.status.is_final or asks, f"no outcome: {send.status} {send.reason}"
            assert not send.is_open, f"never told: {send.status}"
            if send.status in {Status.PENDING, Status.UNKNOWN}:
                assert self.calls[send_id] <= 1
            else:
                assert not self.calls[send_id], f"called, and then {send.status} {send.reason}"
            if plan.is_stopped:
                assert send.status is Status.CANCELLED, f"stopped, and then {send.status}"


def _with_key(request: SendRequest) -> SendRequest:
    return dataclasses.replace(request, key=f"key of {request.id}")


def _send_at(at: datetime | None) -> SendAt | None:
    zone = time_zones.find("America/Panama")
    assert zone
    return SendAt(at, wall_time(at, zone), zone.key, time_zones.version()) if at else None
