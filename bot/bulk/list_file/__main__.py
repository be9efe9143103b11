"""The process that parses: a file on standard input, its rows as JSON on standard output.

It is given little memory and time, and none of the bot's settings.
"""

import contextlib
import sys
import warnings

from bot.bulk.list_file import csv_file, file_kind, table
from bot.bulk.list_file.file_kind import FileKind
from bot.bulk.list_file.table import LocaleFormat, Table
from bot.errors import Refused

MEMORY = 768 * 1024 * 1024  # bytes of address space, of which Python itself takes some


def main(name: str, sheet: str, locale: str, seconds: str) -> int:
    """Write the rows, or why there are none."""
    _limit(int(seconds))
    # Of what a workbook has and no list needs.
    warnings.simplefilter("ignore")
    try:
        raw = sys.stdin.buffer.read(table.FILE_LIMIT + 1)
        answer = table.to_json(read(raw, name, sheet, table.locale_from_json(locale)))
    except Refused as error:
        answer = table.refusal_to_json(error)
    except MemoryError:
        answer = table.refusal_to_json(Refused("bulk.file.too_much"))
    except Exception:  # noqa: BLE001 - whatever a parser stumbles over, the file is not as it should be
        answer = table.refusal_to_json(Refused(file_kind.BROKEN))
    sys.stdout.buffer.write(answer.encode(errors="surrogatepass"))
    return 0


def read(raw: bytes, name: str, sheet: str, locale: LocaleFormat) -> Table:
    """Read a file's rows; `sheet` names the one of several. Raises Refused, and anything else."""
    if file_kind.kind_of(raw, name) is FileKind.CSV:
        return csv_file.read(raw)
    from bot.bulk.list_file import excel_file  # noqa: PLC0415 - a fifth of a second for Excel alone

    return excel_file.read(raw, sheet, locale)


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
