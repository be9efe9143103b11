"""A dry run's report and what a person said of a file, as JSON and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.bulk.batches import Hidden, Mapped, Report, RowKind, RowProblem
from bot.bulk.columns import Question
from bot.errors import Problem


def report_to_json(report: Report) -> dict[str, Any]:
    """Write a report so that `report_from_json` reads the same."""
    return asdict(report) | {"problems": problems_to_json(report.problems)}


def report_from_json(found: Mapping[str, Any]) -> Report:
    """Read what `report_to_json` wrote; nothing is an empty report."""
    if not found:
        return Report()
    questions = tuple(Question(each["field"], tuple(each["places"])) for each in found["questions"])
    listed = {
        name: tuple(found[name]) for name in ("titles", "unknown", "missing", "sheets", "messages")
    }
    return Report(
        **{
            **found,
            **listed,
            "questions": questions,
            "counts": {RowKind(kind): count for kind, count in found["counts"].items()},
            "problems": problems_from_json(found["problems"]),
        }
    )


def problems_to_json(problems: tuple[RowProblem, ...]) -> list[list[Any]]:
    """Write what is wrong with rows."""
    return [
        [each.line, each.column, each.problem.field, each.problem.key, dict(each.problem.values)]
        for each in problems
    ]


def problems_from_json(found: list[list[Any]]) -> tuple[RowProblem, ...]:
    """Read what `problems_to_json` wrote."""
    return tuple(
        RowProblem(line, column, Problem(field, key, values))
        for line, column, field, key, values in found
    )


def mapped_to_json(mapped: Mapped) -> dict[str, Any]:
    """Write what a person said of a file."""
    return {"columns": dict(mapped.columns), "sheet": mapped.sheet, "hidden": mapped.hidden}


def mapped_from_json(found: Mapping[str, Any]) -> Mapped:
    """Read what `mapped_to_json` wrote."""
    return Mapped(found["columns"], found["sheet"], Hidden(found["hidden"]))
