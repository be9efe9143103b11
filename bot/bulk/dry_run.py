"""Every row of a list looked at as a single send is, as far as that needs no person; none is sent."""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from bot.bulk.columns import CLIENT_NAME, PHONE, Columns
from bot.bulk.list_file.table import Row, Table
from bot.bulk.row_values import RowReader, RowValues, Unsaid
from bot.errors import FixTheForm, Problem
from bot.phones import Phone
from bot.phones.canonical import canonical
from bot.send_draft import NumberRules, SendDraft
from bot.templates import Template, check_values
from bot.templates.draft_values import unknown_emoji

TWO_READINGS = "bulk.phone.two_readings"
MORE_CELLS = "bulk.row.more_cells"
ROW = "row"  # no field: the whole of it


@dataclass(frozen=True, slots=True)
class LookedFor:
    """What rows are looked at for."""

    template: Template
    rules: NumberRules
    today: date  # of the person whose list it is
    group: str = ""  # of rows that name none; empty: the template's
    assign: bool | None = None  # of rows that say nothing; None: as the template says

    @property
    def unsaid(self) -> Unsaid:
        """What is meant where a row says nothing."""
        assign = self.template.assign if self.assign is None else self.assign
        return Unsaid(self.group or self.template.group, assign)


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row, and what became of looking at it."""

    line: int
    draft: SendDraft
    phone: Phone | None = None  # None: it has problems
    problems: tuple[Problem, ...] = ()  # their fields are the columns' fields, or the row
    same_as: int = 0  # the line of an earlier row that goes to the same number

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What a person should look at, though it may be sent."""
        found = self.phone.warnings if self.phone else ()
        return tuple(Problem(PHONE, each) for each in found)


def check_rows(rows: Iterable[Row], columns: Columns, wanted: LookedFor) -> Iterator[CheckedRow]:
    """Look at each row in turn, with columns about which nothing is left to be asked or missing."""
    reader = RowReader(columns, wanted.template, wanted.unsaid, wanted.today)
    lines: dict[str, int] = {}
    for row in rows:
        checked = _check_row(row, reader.read(row), columns, wanted)
        if checked.phone:
            first = lines.setdefault(canonical(checked.phone.digits), row.line)
            if first != row.line:
                checked = dataclasses.replace(checked, same_as=first)
        yield checked


def shown(table: Table, *, skips_hidden: bool) -> tuple[Row, ...]:
    """Return a table's rows, or those alone that its reader sees."""
    if not skips_hidden:
        return table.rows
    return tuple(row for row in table.rows if row.line not in table.hidden)


def _check_row(row: Row, values: RowValues, columns: Columns, wanted: LookedFor) -> CheckedRow:
    """Look at one row by itself."""
    draft = values.draft
    problems = [*values.problems]
    if len(row.cells) > len(columns.titles):
        problems.append(Problem(ROW, MORE_CELLS))
    problems += _not_said(check_values(wanted.template, dict(draft.params)), values)
    problems += _not_said(unknown_emoji(draft), values)
    readings: tuple[Phone, ...] = ()
    try:
        readings = draft.check(wanted.rules)
    except FixTheForm as error:
        problems += _not_said(error.problems, values)
    if len(readings) > 1:
        one, other = (each.international for each in readings[:2])
        problems.append(Problem(PHONE, TWO_READINGS, {"one": one, "other": other}))
    if problems:
        # From left to right, as a person goes through them; what is about the whole row comes last.
        problems.sort(key=lambda each: columns.places.get(each.field, len(columns.titles)))
        return CheckedRow(row.line, draft, problems=tuple(problems))
    return CheckedRow(row.line, draft, readings[0])


def _not_said(problems: Iterable[Problem], values: RowValues) -> Iterator[Problem]:
    """Leave out what a cell's own problem says already, and what the name's parameter says."""
    said = {each.field for each in values.problems}
    for each in problems:
        if each.field in said or (each.field == CLIENT_NAME and not values.own_name):
            continue
        yield each
