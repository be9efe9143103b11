"""The pace of the calls to Atom, over all processes of one database."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from bot.delivery import TOKEN_PAUSE
from bot.errors import TryLater
from bot.sends import PAUSED
from bot.store.database import Database
from bot.store.prepared import Prepared
from bot.store.tables import rate_limit

T = TypeVar("T")

# A permit is taken so many seconds early at most: what its commit takes is not lost to the pace.
AHEAD = 0.02
OVER = 1.0  # the end of a pause that is over, whatever the time is
# Seconds by which the clocks of two processes on one machine, or two readings of one, may differ.
TOLERANCE = 1.0


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to call: in how many seconds, and whether this call tests a paused queue."""

    wait: float
    is_probe: bool = False


def paused_for(held_until: float, now: float) -> float:
    """Return for how many seconds the queue is still paused; never more than a pause lasts."""
    left = held_until - now
    return left if 0 < left <= TOKEN_PAUSE + TOLERANCE else 0.0


_CLOCKS = {
    "sqlite": sa.null(),
    "postgresql": sa.literal_column("extract(epoch FROM clock_timestamp())"),
}
_WITH_CLOCK = {
    name: Prepared(sa.select(rate_limit, clock.label("now")).with_for_update())
    for name, clock in _CLOCKS.items()
}

_TAKE = Prepared(
    sa.update(rate_limit).values(
        next_at=sa.bindparam("b_next_at", type_=sa.Float),
        held_until=sa.bindparam("b_held_until", type_=sa.Float),
    )
)


class StoredRateLimit:
    """One row says when the next call may go, and until when all are paused.

    Between processes the database's clock counts. Whatever a clock did, the next permit is never
    further away than the rate explains, nor the end of a pause further than a pause lasts.
    """

    def __init__(
        self, database: Database, *, rate: float, now: Callable[[], float] | None = None
    ) -> None:
        """Allow `rate` calls a second by the database's clock, or by `now`: seconds since 1970."""
        self._database = database
        self._gap = 1.0 / rate
        self._now = now

    def permit(self, connection: sa.Connection) -> Permit | float:
        """Take the next permit within a transaction, or say in how many seconds there is one.

        Raises TryLater while the queue is paused.
        """
        row = _WITH_CLOCK[connection.dialect.name].one(connection, {})
        # By a server's clock, as it is read with the row: one question less while others wait.
        now = self._clock(connection) if self._now or row.now is None else float(row.now)
        if left := paused_for(row.held_until, now):
            raise TryLater(PAUSED, after=left)
        # Of all that waited for the end of a pause, one tries; the rest go on waiting for it.
        is_probe = row.held_until > 0
        wait: float = row.next_at - now
        if wait > self._gap + TOLERANCE:
            # Written by a clock that was ahead: nobody knows better than that the turn has come.
            wait = 0.0
        if wait > AHEAD and not is_probe:
            return wait - AHEAD
        wait = max(wait, 0.0)
        held_until = now + TOKEN_PAUSE if is_probe else row.held_until
        _TAKE.all(connection, {"b_next_at": now + wait + self._gap, "b_held_until": held_until})
        return Permit(wait, is_probe)

    async def pause(self, seconds: float) -> bool:
        """Let no call begin for so many seconds; say whether they might until now."""

        def work(connection: sa.Connection) -> bool:
            until = self._clock(connection) + seconds
            before = connection.execute(
                sa.select(rate_limit.c.held_until).with_for_update()
            ).scalar_one()
            connection.execute(sa.update(rate_limit).values(held_until=until))
            return not before > 0

        return await self._database.write(work)

    def end_pause(self, connection: sa.Connection) -> bool:
        """Let one call test the queue now, within a transaction; False if it is not paused."""
        over = sa.update(rate_limit).where(rate_limit.c.held_until > 0).values(held_until=OVER)
        return connection.execute(over.returning(rate_limit.c.id)).one_or_none() is not None

    async def resume(self) -> None:
        """Let calls begin again."""
        await self._database.write(
            lambda c: c.execute(sa.update(rate_limit).values(held_until=0.0))
        )

    def _clock(self, connection: sa.Connection) -> float:
        if self._now is not None:
            return self._now()
        if connection.dialect.name == "sqlite":
            # One process at a time, so that its clock is everybody's.
            return time.time()
        found = connection.scalar(sa.text("SELECT extract(epoch FROM clock_timestamp())"))
        return float(found)
