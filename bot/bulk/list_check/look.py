"""A table looked at as a whole: its columns told apart, its rows judged as far as that needs no store."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.bulk import columns as list_columns
from bot.bulk import dry_run
from bot.bulk.batches import Hidden, ListRow, Mapped, Report, RowKind, RowProblem
from bot.bulk.columns import PHONE, Columns
from bot.bulk.dry_run import CheckedRow, LookedFor
from bot.bulk.list_file.table import ROWS_LIMIT, Row, Table
from bot.bulk.tally import Tally
from bot.errors import Problem, Refused
from bot.templates import Template, fingerprint
from bot.templates.draft_values import contents

OVER_LIMIT = "bulk.file.over_limit"
SAME = "bulk.row.same"
MOST_PROBLEMS = 20  # of a row; who has corrected those looks at the list again
_REPLACED = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What a list is looked at with."""

    looked_for: LookedFor
    mapped: Mapped = field(default_factory=Mapped)
    limit: int = ROWS_LIMIT  # rows that a list may have; BULK_LIMIT


def asks(report: Report, mapped: Mapped) -> bool:
    """Say whether a person must say something, or lacks a column, before any row means something."""
    which_sheet = len(report.sheets) > 1 and not mapped.sheet
    which_rows = report.hidden > 0 and mapped.hidden is Hidden.ASK
    return which_sheet or which_rows or bool(report.questions or report.missing)


class Look:
    """Looks at a table: `report` is whole once `rows` are through."""

    def __init__(self, table: Table, request: CheckRequest) -> None:
        """Tell the columns apart. Raises Refused for more rows than there may be."""
        self._request = request
        template = request.looked_for.template
        self._columns = list_columns.match(table.header, template, request.mapped.columns)
        self._table = table
        self._tally = Tally(template)
        skips = request.mapped.hidden is Hidden.SKIP
        # Where something is asked first, no row means anything yet.
        is_clear = not asks(self.report, request.mapped)
        self._rows = dry_run.shown(table, skips_hidden=skips) if is_clear else ()
        if self.total > request.limit:
            raise Refused(OVER_LIMIT, rows=self.total, limit=request.limit)

    @property
    def total(self) -> int:
        """How many rows there are to be judged."""
        return len(self._rows)

    @property
    def report(self) -> Report:
        """What was found so far."""
        columns, table = self._columns, self._table
        report = Report(
            titles=columns.titles,
            places=columns.places,
            unknown=columns.unknown,
            questions=columns.questions,
            missing=columns.missing,
            sheet=table.sheet,
            sheets=table.sheets,
            hidden=len(table.hidden),
            left_out_from=table.left_out_from,
            delimiter=table.delimiter,
            fingerprint=fingerprint(self._request.looked_for.template),
        )
        return self._tally.put_into(report)

    def rows(self) -> Iterator[ListRow]:
        """Give each row as it is judged; none if something is asked first."""
        wanted = self._request.looked_for
        checked = dry_run.check_rows(self._rows, self._columns, wanted)
        for row, each in zip(self._rows, checked, strict=True):
            judged = list_row(row, each, self._columns, wanted.template)
            self._tally.count(judged)
            yield judged


def list_row(row: Row, checked: CheckedRow, columns: Columns, template: Template) -> ListRow:
    """Make the row that is kept: as it was given, and as it goes out if it does."""
    cells = row.cells
    if any("\0" in each for each in cells):
        cells = tuple(map(_storable, cells))
    if checked.phone is None:
        first = itertools.islice(checked.problems, MOST_PROBLEMS)
        problems = tuple(_placed(row.line, first, columns))
        return ListRow(row.line, cells, RowKind.WRONG, problems)
    kind = RowKind.DUPLICATE if checked.same_as else RowKind.GOOD
    said = checked.warnings
    if checked.same_as:
        said = (Problem(PHONE, SAME, {"line": str(checked.same_as)}),)
    shown = contents(checked.draft, template)
    return ListRow(
        line=row.line,
        cells=cells,
        kind=kind,
        problems=tuple(_placed(row.line, said, columns)),
        same_as=checked.same_as,
        phone=checked.phone.digits,
        country=checked.phone.country,
        client_name=shown.client_name,
        group=shown.group,
        assign=checked.draft.assign,
        params=shown.params,
    )


def _placed(line: int, problems: Iterable[Problem], columns: Columns) -> Iterator[RowProblem]:
    for each in problems:
        title = "" if each.field == dry_run.ROW else columns.title(each.field)
        values = {
            name: _storable(value) if isinstance(value, str) else value
            for name, value in each.values.items()
        }
        yield RowProblem(line, title, Problem(each.field, each.key, values))


def _storable(text: str) -> str:
    """Replace what no database takes."""
    return text.replace("\0", _REPLACED)
