"""Every row of a list looked at as a single send is, as far as that needs no person; none is sent."""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from bot.bulk import row_values
from bot.bulk.columns import CLIENT_NAME, PHONE, Columns
from bot.bulk.list_file.table import Row, Table
from bot.bulk.row_values import RowValues
from bot.errors import FixTheForm, Problem
from bot.phones import Phone
from bot.phones.canonical import canonical
from bot.send_draft import NumberRules, SendDraft
from bot.submission import problems_of_values
from bot.templates import Template

TWO_READINGS = "bulk.phone.two_readings"
MORE_CELLS = "bulk.row.more_cells"
ROW = "row"  # no field: the whole of it


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


@dataclass(frozen=True, slots=True)
class Counts:
    """How a list stands; every row is in one of the first three."""

    good: int = 0
    wrong: int = 0
    duplicates: int = 0
    unusual: int = 0  # of those that can be sent, to be looked at

    def and_row(self, row: CheckedRow) -> "Counts":
        """Count one more."""
        name = "wrong" if row.problems else "duplicates" if row.same_as else "good"
        more = {name: getattr(self, name) + 1}
        return dataclasses.replace(self, **more, unusual=self.unusual + bool(row.warnings))


def check_rows(
    table: Table,
    columns: Columns,
    template: Template,
    rules: NumberRules,
    today: date,
    *,
    skips_hidden: bool = False,
) -> Iterator[CheckedRow]:
    """Look at each row in turn, with columns about which nothing is left to be asked or missing."""
    lines: dict[str, int] = {}
    for row in shown(table, skips_hidden=skips_hidden):
        checked = check_row(row, columns, template, rules, today)
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


def check_row(
    row: Row, columns: Columns, template: Template, rules: NumberRules, today: date
) -> CheckedRow:
    """Look at one row by itself."""
    values = row_values.read(row, columns, template, today)
    problems = [*values.problems]
    if len(row.cells) > len(columns.titles):
        problems.append(Problem(ROW, MORE_CELLS))
    problems += _of_values(values, template)
    readings: tuple[Phone, ...] = ()
    try:
        # What a known template asks for was looked at by its own rules.
        draft = dataclasses.replace(values.draft, params=())
        readings = draft.check(rules)
    except FixTheForm as error:
        problems += _not_said(error.problems, values)
    if len(readings) > 1:
        one, other = (each.international for each in readings[:2])
        problems.append(Problem(PHONE, TWO_READINGS, {"one": one, "other": other}))
    if problems:
        # From left to right, as a person goes through them; what is about the whole row comes last.
        problems.sort(key=lambda each: columns.places.get(each.field, len(columns.titles)))
        return CheckedRow(row.line, values.draft, problems=tuple(problems))
    return CheckedRow(row.line, values.draft, readings[0])


def _of_values(values: RowValues, template: Template) -> Iterator[Problem]:
    return _not_said(problems_of_values(values.draft, template), values)


def _not_said(problems: Iterable[Problem], values: RowValues) -> Iterator[Problem]:
    """Leave out what a cell's own problem says already, and what the name's parameter says."""
    said = {each.field for each in values.problems}
    for each in problems:
        if each.field in said or (each.field == CLIENT_NAME and not values.own_name):
            continue
        yield each
