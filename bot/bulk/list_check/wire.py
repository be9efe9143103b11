"""How a list and what was found of it are handed from one process to another: JSON, line by line.

One way goes a line that says how to look at it, and then the file's bytes, or a line for each row of
a table. Back comes how many rows there will be, a line for each of them, and then one with the
report; or a line that says why there is none.
"""

import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from bot.bulk.batches import Hidden, ListRow, Mapped, Report, RowKind, RowProblem
from bot.bulk.columns import Question
from bot.bulk.dry_run import LookedFor
from bot.bulk.list_check.look import CheckRequest
from bot.bulk.list_file.table import Row, Table
from bot.errors import Problem, Refused
from bot.send_draft import NumberRules
from bot.templates import Approval, Category, Quiet, Template
from bot.templates.params import Kind, Param

_MADE = frozenset({"folded", "in_words"})  # of a template by itself


def _other(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_other)


def dumps(value: object) -> bytes:
    """Write a line."""
    return _JSON.encode(value).encode(errors="surrogatepass") + b"\n"


def loads(line: bytes) -> Any:  # noqa: ANN401 - JSON
    """Read a line."""
    return json.loads(line.decode(errors="surrogatepass"))


def request_out(request: CheckRequest) -> dict[str, object]:
    """Write what a list is looked at with."""
    wanted = request.looked_for
    return {
        "template": _fields(wanted.template, without=_MADE)
        | {"params": [_fields(param) for param in wanted.template.params]},
        "region": wanted.rules.region,
        "countries": wanted.rules.countries,
        "today": wanted.today.isoformat(),
        "group": wanted.group,
        "assign": wanted.assign,
        "mapped": _fields(request.mapped),
        "limit": request.limit,
    }


def request_in(found: Mapping[str, Any]) -> CheckRequest:
    """Read what `request_out` wrote."""
    template, mapped = found["template"], found["mapped"]
    rules = NumberRules(found["region"], frozenset(found["countries"]))
    today = date.fromisoformat(found["today"])
    return CheckRequest(
        LookedFor(_template(template), rules, today, found["group"], found["assign"]),
        Mapped(mapped["columns"], mapped["sheet"], Hidden(mapped["hidden"])),
        found["limit"],
    )


def _template(found: dict[str, Any]) -> Template:
    params = tuple(
        Param(**_tuples(each) | {"kind": Kind(each["kind"])}) for each in found.pop("params")
    )
    own = {
        "category": Category(found["category"]),
        "quiet": Quiet(found["quiet"]) if found["quiet"] else None,
        "approval": Approval(found["approval"]),
        "params": params,
    }
    return Template(**_tuples(found) | own)


def table_out(table: Table) -> Iterator[list[object]]:
    """Write the rows of a table that has no sheet and hides nothing, the header first."""
    for row in (table.header, *table.rows):
        yield [row.line, row.cells]


def table_in(found: Iterable[Any]) -> Table:
    """Read what `table_out` wrote."""
    header, *rows = (Row(line, tuple(cells)) for line, cells in found)
    return Table(header, tuple(rows))


def row_out(row: ListRow) -> list[object]:
    """Write a row."""
    problems = [_problem_out(each) for each in row.problems]
    found: list[object] = [row.line, row.cells, row.kind, problems]
    if row.phone:
        found += [row.same_as, row.phone, row.country, row.client_name, row.group, row.assign]
        found.append(row.params)
    return found


def row_in(found: list[Any]) -> ListRow:
    """Read what `row_out` wrote; what many rows have in common is kept once."""
    line, cells, kind, problems, *sent = found
    said = tuple(_problem_in(line, each) for each in problems)
    if not sent:
        return ListRow(line, tuple(cells), RowKind(kind), said)
    same_as, phone, country, client_name, group, assign, params = sent
    return ListRow(
        line,
        tuple(cells),
        RowKind(kind),
        said,
        same_as,
        phone,
        sys.intern(country),
        client_name,
        sys.intern(group),
        assign,
        tuple([(sys.intern(name), value) for name, value in params]),
    )


def report_out(report: Report) -> dict[str, object]:
    """Write a report."""
    problems = [[each.line, *_problem_out(each)] for each in report.problems]
    questions = [[each.field, each.places] for each in report.questions]
    return _fields(report) | {"problems": problems, "questions": questions}


def report_in(found: dict[str, Any]) -> Report:
    """Read what `report_out` wrote."""
    own = {
        "problems": tuple(_problem_in(line, each) for line, *each in found["problems"]),
        "questions": tuple(Question(field, tuple(places)) for field, places in found["questions"]),
        "counts": {RowKind(kind): count for kind, count in found["counts"].items()},
    }
    return Report(**_tuples(found) | own)


def refusal_out(error: Refused) -> dict[str, object]:
    """Write why there is no report."""
    return {"refused": error.key, "values": error.values}


def refusal_in(found: Mapping[str, Any]) -> Refused | None:
    """Read what `refusal_out` wrote; None if it is anything else."""
    return Refused(found["refused"], **found["values"]) if "refused" in found else None


def _problem_out(each: RowProblem) -> list[object]:
    return [each.column, each.problem.field, each.problem.key, each.problem.values]


def _problem_in(line: int, found: list[Any]) -> RowProblem:
    column, field, key, values = found
    intern = sys.intern
    return RowProblem(line, intern(column), Problem(intern(field), intern(key), values))


def _fields(value: Any, without: frozenset[str] = frozenset()) -> dict[str, object]:  # noqa: ANN401 - any dataclass of ours
    names = (each.name for each in dataclasses.fields(value) if each.name not in without)
    return {name: getattr(value, name) for name in names}


def _tuples(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(each) if isinstance(each, list) else each for name, each in found.items()}
