"""What the run of a list writes down of its rows: taken, claimed, and settled one by one."""

import asyncio
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.bulk.batches import Batch, BatchId, BatchStatus, ListRow, RowKind
from bot.bulk.refusals import LAST
from bot.bulk.run_repository import SAME_SENT, Filled, Group
from bot.events import BOT
from bot.repositories import Told
from bot.sends import Outcome, Send, SendId, SendRequest, Status
from bot.store import batch_table, row_statements
from bot.store.batch_queries import OUTCOMES, BatchQueries, replaced_lines, said_lost
from bot.store.rate_limit import Permits
from bot.store.rows import send_of, to_row
from bot.store.send_queue import TOLERANCE
from bot.store.send_table import LOCK_PAUSE, TakenElsewhere, insert
from bot.store.tables import batch_rows, batches, sends


class _NothingClaimed(Exception):
    """None of these rows can be called now."""


def _claim(
    connection: sa.Connection, named: Sequence[dict[str, object]], permits: Permits
) -> Group:
    """Claim as many as there are permits. Raises _NothingClaimed, and the permits are for others."""
    claimed: list[Send] = []
    for values in named:
        if len(claimed) == permits.count:
            break
        if (row := row_statements.CLAIM.make(connection, values)) is not None:
            claimed.append(send_of(row))
    if not claimed:
        raise _NothingClaimed
    return Group(tuple(claimed), permits.wait, permits.gap, permits.is_probe)


def is_sent(batch: Batch) -> sa.ColumnElement[bool]:
    """Find the rows that become sends."""
    return sa.and_(batch_rows.c.batch == batch.id, batch_rows.c.kind.in_(batch.kinds_sent))


