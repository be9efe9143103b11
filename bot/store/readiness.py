"""What tells whether the database takes our work and whether anything lies about too long."""

import random
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.sends import Status
from bot.store.rate_limit import paused_for
from bot.store.tables import catalogue, rate_limit, sends


def write(connection: sa.Connection) -> None:
    """Write what nobody ever sees: a row that is gone again when it is committed.

    Both databases write it down all the same; SQLite would skip an update that changes nothing.
    """
    row = -random.randrange(1, 2**31)  # noqa: S311 - only so that two processes don't meet
    connection.execute(sa.insert(catalogue).values(id=row, revision=0))
    connection.execute(sa.delete(catalogue).where(catalogue.c.id == row))


def longest_wait(connection: sa.Connection, now: datetime) -> timedelta:
    """Return for how long the oldest due send waits; no time while the queue is paused on purpose.

    Due is what is to be called, or to be told, and waits for no later moment, and what waited for
    one that has come.
    """
    held_until: float = connection.scalar(sa.select(sa.func.max(rate_limit.c.held_until))) or 0.0
    if paused_for(held_until, now.timestamp()):
        return timedelta()
    due = sa.func.coalesce(sends.c.next_try, sends.c.updated)
    oldest: list[datetime | None] = [
        connection.scalar(
            sa.select(sa.func.min(due)).where(
                sends.c.told != sends.c.status, sends.c.status != Status.SENDING
            )
        ),
        connection.scalar(
            sa.select(sa.func.min(sends.c.due_at)).where(sends.c.due_at.is_not(None))
        ),
    ]
    return max([timedelta(), *(now - each for each in oldest if each)])
