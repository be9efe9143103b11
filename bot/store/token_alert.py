"""Who of all processes tells the admins that Atom refuses the token, or takes it again."""

import uuid
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from bot.store.database import Database
from bot.store.tables import token_alert

EVERY = 3600.0  # seconds; the admins are told of it no more often
# Seconds by which two readings of a clock may differ; what is later, a wrong clock wrote.
TOLERANCE = 60.0


class TokenAlertStore:
    """One row, changed by statements that look before they write: only one process gets each."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def claim_refused(self) -> bool:
        """Say whether to tell now that the token is refused: nobody did within the hour."""
        now = self._now().timestamp()
        due = sa.or_(token_alert.c.told_at <= now - EVERY, token_alert.c.told_at > now + TOLERANCE)
        return await self._claim(due, told_at=now, is_open=True)

    async def claim_mended(self) -> bool:
        """Say whether to tell now that it is taken again: the admins know that it was not."""
        return await self._claim(token_alert.c.is_open, is_open=False)

    async def return_refused(self) -> None:
        """Let it be told as soon as it is met again: nobody could be told."""
        await self._set(told_at=0.0, is_open=False)

    async def return_mended(self) -> None:
        """Let it be told the next time: nobody could be told."""
        await self._set(is_open=True)

    async def _claim(self, which: sa.ColumnElement[bool], **values: object) -> bool:
        # Twice is once: committed already, if only the answer was lost.
        claim = uuid.uuid4().hex
        statement = (
            sa.update(token_alert)
            .where(sa.or_(which, token_alert.c.claim == claim))
            .values(claim=claim, **values)
            .returning(token_alert.c.id)
        )
        found = await self._database.write(lambda c: c.execute(statement).one_or_none())
        return found is not None

    async def _set(self, **values: object) -> None:
        await self._database.write(lambda c: c.execute(sa.update(token_alert).values(**values)))
