"""SQLite's writers of this process in one line, so that each goes on as soon as the last is done.

SQLite itself lets a writer who finds the file locked sleep, up to 100 ms at a time and longer the
longer it has waited; under load some never hit the right moment and wait for seconds.
"""

import sqlite3
import threading
from collections import deque
from typing import Any

from typing_extensions import override

# What takes the file's lock: what Python's sqlite3 begins a transaction for, and a begin by hand.
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "BEGIN")
PATIENCE = 30.0  # seconds, as SQLite's own


class WriteLock:
    """Where the writers of one file wait: first come, first served."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._is_held = False
        self._waiting: deque[threading.Lock] = deque()

    def connection(self, *arguments: Any, **options: Any) -> "Connection":  # noqa: ANN401 - sqlite3's own, passed on
        """Open a connection that waits here; a `factory` for `sqlite3.connect`."""
        made = Connection(*arguments, **options)
        made.write_lock = self
        return made

    def acquire(self, *, timeout: float) -> bool:
        """Wait up to so many seconds for one's turn; say whether it came."""
        turn = threading.Lock()
        with self._guard:
            if not self._is_held:
                self._is_held = True
                return True
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=timeout):
            return True
        with self._guard:
            # In the last moment it may have come all the same.
            came = turn not in self._waiting
            if not came:
                self._waiting.remove(turn)
            return came

    def release(self) -> None:
        """Let the next one go on."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_held = False


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
            self._holds = self.write_lock.acquire(timeout=PATIENCE)
            if not self._holds:
                raise sqlite3.OperationalError("database is locked")

    def end_write(self) -> None:
        """Let the next one write, unless a transaction goes on."""
        if self._holds and not self.in_transaction:
            self._holds = False
            self.write_lock.release()

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
                self.write_lock.release()


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
