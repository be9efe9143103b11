"""What a list's file holds, and how that is handed from one process to another."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from bot.errors import Refused

FILE_LIMIT = 10 * 1024 * 1024  # bytes
ROWS_LIMIT = 20_000
COLUMNS_LIMIT = 100
TEXT_LIMIT = 50 * 1024 * 1024  # characters of all cells together
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


def to_json(table: Table) -> str:
    """Write a table so that `from_json` reads the same."""
    return json.dumps(
        {
            "header": _row_out(table.header),
            "rows": [_row_out(row) for row in table.rows],
            "sheet": table.sheet,
            "sheets": table.sheets,
            "hidden": sorted(table.hidden),
            "left_out_from": table.left_out_from,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def from_json(text: str) -> Table:
    """Read what `to_json` or `refusal_to_json` wrote. Raises Refused for the latter."""
    found = json.loads(text)
    if "refused" in found:
        raise Refused(found["refused"], **found["values"])
    return Table(
        _row_in(found["header"]),
        tuple(_row_in(row) for row in found["rows"]),
        found["sheet"],
        tuple(found["sheets"]),
        frozenset(found["hidden"]),
        found["left_out_from"],
    )


def refusal_to_json(error: Refused) -> str:
    """Write why there is no table."""
    return json.dumps({"refused": error.key, "values": error.values})


def locale_to_json(locale: LocaleFormat) -> str:
    """Write a locale so that `locale_from_json` reads the same."""
    return json.dumps(asdict(locale), separators=(",", ":"))


def locale_from_json(text: str) -> LocaleFormat:
    """Read what `locale_to_json` wrote."""
    found = json.loads(text)
    named: dict[str, Any] = {
        name: tuple(each) if isinstance(each, list) else each for name, each in found.items()
    }
    return LocaleFormat(**named)


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


def _row_out(row: Row) -> list[object]:
    found: list[object] = [row.line, row.cells]
    if row.typed:
        found.append([[place, each.kind, each.exact] for place, each in row.typed.items()])
    return found


def _row_in(found: list[Any]) -> Row:
    line, cells, *more = found
    typed = {place: Typed(CellKind(kind), exact) for each in more for place, kind, exact in each}
    return Row(line, tuple(cells), typed)
