"""What time it is, for all processes of one database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa


class Clock:
    """The database's clock as this process reads it; on SQLite that is the process's own."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the moment, with its zone."""
        return self._now() + self._ahead

    def compare(self, connection: sa.Connection) -> None:
        """Look how far the database's clock is ahead of ours."""
        if connection.dialect.name == "postgresql":
            moment = connection.scalar(sa.select(sa.func.clock_timestamp()))
            if moment is not None:
                self._ahead = moment - self._now()
