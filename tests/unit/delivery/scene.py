"""A delivery among fakes."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from bot.delivery import Delivery
from bot.delivery.deadlines import Deadlines
from bot.errors import BotError, TryLater
from bot.sends import Outcome, Send, Status
from tests.builders import make_send
from tests.fakes import (
    ClaimAnswer,
    FakeAlerts,
    FakeAtom,
    FakeClock,
    FakeDeliveryRepository,
    FakeNotifier,
    FakeRateLimit,
)

T = TypeVar("T")

SENT = Outcome(Status.SENT, "sent", conversation="abc")
REFUSED = Outcome(Status.FAILED, "token", pauses_queue=True)
GAVE_UP = Outcome(Status.FAILED, "gave_up")
UNREACHABLE = TryLater("atom.unreachable")
LONGEST = timedelta(hours=6)


@dataclass
class Scene:
    """A delivery among fakes."""

    sends: FakeDeliveryRepository
    atom: FakeAtom
    clock: FakeClock
    refusals: list[BotError | None] = field(default_factory=list)
    rate_limit: FakeRateLimit = field(default_factory=FakeRateLimit)
    notifier: FakeNotifier = field(default_factory=FakeNotifier)
    alerts: FakeAlerts = field(default_factory=FakeAlerts)
    idled: int = 0

    def __post_init__(self) -> None:
        self.delivery = self.another()

    def another(self) -> Delivery:
        """Make the delivery of another process."""
        return Delivery(
            sends=self.sends,
            rate_limit=self.rate_limit,
            notifier=self.notifier,
            alerts=self.alerts,
            may_send=self.may_send,
            gateway=self.atom,
            now=self.clock.now,
            sleep=self.clock.sleep,
            idle=self.idle,
            deadlines=Deadlines(LONGEST, self.clock.monotonic),
        )

    async def may_send(self, send: Send) -> None:
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            raise refusal

    async def idle(self, wait: Awaitable[T]) -> T:
        self.idled += 1
        return await wait

    async def attempt(self) -> Send:
        return await self.delivery.attempt(self.sends.send)

    async def pause(self) -> float:
        """Attempt it; return after how many seconds it is tried again."""
        send = await self.attempt()
        assert send.next_try is not None
        return (send.next_try - self.clock.now()).total_seconds()


def scene(
    *answers: Outcome | BotError,
    send: Send | None = None,
    claims: tuple[ClaimAnswer, ...] = (),
    refusals: tuple[BotError | None, ...] = (),
) -> Scene:
    clock = FakeClock()
    sends = FakeDeliveryRepository(send or make_send(), now=clock.now, claims=claims)
    return Scene(sends, FakeAtom(sends, *answers), clock, list(refusals))
