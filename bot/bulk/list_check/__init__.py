"""A list looked at in a process of its own: what hurts or is long costs the bot next to nothing."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import bot
from bot.bulk.batches import ListRow, Report
from bot.bulk.list_check import pipes
from bot.bulk.list_check.look import CheckRequest, asks
from bot.bulk.list_check.pipes import Answer
from bot.bulk.list_file.table import FILE_LIMIT, Table
from bot.errors import Refused

__all__ = ["CheckRequest", "Checked", "asks", "check"]

MODULE = "bot.bulk.list_check"
CPU_SECONDS, SECONDS = 16, 18  # of a wait that people are told the end of within 20
# Of the system alone: a parser that is taken over finds no token.
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of a list, and its rows; none if something is asked or missing first."""

    report: Report
    rows: tuple[ListRow, ...] = ()


# Hands on the rows of a list, of which it is told how many there will be.
Watch = Callable[[Iterable[ListRow], int], Iterable[ListRow]]


def unwatched(rows: Iterable[ListRow], _total: int) -> Iterable[ListRow]:
    """Hand them on."""
    return rows


def check(
    source: bytes | Table, name: str, request: CheckRequest, *, watch: Watch = unwatched
) -> Checked:
    """Look at a file, or at rows that were read before. Raises Refused if it is no list.

    It takes up to 18 seconds, in which a thread is to wait for it.
    """
    if isinstance(source, bytes) and len(source) > FILE_LIMIT:
        raise Refused("bulk.file.bytes", limit=FILE_LIMIT // 1024 // 1024)
    child = subprocess.Popen(  # noqa: S603 - ourselves; nothing that people gave is an argument
        [sys.executable, "-P", "-m", MODULE, str(CPU_SECONDS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # may hold what stands in the file
        env=environment(),
    )
    ending = threading.Timer(SECONDS, child.kill)
    ending.start()
    with child:
        try:
            answer = _ask(child, source, name, request)
            rows = tuple(watch(answer.rows(), answer.total))
            return Checked(answer.report, rows)
        finally:
            ending.cancel()
            child.kill()


def _ask(
    child: subprocess.Popen[bytes], source: bytes | Table, name: str, request: CheckRequest
) -> Answer:
    if child.stdin is None or child.stdout is None:
        raise TypeError("the process has no pipes")
    # It reads all before it says anything, or ends early; then its answer says why.
    with contextlib.suppress(BrokenPipeError), child.stdin as out:
        pipes.give(out, source, name, request)
    return Answer(child.stdout)


def environment() -> dict[str, str]:
    """Return what the process is given of this one's."""
    root = str(Path(bot.__file__).parent.parent)
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    # An lxml that happens to be installed would parse in place of what knows bombs.
    return {**kept, "PYTHONPATH": root, "OPENPYXL_LXML": "False"}
