"""One bot a database file, whatever the file is called; SQLite works on under the lock."""

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import CannotStart
from bot.store.file_lock import only_one
from tests.paths import ROOT

pytestmark = pytest.mark.process

HOLD = """
import sys
from pathlib import Path
from bot.errors import CannotStart
from bot.store.file_lock import only_one
try:
    with only_one(Path(sys.argv[1])):
        print("in", flush=True)
        sys.stdin.read()
except CannotStart as error:
    print(error, flush=True)
"""


class Other:
    """Another process that wants the file."""

    def __init__(self, database: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(database)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def answer(self) -> str:
        """Return "in", or why it may not."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        """Let it go away; it has nothing more to do."""
        with self._process:
            self._process.communicate()

    def kill(self) -> None:
        with self._process:
            self._process.kill()


def refusal(database: Path) -> str:
    """Return why another process may not work on this file; "in" if it may."""
    other = Other(database)
    answer = other.answer()
    other.end()
    return answer


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
def held(database: Path) -> Iterator[Path]:
    """A file that this process works on."""
    with only_one(database):
        yield database


def test_a_second_process_is_told_who_is_there(held: Path) -> None:
    assert refusal(held).startswith(f"Another bot is running on {held}.")


def test_a_symlink_is_the_same_file(held: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(held)

    assert refusal(link).startswith("Another bot is running")


def test_a_folder_may_be_a_symlink_too(held: Path, tmp_path: Path) -> None:
    tmp_path.joinpath("link").symlink_to(held.parent)

    assert refusal(tmp_path / "link" / "bot.db").startswith("Another bot is running")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the file beside it is all there is")
@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_lock_file_that_was_deleted_or_replaced_lets_nobody_in(
    held: Path, *, is_replaced: bool
) -> None:
    lock = held.with_name("bot.db.lock")
    lock.unlink()
    if is_replaced:
        lock.write_text("")

    assert refusal(held).startswith("Another bot is running")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the file beside it is all there is")
def test_a_database_that_was_renamed_is_still_taken(held: Path) -> None:
    renamed = held.rename(held.with_name("other.db"))

    assert refusal(renamed).startswith("Another bot is running")
    assert refusal(held).startswith("Another bot is running")


def test_a_database_put_in_its_place_is_not_opened_beside_the_first_one_s_journal(
    held: Path,
) -> None:
    held.unlink()
    held.write_bytes(b"")

    assert refusal(held).startswith("Another bot is running")


def test_a_version_that_knows_only_the_lock_file_is_minded(database: Path) -> None:
    import fcntl  # noqa: PLC0415 - not everywhere

    with database.with_name("bot.db.lock").open("w") as old:
        fcntl.flock(old, fcntl.LOCK_EX)

        assert refusal(database).startswith("Another bot is running")


def test_a_hard_link_is_refused(database: Path) -> None:
    database.write_bytes(b"")
    database.with_name("second.db").hardlink_to(database)

    with pytest.raises(CannotStart, match=r"more than one name \(hard links\)"), only_one(database):
        pass


def test_a_hard_link_to_a_file_at_work_is_refused(held: Path) -> None:
    second = held.with_name("second.db")
    second.hardlink_to(held)

    assert refusal(second).startswith("Another bot is running")


def test_no_new_database_is_made_beside_a_left_journal(database: Path) -> None:
    database.with_name("bot.db-wal").write_bytes(b"frames")

    with pytest.raises(CannotStart, match=r"is gone, but bot\.db-wal is there"), only_one(database):
        pass

    assert not database.exists()


def test_of_two_that_start_at_once_one_gets_in(database: Path) -> None:
    others = [Other(database) for _ in range(4)]
    answers = [other.answer() for other in others]
    for other in others:
        other.end()

    assert answers.count("in") == 1
    assert sum(each.startswith("Another bot is running") for each in answers) == 3


def test_a_file_that_was_let_go_is_free(database: Path) -> None:
    with only_one(database):
        pass

    assert refusal(database) == "in"


def test_a_file_whose_process_was_killed_is_free(database: Path) -> None:
    other = Other(database)
    assert other.answer() == "in"
    other.kill()

    assert refusal(database) == "in"


def test_a_folder_that_can_t_be_made_is_named(tmp_path: Path) -> None:
    tmp_path.joinpath("file").write_text("")

    with (
        pytest.raises(CannotStart, match=r"DATABASE_URL: .*can't be opened"),
        only_one(tmp_path / "file" / "bot.db"),
    ):
        pass


def test_the_file_is_its_owner_s_alone(held: Path) -> None:
    assert held.stat().st_mode & 0o077 == 0


BUSY = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=30)
for number in range(50):
    with database:
        database.execute("INSERT INTO t VALUES (?)", (number,))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the file itself is not locked")
def test_sqlite_works_on_under_the_lock_and_does_not_lose_it(held: Path) -> None:
    with contextlib.closing(sqlite3.connect(held)) as ours:
        assert ours.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
        ours.execute("CREATE TABLE t (n INTEGER)")
        beside = subprocess.Popen([sys.executable, "-c", BUSY, str(held)])
        for number in range(50):
            # Each closes a descriptor of the file, which ends a process's own locks.
            with contextlib.closing(sqlite3.connect(held, timeout=30)) as one, one:
                one.execute("INSERT INTO t VALUES (?)", (number,))
        assert beside.wait() == 0

        assert ours.execute("SELECT count(*) FROM t").fetchone() == (100,)
        assert ours.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        # SQLite still holds its own locks: nobody can take the journal away.
        assert _exclusive(held) == "database is locked"
    assert refusal(held).startswith("Another bot is running")


def _exclusive(database: Path) -> str:
    """Try from another process what needs that nobody else has the database open."""
    code = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], timeout=0.1)\n"
        "try:\n    print(c.execute('PRAGMA journal_mode=DELETE').fetchone()[0])\n"
        "except sqlite3.OperationalError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(database)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    )
    return done.stdout.strip()
