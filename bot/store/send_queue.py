"""The sends for which something is due, and who carries them."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from bot import time_zones
from bot.sends import Checked, Due, Send, Status
from bot.store import statements
from bot.store.rows import STATUSES, due_of, send_of
from bot.store.send_table import LISTENER_PATIENCE, SendTable
from bot.times import resolve

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
            planned = connection.execute(statements.DUE_NOW, values).all()
            known = {row.id for row in planned}
            rows = [
                *planned,
                *(row for row in connection.execute(statements.DUE, values) if row.id not in known),
            ]
            # What only a newer version knows is for its processes, and stops nobody here.
            return tuple(due_of(row, now) for row in rows if row.status in STATUSES)

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
        """Let those go on that wait for the end of a pause: it has ended."""
        await self._database.write(lambda c: c.execute(statements.RESUME, {"b_now": self._now()}))
        self._runs.look()

    async def check_now(self) -> Checked:
        """Let one that waits for the end of a pause try at once. Raises TryLater."""
        values = {"b_now": self._now()}

        def work(connection: sa.Connection) -> Checked:
            if not self._rate_limit.end_pause(connection):
                return Checked.NOT_HELD
            woken = connection.execute(statements.WAKE_SOME, values).all()
            return Checked.BEGUN if woken else Checked.NOTHING_WAITS

        checked = await self._database.write(work, patience=LISTENER_PATIENCE)
        self._runs.look()
        return checked

    async def compute_anew(self) -> int:
        """Compute anew the moments that other rules of the time zones made; return how many moved."""
        values = {"b_rules": time_zones.version()}

        def work(connection: sa.Connection) -> int:
            rows = connection.execute(statements.OTHER_RULES, values).all()
            return sum(self._moved(connection, send_of(row)) for row in rows)

        return await self._database.write(work)

    def _moved(self, connection: sa.Connection, send: Send) -> bool:
        kept, zone = send.request.send_at, None
        if kept and (zone := time_zones.find(kept.zone)):
            anew = resolve(kept.wall, zone)
            is_waiting = send.status is Status.AWAITING_APPROVAL
            latest = anew.instant + (self._periods.late_after if is_waiting else timedelta(0))
            given = {
                "status": send.status,
                "send_at": anew.instant,
                "send_at_rules": anew.rules,
                "due_at": min(latest, send.due_at or latest) if is_waiting else latest,
                "give_up_at": anew.instant + self._periods.give_up_after,
            }
            has_moved = anew.instant != kept.instant
            named = self._values(send.id, given, why="zone_rules")
            make = statements.MOVE.make if has_moved else statements.RULES.make_quietly
            make(connection, named)
            return has_moved
        return False

    async def hand_over(self) -> None:
        """Leave to others at once what this process would carry, but for calls under way."""
        values = {"b_process": self._runs.process}
        await self._database.write(
            lambda c: c.execute(statements.HAND_OVER, values), patience=LISTENER_PATIENCE
        )
