"""SQLite's writers of this process in one line, so that each goes on as soon as the last is done.

SQLite itself lets a writer who finds the file locked sleep, up to 100 ms at a time and longer the
longer it has waited; under load some never hit the right moment and wait for seconds.
"""

import sqlite3
import threading
from typing import Any

from typing_extensions import override

# What takes the file's lock: what Python's sqlite3 begins a transaction for, and a begin by hand.
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "BEGIN")
PATIENCE = 30.0  # seconds, as SQLite's own


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
    """A connection that holds the line's lock from its first write to the end of the transaction.

    Whoever holds the file's lock holds the line's: nobody who gave up waiting in line goes on to
    write outside of it, and nobody waits in line while holding the file.
    """

    write_lock: WriteLock
    _holds = False

    @override
    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or _Cursor)

    @override
    def execute(self, statement: str, *parameters: Any) -> "_Cursor":
        # Not sqlite3's own short cut, which asks for no cursor of ours.
        made: _Cursor = self.cursor().execute(statement, *parameters)
        return made

    @override
    def executemany(self, statement: str, *parameters: Any) -> "_Cursor":
        made: _Cursor = self.cursor().executemany(statement, *parameters)
        return made

    def wait_to_write(self, statement: str) -> None:
        """Wait in line if this statement begins to write. Raises as SQLite does after its time."""
        if self._holds or self.in_transaction:
            return
        if statement.lstrip()[:7].upper().startswith(WRITES):
            self._holds = self.write_lock.lock.acquire(timeout=PATIENCE)
            if not self._holds:
                raise sqlite3.OperationalError("database is locked")

    def end_write(self) -> None:
        """Let the next one write, unless a transaction goes on."""
        if self._holds and not self.in_transaction:
            self._holds = False
            self.write_lock.lock.release()

    @override
    def commit(self) -> None:
        try:
            super().commit()
        finally:
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
            if self._holds:
                self._holds = False
                self.write_lock.lock.release()


class _Cursor(sqlite3.Cursor):
    connection: Connection

    @override
    def execute(self, statement: str, *parameters: Any) -> "_Cursor":
        self.connection.wait_to_write(statement)
        try:
            super().execute(statement, *parameters)
        except sqlite3.Error:
            # A write that did not even begin leaves no transaction behind to end.
            self.connection.end_write()
            raise
        return self

    @override
    def executemany(self, statement: str, *parameters: Any) -> "_Cursor":
        self.connection.wait_to_write(statement)
        try:
            super().executemany(statement, *parameters)
        except sqlite3.Error:
            self.connection.end_write()
            raise
        return self
