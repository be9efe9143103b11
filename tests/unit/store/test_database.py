"""Reading and writing in threads: neither waits for the other, and both for a database away."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from bot.errors import TryLater
from bot.store.database import READERS, SESSION, Database, is_current, migrate, newest, open_engine
from bot.store.reports import history
from bot.store.tables import rate_limit
from tests.unit.store.scene import count_up, counted

QUICK = 60.0  # seconds; what is blocked takes for ever


def one(connection: sa.Connection) -> int:
    return int(connection.execute(sa.text("SELECT 1")).scalar_one())


@contextmanager
def all_busy(database: Database) -> "Iterator[list[asyncio.Task[None]]]":
    """Keep every thread that writes at work."""
    goes_on = threading.Event()
    begun = threading.Semaphore(0)

    def wait(connection: sa.Connection) -> None:
        begun.release()
        goes_on.wait(QUICK)

    writes = [
        database.write(wait),
        database.write(wait, patience=2 * QUICK),
        database.write(wait, thread="claim"),
    ]
    tasks = [asyncio.ensure_future(each) for each in writes]
    try:
        yield tasks
    finally:
        goes_on.set()


async def test_what_is_written_is_read(database: Database) -> None:
    await database.write(count_up)

    assert await database.read(counted) == 1.0


async def test_who_reads_waits_for_nobody_who_writes(database: Database) -> None:
    with all_busy(database) as busy:
        waiting = [asyncio.create_task(database.write(count_up)) for _ in range(50)]
        await asyncio.sleep(0.05)

        found = await asyncio.wait_for(database.read(counted), QUICK)

        assert found == 0.0
        assert not any(task.done() for task in [*busy, *waiting])
    await asyncio.gather(*busy, *waiting)
    assert await database.read(counted) == 50.0


async def test_who_writes_waits_for_nobody_who_reads(database: Database) -> None:
    goes_on = threading.Event()
    reading = [
        asyncio.create_task(database.read(lambda c: goes_on.wait(QUICK) and one(c)))
        for _ in range(READERS * 3)
    ]
    await asyncio.sleep(0.05)

    await asyncio.wait_for(database.write(count_up), QUICK)

    assert not any(task.done() for task in reading)
    goes_on.set()
    assert await asyncio.gather(*reading) == [1] * len(reading)


async def test_who_has_waited_long_enough_is_told_so_and_nothing_is_written(
    database: Database,
) -> None:
    with all_busy(database) as busy:
        await asyncio.sleep(0.05)

        with pytest.raises(TryLater) as raised:
            await database.write(count_up, patience=0.1)

        assert raised.value.key == "database.unreachable"
    await asyncio.gather(*busy)
    await database.write(lambda c: None)
    assert await database.read(counted) == 0.0


async def test_what_raises_writes_nothing(database: Database) -> None:
    def work(connection: sa.Connection) -> None:
        count_up(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(work)

    assert await database.read(counted) == 0.0


async def test_a_mistake_of_ours_is_not_tried_again(database: Database) -> None:
    tries: list[None] = []

    def work(connection: sa.Connection) -> None:
        tries.append(None)
        connection.execute(sa.insert(rate_limit).values(id=1, next_at=0.0, held_until=0.0))

    with pytest.raises(sa.exc.IntegrityError):
        await database.write(work)

    assert len(tries) == 1


async def test_a_database_that_is_away_is_waited_for_so_long_and_no_longer(
    tmp_path: Path,
) -> None:
    database = Database(sa.create_engine(f"sqlite:///{tmp_path}/no/such/folder/bot.db"))

    for wait in (database.read, database.write):
        with pytest.raises(TryLater) as raised:
            await wait(one, patience=0.1)

        assert raised.value.key == "database.unreachable"
    database.close()
    database.engine.dispose()


async def test_a_database_that_comes_back_is_used_again(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    database = Database(sa.create_engine(f"sqlite:///{folder}/bot.db"))
    running = [asyncio.create_task(wait(one)) for wait in (database.read, database.write)]
    await asyncio.sleep(0.1)
    assert not any(task.done() for task in running)

    folder.mkdir()

    assert await asyncio.wait_for(asyncio.gather(*running), QUICK) == [1, 1]
    database.close()
    database.engine.dispose()


@pytest.mark.parametrize(
    ("option", "name", "value"),
    [
        ("", "synchronous_commit", "on"),
        ("-c search_path=bot", "search_path", "bot"),
        ("-c search_path=bot,public", "search_path", "bot,public"),
        ("-c statement_timeout=1234", "statement_timeout", "1234ms"),
        ("-c application_name=theirs", "application_name", "theirs"),
        ("-c lock_timeout=7000 -c work_mem=8MB", "work_mem", "8MB"),
    ],
)
@pytest.mark.parametrize("is_durable", [True, False])
def test_what_the_url_says_of_a_session_holds(
    postgres_url: str, option: str, name: str, value: str, *, is_durable: bool
) -> None:
    """Some hosts need it to be reached at all."""
    url = sa.make_url(postgres_url)
    if option:
        url = url.update_query_dict({"options": option})
    engine = open_engine(url.render_as_string(hide_password=False), is_durable=is_durable)

    with engine.connect() as connection:
        shown = connection.scalar(sa.text(f"SHOW {name}"))
        is_waited_for = connection.scalar(sa.text("SHOW synchronous_commit"))

    engine.dispose()
    assert is_waited_for == ("on" if is_durable else "off")
    assert shown == (value if option else is_waited_for)


@pytest.mark.parametrize("is_durable", [True, False])
def test_the_server_is_told_how_to_notice_that_we_are_gone(
    postgres_url: str, *, is_durable: bool
) -> None:
    """A host that vanishes says no goodbye, and what it had locked stays so until it is missed."""
    engine = open_engine(postgres_url, is_durable=is_durable)
    asked = sa.text("SELECT name FROM pg_settings WHERE source = 'session'")

    with engine.connect() as first, engine.connect() as second:
        found = [set(each.scalars(asked)) for each in (first, second)]
        first.rollback()
        found.append(set(first.scalars(asked)))

    engine.dispose()
    assert [set(SESSION) - each for each in found] == [set()] * 3


def test_whoever_stops_in_the_middle_of_a_change_holds_nobody_up_for_long(
    migrated_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SESSION, "idle_in_transaction_session_timeout", "300")
    engine = open_engine(migrated_url)

    with engine.connect() as stopped, engine.begin() as other:
        stopped.execute(sa.select(rate_limit).with_for_update())
        # Only the one that stopped is to be ended, however long the other one takes.
        other.execute(
            sa.text(
                "SET LOCAL lock_timeout = '60s'; SET LOCAL idle_in_transaction_session_timeout = 0"
            )
        )
        count_up(other)
        with pytest.raises(sa.exc.DBAPIError) as error:
            stopped.execute(sa.select(rate_limit))

    engine.dispose()
    assert error.value.connection_invalidated


def test_whoever_reads_the_history_may_take_their_time(migrated_url: str) -> None:
    engine = open_engine(migrated_url)

    with engine.connect() as connection:
        assert list(history(connection)) == []
        # Not through SQLAlchemy, which goes on to read from here piece by piece.
        with contextlib.closing(connection.connection.cursor()) as cursor:
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            limit = cursor.fetchone()

    engine.dispose()
    assert limit == ("0",)


def test_the_newest_migration_is_the_one_that_alembic_would_bring_about(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/bot.db")
    before = is_current(engine)

    migrate(engine)

    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == newest()
    assert (before, is_current(engine)) == (False, True)
    engine.dispose()
