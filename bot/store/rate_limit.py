"""The pace of the calls to Atom, over all processes of one database."""

import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from bot.bulk.pacer import CLAIM_AHEAD
from bot.delivery.pauses import TOKEN_PAUSE
from bot.errors import TryLater
from bot.sends import PAUSED
from bot.store.database import Database
from bot.store.prepared import Prepared
from bot.store.tables import rate_limit

T = TypeVar("T")

# A permit is taken so many seconds early at most: what its commit takes is not lost to the pace.
AHEAD = 0.02
# While a list takes permits in groups, a single send takes its own so many seconds ahead of its
# turn: it waits behind the group that was taken, and never behind the next one.
BESIDE_A_LIST = 0.4
LIST_LASTS = 1.0  # seconds after its last group in which a list counts as running
# A list's group leaves within so many seconds, and is taken so many seconds early at most.
GROUP_SECONDS = 0.1
GROUP_AHEAD = 0.1
# A list stays so far below the rate: calls that leave a little late never make a second too full.
LIST_MARGIN = 1.018
# What is taken so many seconds after its turn leaves the turn of the next one as it was: that leaves
# no sooner for it, since the calls of a process keep apart (bot/bulk/pacer.py).
LIST_LATENESS = 0.05
OVER = 1.0  # the end of a pause that is over, whatever the time is
# Seconds by which the clocks of two processes on one machine, or two readings of one, may differ.
TOLERANCE = 1.0


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to call: in how many seconds, and whether this call tests a paused queue."""

    wait: float
    is_probe: bool = False


@dataclass(frozen=True, slots=True)
class Permits:
    """Leave for some calls of a list: in how many seconds the first one, and between two of them.

    The first one may be a little late already.
    """

    count: int
    wait: float
    gap: float
    is_probe: bool = False


@dataclass(slots=True)
class _Pace:
    """The row as it stands within one transaction, which keeps all others from it."""

    next_at: float
    held_until: float
    list_until: float
    clock: float | None  # the server's, as it was read with the row; None: our own counts
    read: float  # when, by a clock that only goes on


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
        list_until=sa.bindparam("b_list_until", type_=sa.Float),
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
        # Calls that are claimed together read it once.
        self._paces: weakref.WeakKeyDictionary[sa.RootTransaction, _Pace] = (
            weakref.WeakKeyDictionary()
        )

    def permit(self, connection: sa.Connection) -> Permit | float:
        """Take the next permit within a transaction, or say in how many seconds there is one.

        Raises TryLater while the queue is paused.
        """
        pace, now = self._look(connection)
        # Of all that waited for the end of a pause, one tries; the rest go on waiting for it.
        is_probe = pace.held_until > 0
        wait = self._wait(pace, now)
        has_list = 0 < pace.list_until - now <= LIST_LASTS + TOLERANCE
        ahead = BESIDE_A_LIST if has_list else AHEAD
        if wait > ahead and not is_probe:
            return wait - ahead
        wait = max(wait, 0.0)
        self._take(connection, pace, now, now + wait + self._gap, list_until=pace.list_until)
        return Permit(wait, is_probe)

    def permits(self, connection: sa.Connection, most: int) -> Permits | float:
        """Take the next permits of a list within a transaction, or say in how many seconds.

        They are as many as leave within a tenth of a second, so that no single send waits longer.
        Raises TryLater while the queue is paused.
        """
        pace, now = self._look(connection)
        is_probe = pace.held_until > 0
        gap = self._gap * LIST_MARGIN
        count = 1 if is_probe else max(1, min(most, int(GROUP_SECONDS / gap)))
        ahead = GROUP_AHEAD if count > 1 else CLAIM_AHEAD
        wait = self._wait(pace, now)
        if wait > ahead and not is_probe:
            return wait - ahead
        wait = max(wait, -LIST_LATENESS)
        next_at = now + wait + count * gap
        self._take(connection, pace, now, next_at, list_until=now + LIST_LASTS)
        return Permits(count, wait, gap, is_probe)

    def _look(self, connection: sa.Connection) -> tuple[_Pace, float]:
        """Read the row and the time. Raises TryLater while the queue is paused."""
        transaction = connection.get_transaction()
        pace = self._paces.get(transaction) if transaction else None
        if pace is None:
            row = _WITH_CLOCK[connection.dialect.name].one(connection, {})
            # By a server's clock, as it is read with the row: one question less while others wait.
            clock = None if self._now or row.now is None else float(row.now)
            pace = _Pace(row.next_at, row.held_until, row.list_until, clock, time.monotonic())
            if transaction:
                self._paces[transaction] = pace
        if pace.clock is None:
            now = self._clock(connection)
        else:
            now = pace.clock + time.monotonic() - pace.read
        if left := paused_for(pace.held_until, now):
            raise TryLater(PAUSED, after=left)
        return pace, now

    def _wait(self, pace: _Pace, now: float) -> float:
        wait = pace.next_at - now
        # Written by a clock that was ahead: nobody knows better than that the turn has come.
        return (
            0.0
            if wait > self._gap * LIST_MARGIN + GROUP_SECONDS + BESIDE_A_LIST + TOLERANCE
            else wait
        )

    def _take(
        self,
        connection: sa.Connection,
        pace: _Pace,
        now: float,
        next_at: float,
        *,
        list_until: float,
    ) -> None:
        if pace.held_until > 0:
            pace.held_until = now + TOKEN_PAUSE
        pace.next_at, pace.list_until = next_at, list_until
        values = {
            "b_next_at": pace.next_at,
            "b_held_until": pace.held_until,
            "b_list_until": pace.list_until,
        }
        _TAKE.all(connection, values)

    def _forget(self, connection: sa.Connection) -> None:
        """Read the row anew the next time in this transaction: it is written by hand."""
        if transaction := connection.get_transaction():
            self._paces.pop(transaction, None)

    async def pause(self, seconds: float) -> bool:
        """Let no call begin for so many seconds; say whether they might until now."""

        def work(connection: sa.Connection) -> bool:
            until = self._clock(connection) + seconds
            before = connection.execute(
                sa.select(rate_limit.c.held_until).with_for_update()
            ).scalar_one()
            connection.execute(sa.update(rate_limit).values(held_until=until))
            self._forget(connection)
            return not before > 0

        # Where permits are taken, too: the same rows in the same order.
        return await self._database.write(work, thread="claim")

    def end_pause(self, connection: sa.Connection) -> bool:
        """Let one call test the queue now, within a transaction; False if it is not paused."""
        self._forget(connection)
        over = sa.update(rate_limit).where(rate_limit.c.held_until > 0).values(held_until=OVER)
        return connection.execute(over.returning(rate_limit.c.id)).one_or_none() is not None

    async def resume(self) -> None:
        """Let calls begin again."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.update(rate_limit).values(held_until=0.0))
            self._forget(connection)

        await self._database.write(work, thread="claim")

    def _clock(self, connection: sa.Connection) -> float:
        if self._now is not None:
            return self._now()
        if connection.dialect.name == "sqlite":
            # One process at a time, so that its clock is everybody's.
            return time.time()
        found = connection.scalar(sa.text("SELECT extract(epoch FROM clock_timestamp())"))
        return float(found)