class BatchRows(BatchQueries):
    """All of it waits for the database as long as it takes."""

    async def fill(self, batch: Batch, limit: int) -> Filled:
        """Make sends of the next rows."""
        while True:
            try:
                return await self._database.write(
                    lambda c: self._filled(c, batch, limit), thread="fill"
                )
            except TakenElsewhere:
                # Another process takes the same template to one of the numbers just now.
                await asyncio.sleep(LOCK_PAUSE)

    def _filled(self, connection: sa.Connection, batch: Batch, limit: int) -> Filled:
        if not self._is_running(connection, batch.id):
            return Filled.NOT_RUNNING
        last = connection.scalar(
            sa.select(sa.func.max(sends.c.batch_line)).where(sends.c.batch == batch.id)
        )
        rows = connection.execute(
            sa.select(batch_rows)
            .where(is_sent(batch), batch_rows.c.line > (last or 0))
            .order_by(batch_rows.c.line)
            .limit(limit)
        ).all()
        retries = batch.request.retries
        alone = replaced_lines(connection, retries) if retries else frozenset()
        lost = said_lost(connection, retries) if retries else frozenset()
        for row in map(batch_table.row_of, rows):
            self._insert_row(connection, batch, row, lost, goes_alone=row.line in alone)
        return Filled.MORE if len(rows) == limit else Filled.ALL

    def _insert_row(
        self,
        connection: sa.Connection,
        batch: Batch,
        row: ListRow,
        lost: frozenset[SendId],
        *,
        goes_alone: bool,
    ) -> None:
        request: SendRequest = batch_table.request_of(batch, row)
        # Somebody may have sent the same since the dry run, by another list or by hand.
        is_recent = row.kind is RowKind.RECENT
        told = Told(timedelta(0) if is_recent else self._periods.duplicates, lost)
        same = goes_alone or self._came_between(connection, request, told) is not None
        values = to_row(request, now=self._now(), periods=self._periods)
        # Nobody is told of it by itself, and it waits for its list, not for a moment of its own.
        values |= {
            "told": Status.QUEUED,
            "reason": "",
            "next_try": None,
            "runner": "",
            "runs": 0,
            "approved_by": batch.approved_by,
            "batch": batch.id,
            "batch_line": row.line,
        }
        del values["id"]
        given = self._values(request.id, values, actor=batch.started_by)
        send, is_new = insert(connection, given, request.overrode, row_statements.INSERTS)
        if same and is_new:
            outcome = {"status": Status.FAILED, "reason": SAME_SENT}
            refused = self._values(send.id, outcome, why=SAME_SENT)
            row_statements.REFUSE.make(connection, refused)

    async def next(self, batch_id: BatchId, limit: int) -> tuple[Send, ...]:
        """Read the next rows to be called, whose number was not called a moment ago."""
        values = {"b_batch": batch_id, "b_limit": limit, "b_now": self._now()}
        values |= {"b_apart": self._apart(), "b_late": self._late()}
        return await self._database.read(
            lambda c: tuple(map(send_of, row_statements.NEXT.all(c, values)))
        )

    async def next_moment(self, batch_id: BatchId) -> datetime | None:
        """Say when the next row is due, of those that wait; None if none waits."""
        # Without a moment it is due since it was written.
        due = sa.func.coalesce(sends.c.next_try, sends.c.created)
        found = sa.select(sa.func.min(due, type_=sends.c.created.type)).where(
            sends.c.batch == batch_id, sends.c.status == Status.QUEUED
        )
        moment: datetime | None = await self._database.read(lambda c: c.scalar(found))
        return moment

    async def claim(self, batch_id: BatchId, sends: Sequence[Send]) -> Group | float | None:
        """Mark the first of these calls as begun, in the transaction that takes their permits.

        In how many seconds there is a permit, if there is none now; None if the list does not run
        any more. Raises TryLater while the queue is paused.
        """
        given = {
            "batch": batch_id,
            "claim": uuid.uuid4().hex,
            "apart": self._apart(),
            "late": self._late(),
            "give_up_at": self._now() + self._periods.give_up_after,
        }
        named = [self._values(send.id, given) for send in sends]
        taken: list[Group] = []

        def work(connection: sa.Connection) -> Group | float | None:
            # If this very claim was committed and only its answer was lost, it is known by its name.
            if taken and (there := self._claimed(connection, batch_id, given["claim"])):
                return Group(there, taken[-1].wait, taken[-1].gap, taken[-1].is_probe)
            if not self._is_running(connection, batch_id):
                return None
            permits = self._rate_limit.permits(connection, len(named))
            if isinstance(permits, float):
                return permits
            taken.append(_claim(connection, named, permits))
            return taken[-1]

        try:
            return await self._database.write(work, thread="claim")
        except _NothingClaimed:
            return Group(())

    def _claimed(
        self, connection: sa.Connection, batch_id: BatchId, claim: object
    ) -> tuple[Send, ...]:
        found = sa.select(sends).where(
            sends.c.batch == batch_id, sends.c.status == Status.SENDING, sends.c.claim == claim
        )
        rows = connection.execute(found.order_by(sends.c.batch_line)).all()
        return tuple(map(send_of, rows))

    def _is_running(self, connection: sa.Connection, batch_id: BatchId) -> bool:
        """Whether it runs, and this process carries it; nobody changes that in this transaction."""
        found = (
            sa.select(batches.c.id)
            .where(
                batches.c.id == batch_id,
                batches.c.status == BatchStatus.RUNNING,
                batches.c.runner == self._runs.process,
            )
            .with_for_update(read=True)
        )
        return connection.execute(found).first() is not None

    async def settle(self, send: Send, outcome: Outcome) -> None:
        """Write down what is known of this call; also if it was taken for interrupted meanwhile."""
        given = {
            "claim": send.claim,
            "status": outcome.status,
            "reason": outcome.reason,
            "conversation": outcome.conversation,
            "said": outcome.vendor_message,
            "http_status": outcome.http_status,
            "execution_id": outcome.execution_id,
            "trace": outcome.trace,
        }
        changes = [row_statements.SETTLE]
        if outcome.status is not Status.UNKNOWN:
            changes.append(row_statements.SETTLE_LATE)
        values = self._values(send.id, given, why=outcome.reason)

        def work(connection: sa.Connection) -> None:
            for change in changes:
                if change.make(connection, values) is not None:
                    return

        await self._database.write(work)

    async def put_back(self, send: Send, *, next_try: datetime, reason: str) -> None:
        """Write down that nothing went out, and when it is tried again."""
        given = {"claim": send.claim, "next_try": next_try, "reason": reason}
        values = self._values(send.id, given, why=reason)
        await self._database.write(lambda c: row_statements.UNCLAIM.make(c, values))

    async def refuse(self, send: Send, outcome: Outcome) -> None:
        """Write down why a row is not called at all."""
        given = {"status": outcome.status, "reason": outcome.reason}
        values = self._values(send.id, given, why=outcome.reason)
        await self._database.write(lambda c: row_statements.REFUSE.make(c, values))

    async def postpone(self, send: Send, *, next_try: datetime, reason: str) -> None:
        """Write down when it is due; it has not been called."""
        given = {"next_try": next_try, "reason": reason}
        given["give_up_at"] = next_try + self._periods.give_up_after
        values = self._values(send.id, given, why=reason)
        await self._database.write(lambda c: row_statements.POSTPONE.make(c, values))

    async def interrupt(self, batch: Batch) -> int:
        """Mark the calls that an earlier run began as unknown; return how many there were.

        Only by the run that carries the list now: another one's calls may go on.
        """
        given = {"batch": batch.id, "reason": "interrupted"}
        values = self._values(SendId(""), given, why="interrupted")

        def work(connection: sa.Connection) -> int:
            if not self._is_ours(connection, batch):
                return 0
            return row_statements.INTERRUPT.make(connection, values)

        return await self._database.write(work)

    def _is_ours(self, connection: sa.Connection, batch: Batch) -> bool:
        """Whether this very run carries it; nobody takes it up in this transaction."""
        found = (
            sa.select(batches.c.id)
            .where(
                batches.c.id == batch.id,
                batches.c.runner == self._runs.process,
                batches.c.runs == batch.runs,
            )
            .with_for_update(read=True)
        )
        return connection.execute(found).first() is not None

    async def outcomes(self, batch: Batch) -> tuple[Outcome, ...]:
        """Read how the last rows ended since it was started or resumed, the oldest first."""
        found = (
            sa.select(sends.c.status, sends.c.reason, sends.c.said)
            .where(
                sends.c.batch == batch.id,
                sends.c.status.in_(OUTCOMES),
                sends.c.claim != "",
                sends.c.ended > (batch.going_since or batch.created),
            )
            .order_by(sends.c.ended.desc())
            .limit(LAST)
        )

        def work(connection: sa.Connection) -> tuple[Outcome, ...]:
            rows = connection.execute(found).all()
            return tuple(
                Outcome(Status(row.status), row.reason, vendor_message=row.said)
                for row in reversed(rows)
            )

        return await self._database.read(work)

    async def cancel_rows(self, batch: Batch, limit: int) -> int:
        """Cancel the next rows of a stopped list; return how many there were."""
        given = {"batch": batch.id, "reason": "cancelled", "limit": limit}
        actor = batch.decided_by or BOT
        values = self._values(SendId(""), given, actor=actor, why="cancelled")
        return await self._database.write(lambda c: row_statements.CANCEL.make(c, values))

    def _late(self) -> datetime:
        return self._now() + TOLERANCE

    def _apart(self) -> datetime:
        return self._now() - timedelta(seconds=row_statements.APART)
