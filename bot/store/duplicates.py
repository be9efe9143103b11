"""The sends of a template to a number, however it is written, found by an index."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.phones.canonical import canonical
from bot.policy.duplicates import NOT_SENT, Earlier
from bot.sends import SendId, Status
from bot.store.database import Database
from bot.store.send_table import LISTENER_PATIENCE
from bot.store.tables import last_four, sends

MOST = 50  # that are looked at
KNOWN = frozenset(Status)
_COLUMNS = (
    sends.c.id,
    sends.c.status,
    sends.c.user_id,
    sends.c.phone,
    sends.c.channel,
    sends.c.card_channel,
    sends.c.card_ts,
    sends.c.created,
)


class EarlierStore:
    """Looks for them."""

    def __init__(self, database: Database, *, patience: float | None = LISTENER_PATIENCE) -> None:
        """Every method raises TryLater after `patience` seconds; None waits as long as it takes."""
        self._database = database
        self._patience = patience

    async def earlier(
        self, phone: str, template: str, *, due: datetime, window: timedelta
    ) -> tuple[Earlier, ...]:
        """Return what reached, may have reached or will reach this number about a moment."""
        return await self._database.read(
            lambda c: find(c, phone, template, due=due, window=window), patience=self._patience
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


def _read(rows: list[sa.Row[Any]]) -> Iterator[Earlier]:
    for row in rows:
        # What only a newer version knows is not ended as far as we know: it counts as queued.
        status = Status(row.status) if row.status in KNOWN else Status.QUEUED
        channel = row.card_channel or row.channel
        yield Earlier(SendId(row.id), status, row.user_id, row.created, channel, row.card_ts)
