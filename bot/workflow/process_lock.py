"""Which processes live: what a dead one carried is taken over."""

import asyncio
import contextlib
import hashlib
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

# An advisory lock of one 64-bit number is shown as two halves (docs: pg_locks).
HELD = sa.text(
    "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks"
    " WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
LEAVE_SECONDS = 1.0
TRY = sa.text("SELECT pg_try_advisory_lock(:key)")


class ProcessLock:
    """Shows the others that this process lives: a PostgreSQL advisory lock on a kept connection.

    On SQLite a lock on the file lets one process in, so every other one is dead.
    """

    def __init__(self, engine: sa.Engine, process: str) -> None:
        self.alone = engine.dialect.name == "sqlite"
        self._engine = engine
        self.process = process
        self._connection: sa.Connection | None = None
        self._holds = False
        # Of its own: whatever else waits for the database, others must see that this one lives.
        self._thread = ThreadPoolExecutor(1, "process-lock")

    async def take(self) -> None:
        """Take the lock, or take it again if the connection that held it was lost."""
        if not self.alone:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._take)

    async def living(self, others: Collection[str]) -> set[str]:
        """Return those of the others that hold their locks."""
        if self.alone:
            return set()
        held = await asyncio.get_running_loop().run_in_executor(self._thread, self._held)
        return {other for other in others if key(other) in held}

    async def leave(self) -> None:
        """Let the others take over at once."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                await asyncio.get_running_loop().run_in_executor(self._thread, self._leave)
        self._thread.shutdown(wait=False)

    def _leave(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            # The server ends what belonged to a connection only some time after it is closed.
            with contextlib.suppress(SQLAlchemyError):
                connection.execute(sa.text("SELECT pg_advisory_unlock_all()"))
            connection.invalidate()
            connection.close()

    def _take(self) -> None:
        if self._connection is not None:
            try:
                self._connection.execute(sa.text("SELECT 1"))
            except SQLAlchemyError:
                self._connection.invalidate()
                self._connection.close()
                self._connection = None
        if self._connection is None:
            self._holds = False
            connection = self._engine.connect()
            connection.execution_options(isolation_level="AUTOCOMMIT")
            self._connection = connection
        if not self._holds:
            # Tried, not waited for: until the server has noticed that our last connection is gone,
            # which may take hours, that one holds it, and so shows that we live.
            self._holds = bool(self._connection.scalar(TRY, {"key": key(self.process)}))

    def _held(self) -> frozenset[int]:
        self._take()
        assert self._connection is not None  # noqa: S101 - taken just now
        return frozenset(self._connection.scalars(HELD))


def key(process: str) -> int:
    """Turn a process id into a number for PostgreSQL, whose advisory locks are 64-bit integers."""
    digest = hashlib.sha256(process.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
