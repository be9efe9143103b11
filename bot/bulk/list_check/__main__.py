"""The process that looks at a list: see `wire` for what it is given and what it answers.

It is given little memory and time, and none of the bot's settings.
"""

import contextlib
import gc
import sys
import warnings
from collections.abc import Iterator
from typing import BinaryIO

from bot.bulk import locale_format
from bot.bulk.list_check import wire
from bot.bulk.list_check.look import Look
from bot.bulk.list_file import any_file, file_kind
from bot.bulk.list_file.table import FILE_LIMIT, Table
from bot.errors import Refused

MEMORY = 768 * 1024 * 1024  # bytes of address space, of which Python itself takes some


def main(seconds: str) -> int:
    """Write what was found, or why nothing was."""
    _limit(int(seconds))
    # Of what a workbook has and no list needs.
    warnings.simplefilter("ignore")
    # Rows make no cycles, and there are soon hundreds of thousands of things to look through.
    gc.disable()
    out = sys.stdout.buffer
    try:
        for line in answer(sys.stdin.buffer):
            out.write(line)
    except Refused as error:
        out.write(wire.dumps(wire.refusal_out(error)))
    except MemoryError:
        out.write(wire.dumps(wire.refusal_out(Refused("bulk.file.too_much"))))
    except Exception:  # noqa: BLE001 - whatever a parser stumbles over, the file is not as it should be
        out.write(wire.dumps(wire.refusal_out(Refused(file_kind.BROKEN))))
    out.flush()
    return 0


def answer(given: BinaryIO) -> Iterator[bytes]:
    """Give the lines of an answer. Raises Refused, and anything else."""
    asked = wire.loads(given.readline())
    request = wire.request_in(asked["request"])
    look = Look(_table(given, asked["name"], request.mapped.sheet, asked["language"]), request)
    yield wire.dumps(look.total)
    for row in look.rows():
        yield wire.dumps(wire.row_out(row))
    yield wire.dumps(wire.report_out(look.report))


def _table(given: BinaryIO, name: str | None, sheet: str, language: str) -> Table:
    if name is None:
        return wire.table_in(map(wire.loads, given))
    locale = locale_format.of_language(language)
    return any_file.read(given.read(FILE_LIMIT + 1), name, sheet, locale)


def _limit(seconds: int) -> None:
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    for what, limit in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, seconds)):
        # macOS knows no limit of the address space.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (limit, limit))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
