"""The sends for which something is due, and who carries them."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from bot.sends import Checked, Due, Send, Status
from bot.store import statements
from bot.store.rows import due_of, send_of
from bot.store.send_table import LISTENER_PATIENCE, SendTable

KNOWN = frozenset(Status)
# Two readings of a clock may differ by this much; what is later than that, a wrong clock wrote.
TOLERANCE = timedelta(seconds=2)


class SendQueue(SendTable):
    """Says what is due, and writes no status."""

    async def due(self, limit: int) -> tuple[Due, ...]:
        """Find what is open and due, whoever carries it; what is due first comes first."""
        now = self._now()
        values = {"b_now": now, "b_late": now + TOLERANCE, "b_limit": limit}

        def work(connection: sa.Connection) -> tuple[Due, ...]:
            self._clock.compare(connection)
            rows = connection.execute(statements.DUE, values)
            # What only a newer version knows is for its processes, and stops nobody here.
            return tuple(due_of(row, now) for row in rows if row.status in KNOWN)

        return await self._database.read(work)

    async def take_up(self, found: Sequence[Due]) -> tuple[Send, ...]:
        """Carry these from now on, as far as nobody was quicker."""
        wanted = [
            self._values(each.id, {"seen_runner": each.runner, "seen_runs": each.runs})
            for each in found
        ]

        def work(connection: sa.Connection) -> tuple[Send, ...]:
            rows = (connection.execute(statements.TAKE_UP, each).one_or_none() for each in wanted)
            return tuple(send_of(row) for row in rows if row is not None)

        return await self._database.write(work)

    async def resume(self) -> None:
        """Let those go on that wait for the end of a hold: it has ended."""
        await self._database.write(lambda c: c.execute(statements.RESUME, {"b_now": self._now()}))
        self._runs.look()

    async def check_now(self) -> Checked:
        """Let one that waits for the end of a hold try at once. Raises TryLater."""
        values = {"b_now": self._now()}

        def work(connection: sa.Connection) -> Checked:
            if not self._pace.end_hold(connection):
                return Checked.NOT_HELD
            woken = connection.execute(statements.WAKE_SOME, values).all()
            return Checked.BEGUN if woken else Checked.NOTHING_WAITS

        checked = await self._database.write(work, patience=LISTENER_PATIENCE)
        self._runs.look()
        return checked

    async def hand_over(self) -> None:
        """Leave to others at once what this process would carry, but for calls under way."""
        values = {"b_process": self._runs.process}
        await self._database.write(
            lambda c: c.execute(statements.HAND_OVER, values), patience=LISTENER_PATIENCE
        )
