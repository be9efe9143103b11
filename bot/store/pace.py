"""The pace of the calls to Atom, over all processes of one database."""

import asyncio
import time
from collections.abc import Callable

import sqlalchemy as sa

from bot.delivery import HOLD, Slot
from bot.errors import TryLater
from bot.store.database import Database
from bot.store.tables import pace

# How far ahead a process takes slots: what it holds when it is killed, nobody uses.
AHEAD_SECONDS = 0.5


class StoredPace:
    """One row gives every call its slot; clocks of the processes must agree to a second."""

    def __init__(
        self, database: Database, *, rate: float, now: Callable[[], float] = time.time
    ) -> None:
        """Allow `rate` calls a second."""
        self._database = database
        self._gap = 1.0 / rate
        self._now = now
        self._ahead = asyncio.Semaphore(max(2, round(rate * AHEAD_SECONDS)))

    async def slot(self) -> Slot:
        """Return the next free slot; raises TryLater while the queue is on hold."""
        await self._ahead.acquire()
        wait = 0.0
        try:
            slot = await self._database.run(self._take_slot)
            wait = slot.wait
        finally:
            asyncio.get_running_loop().call_later(wait, self._ahead.release)
        return slot

    def _take_slot(self, connection: sa.Connection) -> Slot:
        now = self._now()
        # Of all that waited for the end of a hold, one tries; the rest go on waiting for it.
        probe = connection.execute(
            sa.update(pace)
            .where(pace.c.held_until > 0, pace.c.held_until <= now)
            .values(held_until=now + HOLD)
        )
        is_probe = probe.rowcount == 1
        if not is_probe:
            self._check(connection)
        later = sa.case((pace.c.next_at > now, pace.c.next_at), else_=now)
        next_at = connection.execute(
            sa.update(pace).values(next_at=later + self._gap).returning(pace.c.next_at)
        ).scalar_one()
        return Slot(max(0.0, next_at - self._gap - now), is_probe)

    async def check(self) -> None:
        """Return if calls may begin; raises TryLater while the queue is on hold."""
        await self._database.run(self._check)

    def _check(self, connection: sa.Connection) -> None:
        left = (connection.scalar(sa.select(pace.c.held_until)) or 0.0) - self._now()
        if left > 0:
            raise TryLater("atom.held", after=left)

    async def hold(self, seconds: float) -> None:
        """Let no call begin for so many seconds."""
        until = self._now() + seconds
        await self._database.run(lambda c: c.execute(sa.update(pace).values(held_until=until)))

    async def release(self) -> None:
        """Let calls begin again."""
        await self._database.run(lambda c: c.execute(sa.update(pace).values(held_until=0.0)))
