"""What a list's file holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.errors import Refused

FILE_LIMIT = 10 * 1024 * 1024  # bytes
ROWS_LIMIT = 20_000
COLUMNS_LIMIT = 100
TEXT_LIMIT = 20 * 1024 * 1024  # characters of all cells together
EMPTY = "bulk.file.empty"


class CellKind(StrEnum):
    """What a cell is where it is no plain text."""

    NUMBER = "number"
    DATE = "date"
    ERROR = "error"  # #N/A and its like
    NO_VALUE = "no_value"  # a formula whose result was not saved


@dataclass(frozen=True, slots=True)
class Typed:
    """What a cell is beside the text that it shows."""

    kind: CellKind
    exact: str = ""  # a number with all its digits, a date as 2026-05-03


@dataclass(frozen=True, slots=True)
class Row:
    """A row's cells as text, and what those are that are no plain text, by their place."""

    line: int  # of the file; Excel's own number of a row
    cells: tuple[str, ...]
    typed: Mapping[int, Typed] = field(default_factory=dict)

    def cell(self, place: int) -> str:
        return self.cells[place] if place < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """A list's rows without those that are blank."""

    header: Row
    rows: tuple[Row, ...]
    sheet: str = ""  # the one that was read; empty: the file has no sheets
    sheets: tuple[str, ...] = ()  # those that people see and that hold something
    hidden: frozenset[int] = frozenset()  # lines that Excel does not show, by a filter or by hand
    left_out_from: int = 0  # the line from which on nothing was read, after many blank rows
    delimiter: str = ""  # between the cells of a line; empty: the file has no lines


@dataclass(frozen=True, slots=True)
class LocaleFormat:
    """How a spreadsheet shows numbers and dates to people of one language."""

    decimal: str = "."
    group: str = ","
    short_date: str = "dd/mm/yyyy"
    months: tuple[str, ...] = ()
    short_months: tuple[str, ...] = ()
    days: tuple[str, ...] = ()  # Monday first
    short_days: tuple[str, ...] = ()
    booleans: tuple[str, ...] = ("FALSE", "TRUE")


class TableBuilder:
    """Gathers rows within the limits of a list."""

    def __init__(self) -> None:
        """Begin without a header."""
        self.header: Row | None = None
        self.rows: list[Row] = []
        self._text = 0

    def add(self, row: Row) -> None:
        """Take a row; the first one is the header. Raises Refused."""
        if len(row.cells) > COLUMNS_LIMIT:
            raise Refused("bulk.file.columns", line=row.line, limit=COLUMNS_LIMIT)
        self._text += sum(map(len, row.cells))
        if self._text > TEXT_LIMIT:
            raise Refused("bulk.file.too_much")
        if self.header is None:
            self.header = row
            return
        if len(self.rows) == ROWS_LIMIT:
            raise Refused("bulk.file.rows", limit=ROWS_LIMIT)
        self.rows.append(row)

    def table(self) -> Table:
        """Return what was gathered. Raises Refused if that is nothing, or no more than a header."""
        if self.header is None:
            raise Refused(EMPTY)
        if not self.rows:
            raise Refused("bulk.file.only_header")
        return Table(self.header, tuple(self.rows))
