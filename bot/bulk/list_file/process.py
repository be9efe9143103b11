"""A list's file read in a process of its own: a file made to hurt costs that one process."""

import os
import subprocess
import sys
from pathlib import Path

import bot
from bot.bulk.list_file import table
from bot.bulk.list_file.table import LocaleFormat, Table
from bot.errors import Refused

MODULE = "bot.bulk.list_file"
CPU_SECONDS, SECONDS = 12, 18  # of a wait that people are told the end of within 20
TOO_MUCH = "bulk.file.too_much"
# Of the system alone: a parser that is taken over finds no token.
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")


def read(raw: bytes, name: str, locale: LocaleFormat, *, sheet: str = "") -> Table:
    """Return a file's rows; `sheet` names the one of several, empty: the first. Raises Refused.

    It takes up to 18 seconds, in which a thread is to wait for it.
    """
    if len(raw) > table.FILE_LIMIT:
        raise Refused("bulk.file.bytes", limit=table.FILE_LIMIT // 1024 // 1024)
    given = (name, sheet, table.locale_to_json(locale), str(CPU_SECONDS))
    try:
        done = subprocess.run(  # noqa: S603 - ourselves; what people gave are arguments, not a command
            [sys.executable, "-P", "-m", MODULE, *(each.replace("\0", "") for each in given)],
            input=raw,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # may hold what stands in the file
            env=environment(),
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(TOO_MUCH) from error
    if done.returncode != 0 or not done.stdout:
        # The system ended it, for its time or its memory.
        raise Refused(TOO_MUCH)
    return table.from_json(done.stdout.decode(errors="surrogatepass"))


def environment() -> dict[str, str]:
    """Return what the process is given of this one's."""
    root = str(Path(bot.__file__).parent.parent)
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    # An lxml that happens to be installed would parse in place of what knows bombs.
    return {**kept, "PYTHONPATH": root, "OPENPYXL_LXML": "False"}
