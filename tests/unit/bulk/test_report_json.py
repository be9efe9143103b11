"""What a dry run found survives the database."""

import json

from bot.bulk.batches import Hidden, Mapped, Report, RowKind, RowProblem
from bot.bulk.columns import Question
from bot.bulk.report_json import (
    mapped_from_json,
    mapped_to_json,
    report_from_json,
    report_to_json,
)
from bot.errors import Problem

REPORT = Report(
    titles=("Teléfono", "Nombre"),
    places={"phone": 0, "param.name": 1},
    unknown=(2,),
    questions=(Question("phone", (0, 3)),),
    missing=("param.date",),
    sheet="Hoja1",
    sheets=("Hoja1", "Hoja2"),
    hidden=3,
    left_out_from=1200,
    counts={RowKind.GOOD: 5, RowKind.WRONG: 1},
    unusual=1,
    quiet={"PA": 2},
    problems=(RowProblem(7, "Teléfono", Problem("phone", "phone.invalid", {"value": "61"})),),
    messages=("Hola Rosa",),
    fingerprint="abc",
    mark="def",
    rate=10.0,
    daily_limit=250,
    reached_today=4,
    reached_after=9,
)


def test_a_report_comes_back_as_it_was() -> None:
    assert report_from_json(json.loads(json.dumps(report_to_json(REPORT)))) == REPORT


def test_nothing_is_an_empty_report() -> None:
    assert report_from_json({}) == Report()


def test_what_a_person_said_comes_back_as_it_was() -> None:
    mapped = Mapped({"phone": 1, "group": None}, "Hoja2", Hidden.SKIP)

    assert mapped_from_json(json.loads(json.dumps(mapped_to_json(mapped)))) == mapped
