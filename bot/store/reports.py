"""What is asked of all sends: one after the other, and how many stand where."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from bot.sends import Send, Status
from bot.store.rows import send_of
from bot.store.tables import sends


def history(connection: sa.Connection, since: datetime | None = None) -> Iterator[Send]:
    """Go through the sends, oldest first, without holding them all in memory."""
    query = sa.select(sends).order_by(sends.c.created, sends.c.id)
    if since is not None:
        query = query.where(sends.c.created >= since)
    if connection.dialect.name == "postgresql":
        # Whoever reads what is printed may take their time.
        connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    rows = connection.execution_options(yield_per=500).execute(query)
    return (send_of(row) for row in rows)


def count_by_status(connection: sa.Connection) -> dict[Status, int]:
    """Count the sends by status; every status is there."""
    rows = connection.execute(sa.select(sends.c.status, sa.func.count()).group_by(sends.c.status))
    counted: dict[str, int] = {row[0]: row[1] for row in rows}
    return {status: counted.get(status, 0) for status in Status}
