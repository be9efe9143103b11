"""Open the database, and bring it up to date: one engine for our tables and the workflows."""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import TryLater
from bot.store.one_writer import Line
from bot.store.sqlite_functions import add_unixepoch

T = TypeVar("T")

FIRST_PAUSE = 0.05  # seconds
LONGEST_PAUSE = 5.0


def open_engine(url: str) -> sa.Engine:
    """Make the engine for `sqlite:///FILE` or `postgresql://…`; connects to nothing yet."""
    if url.startswith("postgresql:"):
        driver = "postgresql+psycopg" + url.removeprefix("postgresql")
        return sa.create_engine(
            driver, pool_pre_ping=True, pool_size=10, max_overflow=10, hide_parameters=True
        )
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The file holds phone numbers: readable by its owner alone, from its first byte on.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    # Hidden: an error's text would hold numbers and values otherwise.
    engine = sa.create_engine(
        url,
        hide_parameters=True,
        connect_args={"factory": Line().connection},
        # One for every thread: those who wait for a connection are not served in their order.
        pool_size=40,
        max_overflow=20,
    )
    sa.event.listen(engine, "connect", _set_up_sqlite)
    sa.event.listen(engine, "connect", add_unixepoch)
    return engine


def exists(url: str) -> bool:
    """Whether there is something to open; a PostgreSQL database has to be asked."""
    return not url.startswith("sqlite:") or sqlite_path(url).exists()


def sqlite_path(url: str) -> Path:
    """Return the file that a `sqlite:///FILE` URL names."""
    return Path(sa.make_url(url).database or "bot.db")


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # A write lock is taken at the start of a transaction, so none fails half-way for want of it.
    connection.isolation_level = "IMMEDIATE"
    for pragma in (
        "busy_timeout=30000",
        "journal_mode=WAL",
        # NORMAL may lose the last commits on a power cut, and a lost claim is a second message.
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def migrate(engine: sa.Engine) -> None:
    """Bring our tables to the state that this version needs."""
    with engine.begin() as connection:
        command.upgrade(_alembic(connection), "head")


def is_current(engine: sa.Engine) -> bool:
    """Whether our tables are in the state that this version needs."""
    with engine.connect() as connection:
        head = ScriptDirectory.from_config(_alembic(connection)).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == head


def _alembic(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    return config


class Database:
    """Runs a function with a transaction in a thread, again while the database can't be reached."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    async def run(self, work: Callable[[sa.Connection], T], *, patience: float | None = None) -> T:
        """Commit what `work` does. It may run twice, so it must be safe to repeat.

        `patience` is in seconds; None waits as long as it takes. Raises TryLater after it.
        """
        loop = asyncio.get_running_loop()
        deadline = None if patience is None else loop.time() + patience
        pause = FIRST_PAUSE
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    return await asyncio.to_thread(self._transact, work)
            except TimeoutError as error:
                # What runs in the thread may still be committed.
                raise TryLater("database.unreachable") from error
            except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
                if not _passes(error):
                    raise
                if deadline is not None and loop.time() + pause > deadline:
                    raise TryLater("database.unreachable") from error
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _transact(self, work: Callable[[sa.Connection], T]) -> T:
        with self.engine.begin() as connection:
            return work(connection)


def _passes(error: sa.exc.DBAPIError | sa.exc.TimeoutError) -> bool:
    """Whether the same may work later: the database was away, locked, or had no free connection."""
    if isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError | sa.exc.TimeoutError)
