"""One bot a SQLite file: whoever comes second, by whatever name of the file, is told so."""

import contextlib
import errno
import fcntl
import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.errors import CannotStart

# Far behind every byte that SQLite itself locks (they lie just above 1 GiB).
OUR_BYTE = 1 << 40


@contextlib.contextmanager
def only_one(database: Path) -> Iterator[None]:
    """Keep every other bot off this file. Raises CannotStart if another one is on it.

    Enter it before the file is opened as a database, and leave it after it was closed: as long
    as SQLite is at work, no descriptor of the file may be closed outside of it, for that drops
    the locks that SQLite has in this process.
    """
    file = database.resolve()
    with contextlib.ExitStack() as stack:
        try:
            opened = _lock(file, stack)
        except BlockingIOError as error:
            raise CannotStart(
                f"Another bot is running on {file}. Stop it first, or give this one a DATABASE_URL "
                "of its own. Several processes can share a PostgreSQL database."
            ) from error
        except OSError as error:
            raise CannotStart(
                f"DATABASE_URL: {error.filename or file} can't be opened for writing "
                f"({error.strerror})."
            ) from error
        _refuse_other_names(file, opened)
        yield


def _lock(file: Path, stack: contextlib.ExitStack) -> int:
    """Return a descriptor of the locked file, which `stack` closes. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # Versions before this one look for this file only.
    beside = os.open(f"{file}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    stack.callback(os.close, beside)
    fcntl.flock(beside, fcntl.LOCK_EX | fcntl.LOCK_NB)
    _refuse_a_left_journal(file)
    # It holds phone numbers: readable by its owner alone, from its first byte on.
    opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    stack.callback(os.close, opened)
    _lock_inode(opened)
    return opened


def _lock_inode(opened: int) -> None:
    """Lock the file itself, whatever it is called. Raises BlockingIOError if it is taken.

    Not by flock, which SQLite's own locks conflict with on network file systems and on macOS; and
    not by a lock of the process, which ends when SQLite closes any descriptor of the file.
    """
    if sys.platform != "linux":
        return
    lock = struct.pack("@hhqqi", fcntl.F_WRLCK, os.SEEK_SET, OUR_BYTE, 1, 0)
    try:
        fcntl.fcntl(opened, fcntl.F_OFD_SETLK, lock)
    except OSError as error:
        # Some sandboxes and file systems don't have it; then the file beside it must do.
        if error.errno in {errno.EAGAIN, errno.EACCES}:
            raise BlockingIOError from error


def _refuse_a_left_journal(file: Path) -> None:
    """Make no new database beside another one's journal: SQLite would take it for its own."""
    journal = Path(f"{file}-wal")
    if journal.exists() and not file.exists():
        raise CannotStart(
            f"DATABASE_URL: {file} is gone, but {journal.name} is there. If the database was "
            "moved while a bot runs on it, stop that bot and move it back; else move the rest of "
            "it away, too."
        )


def _refuse_other_names(file: Path, opened: int) -> None:
    found = os.fstat(opened)
    if found.st_nlink > 1:
        # SQLite finds the journal by the name: under two of them it would lose writes.
        raise CannotStart(
            f"DATABASE_URL: {file} has more than one name (hard links), which SQLite can't work "
            "with safely. Remove the others, or copy the file."
        )
    if not os.path.samestat(found, file.stat()):
        raise CannotStart(f"DATABASE_URL: {file} was replaced while the bot started. Start again.")
