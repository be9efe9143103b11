"""An Excel workbook's rows: what its cells show, with the rows' own numbers.

openpyxl is asked for its streaming parser, row by row: its worksheets hide what the parser knows of
hidden rows and of formulas without a saved value, and count on the size that a file claims to have.
"""

import functools
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import IO, Any
from xml.etree import ElementTree

import openpyxl.reader.excel
import openpyxl.worksheet._reader
from openpyxl import load_workbook
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.utils.cell import column_index_from_string
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import FORMULA_TAG, INLINE_STRING, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

from bot.bulk.list_file import date_format, number_format, package_parts
from bot.bulk.list_file.table import (
    COLUMNS_LIMIT,
    EMPTY,
    CellKind,
    LocaleFormat,
    Row,
    Table,
    TableBuilder,
    Typed,
)
from bot.errors import Refused

# defusedxml's parser is Python's own and three times as slow; what it would refuse in the two large
# kinds of parts, `package_parts` has refused in all parts. The others go through it.
openpyxl.worksheet._reader.iterparse = ElementTree.iterparse  # noqa: SLF001
openpyxl.reader.excel.read_string_table = lambda source: [*_shared_strings(source)]
# It would read a whole sheet in search of a size that nobody believes.
ReadOnlyWorksheet._get_size = lambda _sheet: None  # noqa: SLF001

BLANK_ROWS = 1_000  # after so many there is nothing more
VISIBLE = "visible"
_FORMULA, _ERROR, _SHARED, _INLINE = "f", "e", "s", "inlineStr"
_REFERENCE = re.compile("([A-Z]{1,3})[1-9][0-9]*")
_ERRORS = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
# How a workbook writes a control character, and the line that such a code would begin with.
_ESCAPED = re.compile(r"_x00([01][0-9A-Fa-f]|5F)_")
_STRING, _RUN, _TEXT = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("si", "r", "t"))
# Excel's first day; what is shown as a date and is only a time of day is on it.
_DAY_ZERO = "1899-12-31"
_Cell = tuple[str, Typed | None]


def read(raw: bytes, sheet: str, locale: LocaleFormat) -> Table:
    """Read a sheet: the one of that name, else the first that people see and that holds something.

    Raises Refused, and anything else where the file is broken.
    """
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        package_parts.check(archive)
    book = load_workbook(BytesIO(raw), read_only=True, data_only=True, keep_links=False)
    seen = [
        each
        for each in book.worksheets
        if each.sheet_state == VISIBLE and next(_Sheet(each, locale).rows(), None)
    ]
    if not seen:
        raise Refused(EMPTY)
    named = [each for each in seen if each.title == sheet]
    if sheet and not named:
        raise Refused("bulk.file.no_such_sheet", sheet=sheet)
    chosen = (named or seen)[0]
    read_sheet = _Sheet(chosen, locale)
    builder = TableBuilder()
    for row in read_sheet.rows():
        builder.add(row)
    table = builder.table()
    lines = {row.line for row in table.rows}
    return Table(
        table.header,
        table.rows,
        chosen.title,
        tuple(each.title for each in seen),
        frozenset(read_sheet.hidden & lines),
        read_sheet.left_out_from,
    )


def _shared_strings(source: IO[bytes]) -> Iterator[str]:
    """Give the texts that cells share, without what says how they are pronounced."""
    for _, node in ElementTree.iterparse(source):  # noqa: S314 - as above: no part has a DTD
        if node.tag == _STRING:
            text = _whole(node)
            node.clear()
            yield text


def _whole(node: Any) -> str:  # noqa: ANN401 - an element of XML
    """Join the pieces of a text, each of which may have a form of its own."""
    pieces = (run.findtext(_TEXT, "") for run in node.findall(_RUN))
    return "".join((node.findtext(_TEXT, ""), *pieces))


class _Parser(WorkSheetParser):  # type: ignore[misc]
    """openpyxl's, which tells a formula without a saved value from an empty cell."""

    def parse_cell(self, element: Any) -> dict[str, Any]:  # noqa: ANN401 - an element of XML
        kind = element.get("t")
        if kind in {_SHARED, _INLINE} and (column := _column(element.get("r", ""))):
            value = self._text(element, kind)
            if value is not None:
                # As openpyxl has it; itself it makes an object of every piece of an inline text.
                self.col_counter = column
                return {"column": column, "value": value, "data_type": _SHARED, "style_id": 0}
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["data_type"] = _FORMULA
        return cell

    def _text(self, element: Any, kind: str) -> str | None:  # noqa: ANN401
        if kind == _INLINE:
            text = element.find(INLINE_STRING)
            return None if text is None else _whole(text)
        place = element.findtext(VALUE_TAG)
        return str(self.shared_strings[int(place)]) if place else None


