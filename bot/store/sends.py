"""The sends as rows: taken once, claimed once, settled with what is known."""

import dataclasses
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.sends import Order, Outcome, Place, Send, SendId, Status, Taken
from bot.store.database import Database
from bot.store.tables import sends

Enqueue = Callable[[sa.Connection, str, SendId], None]

CONTENTS = (
    "template",
    "phone",
    "client_name",
    "group_name",
    "assign",
    "params",
    "user_id",
)

# A listener answers within Slack's three seconds, database or not.
LISTENER_PATIENCE = 1.5
RECENTS = 50  # sends in which a person's own templates are looked for


class SendStore:
    """Every change is one statement that looks before it writes, so that twice is once."""

    def __init__(
        self,
        database: Database,
        *,
        enqueue: Enqueue,
        give_up_after: timedelta,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`enqueue` puts a send's workflow into the same transaction, so neither exists alone."""
        self._database = database
        self._enqueue = enqueue
        self._give_up_after = give_up_after
        self._now = now

    async def take(self, order: Order) -> Taken:
        """Write down an order together with the work to be done for it. Raises TryLater."""
        values = _row(order, now=self._now(), give_up_after=self._give_up_after)

        def work(connection: sa.Connection) -> Taken:
            if _insert(connection, values):
                self._enqueue(connection, "deliver", order.id)
                return Taken.NEW
            row = connection.execute(sa.select(sends).where(sends.c.id == order.id)).one()
            same = all(getattr(row, name) == values[name] for name in CONTENTS)
            return Taken.AGAIN if same else Taken.CHANGED

        return await self._database.run(work, patience=LISTENER_PATIENCE)

    async def get(self, send_id: SendId) -> Send:
        """Read one send, waiting for the database as long as it takes."""
        found = await self._database.run(lambda c: _find(c, send_id))
        if found is None:
            raise LookupError(send_id)
        return found

    async def find(self, send_id: SendId) -> Send | None:
        """Read one send for a person who waits; None if there is none. Raises TryLater."""
        return await self._database.run(lambda c: _find(c, send_id), patience=LISTENER_PATIENCE)

    async def recent(self, user: str, limit: int) -> tuple[Send, ...]:
        """Read a person's last sends, the newest first. Raises TryLater."""
        return await self._newest(sends.c.user_id == user, limit=limit)

    async def ending_in(self, digits: str, *, user: str, limit: int) -> tuple[Send, ...]:
        """Read the last sends to numbers that end so, of one person or (empty) of everybody.

        Raises TryLater.
        """
        whose = sends.c.user_id == user if user else sa.true()
        return await self._newest(sends.c.phone.endswith(digits), whose, limit=limit)

    async def recent_templates(self, user: str) -> tuple[str, ...]:
        """Name the templates that a person sent last, each once, the newest first.

        Raises TryLater.
        """
        query = (
            sa.select(sends.c.template)
            .where(sends.c.user_id == user)
            .order_by(sends.c.created.desc())
            .limit(RECENTS)
        )
        found = await self._database.run(
            lambda c: c.execute(query).scalars().all(), patience=LISTENER_PATIENCE
        )
        return tuple(dict.fromkeys(found))

    async def _newest(self, *which: sa.ColumnElement[bool], limit: int) -> tuple[Send, ...]:
        query = sa.select(sends).where(*which).order_by(sends.c.created.desc()).limit(limit)
        return await self._database.run(
            lambda c: tuple(_send(row) for row in c.execute(query)), patience=LISTENER_PATIENCE
        )

    async def claim(self, send_id: SendId) -> str | None:
        """Mark the call as begun, before it is; None if it may not begin any more."""
        claim = uuid.uuid4().hex
        # Its own mark: this very claim was committed, only its answer was lost.
        own = sa.and_(sends.c.status == Status.SENDING, sends.c.claim == claim)
        claimed = await self._change(
            sends.c.id == send_id,
            sa.or_(sends.c.status == Status.QUEUED, own),
            status=Status.SENDING,
            claim=claim,
            next_try=None,
        )
        return claim if claimed else None

    async def unclaim(self, send_id: SendId, *, claim: str) -> None:
        """Put a send back: of this call nothing went out."""
        await self._change(
            sends.c.id == send_id,
            sends.c.status == Status.SENDING,
            sends.c.claim == claim,
            status=Status.QUEUED,
            claim="",
        )

    async def postpone(self, send_id: SendId, *, next_try: datetime, reason: str) -> None:
        """Write down when it will be tried again, and why not now."""
        await self._change(
            sends.c.id == send_id,
            sends.c.status == Status.QUEUED,
            next_try=next_try,
            reason=reason,
            tries=sends.c.tries + 1,
        )

    async def refuse(self, send_id: SendId, outcome: Outcome) -> None:
        """Write down why it is not called at all; nothing happens once a call has begun."""
        await self._change(
            sends.c.id == send_id,
            sends.c.status == Status.QUEUED,
            status=outcome.status,
            reason=outcome.reason,
            next_try=None,
        )

    async def settle(self, send_id: SendId, outcome: Outcome, *, claim: str) -> None:
        """Write down what is known of this call; that is never overwritten by `unknown`."""
        statement = (
            sa.update(sends)
            .where(sends.c.id == send_id, sends.c.claim == claim)
            .values(
                status=outcome.status,
                reason=outcome.reason,
                conversation=outcome.conversation,
                said=outcome.said,
                http_status=outcome.http_status,
                execution_id=outcome.execution_id,
                trace=outcome.trace,
                next_try=None,
                updated=self._now(),
            )
        )

        def work(connection: sa.Connection) -> None:
            settled = connection.execute(statement.where(sends.c.status == Status.SENDING))
            if settled.rowcount == 1 or outcome.status is Status.UNKNOWN:
                return
            late = connection.execute(statement.where(sends.c.status == Status.UNKNOWN))
            if late.rowcount == 1:
                # Another process has said by now that it is unknown, and its work is done.
                self._enqueue(connection, "announce", send_id)

        await self._database.run(work)

    async def card_posted(self, send_id: SendId, channel: str, ts: str) -> None:
        """Remember where the card is."""
        await self._change(sends.c.id == send_id, card_channel=channel, card_ts=ts)

    async def told(self, send_id: SendId, status: Status) -> None:
        """Remember what the people were told."""
        await self._change(sends.c.id == send_id, told=status)

    async def noted(self, send_id: SendId) -> None:
        """Remember that the sender was shown the whole number."""
        await self._change(sends.c.id == send_id, noted=True)

    async def cancel(self, send_id: SendId, *, user: str) -> bool:
        """Stop a send before its call; False if it is too late."""
        return await self._decide(
            send_id, Status.QUEUED, Status.CANCELLED, reason="cancelled", user=user
        )

    async def resolve_sent(self, send_id: SendId, *, user: str) -> bool:
        """Take a person's word that an unknown one arrived; False if that is decided already."""
        return await self._decide(send_id, Status.UNKNOWN, Status.SENT, reason="arrived", user=user)

    async def send_again(self, old: Send, *, user: str) -> SendId | None:
        """Take a person's word that an unknown one did not arrive, and send it anew.

        The new send names the old one and goes on in its thread. None if that is decided already.
        """
        order = again(old, user=user)
        values = _row(order, now=self._now(), give_up_after=self._give_up_after)

        def work(connection: sa.Connection) -> SendId | None:
            decided = self._decided(
                connection,
                old.id,
                Status.UNKNOWN,
                Status.FAILED,
                reason="not_arrived",
                user=user,
            )
            if not decided or not _insert(connection, values):
                return None
            self._enqueue(connection, "deliver", order.id)
            return order.id

        return await self._database.run(work, patience=LISTENER_PATIENCE)

    async def _decide(
        self, send_id: SendId, before: Status, after: Status, *, reason: str, user: str
    ) -> bool:
        return await self._database.run(
            lambda c: self._decided(c, send_id, before, after, reason=reason, user=user),
            patience=LISTENER_PATIENCE,
        )

    def _decided(
        self,
        connection: sa.Connection,
        send_id: SendId,
        before: Status,
        after: Status,
        **why: str,
    ) -> bool:
        decided = connection.execute(
            sa.update(sends)
            .where(sends.c.id == send_id, sends.c.status == before)
            .values(
                status=after,
                reason=why["reason"],
                decided_by=why["user"],
                next_try=None,
                updated=self._now(),
            )
        )
        if decided.rowcount == 1:
            self._enqueue(connection, "announce", send_id)
        return decided.rowcount == 1

    async def _change(self, *which: sa.ColumnElement[bool], **values: object) -> bool:
        statement = sa.update(sends).where(*which).values(updated=self._now(), **values)

        def work(connection: sa.Connection) -> bool:
            return connection.execute(statement).rowcount == 1

        return await self._database.run(work)


def again(old: Send, *, user: str) -> Order:
    """Make the order that repeats an old one, in the old one's thread."""
    root, _, number = old.id.partition("-again-")
    return dataclasses.replace(
        old.order,
        id=SendId(f"{root}-again-{int(number or 0) + 1}"),
        user=user,
        place=_where_it_goes_on(old),
        replaces=old.id,
    )


def _where_it_goes_on(old: Send) -> Place:
    """Return the thread in which the old one was told."""
    place = old.order.place
    if old.card_channel in {"", place.channel}:
        return Place(place.channel, place.thread_ts or old.card_ts)
    # It was told in a direct message: in another channel the first thread means nothing.
    return Place(old.card_channel, old.card_ts)


def history(connection: sa.Connection, since: datetime | None = None) -> Iterator[Send]:
    """Go through the sends, oldest first, without holding them all in memory."""
    query = sa.select(sends).order_by(sends.c.created, sends.c.id)
    if since is not None:
        query = query.where(sends.c.created >= since)
    rows = connection.execution_options(yield_per=500).execute(query)
    return (_send(row) for row in rows)


def count_by_status(connection: sa.Connection) -> dict[Status, int]:
    """Count the sends by status; every status is there."""
    rows = connection.execute(sa.select(sends.c.status, sa.func.count()).group_by(sends.c.status))
    counted: dict[str, int] = {row[0]: row[1] for row in rows}
    return {status: counted.get(status, 0) for status in Status}


def _insert(connection: sa.Connection, values: dict[str, Any]) -> bool:
    """Insert a send unless it is there; say whether it was new."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert  # noqa: PLC0415 - one of two
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]  # noqa: PLC0415
    # Asked for by RETURNING: the driver for PostgreSQL counts no rows of an insert.
    statement = insert(sends).values(values).on_conflict_do_nothing().returning(sends.c.id)
    return connection.execute(statement).first() is not None


def _find(connection: sa.Connection, send_id: SendId) -> Send | None:
    row = connection.execute(sa.select(sends).where(sends.c.id == send_id)).one_or_none()
    return None if row is None else _send(row)


def _row(order: Order, *, now: datetime, give_up_after: timedelta) -> dict[str, Any]:
    return {
        "id": order.id,
        "status": Status.QUEUED,
        "template": order.template,
        "template_name": order.template_name,
        "is_test": order.is_test,
        "phone": order.phone,
        "country": order.country,
        "client_name": order.client_name,
        "group_name": order.group,
        "assign": order.assign,
        "params": [list(param) for param in order.params],
        "user_id": order.user,
        "channel": order.place.channel,
        "thread_ts": order.place.thread_ts,
        "response_url": order.place.response_url,
        "replaces": order.replaces or "",
        "created": now,
        "updated": now,
        "give_up_at": now + give_up_after,
    }


def _send(row: sa.Row[Any]) -> Send:
    order = Order(
        id=SendId(row.id),
        template=row.template,
        phone=row.phone,
        country=row.country,
        client_name=row.client_name,
        group=row.group_name,
        assign=row.assign,
        params=tuple((name, value) for name, value in row.params),
        user=row.user_id,
        place=Place(row.channel, row.thread_ts, row.response_url),
        replaces=SendId(row.replaces) if row.replaces else None,
        template_name=row.template_name,
        is_test=row.is_test,
    )
    return Send(
        order=order,
        status=Status(row.status),
        created=row.created,
        updated=row.updated,
        give_up_at=row.give_up_at,
        reason=row.reason,
        conversation=row.conversation,
        said=row.said,
        claim=row.claim,
        tries=row.tries,
        next_try=row.next_try,
        card_channel=row.card_channel,
        card_ts=row.card_ts,
        told=row.told,
        noted=row.noted,
        decided_by=row.decided_by,
        http_status=row.http_status,
        execution_id=row.execution_id,
        trace=row.trace,
    )
