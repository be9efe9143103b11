"""How often the catalogue was written, read at once where its database is a file."""

import sqlite3
import weakref
from pathlib import Path

import sqlalchemy as sa

from bot.store.database import sqlite_path


class Revision:
    """Reads one number on a connection of its own, in microseconds; a thread takes ten times that.

    In WAL mode nobody who writes holds up a reader. Only for the thread that the loop runs on.
    """

    def __init__(self, engine: sa.Engine) -> None:
        """Connect to nothing yet."""
        self._path = _file_of(engine)
        self._connection: sqlite3.Connection | None = None

    def read(self) -> int | None:
        """Return the number as it is at this moment; None if it can't be had without waiting."""
        if self._path is None:
            return None
        try:
            if self._connection is None:
                self._connection = self._connect(self._path)
            rows = self._connection.execute("SELECT revision FROM catalogue").fetchall()
        except sqlite3.Error:
            # Whoever needs it asks in a thread, and meets there what is wrong, with patience.
            return None
        return int(rows[0][0]) if rows else None

    def _connect(self, path: Path) -> sqlite3.Connection:
        # Closed by whichever thread collects what is left of this.
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            isolation_level=None,
            timeout=0,
            check_same_thread=False,
        )
        weakref.finalize(self, connection.close)
        return connection


def _file_of(engine: sa.Engine) -> Path | None:
    url = engine.url
    return sqlite_path(str(url)) if url.get_backend_name() == "sqlite" else None
