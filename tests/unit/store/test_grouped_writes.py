"""Writes to SQLite that come together are committed together, and fail each for itself."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from bot.store.database import Database, open_engine
from bot.store.grouped_writes import AT_ONCE, GroupedWrites
from bot.store.tables import rate_limit
from tests.unit.store.scene import count_up, counted

LONG = 60.0  # seconds; what is waited for comes long before, also on a busy machine


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    engine = open_engine(sqlite_url)
    database = Database(engine)
    yield database
    database.close()
    engine.dispose()


@contextmanager
def writer_busy(database: Database) -> Iterator[None]:
    """Let everything that comes wait for one that writes."""
    goes_on = threading.Event()
    first = asyncio.ensure_future(database.write(lambda _: goes_on.wait(LONG)))
    try:
        yield
    finally:
        goes_on.set()
    assert not first.cancelled()


def watch(database: Database) -> list[str]:
    """Return the transactions to come, as they end."""
    ended: list[str] = []
    sa.event.listen(database.engine, "commit", lambda _: ended.append("commit"))
    sa.event.listen(database.engine, "rollback", lambda _: ended.append("rollback"))
    return ended


async def start(
    database: Database, *works: Callable[[sa.Connection], object]
) -> "asyncio.Future[list[object]]":
    """Write these, all at once, behind what is written now; errors are answers."""
    writes = [asyncio.create_task(database.write(work)) for work in works]
    await asyncio.sleep(0)
    return asyncio.gather(*writes, return_exceptions=True)


def fail(connection: sa.Connection) -> None:
    count_up(connection)
    raise ZeroDivisionError


async def test_what_waits_is_one_transaction_and_everybody_has_an_answer(
    database: Database,
) -> None:
    ended = watch(database)
    with writer_busy(database):
        writes = await start(database, *(lambda _, n=n: n for n in range(10)))

    assert await writes == list(range(10))
    assert ended == ["commit"] * 2


async def test_no_transaction_is_so_large_that_its_first_waits_long(database: Database) -> None:
    ended = watch(database)
    with writer_busy(database):
        writes = await start(database, *[count_up] * (2 * AT_ONCE + 1))

    await writes
    assert ended == ["commit"] * 4
    assert await database.read(counted) == 2 * AT_ONCE + 1


@pytest.mark.parametrize("place", [0, 3, 6])
async def test_one_that_raises_spoils_nobody_else_s(database: Database, place: int) -> None:
    works = [count_up] * 6
    works.insert(place, fail)
    with writer_busy(database):
        writes = await start(database, *works)

    answers = await writes
    assert isinstance(answers.pop(place), ZeroDivisionError)
    assert answers == [None] * 6
    assert await database.read(counted) == 6


async def test_all_may_raise(database: Database) -> None:
    with writer_busy(database):
        writes = await start(database, *[fail] * 5)

    assert [type(answer) for answer in await writes] == [ZeroDivisionError] * 5
    assert await database.read(counted) == 0


async def test_what_is_cancelled_in_time_is_not_begun(database: Database) -> None:
    with writer_busy(database):
        cancelled = asyncio.create_task(database.write(fail))
        writes = await start(database, count_up)
        cancelled.cancel()
        await asyncio.sleep(0)

    assert await writes == [None]
    assert cancelled.cancelled()
    assert await database.read(counted) == 1


async def test_what_is_cancelled_too_late_is_committed_and_holds_up_nobody(
    database: Database,
) -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def slow(connection: sa.Connection) -> None:
        count_up(connection)
        begun.set()
        goes_on.wait(LONG)

    late = asyncio.create_task(database.write(slow))
    await asyncio.to_thread(begun.wait, LONG)
    late.cancel()
    goes_on.set()

    await database.write(count_up)

    assert await database.read(counted) == 2


async def test_a_commit_that_fails_is_tried_again_by_all(database: Database) -> None:
    fails = [sqlite3.OperationalError("database or disk is full")] * 3

    def on_commit(connection: sa.Connection) -> None:
        if fails:
            raise sa.exc.OperationalError("COMMIT", {}, fails.pop())

    with writer_busy(database):
        writes = await start(database, *[count_up] * 5)
        sa.event.listen(database.engine, "commit", on_commit)

    assert await asyncio.wait_for(writes, LONG) == [None] * 5
    assert fails == []
    assert await database.read(counted) == 5


async def test_a_file_that_can_not_be_written_to_is_waited_for_once_and_not_by_each() -> None:
    tries: list[None] = []
    all_there = threading.Event()

    def connect() -> sqlite3.Connection:
        tries.append(None)
        all_there.wait(LONG)
        raise sqlite3.OperationalError("database is locked")

    with ThreadPoolExecutor(1) as thread:
        writes = GroupedWrites(sa.create_engine("sqlite://", creator=connect), thread)
        found = [writes.add(count_up) for _ in range(10)]
        all_there.set()
        answers = await asyncio.gather(*found, return_exceptions=True)

    assert {type(answer) for answer in answers} == {sa.exc.OperationalError}
    # The first one alone, then all that had come meanwhile.
    assert len(tries) == 2


async def test_what_is_read_in_a_write_is_what_is_written_to(database: Database) -> None:
    """Another connection can't write between the reading and the writing."""

    def add(connection: sa.Connection) -> None:
        found = counted(connection)
        connection.execute(sa.update(rate_limit).values(next_at=found + 1))

    def add_outside() -> None:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            add(connection)

    outside = [asyncio.to_thread(add_outside) for _ in range(20)]
    await asyncio.gather(*outside, *(database.write(add) for _ in range(20)))

    assert await database.read(counted) == 40


@pytest.mark.parametrize("count", [1, 2, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE])
async def test_nobody_waits_for_a_write_that_was_closed_out(database: Database, count: int) -> None:
    """At the end of a process: what runs is committed, the rest is left and ends all the same."""
    begun, goes_on = threading.Event(), threading.Event()

    def first(connection: sa.Connection) -> None:
        begun.set()
        goes_on.wait(LONG)
        count_up(connection)

    writing = asyncio.create_task(database.write(first))
    assert await asyncio.to_thread(begun.wait, LONG)
    waiting = [asyncio.create_task(database.write(count_up)) for _ in range(count)]
    await asyncio.sleep(0.05)
    trouble: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, found: trouble.append(found))
    database.close()
    goes_on.set()

    done, hang = await asyncio.wait([writing, *waiting], timeout=LONG)
    late = asyncio.create_task(database.write(count_up))
    await asyncio.wait([late], timeout=LONG)

    assert (len(done), hang, trouble) == (1 + count, set(), [])
    assert not writing.cancelled()
    assert all(each.cancelled() for each in (*waiting, late))
    with database.engine.connect() as connection:
        assert counted(connection) == 1.0
