"""The sends of a template to a number, however it is written, found by an index."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.phones.canonical import canonical
from bot.policy.duplicates import NOT_SENT, Duplicate, Earlier, look
from bot.repositories import Told
from bot.sends import SendId, SendRequest, Status
from bot.store.tables import last_four, sends

MOST = 50  # that are looked at
KNOWN = frozenset(Status)
_TRY_LOCK = sa.select(sa.func.pg_try_advisory_xact_lock(sa.bindparam("b_key", type_=sa.BigInteger)))
_COLUMNS = (
    sends.c.id,
    sends.c.status,
    sends.c.user_id,
    sends.c.phone,
    sends.c.channel,
    sends.c.card_channel,
    sends.c.card_ts,
    sends.c.created,
    sends.c.replaces,
)


def find(
    connection: sa.Connection, phone: str, template: str, *, due: datetime, window: timedelta
) -> tuple[Earlier, ...]:
    """Find them within a transaction, the newest first."""
    if not window:
        return ()
    when = (
        sends.c.template == template,
        sends.c.created > due - window,
        sends.c.created < due + window,
        sends.c.status.not_in(NOT_SENT),
    )
    form = canonical(phone)
    query = sa.select(*_COLUMNS).order_by(sends.c.created.desc()).limit(MOST)
    rows = [*connection.execute(query.where(sends.c.canonical == form, *when))]
    # The last four digits are the same in all ways to write a number.
    ends = last_four(connection.dialect) == phone[-4:]
    older = connection.execute(query.where(sends.c.canonical.is_(None), ends, *when))
    rows += [row for row in older if canonical(row.phone) == form]
    return tuple(_read(rows))


def came_between(
    connection: sa.Connection,
    request: SendRequest,
    told: Told,
    *,
    due: datetime,
) -> Duplicate | None:
    """Return what this send would be a duplicate of, if nobody was told of it."""
    earlier = find(connection, request.phone, request.template, due=due, window=told.window)
    others = [each for each in earlier if each.id != request.id]
    return look(
        others, due=due, window=told.window, replaces=request.replaces, confirmed=told.sends
    )


def is_alone(connection: sa.Connection, request: SendRequest) -> bool:
    """Keep all others from taking the same at this moment; False if one of them does.

    It never waits: two transactions of several writes each would wait for each other.
    """
    if connection.dialect.name == "sqlite":
        return True  # who writes is alone
    same = f"{canonical(request.phone)} {request.template}".encode()
    key = int.from_bytes(hashlib.sha256(same).digest()[:8], signed=True)
    return bool(connection.scalar(_TRY_LOCK, {"b_key": key}))


def _read(rows: list[sa.Row[Any]]) -> Iterator[Earlier]:
    for row in rows:
        # What only a newer version knows is not ended as far as we know: it counts as queued.
        status = Status(row.status) if row.status in KNOWN else Status.QUEUED
        channel = row.card_channel or row.channel
        replaces = SendId(row.replaces) if row.replaces else None
        yield Earlier(
            SendId(row.id), status, row.user_id, row.created, channel, row.card_ts, replaces
        )
