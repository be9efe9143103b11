"""What the run of a list writes down of the list itself."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.bulk.batches import Batch, BatchId, BatchStatus, DueBatch, PauseReason
from bot.bulk.ports import Looked
from bot.bulk.report_json import report_to_json
from bot.events import BOT, Kind
from bot.sends import Card, Status
from bot.store import batch_table
from bot.store.batch_rows import BatchRows, is_sent
from bot.store.send_queue import TOLERANCE
from bot.store.tables import BATCH_IS_OPEN, batch_rows, batches, sends

ROWS_AT_ONCE = 500


class BatchRuns(BatchRows):
    """All of it waits for the database as long as it takes."""

    async def due(self, limit: int) -> tuple[DueBatch, ...]:
        """Find the lists for which something is to be done, whoever carries them."""
        now = self._now()
        is_due = sa.or_(
            batches.c.next_try.is_(None),
            batches.c.next_try <= now,
            # A clock that was ahead wrote it.
            batches.c.updated > now + TOLERANCE,
        )
        waits = sa.and_(
            batches.c.status == BatchStatus.AWAITING_APPROVAL,
            batches.c.told == batches.c.status,
            batches.c.approve_until > now,
        )
        found = (
            sa.select(batches.c.id, batches.c.runner, batches.c.runs)
            .where(BATCH_IS_OPEN, is_due, sa.not_(waits))
            .order_by(batches.c.created)
            .limit(limit)
        )
        return await self._database.read(
            lambda c: tuple(DueBatch(BatchId(r.id), r.runner, r.runs) for r in c.execute(found))
        )

    async def take_up(self, found: DueBatch) -> Batch | None:
        """Carry one from now on; None if somebody was quicker."""
        taken = (
            sa.update(batches)
            .where(
                batches.c.id == found.id,
                batches.c.runner == found.runner,
                batches.c.runs == found.runs,
            )
            .values(runner=self._runs.process, runs=found.runs + 1)
            .returning(batches)
        )

        def work(connection: sa.Connection) -> Batch | None:
            row = connection.execute(taken).one_or_none()
            return None if row is None else batch_table.batch_of(row)

        return await self._database.write(work)

    async def release(self, batch_id: BatchId) -> None:
        """Leave one to whoever looks next."""
        ours = (batches.c.id == batch_id, batches.c.runner == self._runs.process)
        await self._database.write(
            lambda c: c.execute(sa.update(batches).where(*ours).values(runner=""))
        )

    async def looked_at(self, batch: Batch, looked: Looked) -> bool:
        """Write down what the look at its file found; False if that is no news any more.

        Somebody may have stopped it, or said something else of its columns, or another process may
        have taken this one for dead.
        """
        old = sa.delete(batch_rows).where(batch_rows.c.batch == batch.id)
        if not await self._write_read(batch, old):
            return False
        for start in range(0, len(looked.rows), ROWS_AT_ONCE):
            rows = looked.rows[start : start + ROWS_AT_ONCE]
            values = [batch_table.row_values(batch.id, row) for row in rows]
            # It may run twice.
            lines = batch_rows.c.line.in_([row.line for row in rows])
            again = sa.delete(batch_rows).where(batch_rows.c.batch == batch.id, lines)
            if not await self._write_read(batch, again, values):
                return False
        found = {
            "report": report_to_json(looked.report),
            "reason": looked.reason,
            "reason_values": dict(looked.values),
            "checked": self._now(),
        }

        def work(connection: sa.Connection) -> bool:
            if not self._is_ours(connection, batch):
                return False
            reading = (BatchStatus.READING,)
            made = self._step(connection, batch.id, reading, looked.status, values=found)
            return made is not None

        return await self._database.write(work)

    async def _write_read(
        self,
        batch: Batch,
        old: sa.Delete,
        values: Sequence[dict[str, Any]] = (),
    ) -> bool:
        """Put rows in the place of others, while this run reads the list."""

        def work(connection: sa.Connection) -> bool:
            now = batch_table.find(connection, batch.id)
            is_read = now is not None and now.status is BatchStatus.READING
            if not (is_read and self._is_ours(connection, batch)):
                return False
            connection.execute(old)
            if values:
                connection.execute(sa.insert(batch_rows), values)
            return True

        return await self._database.write(work)

    async def last_event(self, batch: Batch) -> datetime:
        """Say when anything happened to it, or was to happen, last."""
        found = sa.select(sa.func.max(sends.c.updated)).where(sends.c.batch == batch.id)
        latest: datetime | None = await self._database.read(lambda c: c.scalar(found))
        moment = batch.request.send_at.instant if batch.request.send_at else None
        known = (batch.updated, batch.going_since, batch.next_try, moment, latest)
        return max(each for each in known if each is not None)

    async def pause_itself(self, batch_id: BatchId, reason: PauseReason) -> bool:
        """Let it go on only once a person says so."""
        values = {"reason": reason, "decided_by": ""}
        running = (BatchStatus.RUNNING,)
        return await self._goes(batch_id, running, BatchStatus.PAUSED, values=values)

    async def finish(self, batch: Batch) -> bool:
        """End it if every row became a send, and each of these came to its end."""
        is_left = sa.exists().where(
            sends.c.batch == batch.id, sends.c.status.in_((Status.QUEUED, Status.SENDING))
        )
        is_send = sa.exists().where(
            sends.c.batch == batch_rows.c.batch, sends.c.batch_line == batch_rows.c.line
        )
        is_missing = sa.exists().where(is_sent(batch), sa.not_(is_send))
        return await self._goes(
            batch.id,
            (BatchStatus.RUNNING,),
            BatchStatus.DONE,
            sa.not_(is_left),
            sa.not_(is_missing),
            values={"ended": self._now(), "reason": ""},
        )

    async def expire(self, batch_id: BatchId) -> bool:
        """End one that nobody approved in time."""
        return await self._goes(
            batch_id,
            (BatchStatus.AWAITING_APPROVAL,),
            BatchStatus.STOPPED,
            batches.c.approve_until <= self._now(),
            values={"ended": self._now(), "reason": "approval.expired"},
        )

    async def wait_until(self, batch_id: BatchId, moment: datetime) -> None:
        """Let nobody carry it until then."""
        later = (
            sa.update(batches)
            .where(batches.c.id == batch_id, batches.c.status == BatchStatus.RUNNING)
            .values(next_try=moment, updated=self._now())
        )
        await self._database.write(lambda c: c.execute(later))

    async def told(self, batch: Batch, card: Card) -> None:
        """Remember that people were told how it stands."""
        place = {"card_channel": card.channel, "card_ts": card.ts}
        told = (
            sa.update(batches)
            .where(batches.c.id == batch.id, batches.c.status == batch.status)
            .values(told=batch.status, tell_tries=0, next_try=None, **place)
        )

        def work(connection: sa.Connection) -> None:
            connection.execute(told)
            self._write_batch_event(connection, batch.id, Kind.TOLD)

        await self._database.write(work)

    async def not_told(self, batch: Batch, *, reason: str) -> None:
        """Remember that nobody tries to tell it any more, and why."""
        told = (
            sa.update(batches)
            .where(batches.c.id == batch.id, batches.c.status == batch.status)
            .values(told=batch.status, next_try=None)
        )

        def work(connection: sa.Connection) -> None:
            connection.execute(told)
            self._write_batch_event(connection, batch.id, Kind.NOT_TOLD, why=reason)

        await self._database.write(work)

    async def try_later(self, batch: Batch, *, next_try: datetime) -> None:
        """Write down when its file is read again, or its people told."""
        later = (
            sa.update(batches)
            .where(batches.c.id == batch.id, batches.c.status == batch.status)
            .values(next_try=next_try, tell_tries=batch.tell_tries + 1)
        )
        await self._database.write(lambda c: c.execute(later))

    async def _goes(
        self,
        batch_id: BatchId,
        before: Collection[BatchStatus],
        after: BatchStatus,
        *which: sa.ColumnElement[bool],
        values: dict[str, Any],
    ) -> bool:
        return await self._database.write(
            lambda c: self._step(c, batch_id, before, after, *which, values=values) is not None
        )

    def _step(  # noqa: PLR0913 - a change and its event, which stand in one commit
        self,
        connection: sa.Connection,
        batch_id: BatchId,
        before: Collection[BatchStatus],
        after: BatchStatus,
        *which: sa.ColumnElement[bool],
        actor: str = BOT,
        kind: Kind = Kind.CHANGED,
        values: dict[str, Any],
    ) -> Batch | None:
        return batch_table.step(
            connection,
            batch_id,
            before,
            after,
            *which,
            source=self._source,
            now=self._now(),
            actor=actor or BOT,
            kind=kind,
            values=values,
        )

    def _write_batch_event(
        self, connection: sa.Connection, batch_id: BatchId, kind: Kind, *, why: str = ""
    ) -> None:
        batch_table.write_event(
            connection, batch_id, source=self._source, now=self._now(), kind=kind, why=why
        )
