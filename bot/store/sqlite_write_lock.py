"""SQLite's writers of this process in one line, so that each goes on as soon as the last is done.

SQLite itself lets a writer who finds the file locked sleep, up to 100 ms at a time and longer the
longer it has waited; under load some never hit the right moment and wait for seconds.
"""

import sqlite3
import threading
from typing import Any

from typing_extensions import override

# What Python's sqlite3 begins a transaction for, and so what takes the file's lock.
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
PATIENCE = 30.0  # seconds; then SQLite itself decides who may write


class WriteLock:
    """Where the writers of one file wait."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def connection(self, *arguments: Any, **options: Any) -> "Connection":  # noqa: ANN401 - sqlite3's own, passed on
        """Open a connection that waits here; a `factory` for `sqlite3.connect`."""
        made = Connection(*arguments, **options)
        made.write_lock = self
        return made


class Connection(sqlite3.Connection):
    """A connection that holds its line's lock from its first write to the end of the transaction."""

    write_lock: WriteLock
    _holds = False

    @override
    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or _Cursor)

    def wait_to_write(self, statement: str) -> None:
        """Wait in line if this statement begins to write."""
        if not self._holds and statement.lstrip()[:7].upper().startswith(WRITES):
            self._holds = self.write_lock.lock.acquire(timeout=PATIENCE)

    @override
    def commit(self) -> None:
        super().commit()
        self.end_write()

    @override
    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self.end_write()

    @override
    def close(self) -> None:
        try:
            super().close()
        finally:
            self.end_write()

    def end_write(self) -> None:
        if self._holds:
            self._holds = False
            self.write_lock.lock.release()


class _Cursor(sqlite3.Cursor):
    connection: Connection

    @override
    def execute(self, statement: str, *parameters: Any) -> "_Cursor":
        self.connection.wait_to_write(statement)
        super().execute(statement, *parameters)
        return self

    @override
    def executemany(self, statement: str, *parameters: Any) -> "_Cursor":
        self.connection.wait_to_write(statement)
        super().executemany(statement, *parameters)
        return self
