"""What an operator, or a network, does to a PostgreSQL database that bots are using."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import psycopg
import sqlalchemy as sa

BUSY = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()" + (
    " AND pid <> pg_backend_pid() AND state <> 'idle'"
)


def administer(database_url: str, *statements: str) -> None:
    """Run statements one by one, each committed at once, whatever the database is set to."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute("SET statement_timeout = 0")
        for statement in statements:
            connection.execute(statement)


def alter(database_url: str, setting: str) -> None:
    """Change a setting of the database; connections that are open keep the old one."""
    name = sa.make_url(database_url).database
    administer(database_url, f'ALTER DATABASE "{name}" {setting}')


def disconnect_everybody(database_url: str) -> None:
    administer(
        database_url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


def tables(database_url: str) -> list[str]:
    """Name every table of the database, ours and the engine's."""
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        return [row[0] for row in found]


@contextmanager
def tables_locked(database_url: str, *names: str, mode: str = "ACCESS EXCLUSIVE") -> Iterator[None]:
    """Keep everybody else out of these tables."""
    with psycopg.connect(database_url) as connection:
        connection.execute("SET statement_timeout = 0")
        for name in names:
            connection.execute(f"LOCK TABLE {name} IN {mode} MODE")
        yield


@contextmanager
def read_only(database_url: str, *, cut: bool) -> Iterator[None]:
    """Make the database read-only, as managed hosts do when its disk is full.

    At the end the connections are cut as at the beginning, or are left to whoever has them.
    """
    alter(database_url, "SET default_transaction_read_only = on")
    disconnect_everybody(database_url)
    try:
        yield
    finally:
        alter(database_url, "RESET default_transaction_read_only")
        if cut:
            disconnect_everybody(database_url)


@asynccontextmanager
async def cut_at_random(
    database_url: str, *, pauses: tuple[float, float]
) -> AsyncIterator[list[int]]:
    """End the session of somebody who is busy, again and again; gives the ones that ended."""
    ended: list[int] = []

    async def cut() -> None:
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as own:
            while True:
                found = await (await own.execute(BUSY)).fetchall()
                if found:
                    pid = random.choice(found)[0]
                    await own.execute("SELECT pg_terminate_backend(%s)", (pid,))
                    ended.append(pid)
                await asyncio.sleep(random.uniform(*pauses))

    cutting = asyncio.create_task(cut())
    try:
        yield ended
    finally:
        cutting.cancel()
        await asyncio.gather(cutting, return_exceptions=True)
