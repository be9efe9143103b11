"""A list written as a file, row by row, as a spreadsheet or as CSV: text alone, whatever it looks like."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Protocol

from bot.csv_cells import inert

LONGEST_CELL = 32_767  # characters that Excel takes
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
def opened(file: Path, wanted: FileFormat) -> Iterator[Writer]:
    """Begin a file, and end it; only a few rows are in memory at any moment."""
    if wanted is FileFormat.CSV:
        with file.open("w", encoding="utf-8", newline="") as out:
            out.write(_MARK)
            yield _Csv(csv.writer(out, lineterminator="\r\n"))
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
        self._out.writerow([inert(cell) for cell in cells])


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
