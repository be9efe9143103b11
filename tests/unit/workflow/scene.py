"""A process that runs workflows over sends in memory."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from bot.bulk.batches import Batch, BatchId, DueBatch
from bot.sends import Due, Send, SendId, Status
from bot.workflow import Workflows
from bot.workflow.drain import Drain
from tests.builders import make_send

SWEEP = 0.05
WAIT = 60.0  # seconds that a busy machine may take; what is waited for comes long before


@dataclass
class FakeSends:
    """What is open, in memory."""

    rows: dict[SendId, Send] = field(default_factory=dict)
    handed_over: int = 0
    failures: list[Exception] = field(default_factory=list)
    looks: int = 0
    process: str = ""

    def add(
        self, name: str, runner: str = "", *, runs: int = 1, status: Status = Status.QUEUED
    ) -> Send:
        send = make_send(status, id=SendId(name), runner=runner, runs=runs)
        self.rows[send.id] = send
        return send

    def change(self, send_id: SendId, **changes: object) -> Send:
        self.rows[send_id] = dataclasses.replace(self.rows[send_id], **changes)  # type: ignore[arg-type]
        return self.rows[send_id]

    async def due(self, limit: int) -> tuple[Due, ...]:
        self.looks += 1
        if self.failures:
            raise self.failures.pop(0)
        found = [row for row in self.rows.values() if row.is_open and row.next_try is None]
        return tuple(
            Due(row.id, row.status, row.runner, row.runs, timedelta()) for row in found[:limit]
        )

    async def take_up(self, found: Sequence[Due]) -> tuple[Send, ...]:
        same = [each for each in found if self.rows[each.id].runs == each.runs]
        return tuple(self.change(each.id, runner=self.process, runs=each.runs + 1) for each in same)

    async def compute_anew(self) -> int:
        return 0

    async def hand_over(self) -> None:
        self.handed_over += 1


@dataclass
class FakeWork:
    """Calls nobody; every send is sent, unless a test wants something else."""

    sends: FakeSends
    attempts: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    let_go: list[str] = field(default_factory=list)
    before: Callable[[Send], "asyncio.Future[None] | None"] = lambda _: None
    closed: bool = False

    async def attempt(self, send: Send) -> Send:
        self.attempts.append(send.id)
        wait = self.before(send)
        if wait is not None:
            await wait
        return self.sends.change(
            send.id, status=send.status if send.status.is_final else Status.SENT
        )

    async def tell(self, send: Send) -> None:
        self.told.append(send.id)
        self.sends.change(send.id, announced_status=send.status)

    def ended(self, send_id: SendId) -> None:
        self.let_go.append(send_id)

    async def close(self) -> None:
        self.closed = True


@dataclass
class Scene:
    """A process that runs."""

    engine: sa.Engine
    sends: FakeSends
    work: FakeWork
    drain: Drain
    workflows: Workflows

    def begin(self, name: str) -> None:
        self.workflows.begin(self.sends.add(name, self.workflows.process))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until this holds."""
        async with asyncio.timeout(WAIT):
            while not holds():  # noqa: ASYNC110 - nobody says when
                await asyncio.sleep(0.01)

    def records(self) -> dict[str, str]:
        """Return the engine's records, and how they ended."""
        with self.engine.connect() as connection:
            rows = connection.execute(
                sa.text("SELECT workflow_uuid, status FROM workflow_status")
            ).all()
        return {row[0]: row[1] for row in rows}

    def sql(self, statement: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement), values)


class NoLists:
    """There are none."""

    async def due(self, _limit: int) -> tuple[DueBatch, ...]:
        return ()

    async def take_up(self, _found: DueBatch) -> Batch | None:
        return None

    async def release(self, _batch_id: BatchId) -> None:
        """Carry none."""

    async def carry(self, _batch: Batch) -> None:
        """Carry none."""

    async def close(self) -> None:
        """Nothing goes on."""


@contextlib.asynccontextmanager
async def running(engine: sa.Engine) -> AsyncIterator[Scene]:
    engine.dispose()  # a pool of its own, which nobody has stopped
    sends, drain = FakeSends(), Drain()
    made = Scene(engine, sends, FakeWork(sends), drain, Workflows(engine, engine, drain))
    sends.process = made.workflows.process
    await made.workflows.start(made.work, sends, NoLists(), NoLists())
    try:
        yield made
    finally:
        if made.workflows.runs:
            await made.workflows.stop(patience=0.0)