def _column(reference: str) -> int:
    """Return a column's number; 0 if a cell does not say where it is."""
    found = _REFERENCE.fullmatch(reference)
    return _number(found[1]) if found else 0


@functools.lru_cache(maxsize=COLUMNS_LIMIT)
def _number(letters: str) -> int:
    return int(column_index_from_string(letters))


class _Sheet:
    """One sheet, read once from its beginning."""

    def __init__(self, sheet: ReadOnlyWorksheet, locale: LocaleFormat) -> None:
        self.hidden: set[int] = set()
        self.left_out_from = 0
        self._sheet = sheet
        self._locale = locale

    def rows(self) -> Iterator[Row]:
        """Give every row that is not blank, up to where a thousand blank ones follow each other."""
        book = self._sheet.parent
        with self._sheet._get_source() as source:  # noqa: SLF001 - as its own reader does
            parser = _Parser(
                source,
                self._sheet._shared_strings,  # noqa: SLF001
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,  # noqa: SLF001
                timedelta_formats=book._timedelta_formats,  # noqa: SLF001
            )
            last = read = 0
            for line, cells in parser.parse():
                read += 1
                attributes = parser.row_dimensions.pop(str(line), {})
                row = self._row(line, cells)
                if row is not None and line - last > BLANK_ROWS:
                    self.left_out_from = line
                    return
                if row is not None:
                    if attributes.get("hidden") in {"1", "true"}:
                        self.hidden.add(line)
                    last, read = line, 0
                    yield row
                elif read > BLANK_ROWS:
                    return

    def _row(self, line: int, cells: list[dict[str, Any]]) -> Row | None:
        found: dict[int, _Cell] = {}
        for cell in cells:
            shown = self._shown(cell)
            if shown[0] or shown[1]:
                found[cell["column"] - 1] = shown
        if not found:
            return None
        width = max(found) + 1
        if width > COLUMNS_LIMIT:
            raise Refused("bulk.file.columns", line=line, limit=COLUMNS_LIMIT)
        texts = tuple(found[at][0] if at in found else "" for at in range(width))
        return Row(line, texts, {at: each[1] for at, each in found.items() if each[1]})

    def _shown(self, cell: dict[str, Any]) -> _Cell:
        """Return what a cell shows, and what it is beside that."""
        value, kind = cell["value"], cell["data_type"]
        if value is None:
            return "", Typed(CellKind.NO_VALUE) if kind == _FORMULA else None
        if isinstance(value, bool):
            return self._locale.booleans[value], None
        if isinstance(value, str):
            is_error = kind == _ERROR or _ERRORS.fullmatch(value)
            text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value).strip()
            return text, Typed(CellKind.ERROR) if is_error else None
        pattern = self._pattern(int(cell["style_id"]))
        if isinstance(value, (int, float)):
            exact = number_format.exact(value)
            return number_format.show(value, pattern, self._locale), Typed(CellKind.NUMBER, exact)
        return _moment(value, pattern, self._locale)

    def _pattern(self, style: int) -> str:
        book = self._sheet.parent
        if style >= len(book._cell_styles):  # noqa: SLF001
            return number_format.GENERAL
        number = book._cell_styles[style].numFmtId  # noqa: SLF001
        if number < BUILTIN_FORMATS_MAX_SIZE:
            return str(BUILTIN_FORMATS.get(number, number_format.GENERAL))
        return str(book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE])  # noqa: SLF001


def _moment(value: date | time | timedelta, pattern: str, locale: LocaleFormat) -> _Cell:
    if isinstance(value, timedelta):
        return date_format.show_length(value), None
    if isinstance(value, time):
        shown = date_format.show(value, pattern, locale)
        names_day = re.search("[yd]", re.sub(r'"[^"]*"|\[[^\]]*\]', "", pattern), re.IGNORECASE)
        return shown, Typed(CellKind.DATE, _DAY_ZERO) if names_day else None
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day on paper
    return (
        date_format.show(value, pattern, locale),
        Typed(CellKind.DATE, value.date().isoformat()),
    )
