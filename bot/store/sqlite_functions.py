"""The SQL function that the workflow engine's tables want and older SQLite does not have."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator

import sqlalchemy as sa

# From Python 3.12 on the engine's tables have the default `unixepoch('subsec') * 1000`. SQLite
# before 3.42 answers NULL to it, and before 3.38 knows no such function. What counts is SQLite's
# version alone: a newer Python may have made the file that an older one opens.
SINCE = (3, 42, 0)


def add_unixepoch(connection: sqlite3.Connection, _record: object = None) -> None:
    """Let a connection to an older SQLite answer `unixepoch('subsec')` as newer ones do."""
    if sqlite3.sqlite_version_info < SINCE:
        connection.create_function("unixepoch", 1, _unixepoch)
        # Some builds refuse an application's function where a table's default asks for it.
        connection.execute("PRAGMA trusted_schema=ON")


@contextlib.contextmanager
def added_everywhere() -> Iterator[None]:
    """Add it to whatever is opened meanwhile by engines that are not ours."""
    sa.event.listen(sa.Engine, "connect", _add_if_sqlite)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, "connect", _add_if_sqlite)


def _add_if_sqlite(connection: object, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        add_unixepoch(connection)


def _unixepoch(when: str | float | None) -> float | int | None:
    if when in ("subsec", "subsecond"):
        return time.time_ns() // 1_000_000 / 1000
    # Whatever else it is asked is answered as by the function that ours stands before.
    with contextlib.closing(sqlite3.connect(":memory:")) as plain:
        seconds: int | None = plain.execute(
            "SELECT CAST(strftime('%s', ?) AS INTEGER)", (when,)
        ).fetchone()[0]
    return seconds
