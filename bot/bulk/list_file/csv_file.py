"""A CSV file's rows, each with the line of the file where it begins."""

import csv
import dataclasses
import io
import itertools
import re
import string
from collections.abc import Iterator

from bot.bulk.list_file.encoding import decode
from bot.bulk.list_file.table import EMPTY, Row, Table, TableBuilder
from bot.csv_cells import not_inert
from bot.errors import Refused

DELIMITERS = ";,\t"
# Excel's own way to say it, in a first line of its own.
_SEP = re.compile(r"\"?sep=([^\w\s\"]|\t)\"?[;,]*(?:\r\n|\r|\n|$)", re.IGNORECASE)
_LOOKED_AT = 20  # rows that break a tie between two delimiters


def read(raw: bytes) -> Table:
    """Read a file. Raises Refused if not all of it can be read."""
    text = decode(raw)
    if not text.strip(DELIMITERS + string.whitespace):
        raise Refused(EMPTY)
    lines_before = 0
    if told := _SEP.match(text):
        delimiter, lines_before = told[1], 1
        text = text[told.end() :]
    else:
        delimiter = _delimiter(text)
    builder = TableBuilder()
    for line, cells in _records(text, delimiter, lines_before):
        if any(cells):
            builder.add(Row(line, tuple(cells)))
    return dataclasses.replace(builder.table(), delimiter=delimiter)


def _records(text: str, delimiter: str, before: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Give the cells of each record and its line. Raises Refused at an open quote."""
    # Strict: else a quote that is never closed makes one cell of all that follows.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refused("bulk.file.quote", line=line) from error
        yield line, _trimmed(cells)


def _trimmed(cells: list[str]) -> list[str]:
    # A file that we gave may come back, as it is or corrected.
    found = [not_inert(cell).strip() for cell in cells]
    while found and not found[-1]:
        found.pop()
    return found


def _delimiter(text: str) -> str:
    """Choose what splits the header best, and of two that do it equally well, the rows after it."""
    scores = {each: _score(text, each) for each in DELIMITERS}
    # If none makes a header of it, that is said with the line where it can't be read.
    return max(DELIMITERS, key=lambda each: scores[each])


def _score(text: str, delimiter: str) -> tuple[int, int]:
    records = (cells for _, cells in _records(text, delimiter) if cells)
    try:
        header = next(records, [])
    except Refused:
        return 0, 0
    alike = 0
    try:
        for cells in itertools.islice(records, _LOOKED_AT):
            alike += len(cells) == len(header)
    except Refused:
        pass  # said once it is read
    return sum(map(bool, header)), alike
