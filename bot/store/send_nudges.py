"""Pending sends whose senders are asked whether they arrived, and what those say."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.policy.nudges import REMINDERS
from bot.sends import Arrival, Send, SendId
from bot.store import nudge_statements as statements
from bot.store.decision import Decision
from bot.store.rows import send_of
from bot.store.send_table import SendTable
from bot.store.statements import IS_MADE
from bot.store.transitions import Change

# So long a process may take to ask; then another one asks.
CLAIM = timedelta(minutes=2)
MOST_WAITING = 200  # of one person, that are looked at together


class SendNudges(SendTable):
    """One process asks: what it asks about is claimed before."""

    async def whom_to_ask(self, limit: int) -> tuple[str, ...]:
        """Name people of whom something is due, who waits longest first."""
        values = {"b_now": self._now(), "b_limit": limit}
        return await self._database.read(
            lambda c: tuple(c.execute(statements.WHO, values).scalars())
        )

    async def to_ask_about(self, user: str, *, within: timedelta) -> tuple[Send, ...]:
        """Read what a person is to be asked about now or soon, what is due first."""
        now = self._now()
        values = {
            "b_now": now,
            "b_user": user,
            "b_until": now + within,
            "b_limit": MOST_WAITING,
        }
        return await self._database.read(
            lambda c: tuple(send_of(row) for row in c.execute(statements.WAITING, values))
        )

    async def claim_nudges(self, found: Sequence[Send]) -> tuple[str, tuple[Send, ...]]:
        """Take these, as far as nobody was quicker; return the claim and what it holds."""
        claim, until = uuid.uuid4().hex, self._now() + CLAIM
        wanted = [
            self._values(each.id, {"nudge_at": until, "nudge_claim": claim, "seen": each.nudge_at})
            for each in sorted(found, key=lambda each: each.id)
        ]

        def work(connection: sa.Connection) -> dict[SendId, Send]:
            rows = (connection.execute(statements.CLAIM, each).one_or_none() for each in wanted)
            return {send.id: send for send in (send_of(row) for row in rows if row is not None)}

        taken = await self._database.write(work)
        return claim, tuple(taken[each.id] for each in found if each.id in taken)

    async def asked(self, sends: Sequence[Send], claim: str) -> None:
        """Remember that their sender was asked."""
        await self._end(statements.ASKED, sends, claim, why="")

    async def never_asked(self, sends: Sequence[Send], claim: str) -> None:
        """Remember that nobody tries any more to ask about these."""
        await self._end(statements.NEVER_ASKED, sends, claim, why="nudge")

    async def ask_later(self, sends: Sequence[Send], claim: str, moment: datetime) -> None:
        """Ask about these at another moment: it could not be done now."""
        given = {"nudge_at": moment, "nudge_claim": claim}
        wanted = [self._values(each.id, given) for each in sends]
        await self._database.write(
            lambda c: [c.execute(statements.ASK_LATER, each) for each in wanted]
        )

    async def move_nudges(self, sends: Sequence[Send], moment: datetime) -> None:
        """Ask about these at another moment, unless something else was decided meanwhile."""
        wanted = [
            self._values(each.id, {"nudge_at": moment, "seen": each.nudge_at}) for each in sends
        ]
        await self._database.write(lambda c: [c.execute(statements.MOVE, each) for each in wanted])

    async def say_arrival(self, send_id: SendId, arrival: Arrival, *, user: str) -> bool:
        """Take its sender's word whether a pending one arrived; False if that was said already."""
        why = "arrived" if arrival is Arrival.ARRIVED else "did_not_arrive"
        values = self._values(send_id, {"arrival": arrival}, actor=user, why=why)
        return await self._decided(Decision((statements.ANSWER,), values, IS_MADE))

    async def remind(self, send_id: SendId, moment: datetime, *, user: str) -> bool:
        """Ask about it once more at this moment; False if that can't be wished any more."""
        given = {"nudge_at": moment, "most": REMINDERS}
        values = self._values(send_id, given, actor=user, why="remind")
        return await self._decided(Decision((statements.REMIND,), values, IS_MADE))

    async def _end(self, change: Change, sends: Sequence[Send], claim: str, *, why: str) -> None:
        wanted = [self._values(each.id, {"nudge_claim": claim}, why=why) for each in sends]
        await self._database.write(lambda c: [change.make(c, each) for each in wanted])
