"""The sends of a template to a number, however it is written, found by an index."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.phones.canonical import canonical
from bot.policy.duplicates import NOT_SENT, Duplicate, Earlier, look
from bot.repositories import Told
from bot.sends import SendId, SendRequest, Status
from bot.store.prepared import Prepared
from bot.store.rows import STATUSES
from bot.store.tables import last_four, request_key, sends
from bot.times import FURTHEST

MOST = 50  # that are looked at
_TRY_LOCK = Prepared(
    sa.select(
        sa.func.pg_try_advisory_xact_lock(
            sa.bindparam("b_key", type_=sa.BigInteger), type_=sa.Boolean
        ).label("is_taken")
    )
)
_COLUMNS = (
    sends.c.id,
    sends.c.status,
    sends.c.user_id,
    sends.c.phone,
    sends.c.channel,
    sends.c.card_channel,
    sends.c.card_ts,
    sends.c.created,
    sends.c.send_at,
    sends.c.replaces,
)
_DUE = sa.func.coalesce(sends.c.send_at, sends.c.created)

_WHEN = (
    sends.c.template == sa.bindparam("b_template", type_=sa.Text),
    # As the index has them; what is scheduled was asked for so long before at most.
    sends.c.created > sa.bindparam("b_asked_after", type_=sends.c.created.type),
    sends.c.created < sa.bindparam("b_until", type_=sends.c.created.type),
    sa.bindparam("b_from", type_=sends.c.created.type) < _DUE,
    sa.bindparam("b_until", type_=sends.c.created.type) > _DUE,
    *(sends.c.status != status.value for status in sorted(NOT_SENT)),
)
# Made once, since making a statement costs more than running it.
_NEWEST = sa.select(*_COLUMNS).where(*_WHEN).order_by(sends.c.created.desc()).limit(MOST)
_TO_NUMBER = sends.c.canonical == sa.bindparam("b_canonical", type_=sa.Text)
# The last four digits are the same in all ways to write a number.
_TO_NUMBER_OLDER = {
    dialect.name: sa.and_(
        sends.c.canonical.is_(None), last_four(dialect) == sa.bindparam("b_ends", type_=sa.Text)
    )
    for dialect in (sqlite.dialect(), postgresql.dialect())  # type: ignore[no-untyped-call]
}
_FIND = Prepared(_NEWEST.where(_TO_NUMBER))
_OLDER = {name: Prepared(_NEWEST.where(older)) for name, older in _TO_NUMBER_OLDER.items()}
# Of many numbers at once; the newest first, too.
_ALL = (
    sa.select(*_COLUMNS, sends.c.canonical)
    .where(*_WHEN, sends.c.canonical.in_(sa.bindparam("b_numbers", expanding=True)))
    .order_by(sends.c.created.desc())
)
# What an older version wrote; soon there is nothing of that any more.
_ALL_OLDER = (
    sa.select(*_COLUMNS).where(*_WHEN, sends.c.canonical.is_(None)).order_by(sends.c.created.desc())
)


def there_are(dialect_name: str) -> sa.ColumnElement[bool]:
    """Say in a statement whether there are any, or may be: not of the very form that is taken.

    Its values are those of `values_of`.
    """
    other = request_key() != sa.bindparam("b_request_key", type_=sa.Text)
    ways = (_TO_NUMBER, _TO_NUMBER_OLDER[dialect_name])
    return sa.or_(*(sa.exists().where(*_WHEN, way, other) for way in ways))


def values_of(request: SendRequest, *, due: datetime, window: timedelta) -> dict[str, object]:
    """Name the values of a statement about a request."""
    given = _given(request.phone, request.template, due, window)
    return given | {"b_ends": request.phone[-4:], "b_request_key": request.key}


def find(
    connection: sa.Connection, phone: str, template: str, *, due: datetime, window: timedelta
) -> tuple[Earlier, ...]:
    """Find them within a transaction, also those that an older version wrote."""
    if not window:
        return ()
    given = _given(phone, template, due, window)
    rows = _FIND.all(connection, given)
    older = _OLDER[connection.dialect.name].all(connection, given | {"b_ends": phone[-4:]})
    rows += [row for row in older if canonical(row.phone) == given["b_canonical"]]
    return tuple(_read(rows))


def find_all(
    connection: sa.Connection,
    numbers: Collection[str],
    template: str,
    *,
    due: datetime,
    window: timedelta,
) -> dict[str, list[Earlier]]:
    """Find those to many numbers in their one form, without those that an older version wrote."""
    if not window:
        return {}
    given = _moments(template, due, window) | {"b_numbers": list(numbers)}
    return _by_number((row.canonical, row) for row in connection.execute(_ALL, given))


def find_all_older(
    connection: sa.Connection, template: str, *, due: datetime, window: timedelta
) -> dict[str, list[Earlier]]:
    """Find all that an older version wrote, by the numbers' one form."""
    if not window:
        return {}
    rows = connection.execute(_ALL_OLDER, _moments(template, due, window))
    return _by_number((canonical(row.phone), row) for row in rows)


def _by_number(rows: Iterable[tuple[str, Any]]) -> dict[str, list[Earlier]]:
    found: dict[str, list[Any]] = {}
    for number, row in rows:
        found.setdefault(number, []).append(row)
    return {number: [*_read(each[:MOST])] for number, each in found.items()}


def _given(phone: str, template: str, due: datetime, window: timedelta) -> dict[str, object]:
    return {"b_canonical": canonical(phone)} | _moments(template, due, window)


def _moments(template: str, due: datetime, window: timedelta) -> dict[str, object]:
    return {
        "b_template": template,
        "b_from": due - window,
        "b_asked_after": due - window - FURTHEST,
        "b_until": due + window,
    }


def came_between(
    connection: sa.Connection,
    request: SendRequest,
    told: Told,
    *,
    due: datetime,
) -> Duplicate | None:
    """Return what this send would be a duplicate of, if nobody was told of it.

    What an older version wrote was looked for before.
    """
    given = _given(request.phone, request.template, due, told.window)
    rows = [row for row in _FIND.all(connection, given) if row.id != request.id]
    confirmed = told.sends | ({request.changed_from} if request.changed_from else set())
    return look(
        _read(rows), due=due, window=told.window, replaces=request.replaces, confirmed=confirmed
    )


def is_alone(connection: sa.Connection, request: SendRequest) -> bool:
    """Keep all others from taking the same at this moment; False if one of them does.

    It never waits: two transactions of several writes each would wait for each other.
    """
    if connection.dialect.name == "sqlite":
        return True  # who writes is alone
    same = f"{canonical(request.phone)} {request.template}".encode()
    key = int.from_bytes(hashlib.sha256(same).digest()[:8], signed=True)
    return bool(_TRY_LOCK.one(connection, {"b_key": key}).is_taken)


def _read(rows: Iterable[Any]) -> Iterator[Earlier]:
    for row in rows:
        # What only a newer version knows is not ended as far as we know: it counts as queued.
        status = Status(row.status) if row.status in STATUSES else Status.QUEUED
        channel = row.card_channel or row.channel
        replaces = SendId(row.replaces) if row.replaces else None
        yield Earlier(
            SendId(row.id),
            status,
            row.user_id,
            row.send_at or row.created,
            channel,
            row.card_ts,
            replaces,
        )
