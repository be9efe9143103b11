"""Open the database, and bring it up to date: one engine for our tables and the workflows."""

import asyncio
import os
import re
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import psycopg
import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.config import Config

from bot.errors import TryLater
from bot.store.grouped_writes import GroupedWrites
from bot.store.prepared import hand_over_errors
from bot.store.sqlite_functions import add_unixepoch
from bot.store.sqlite_write_lock import WriteLock
from bot.store.tables import workflows

T = TypeVar("T")

MIGRATIONS = Path(__file__).with_name("migrations")
FIRST_PAUSE = 0.05  # seconds
LONGEST_PAUSE = 1.0
# Threads, and so connections; reading has its own, so that nobody who waits to write is in the way.
READERS = 4
# On PostgreSQL each has a thread: whoever waits there for another process is not in others' way.
# SQLite has one writer anyway.
WRITERS = ("background", "listener", "claim", "fill")
CONNECTIONS = 12  # one for each of these, and for the threads of the workflows' engine
OVERFLOW = 8  # for what has no thread
# KiB of pages that each of SQLite's connections keeps: the system keeps the file itself anyway, and
# SQLite's own 2,000 would be most of what the process grows by.
CACHE = 400
# A server that is gone without a word is noticed within seconds (docs: libpq, TCP keepalives).
POSTGRES = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds
}
# And the server notices within seconds that a host of ours is gone, with the locks that it held;
# its own defaults are hours.
SESSION = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20000",
    # A process that is stopped in the middle of a change holds what all the others wait for.
    "idle_in_transaction_session_timeout": "10000",
}
# Asked for by name, since older servers don't know all of them.
SET_UP = (
    "SELECT set_config(known.name, given.value, false)"
    " FROM unnest(%s::text[], %s::text[]) AS given(name, value)"
    " JOIN pg_settings AS known USING (name)"
)


def open_engine(
    url: str,
    write_lock: WriteLock | None = None,
    *,
    is_durable: bool = True,
    poolclass: type[sa.Pool] = sa.QueuePool,
) -> sa.Engine:
    """Make the engine for `sqlite:///FILE` or `postgresql://…`; connects to nothing yet.

    Engines of one SQLite file and process share a `write_lock`. What is written through one that
    is not durable may be gone after a power cut, and no commit waits for the disk.
    """
    if url.startswith("postgresql:"):
        driver = "postgresql+psycopg" + url.removeprefix("postgresql")
        # Without a ping before each use: what meets a lost connection is tried again.
        engine = sa.create_engine(
            driver,
            connect_args=POSTGRES,
            poolclass=poolclass,
            pool_size=CONNECTIONS,
            max_overflow=OVERFLOW,
            hide_parameters=True,
        )
        settings = SESSION if is_durable else SESSION | {"synchronous_commit": "off"}
        # Not as `options` of the connection, which may stand in the URL for what else is needed.
        sa.event.listen(engine, "connect", partial(_set_up_postgres, settings))
        sa.event.listen(engine, "handle_error", _leave_read_only)
        hand_over_errors(engine)
        return engine
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The file holds phone numbers: readable by its owner alone, from its first byte on.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    # Hidden: an error's text would hold numbers and values otherwise.
    engine = sa.create_engine(
        url,
        hide_parameters=True,
        connect_args={"factory": (write_lock or WriteLock()).connection},
        poolclass=poolclass,
        # One for every thread: those who wait for a connection are not served in their order.
        pool_size=CONNECTIONS,
        max_overflow=OVERFLOW,
    )
    sa.event.listen(engine, "connect", _set_up_sqlite if is_durable else _set_up_quick_sqlite)
    sa.event.listen(engine, "connect", add_unixepoch)
    hand_over_errors(engine)
    return engine


def exists(url: str) -> bool:
    """Whether there is something to open; a PostgreSQL database has to be asked."""
    return not url.startswith("sqlite:") or sqlite_path(url).exists()


def sqlite_path(url: str) -> Path:
    """Return the file that a `sqlite:///FILE` URL names."""
    return Path(sa.make_url(url).database or "bot.db")


def _leave_read_only(context: sa.ExceptionContext) -> None:
    """Drop a session that may only read: it stays so, though the database takes writes again."""
    if isinstance(context.original_exception, psycopg.errors.ReadOnlySqlTransaction):
        context.is_disconnect = True


def _set_up_postgres(
    settings: Mapping[str, str], connection: psycopg.Connection[object], _record: object
) -> None:
    connection.execute(SET_UP, (list(settings), list(settings.values())))
    connection.commit()


