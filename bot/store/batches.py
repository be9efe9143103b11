"""The lists as people take them up and decide about them."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.bulk.batches import (
    Batch,
    BatchId,
    BatchRequest,
    BatchStatus,
    Mapped,
    PauseReason,
)
from bot.bulk.report_json import mapped_to_json
from bot.events import Kind
from bot.send_ids import new_id
from bot.sends import SendId
from bot.store import batch_table, row_statements
from bot.store.batch_runs import BatchRuns
from bot.store.rows import approve_until
from bot.store.send_table import LISTENER_PATIENCE
from bot.store.tables import batch_rows, batches

# What may be read anew: nothing of it has gone out.
_UNSTARTED = (BatchStatus.ASKING, BatchStatus.CHECKED)
_STOPPABLE = (
    BatchStatus.READING,
    *_UNSTARTED,
    BatchStatus.AWAITING_APPROVAL,
    BatchStatus.RUNNING,
    BatchStatus.PAUSED,
)


class BatchStore(BatchRuns):
    """Every change looks before it writes, so that twice is once."""

    async def create(self, request: BatchRequest) -> Batch:
        """Write down a list, whose file is then read; the same key again is the same list."""
        values = batch_table.values_of(request, self._now())

        def work(connection: sa.Connection) -> Batch:
            while True:
                made = self._insert(connection, values)
                if made is not None:
                    return made
                same = sa.select(batches).where(batches.c.request_key == request.key)
                if (row := connection.execute(same).one_or_none()) is not None:
                    return batch_table.batch_of(row)
                # Another list has this very id.
                values["id"] = new_id()

        made = await self._database.write(work, patience=LISTENER_PATIENCE)
        self._runs.look()
        return made

    def _insert(self, connection: sa.Connection, values: dict[str, Any]) -> Batch | None:
        taken = sa.exists().where(
            sa.or_(batches.c.id == values["id"], batches.c.request_key == values["request_key"])
        )
        if connection.scalar(sa.select(taken)):
            return None
        connection.execute(sa.insert(batches).values(values))
        batch_id = BatchId(values["id"])
        batch_table.write_event(
            connection,
            batch_id,
            source=self._source,
            now=values["created"],
            actor=values["user_id"],
            kind=Kind.TAKEN,
            change=("", BatchStatus.READING),
        )
        return batch_table.find(connection, batch_id)

    async def map(self, batch_id: BatchId, mapped: Mapped, *, user: str) -> bool:
        """Read the file again with what a person said of it; False if it was started, or is over."""
        return await self._read_anew(batch_id, {"mapped": mapped_to_json(mapped)}, user=user)

    async def look_again(self, batch_id: BatchId) -> bool:
        """Read the file again: its template was changed, or the dry run is old."""
        return await self._read_anew(batch_id, {}, user="")

    async def _read_anew(self, batch_id: BatchId, values: dict[str, Any], *, user: str) -> bool:
        def work(connection: sa.Connection) -> bool:
            before = batch_table.find(connection, batch_id)
            if before and user not in {"", before.request.user}:
                prepared_by = {*before.request.prepared_by, user}
                values["prepared_by"] = sorted(prepared_by)
            found = self._step(
                connection,
                batch_id,
                _UNSTARTED,
                BatchStatus.READING,
                actor=user,
                # Whoever reads it at this moment reads it for nothing.
                values={**values, "reason": "", "reason_values": {}, "runner": ""},
            )
            if found is not None:
                connection.execute(sa.delete(batch_rows).where(batch_rows.c.batch == batch_id))
            return found is not None

        return await self._decide(work)

    async def start(
        self,
        batch_id: BatchId,
        *,
        user: str,
        checked: datetime | None,
        with_recent: bool,
        needs_approval: bool,
    ) -> bool:
        """Let a list's rows go out, or wait for a second person first.

        `checked` names the dry run that was seen: False if another one, or nothing, stands by now.
        """
        now = self._now()
        values = {"with_recent": with_recent, "started_by": user, "started": now}

        def work(connection: sa.Connection) -> bool:
            before = batch_table.find(connection, batch_id)
            if before is None:
                return False
            after, more = BatchStatus.RUNNING, self._going()
            if needs_approval:
                after, more = BatchStatus.AWAITING_APPROVAL, self._asked(before, now)
            found = self._step(
                connection,
                batch_id,
                (BatchStatus.CHECKED,),
                after,
                batches.c.checked == checked,
                actor=user,
                kind=Kind.DECIDED,
                values=values | more,
            )
            return found is not None

        return await self._decide(work)

    def _asked(self, batch: Batch, now: datetime) -> dict[str, Any]:
        send_at = batch.request.send_at
        # What was past when it was started was to go out at once.
        moment = send_at.instant if send_at and send_at.instant > now else None
        return {"approve_until": approve_until(moment, now, self._periods)}

    async def approve(self, batch_id: BatchId, *, user: str) -> bool:
        """Let one go on that waits for a second person; False if it waits no more."""
        return await self._moved(
            batch_id,
            (BatchStatus.AWAITING_APPROVAL,),
            BatchStatus.RUNNING,
            batches.c.approve_until > self._now(),
            user=user,
            kind=Kind.APPROVED,
            values={"approved_by": user} | self._going(),
        )

    async def decline(self, batch_id: BatchId, *, user: str, note: str) -> bool:
        """Refuse to approve one; False if that was decided already."""
        return await self._moved(
            batch_id,
            (BatchStatus.AWAITING_APPROVAL,),
            BatchStatus.STOPPED,
            user=user,
            kind=Kind.REFUSED,
            values={"decided_by": user, "note": note, "reason": "refused", "ended": self._now()},
        )

    async def pause(self, batch_id: BatchId, *, user: str) -> bool:
        """Begin no more calls; False if it does not run."""
        return await self._moved(
            batch_id,
            (BatchStatus.RUNNING,),
            BatchStatus.PAUSED,
            user=user,
            values={"decided_by": user, "reason": ""},
        )

    async def resume(self, batch_id: BatchId, *, user: str) -> bool:
        """Go on with one that is paused."""
        values = {"decided_by": user, "reason": ""} | self._going()
        now = self._now()

        def work(connection: sa.Connection) -> bool:
            before = batch_table.find(connection, batch_id)
            paused = (BatchStatus.PAUSED,)
            running = BatchStatus.RUNNING
            found = self._step(
                connection,
                batch_id,
                paused,
                running,
                actor=user,
                kind=Kind.DECIDED,
                values=values,
            )
            if found:
                anew = {"b_batch": batch_id, "b_give_up_at": now + self._periods.give_up_after}
                row_statements.TRY_ANEW.all(connection, anew)
            if found and before and before.reason == PauseReason.TOKEN:
                # They saw to the token: one row tries whether Atom takes it.
                self._rate_limit.end_pause(connection)
            return found is not None

        return await self._decide(work)

    async def stop(self, batch_id: BatchId, *, user: str) -> bool:
        """Cancel all rows whose call has not begun, for good; False if it is over."""
        return await self._moved(
            batch_id,
            _STOPPABLE,
            BatchStatus.STOPPED,
            user=user,
            values={"decided_by": user, "reason": "", "ended": self._now()},
        )

    async def decide_unknown(self, batch_id: BatchId, *, arrived: bool, user: str) -> int:
        """Take a person's word for all unknown rows; return how many there were."""
        change = row_statements.ARRIVED if arrived else row_statements.LEFT
        why = "arrived" if arrived else "left"
        values = self._values(SendId(""), {"batch": batch_id, "reason": why}, actor=user, why=why)
        decided = await self._database.write(
            lambda c: change.make(c, values), patience=LISTENER_PATIENCE
        )
        self._runs.look()
        return decided

    async def card_posted(self, batch_id: BatchId, channel: str, ts: str) -> None:
        """Remember where the list's card is."""
        place = {"card_channel": channel, "card_ts": ts}
        await self._database.write(
            lambda c: c.execute(sa.update(batches).where(batches.c.id == batch_id).values(**place))
        )

    def _going(self) -> dict[str, Any]:
        return {"going_since": self._now()}

    async def _moved(
        self,
        batch_id: BatchId,
        before: Collection[BatchStatus],
        after: BatchStatus,
        *which: sa.ColumnElement[bool],
        user: str,
        kind: Kind = Kind.DECIDED,
        values: dict[str, Any],
    ) -> bool:
        def work(connection: sa.Connection) -> bool:
            found = self._step(
                connection, batch_id, before, after, *which, actor=user, kind=kind, values=values
            )
            return found is not None

        return await self._decide(work)

    async def _decide(self, work: Callable[[sa.Connection], bool]) -> bool:
        decided = await self._database.write(work, patience=LISTENER_PATIENCE)
        self._runs.look()
        return decided
