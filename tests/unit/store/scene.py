"""A store over empty tables, whose clock a test sets."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from typing_extensions import override

from bot.delivery.ports import Claimed
from bot.policy.do_not_contact import Contact, Scope, new_contact
from bot.sends import Outcome, Periods, Send, SendId, Status
from bot.store.clock import Clock
from bot.store.database import Database
from bot.store.rate_limit import StoredRateLimit
from bot.store.reports import Which, history
from bot.store.sends import SendStore
from bot.store.tables import catalogue, rate_limit
from tests.builders import ALICE, make_send_request
from tests.fakes import NOON, FakeClock, FakeRuns

T = TypeVar("T")

V = SendId("V0001")
PANAMA = "50761234567"
SENT = Outcome(Status.SENT, "sent", conversation="abc", http_status=200)
UNKNOWN = Outcome(Status.UNKNOWN, "no_answer")
REJECTED = Outcome(Status.REJECTED, "rejected", vendor_message="No hay datos para enviar")


def contact(phone: str = PANAMA, scope: Scope = Scope.EVERYTHING, reason: str = "") -> Contact:
    return new_contact(phone, scope=scope, since=NOON, added_by=ALICE, reason=reason)


class SetClock(Clock):
    """A test's clock, which is the database's, too."""

    @override
    def compare(self, connection: sa.Connection) -> None:
        """Leave it as it is."""


@dataclass
class Scene:
    """A store over empty tables, its clock, and what was begun."""

    database: Database
    clock: FakeClock = field(default_factory=FakeClock)
    runs: FakeRuns = field(default_factory=FakeRuns)

    def __post_init__(self) -> None:
        self.store = self.store_of(self.runs)

    @property
    def engine(self) -> sa.Engine:
        return self.database.engine

    def rate_limit(self, rate: float = 10.0) -> StoredRateLimit:
        return StoredRateLimit(self.database, rate=rate, now=self.clock.seconds)

    def store_of(
        self,
        runs: FakeRuns | None,
        *,
        rate: float = 1e6,
        database: Database | None = None,
        undo: timedelta = timedelta(0),
    ) -> SendStore:
        """Make the store of another process; without `runs`, of one that only takes sends."""
        return SendStore(
            database or self.database,
            rate_limit=self.rate_limit(rate),
            periods=Periods(timedelta(hours=6), undo=undo),
            runs=runs,
            clock=SetClock(self.clock.now),
        )

    async def take(self, *names: str) -> None:
        for name in names or (V,):
            await self.store.take(make_send_request(id=SendId(name)))

    async def claim(self, send_id: SendId = V) -> Send:
        """Claim a send that can be claimed."""
        claimed = await self.store.claim(send_id)
        assert isinstance(claimed, Claimed)
        return claimed.send

    async def settle(self, outcome: Outcome, send_id: SendId = V) -> Send:
        """Settle it as the one whose call has begun."""
        send = await self.store.get(send_id)
        return await self.store.settle(send, outcome, claim=send.claim)

    async def status(self, send_id: SendId = V) -> Status:
        return (await self.store.get(send_id)).status

    async def due(self) -> list[str]:
        return [each.id for each in await self.store.due(100)]

    def history(self, since: datetime | None = None) -> list[Send]:
        with self.engine.connect() as connection:
            return list(history(connection, Which(since)))


def catalogue_revision(scene: Scene) -> int:
    with scene.engine.connect() as connection:
        return int(connection.scalar(sa.select(catalogue.c.revision)) or 0)


class TwiceDatabase(Database):
    """Commits everything that is written, loses the answer, and writes it once more."""

    async def between(self) -> None:
        """Let happen what happens meanwhile."""

    @override
    async def write(
        self,
        work: Callable[[sa.Connection], T],
        *,
        patience: float | None = None,
        thread: str = "",
    ) -> T:
        await super().write(work, patience=patience, thread=thread)
        await self.between()
        return await super().write(work, patience=patience, thread=thread)


def count_up(connection: sa.Connection) -> None:
    connection.execute(sa.update(rate_limit).values(next_at=rate_limit.c.next_at + 1))


def counted(connection: sa.Connection) -> float:
    return float(connection.execute(sa.select(rate_limit.c.next_at)).scalar_one())
