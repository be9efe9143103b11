"""SQLite's writers in one line: who gave up waiting does not write, and the line goes on."""

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store.database import Database, migrate, open_engine
from bot.store.sqlite_write_lock import Connection, WriteLock
from bot.store.tables import rate_limit
from tests.stopwatch import stopwatch
from tests.unit.store.scene import count_up, counted

PATIENCE = 0.2
LONG = 60.0  # seconds; what is waited for comes long before, also on a busy machine


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> WriteLock:
    monkeypatch.setattr("bot.store.sqlite_write_lock.PATIENCE", 0.05)
    return WriteLock()


def connect(line: WriteLock, path: Path) -> Connection:
    made = line.connection(path / "bot.db", isolation_level="IMMEDIATE", timeout=0.05)
    made.execute("CREATE TABLE IF NOT EXISTS t (x INTEGER UNIQUE)")
    return made


def is_free(line: WriteLock) -> bool:
    """Whether nobody writes now."""
    came = line.acquire(timeout=0.0)
    if came:
        line.release()
    return came


def test_the_line_is_served_in_its_order_without_those_who_gave_up() -> None:
    line = WriteLock()
    assert line.acquire(timeout=0.0)
    served: list[int] = []

    def wait(number: int, timeout: float) -> None:
        if line.acquire(timeout=timeout):
            served.append(number)
            line.release()

    threads = [
        threading.Thread(target=wait, args=[number, 0.05 if number == 2 else LONG])
        for number in range(5)
    ]
    for number, thread in enumerate(threads):
        thread.start()
        # Not before it stands in line, or has given up.
        while thread.is_alive() and len(line._waiting) <= number - (number > 2):  # noqa: SLF001 - nobody else knows
            time.sleep(0.001)
        if number == 2:
            thread.join()
    assert served == []

    line.release()
    for thread in threads:
        thread.join(LONG)

    assert served == [0, 1, 3, 4]
    assert is_free(line)


def test_of_many_threads_one_at_a_time_has_its_turn() -> None:
    line = WriteLock()
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(50):
            if line.acquire(timeout=0.0005):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.0001)
                inside.pop()
                line.release()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)

    assert set(most) == {1}
    assert is_free(line)


def test_who_gave_up_waiting_in_line_raises_and_writes_nothing(
    line: WriteLock, tmp_path: Path
) -> None:
    first, second = connect(line, tmp_path), connect(line, tmp_path)
    first.execute("INSERT INTO t VALUES (1)")

    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        second.execute("INSERT INTO t VALUES (2)")

    assert not second.in_transaction
    first.commit()
    second.execute("INSERT INTO t VALUES (3)")
    second.commit()
    assert first.execute("SELECT x FROM t ORDER BY x").fetchall() == [(1,), (3,)]
    assert is_free(line)


def test_who_gave_up_does_not_let_the_next_one_in(line: WriteLock, tmp_path: Path) -> None:
    first, second = connect(line, tmp_path), connect(line, tmp_path)
    first.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(sqlite3.OperationalError):
        second.execute("INSERT INTO t VALUES (2)")

    second.rollback()
    second.close()

    assert not is_free(line)
    first.commit()
    assert is_free(line)


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_whatever_ends_a_transaction_lets_the_next_one_in(
    line: WriteLock, tmp_path: Path, end: str
) -> None:
    first = connect(line, tmp_path)
    first.execute("BEGIN IMMEDIATE")
    assert not is_free(line)

    getattr(first, end)()

    assert is_free(line)


@pytest.mark.parametrize("statement", ["INSERT INTO nowhere VALUES (1)", "UPDATE t SET y = 1"])
def test_a_write_that_did_not_begin_holds_up_nobody(
    line: WriteLock, tmp_path: Path, statement: str
) -> None:
    with pytest.raises(sqlite3.OperationalError):
        connect(line, tmp_path).execute(statement)

    assert is_free(line)


def test_a_write_that_failed_half_way_holds_the_line_to_its_end(
    line: WriteLock, tmp_path: Path
) -> None:
    first = connect(line, tmp_path)
    first.execute("INSERT INTO t VALUES (1)")
    first.commit()
    with pytest.raises(sqlite3.IntegrityError):
        first.executemany("INSERT INTO t VALUES (?)", [(2,), (1,)])
    assert (first.in_transaction, is_free(line)) == (True, False)

    first.rollback()

    assert is_free(line)


def test_a_file_that_another_program_holds_holds_up_nobody_in_line(
    line: WriteLock, tmp_path: Path
) -> None:
    first = connect(line, tmp_path)
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(sqlite3.OperationalError):
        first.execute("INSERT INTO t VALUES (1)")

    assert is_free(line)
    other.close()


def test_who_reads_does_not_stand_in_line(line: WriteLock, tmp_path: Path) -> None:
    first, second = connect(line, tmp_path), connect(line, tmp_path)
    first.execute("PRAGMA journal_mode=WAL")
    first.execute("INSERT INTO t VALUES (1)")

    assert second.execute("SELECT count(*) FROM t").fetchone() == (0,)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database whose writers wait but a moment before they come again."""
    monkeypatch.setattr("bot.store.sqlite_write_lock.PATIENCE", PATIENCE)
    engine = open_engine(f"sqlite:///{tmp_path}/bot.db")

    def be_impatient(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA busy_timeout={int(PATIENCE * 1000)}")

    sa.event.listen(engine, "connect", be_impatient)
    migrate(engine)
    database = Database(engine)
    yield database
    database.close()
    engine.dispose()


def write_until_done(engine: sa.Engine) -> None:
    """Write as the engine of the workflows does: in a thread of its own, again and again."""
    while True:
        try:
            with engine.begin() as connection:
                count_up(connection)
        except sa.exc.OperationalError:
            time.sleep(0.01)
        else:
            return


@pytest.mark.slow
async def test_after_a_long_lock_by_another_program_all_go_through_at_once(
    database: Database, tmp_path: Path
) -> None:
    threads = [threading.Thread(target=write_until_done, args=[database.engine]) for _ in range(10)]
    with contextlib.closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for thread in threads:
            thread.start()
        writes = [asyncio.create_task(database.write(count_up)) for _ in range(10)]
        await asyncio.sleep(5 * PATIENCE)
        assert not any(write.done() for write in writes)
        # Reading goes on all the time.
        assert await asyncio.wait_for(database.read(counted), LONG) == 0

    await asyncio.wait_for(asyncio.gather(*writes), LONG)
    for thread in threads:
        await asyncio.to_thread(thread.join, LONG)

    assert await database.read(counted) == 20
    async with stopwatch() as watch:
        await asyncio.gather(*(database.write(count_up) for _ in range(50)))
    assert watch.seconds < 5


async def test_nothing_is_left_locked_after_it(database: Database, tmp_path: Path) -> None:
    with database.engine.begin() as connection:
        connection.execute(sa.update(rate_limit).values(next_at=1.0))

    other = sqlite3.connect(tmp_path / "bot.db", timeout=0.05)
    other.execute("UPDATE pace SET next_at = 2.0")
    other.commit()
    other.close()

    assert await database.read(counted) == 2.0
