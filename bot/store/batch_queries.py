"""How lists and their rows stand."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.bulk.batches import Batch, BatchId, BatchStatus, Progress, RowKind, RowResult
from bot.bulk.refusals import FREQUENCY_PAUSE, is_about_frequency
from bot.delivery import GAVE_UP
from bot.policy.duplicates import NOT_SENT
from bot.sends import SendId, Status
from bot.store import batch_table
from bot.store.rows import send_of
from bot.store.send_table import LISTENER_PATIENCE, SendTable
from bot.store.tables import BATCH_IS_OPEN, batch_rows, batches, sends

LATELY = timedelta(seconds=20)  # over which the rate is counted
OUTCOMES = (Status.SENT, Status.PENDING, Status.REJECTED, Status.FAILED, Status.UNKNOWN)
# Of a row that never got a call: the gate, or a right, spoke against it at the last moment.
_NEVER_CALLED = sa.and_(
    sends.c.status == Status.FAILED, sends.c.claim == "", sends.c.reason != GAVE_UP.reason
)
_CORRECTION = sends.alias("correction")
# Whoever sends again what did not arrive, or puts it right, makes another send of it.
_IS_REPLACED = sa.and_(
    sends.c.status.in_(NOT_SENT),
    sa.or_(
        sends.c.reason == "not_arrived",
        # As the index has it.
        sa.exists().where(
            sa.literal_column("correction.corrects") != sa.literal_column("''"),
            _CORRECTION.c.corrects == sends.c.id,
        ),
    ),
)
_IS_RESULT = sa.and_(sends.c.batch == batch_rows.c.batch, sends.c.batch_line == batch_rows.c.line)


class BatchQueries(SendTable):
    """What only reads."""

    async def find(self, batch_id: BatchId) -> Batch | None:
        """Read a list."""
        return await self._database.read(
            lambda c: batch_table.find(c, batch_id), patience=LISTENER_PATIENCE
        )

    async def get(self, batch_id: BatchId) -> Batch:
        """Read a list that there is; waits."""
        found = await self._database.read(lambda c: batch_table.find(c, batch_id))
        if found is None:
            raise LookupError(batch_id)
        return found

    async def recent(self, user: str, limit: int) -> tuple[Batch, ...]:
        """Read the last lists, of one person or (empty) of everybody, the newest first."""
        found = sa.select(batches).order_by(batches.c.created.desc(), batches.c.id).limit(limit)
        if user:
            found = found.where(batches.c.user_id == user)

        def work(connection: sa.Connection) -> tuple[Batch, ...]:
            rows = connection.execute(found).all()
            return tuple(map(batch_table.batch_of, rows))

        return await self._database.read(work, patience=LISTENER_PATIENCE)

    async def running(self) -> int:
        """Count the lists that run now, over all processes."""
        counted = (
            sa.select(sa.func.count())
            .select_from(batches)
            .where(
                BATCH_IS_OPEN,
                batches.c.status == BatchStatus.RUNNING,
            )
        )
        return await self._database.read(lambda c: c.scalar(counted) or 0)

    async def progress(self, batch_id: BatchId) -> Progress:
        """Count a list's rows by how they stand."""
        now = self._now()

        def work(connection: sa.Connection) -> Progress:
            batch = batch_table.find(connection, batch_id)
            counted = connection.execute(
                _counts(now - LATELY).where(sends.c.batch == batch_id)
            ).all()
            counts = {Status(row.status): row.all for row in counted}
            skipped, lately, undecided = (
                sum(getattr(row, name) for row in counted)
                for name in ("skipped", "lately", "undecided")
            )
            if batch is not None:
                _add_unfilled(counts, batch)
            replaced = replaced_lines(connection, batch_id)
            is_over = batch is not None and batch.status.is_final
            resting = _resting(connection, batch_id, now) - replaced if is_over else ()
            since = batch.going_since if batch else None
            seconds = LATELY.total_seconds()
            if since is not None:
                seconds = max(1.0, min(seconds, (now - since).total_seconds()))
            return Progress(
                counts, skipped, lately / seconds, undecided, len(replaced), len(resting)
            )

        return await self._database.read(work)

    async def results(
        self, batch_id: BatchId, *, after: int, limit: int, kinds: Collection[RowKind] = ()
    ) -> tuple[RowResult, ...]:
        """Read rows in the file's order from behind a line, of some kinds or of all."""
        found = (
            sa.select(batch_rows)
            .where(batch_rows.c.batch == batch_id, batch_rows.c.line > after)
            .order_by(batch_rows.c.line)
            .limit(limit)
        )
        if kinds:
            found = found.where(batch_rows.c.kind.in_(sorted(kinds)))
        return await self._database.read(lambda c: _with_sends(c, batch_id, found))

    async def with_status(
        self, batch_id: BatchId, status: Status, limit: int
    ) -> tuple[RowResult, ...]:
        """Read the first rows whose sends stand so; of unknown ones, those that nobody decided."""
        found = (
            sa.select(batch_rows)
            .join(sends, _IS_RESULT)
            .where(sends.c.batch == batch_id, sends.c.status == status)
            .order_by(batch_rows.c.line)
            .limit(limit)
        )
        if status is Status.UNKNOWN:
            found = found.where(sends.c.decided_by == "")
        return await self._database.read(
            lambda c: _with_sends(c, batch_id, found), patience=LISTENER_PATIENCE
        )

    async def replaced(self, batch_id: BatchId) -> frozenset[int]:
        """Name the lines of rows that did not go out, and go on as sends of their own."""
        return await self._database.read(lambda c: replaced_lines(c, batch_id))

    async def said_lost(self, batch_id: BatchId) -> frozenset[SendId]:
        """Name the sends of rows that did not arrive by what a person says."""
        return await self._database.read(lambda c: said_lost(c, batch_id))

    async def retries_of(self, batch_id: BatchId) -> tuple[Batch, ...]:
        """Read the lists that were made of its rows that did not go out."""
        found = select_retries(batch_id)
        return await self._database.read(
            lambda c: tuple(map(batch_table.batch_of, c.execute(found).all())),
            patience=LISTENER_PATIENCE,
        )


