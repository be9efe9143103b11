"""What is wrong with rows, as a table and as text: all of it in private, no cell's text in a channel."""

import dataclasses
import json
from typing import Any

import pytest

from bot.bulk.batches import RowKind, RowProblem
from bot.demo.slack.blockkit import check_blocks
from bot.errors import Problem
from bot.locales import LANGUAGES
from bot.slack.bulk import problems
from tests.builders.batches import make_report
from tests.unit.slack.bulk.list_scene import EN, STATES, WORDS, shown

EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
# What each rule of a row says, with something of a customer's wherever it can stand.
SECRET = "Rosa 61234567"
OF_CELLS = [
    Problem("param.x", "bulk.cell.bare_number", {"value": SECRET}),
    Problem("param.x", "bulk.cell.error", {"value": SECRET}),
    Problem("param.x", "bulk.cell.far_day", {"value": SECRET, "first": "1900", "last": "2100"}),
    Problem("client_name", "bulk.cell.mangled", {"value": SECRET}),
    Problem("assign", "bulk.cell.yes_or_no", {"value": SECRET}),
    Problem("phone", "bulk.phone.two_readings", {"one": SECRET, "other": SECRET}),
    Problem("phone", "phone.extension", {"word": SECRET}),
    Problem("phone", "phone.several", {"word": SECRET}),
    Problem("param.x", "emoji.unknown", {"codes": f":{SECRET}:"}),
]


def rows_of(message: Any) -> list[list[dict[str, Any]]]:
    (table,) = [block for block in message.blocks if block["type"] == "data_table"]
    found: list[list[dict[str, Any]]] = table["rows"]
    return found


def many(count: int, words: str = "bulk.phone.power") -> Any:
    kept = tuple(
        RowProblem(line, "Telefono", Problem("phone", words))
        for line in range(2, 2 + min(count, 100))
    )
    return shown(report=make_report(problems=kept, counts={RowKind.WRONG: count}, unusual=0))


@EACH_LANGUAGE
def test_the_table_names_line_column_and_problem(language: str) -> None:
    translator = WORDS[language]

    message = problems.table(STATES["checked"], translator)

    heads, first, second, third = rows_of(message)
    assert [each["text"] for each in heads] == [
        translator(f"bulk.check.{each}") for each in ("line", "column", "problem")
    ]
    assert first[0] == {"type": "raw_number", "value": 7, "text": "7"}
    assert first[1]["text"] == "B “Telefono”"
    assert first[2]["text"] == translator("bulk.phone.power")
    assert third[1]["text"] == translator("bulk.check.row")
    assert {len(row) for row in (heads, first, second, third)} == {3}


@pytest.mark.parametrize("problem", OF_CELLS, ids=lambda each: str(each.key))
@pytest.mark.parametrize("draw", [problems.table, problems.text])
def test_only_in_private_it_says_what_stands_in_the_file(problem: Problem, draw: Any) -> None:
    state = shown(report=make_report(problems=(RowProblem(2, "Notas", problem),)))

    def said(*, in_private: bool) -> str:
        message = draw(dataclasses.replace(state, in_private=in_private), EN)
        return json.dumps(message.arguments(), ensure_ascii=False)

    assert "61234567" in said(in_private=True)
    assert "Rosa" not in said(in_private=False)
    assert "61234567" not in said(in_private=False)


@pytest.mark.parametrize("count", [1, 99, 100, 5000])
def test_slack_takes_as_many_as_there_are(count: int) -> None:
    table, text = problems.table(many(count), EN), problems.text(many(count), EN)

    rows = rows_of(table)
    assert 2 <= len(rows) <= 100
    assert sum(len(each["text"]) for row in rows for each in row) < 10_000
    assert all(each["text"] for row in rows for each in row)
    assert len(table.text) < 4000
    assert check_blocks(text.arguments()["blocks"]) == []


@pytest.mark.parametrize(("count", "more"), [(5, 0), (99, 0), (100, 1), (5000, 4901)])
def test_it_says_how_many_more_there_are(count: int, more: int) -> None:
    state = many(count, "bulk.row.more_cells")

    said = json.dumps(problems.table(state, EN).arguments(), ensure_ascii=False)

    assert (f"And {more:,} more" in said) is bool(more)


def test_what_has_no_column_is_called_as_the_template_calls_it() -> None:
    kept = (RowProblem(2, "Sede", Problem("param.Sede", "param.missing", {"name": "Sede"})),)

    message = problems.table(shown(report=make_report(problems=kept)), EN)

    assert rows_of(message)[1][1]["text"] == "Sede"


def test_the_line_of_an_earlier_row_is_said_everywhere() -> None:
    kept = (RowProblem(9, "Telefono", Problem("phone", "bulk.row.same", {"line": "4"})),)

    message = problems.table(shown(report=make_report(problems=kept)), EN)

    assert rows_of(message)[1][2]["text"] == "The same number as in line 4."


def test_rows_left_out_and_unusual_ones_are_counted() -> None:
    report = make_report(counts={RowKind.WRONG: 3, RowKind.DUPLICATE: 2}, unusual=1)

    assert EN("bulk.problems.head", count=6) in problems.table(shown(report=report), EN).text


def test_two_problems_of_a_row_are_one_row() -> None:
    kept = tuple(RowProblem(2, "", Problem("row", "bulk.row.more_cells")) for _ in range(2))
    state = shown(report=make_report(problems=kept, counts={RowKind.WRONG: 1}, unusual=0))

    message = problems.table(state, EN)

    assert EN("bulk.problems.head", count=1) in message.text
    assert "more row" not in message.text