def _set_up_quick_sqlite(connection: sqlite3.Connection, record: object) -> None:
    _set_up_sqlite(connection, record)
    connection.execute("PRAGMA synchronous=NORMAL")


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # A write lock is taken at the start of a transaction, so none fails half-way for want of it.
    connection.isolation_level = "IMMEDIATE"
    for pragma in (
        "busy_timeout=30000",
        "journal_mode=WAL",
        # NORMAL may lose the last commits on a power cut, and a lost claim is a second message.
        "synchronous=FULL",
        "foreign_keys=ON",
        f"cache_size=-{CACHE}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def migrate(engine: sa.Engine) -> None:
    """Bring our tables to the state that this version needs."""
    # It takes memory that a process never needs whose database is up to date.
    from alembic import command  # noqa: PLC0415

    with engine.begin() as connection:
        command.upgrade(_alembic(connection), "head")


def migrated_workflows(engine: sa.Engine, version: str) -> None:
    """Remember that the workflows' own tables are as this version of their engine needs them."""
    with engine.begin() as connection:
        connection.execute(sa.update(workflows).values(version=version))


def is_current(engine: sa.Engine, *, workflows_version: str = "") -> bool:
    """Whether our tables, and the workflows' own if asked for, are as this version needs them."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return False
        if connection.scalar(sa.text("SELECT version_num FROM alembic_version")) != newest():
            return False
        found = connection.scalar(sa.select(workflows.c.version)) or ""
        # A newer process may have been here already.
        return _numbers(found) >= _numbers(workflows_version)


def newest() -> str:
    """Return the revision that this version needs: each migration's file begins with its own."""
    files = (MIGRATIONS / "versions").glob("[0-9]*.py")
    return max(file.name.partition("_")[0] for file in files)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"[0-9]+", version)))


def _alembic(connection: sa.Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


class Database:
    """Runs a function with a transaction in a thread, again while the database can't be reached."""

    def __init__(self, engine: sa.Engine) -> None:
        """Start no thread yet."""
        self.engine = engine
        on_sqlite = engine.dialect.name == "sqlite"
        # Without a transaction around each look: to PostgreSQL that is two messages more.
        self._looking = (
            engine if on_sqlite else engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._readers = ThreadPoolExecutor(READERS, "database-read")
        names = WRITERS[:1] if on_sqlite else WRITERS
        self._writers = {name: ThreadPoolExecutor(1, f"database-{name}") for name in names}
        self._grouped = {name: GroupedWrites(engine, self._writers[name]) for name in names}

    def close(self) -> None:
        """Let the threads end; what waits for one is not begun."""
        self._readers.shutdown(wait=False, cancel_futures=True)
        for thread in self._writers.values():
            thread.shutdown(wait=False, cancel_futures=True)

    async def read(self, work: Callable[[sa.Connection], T], *, patience: float | None = None) -> T:
        """Return what `work` finds. It may run twice.

        `patience` is in seconds; None waits as long as it takes. Raises TryLater after it.
        """
        return await self._again(lambda: self._read(work), patience)

    async def write(
        self,
        work: Callable[[sa.Connection], T],
        *,
        patience: float | None = None,
        thread: str = "",
    ) -> T:
        """Commit what `work` does. It may run twice, so it must be safe to repeat.

        `patience` is in seconds; None waits as long as it takes. Raises TryLater after it. What
        waits for other processes, or makes others wait, is kept apart in a `thread` of its own.
        """
        name = thread or ("background" if patience is None else "listener")
        grouped = self._grouped.get(name, self._grouped["background"])
        return await self._again(lambda: grouped.add(work), patience)

    async def _again(self, once: Callable[[], "asyncio.Future[T]"], patience: float | None) -> T:
        loop = asyncio.get_running_loop()
        deadline = None if patience is None else loop.time() + patience
        pause = FIRST_PAUSE
        reason: Exception | None = None
        while True:
            try:
                if deadline is None:
                    return await once()
                async with asyncio.timeout_at(deadline):
                    return await once()
            except TimeoutError as error:
                # What has begun in a thread may still be committed.
                raise TryLater("database.unreachable") from reason or error
            except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
                if not _passes(error):
                    raise
                reason = error
                if deadline is not None and loop.time() + pause > deadline:
                    raise TryLater("database.unreachable") from error
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _read(self, work: Callable[[sa.Connection], T]) -> "asyncio.Future[T]":
        return asyncio.get_running_loop().run_in_executor(self._readers, self._look, work)

    def _look(self, work: Callable[[sa.Connection], T]) -> T:
        with self._looking.connect() as connection:
            return work(connection)


def _passes(error: sa.exc.DBAPIError | sa.exc.TimeoutError) -> bool:
    """Whether the same may work later.

    The database was away, locked, full, read-only for a while, or had no free connection.
    """
    if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(
        error,
        sa.exc.OperationalError
        | sa.exc.InterfaceError
        | sa.exc.InternalError
        | sa.exc.TimeoutError,
    )
