"""Lists over a real database, with an Atom that a test scripts."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bot.bulk.batches import (
    Batch,
    BatchId,
    BatchRequest,
    BatchStatus,
    ListFile,
    ListRow,
    PauseReason,
    Progress,
    Report,
    RowKind,
)
from bot.bulk.carry import ListCarrier
from bot.bulk.pacer import Pacer
from bot.bulk.ports import Looked
from bot.bulk.run import ListRun
from bot.bulk.run_parts import RunParts
from bot.errors import NotAllowed, TooEarly
from bot.sends import Card, Origin, Outcome, Periods, Send, SendId, SendRequest, Status
from bot.store.batches import BatchStore
from bot.store.database import Database
from bot.store.rate_limit import StoredRateLimit
from bot.store.tables import batch_rows, batches, events, rate_limit, sends
from bot.workflow.drain import Drain
from tests.fakes import FakeRuns

USER = "U0ALICE"
SENT = Outcome(Status.SENT, "sent", conversation="abc", http_status=200)
Answer = Callable[[SendRequest], Awaitable[Outcome]]


def clean(engine: sa.Engine) -> Iterator[Database]:
    """Empty the tables, and open the database."""
    with engine.begin() as connection:
        for table in (sends, events, batches, batch_rows):
            connection.execute(sa.delete(table))
        fresh = sa.update(rate_limit).values(next_at=0.0, held_until=0.0, list_until=0.0)
        connection.execute(fresh)
    made = Database(engine)
    yield made
    made.close()


def rows(count: int, *, first: int = 2, kind: RowKind = RowKind.GOOD) -> tuple[ListRow, ...]:
    """Make rows to as many numbers, from a line on."""
    return tuple(
        ListRow(
            line,
            (f"+5076{line:07}", "Rosa"),
            kind,
            phone=f"5076{line:07}",
            country="PA",
            client_name="Rosa",
            group="Citas",
            params=(("name", "Rosa"),),
        )
        for line in range(first, first + count)
    )


def report(*found: ListRow) -> Report:
    """Count rows, as a dry run does."""
    kinds = [each.kind for each in found]
    return Report(counts={kind: kinds.count(kind) for kind in set(kinds)}, rate=10.0)


def request(batch: str = "K7R2-M9T5W") -> BatchRequest:
    """Make what somebody asks for with the form."""
    return BatchRequest(
        BatchId(batch),
        f"view-{batch}",
        USER,
        Origin("C0CITAS"),
        "AbCdEfGhIjKlMnOpQrSt",
        "Recordatorio",
        ListFile("F0001", "citas.csv"),
    )


@dataclass
class FakeAtom:
    """Answers as a test says, and remembers who was called when."""

    answer: Answer | None = None
    calls: list[tuple[float, str]] = field(default_factory=list)

    async def send(self, asked: SendRequest) -> Outcome:
        self.calls.append((time.monotonic(), asked.phone))
        return SENT if self.answer is None else await self.answer(asked)

    async def called(self, times: int) -> None:
        """Wait until it was called so many times."""
        while len(self.calls) < times:  # noqa: ASYNC110 - it is no event that somebody sets
            await asyncio.sleep(0.01)

    @property
    def phones(self) -> list[str]:
        return [phone for _, phone in self.calls]


@dataclass
class FakeListNotifier:
    """Remembers what was to be shown and told."""

    shown: list[BatchId] = field(default_factory=list)
    told: list[BatchStatus] = field(default_factory=list)

    def show(self, batch_id: BatchId) -> None:
        self.shown.append(batch_id)

    async def tell(self, batch: Batch) -> Card:
        self.told.append(batch.status)
        return Card("C0CITAS", "1700000000.000100")


@dataclass
class FakeAlerts:
    """Remembers what the admins were told."""

    refused: list[int] = field(default_factory=list)
    taken: int = 0

    def token_refused(self, http_status: int) -> None:
        self.refused.append(http_status)

    def token_taken(self) -> None:
        self.taken += 1


@dataclass
class FakeReader:
    """Finds these rows in every file."""

    rows: tuple[ListRow, ...] = ()
    error: Exception | None = None

    async def look(self, batch: Batch) -> Looked:
        if self.error is not None:
            raise self.error
        return Looked(BatchStatus.CHECKED, report(*self.rows), self.rows)


async def may(_: Send) -> None:
    """Let every row go."""


async def nothing(_: Batch) -> PauseReason | None:
    """Know of nothing that speaks against the list."""
    return None


@dataclass
class ListWorld:
    """One process that carries lists, its database and its Atom."""

    database: Database
    process: str = "this"
    rate: float = 100.0
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    atom: FakeAtom = field(default_factory=FakeAtom)
    notifier: FakeListNotifier = field(default_factory=FakeListNotifier)
    alerts: FakeAlerts = field(default_factory=FakeAlerts)
    reader: FakeReader = field(default_factory=FakeReader)
    drain: Drain = field(default_factory=Drain)
    may_send: Callable[[Send], Awaitable[object]] = may
    why_paused: Callable[[Batch], Awaitable[PauseReason | None]] = nothing
    late_after: timedelta = timedelta(hours=1)
    duplicates: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        self.rate_limit = StoredRateLimit(self.database, rate=self.rate)
        self.runs = FakeRuns(self.process)
        self.store = BatchStore(
            self.database,
            rate_limit=self.rate_limit,
            periods=Periods(timedelta(hours=6), duplicates=self.duplicates),
            runs=self.runs,
        )
        self.woken = 0
        self.parts = RunParts(
            self.store,
            self.notifier,
            self.rate_limit,
            self.alerts,
            self.atom,
            self._may,
            self._why,
            self._wake,
            self.now,
            asyncio.sleep,
            self.drain,
            self.rate,
            self.late_after,
            Pacer(self.rate, asyncio.sleep),
        )
        self.run = ListRun(self.parts)
        self.carrier = ListCarrier(self.store, self.reader, self.run, self.notifier, self.now)

    async def _may(self, page: Sequence[Send]) -> Mapping[SendId, NotAllowed | TooEarly]:
        found: dict[SendId, NotAllowed | TooEarly] = {}
        for send in page:
            try:
                await self.may_send(send)
            except (NotAllowed, TooEarly) as error:
                found[send.id] = error
        return found

    async def _why(self, batch: Batch) -> PauseReason | None:
        return await self.why_paused(batch)

    async def _wake(self) -> None:
        self.woken += 1

    async def checked(self, *found: ListRow, batch: str = "K7R2-M9T5W") -> Batch:
        """Take a list and look at its file."""
        self.reader.rows = found
        made = await self.store.create(request(batch))
        await self.carry(made.id)
        return await self.store.get(made.id)

    async def started(self, *found: ListRow, batch: str = "K7R2-M9T5W") -> Batch:
        """Take a list, look at its file, and press Start."""
        made = await self.checked(*found, batch=batch)
        assert await self.store.start(
            made.id, user=USER, checked=made.checked, with_recent=False, needs_approval=False
        )
        return await self.store.get(made.id)

    async def carry(self, batch_id: BatchId) -> Batch:
        """Take a list up, if it is due, and do what can be done for it."""
        for each in await self.store.due(10):
            if each.id == batch_id:
                taken = await self.store.take_up(each)
                assert taken is not None
                await self.carrier.carry(taken)
                await self.store.release(batch_id)
        return await self.store.get(batch_id)

    async def progress(self, batch_id: BatchId) -> Progress:
        return await self.store.progress(batch_id)

    async def sends(self, batch_id: BatchId) -> list[sa.Row[tuple[object, ...]]]:
        """Read the rows of its sends, by line."""
        found = sa.select(sends).where(sends.c.batch == batch_id).order_by(sends.c.batch_line)
        return await self.database.read(lambda c: list(c.execute(found).all()))
