"""What a process runs out of: handles, and room on its disk."""

import contextlib
import os
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BALLAST = "ballast"
MANY, FEW = bytes(2**20), bytes(2**9)


@contextmanager
def limited(pid: int, kind: int, soft: int) -> Iterator[None]:
    """Lower a limit of a running process, and give it back what it had."""
    before = resource.prlimit(pid, kind)
    resource.prlimit(pid, kind, (soft, before[1]))
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, kind, before)


@contextmanager
def with_handles(least: int) -> Iterator[None]:
    """Let this process open so many files and connections at once, and no more than before after."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    with limited(os.getpid(), resource.RLIMIT_NOFILE, max(before, least)):
        yield


def without_handles(pid: int) -> "contextlib.AbstractContextManager[None]":
    """Let a process open nothing more: no file, no connection."""
    return limited(pid, resource.RLIMIT_NOFILE, 3)


def without_writing(pid: int) -> "contextlib.AbstractContextManager[None]":
    """Let a process write to no file, as on a disk that turned read-only; memory is no file."""
    return limited(pid, resource.RLIMIT_FSIZE, 0)


@contextmanager
def small_disk(folder: Path, size: str = "64m") -> Iterator[Path]:
    """Mount a small disk. Raises CalledProcessError where that is not allowed."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def read_meanwhile(database: Path) -> Iterator[None]:
    """Read a SQLite file as a backup does, so that whatever is written needs new room on the disk."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM sends").fetchone()
    try:
        yield
    finally:
        connection.close()


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Fill a small disk to its last byte, and give the room back."""
    ballast = folder / BALLAST
    with ballast.open("wb", buffering=0) as file:
        for size in (MANY, FEW):
            with contextlib.suppress(OSError):
                while file.write(size):
                    pass
    try:
        yield
    finally:
        ballast.unlink()