def _counts(after: datetime) -> "sa.Select[Any]":
    """Count sends by their status: all, and some of them, as those that ended after a moment."""
    some = {
        "skipped": _NEVER_CALLED,
        "lately": sa.and_(sends.c.status.in_(OUTCOMES), sends.c.ended > after),
        "undecided": sa.and_(sends.c.status == Status.UNKNOWN, sends.c.decided_by == ""),
    }
    count = sa.func.count()
    return sa.select(
        sends.c.status,
        count.label("all"),
        *(count.filter(which).label(name) for name, which in some.items()),
    ).group_by(sends.c.status)


def select_retries(batch_id: BatchId) -> "sa.Select[Any]":
    """Find the lists that were made of a list's rows, as the index has them."""
    return sa.select(batches).where(sa.text("retries <> ''"), batches.c.retries == batch_id)


def select_replaced(batch_id: BatchId) -> "sa.Select[tuple[int]]":
    """Find the lines of a list's rows that go on as sends of their own."""
    return sa.select(sends.c.batch_line).where(sends.c.batch == batch_id, _IS_REPLACED)


def replaced_lines(connection: sa.Connection, batch_id: BatchId) -> frozenset[int]:
    """Name the lines of a list's rows that go on as sends of their own.

    A row keeps its line in a list that is sent again, so what became of it in the lists before
    counts as well.
    """
    lists = _with_those_before(connection, batch_id)
    found = (connection.execute(select_replaced(each)).all() for each in lists)
    return frozenset(row.batch_line for rows in found for row in rows)


def _resting(connection: sa.Connection, batch_id: BatchId, now: datetime) -> frozenset[int]:
    """Name the lines of rows that WhatsApp wants to be sent again later only."""
    refused = sa.select(sends.c.batch_line, sends.c.said).where(
        sends.c.batch == batch_id,
        sends.c.status.in_((Status.REJECTED, Status.FAILED)),
        sa.func.coalesce(sends.c.ended, sends.c.updated) > now - FREQUENCY_PAUSE,
    )
    return frozenset(
        row.batch_line for row in connection.execute(refused) if is_about_frequency(row.said)
    )


def said_lost(connection: sa.Connection, batch_id: BatchId) -> frozenset[SendId]:
    """Name the sends of rows that did not arrive by what a person says, of the lists before, too."""
    found = sa.select(sends.c.id).where(
        sends.c.batch.in_(_with_those_before(connection, batch_id)),
        sends.c.batch != "",
        sends.c.status == Status.UNKNOWN,
        sends.c.decided_by != "",
    )
    return frozenset(map(SendId, connection.scalars(found)))


def _with_those_before(connection: sa.Connection, batch_id: BatchId) -> list[BatchId]:
    """Name a list, the one of whose rows it was made, and so on."""
    found: list[BatchId] = []
    while batch_id and batch_id not in found:
        found.append(batch_id)
        before = sa.select(batches.c.retries).where(batches.c.id == batch_id)
        batch_id = BatchId(connection.scalar(before) or "")
    return found


def _add_unfilled(counts: dict[Status, int], batch: Batch) -> None:
    """Count those, too, that are no sends yet."""
    if batch.started is None or batch.status is BatchStatus.AWAITING_APPROVAL:
        return
    wanted = batch.report.sendable(with_recent=batch.with_recent)
    if missing := wanted - sum(counts.values()):
        status = Status.CANCELLED if batch.status.is_final else Status.QUEUED
        counts[status] = counts.get(status, 0) + missing


def _with_sends(
    connection: sa.Connection, batch_id: BatchId, found: "sa.Select[tuple[object, ...]]"
) -> tuple[RowResult, ...]:
    rows = connection.execute(found).all()
    if not rows:
        return ()
    lines = [row.line for row in rows]
    of_lines = sa.select(sends).where(
        sends.c.batch == batch_id,
        sends.c.batch_line.in_(lines),
    )
    known = {row.batch_line: send_of(row) for row in connection.execute(of_lines)}
    return tuple(RowResult(batch_table.row_of(row), known.get(row.line)) for row in rows)
