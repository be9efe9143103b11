"""Which processes live: what a dead one had begun is taken over."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError


class ProcessLock:
    """Shows the others that this process lives: a PostgreSQL advisory lock on a kept connection.

    On SQLite a lock beside the file lets one process in, so every other one is dead.
    """

    def __init__(self, engine: sa.Engine, process: str) -> None:
        self.alone = engine.dialect.name == "sqlite"
        self._engine = engine
        self._process = process
        self._connection: sa.Connection | None = None

    async def take(self) -> None:
        """Take the lock, or take it again if the connection that held it was lost."""
        if not self.alone:
            await asyncio.to_thread(self._take)

    async def is_free(self, other: str) -> bool:
        """Whether the other process let go of its lock."""
        async with self.of(other) as taken:
            return taken

    @contextlib.asynccontextmanager
    async def of(self, other: str) -> AsyncIterator[bool]:
        """Hold another process's lock, if it can be had: then that process is dead."""
        if self.alone:
            yield True
            return
        taken = await asyncio.to_thread(self._scalar, "SELECT pg_try_advisory_lock(:key)", other)
        try:
            yield bool(taken)
        finally:
            if taken:
                await asyncio.to_thread(self._scalar, "SELECT pg_advisory_unlock(:key)", other)

    async def leave(self) -> None:
        """Let the others take over at once."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
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
            else:
                return
        with contextlib.ExitStack() as unless_taken:
            connection = unless_taken.enter_context(self._engine.connect())
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(
                sa.text("SELECT pg_advisory_lock(:key)"), {"key": _key(self._process)}
            )
            unless_taken.pop_all()
        self._connection = connection

    def _scalar(self, statement: str, other: str) -> object:
        if self._connection is None:
            return None
        return self._connection.scalar(sa.text(statement), {"key": _key(other)})


def _key(process: str) -> int:
    """Turn a process id into a number for PostgreSQL, whose advisory locks are 64-bit integers."""
    digest = hashlib.sha256(process.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
