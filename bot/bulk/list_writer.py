"""A list written as a file, row by row, as a spreadsheet or as CSV: text alone, whatever it looks like."""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Protocol

from bot.csv_cells import inert

LONGEST_CELL = 32_767  # characters that Excel takes
_PHONE = re.compile(r"\+[1-9][0-9 ]{5,20}")
_MARK = "\ufeff"  # by which Excel knows the accents


class FileFormat(StrEnum):
    """What a list is written as."""

    EXCEL = ".xlsx"
    CSV = ".csv"


class Writer(Protocol):
    """Takes rows."""

    def write(self, cells: Sequence[str]) -> None: ...


def format_like(name: str) -> FileFormat:
    """Choose the format of a file that is given back for one of this name; empty: there was none."""
    is_text = PurePath(name).suffix.lower() in {".csv", ".tsv", ".txt"}
    return FileFormat.CSV if is_text else FileFormat.EXCEL


@contextmanager
def opened(file: Path, wanted: FileFormat, given: str = "") -> Iterator[Writer]:
    """Begin a file, and end it; only a few rows are in memory at any moment.

    `given` is the delimiter of the list that it is about.
    """
    if wanted is FileFormat.CSV:
        # A spreadsheet that wrote semicolons shows lines with commas as one column.
        delimiter = ";" if given == ";" else ","
        with file.open("w", encoding="utf-8", newline="") as out:
            out.write(_MARK)
            yield _Csv(csv.writer(out, delimiter=delimiter, lineterminator="\r\n"))
        return
    import xlsxwriter  # noqa: PLC0415 - slow, and few processes write any

    # Nothing is put aside but beside the file itself.
    options = {"constant_memory": True, "tmpdir": str(file.parent)}
    with xlsxwriter.Workbook(file, options) as book:
        yield _Excel(book.add_worksheet())


class _CsvWriter(Protocol):
    def writerow(self, row: Sequence[str], /) -> object: ...


class _Csv:
    def __init__(self, out: _CsvWriter) -> None:
        self._out = out

    def write(self, cells: Sequence[str]) -> None:
        self._out.writerow([_harmless(cell) for cell in cells])


def _harmless(cell: str) -> str:
    # Digits behind a plus are a number to any spreadsheet, and a phone to people.
    return cell if _PHONE.fullmatch(cell) else inert(cell)


class _Sheet(Protocol):
    def write_string(self, row: int, col: int, string: str) -> int: ...


class _Excel:
    def __init__(self, sheet: _Sheet) -> None:
        self._sheet = sheet
        self._row = 0

    def write(self, cells: Sequence[str]) -> None:
        # Never a number, a link or a formula, whatever a text looks like.
        for place, cell in enumerate(cells):
            if cell:
                self._sheet.write_string(self._row, place, cell[:LONGEST_CELL])
        self._row += 1
