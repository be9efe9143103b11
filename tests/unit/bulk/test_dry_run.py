"""Every row through the checks of a single send."""

import dataclasses
from datetime import date

import pytest

from bot.bulk import columns, dry_run
from bot.bulk.dry_run import LookedFor
from bot.bulk.list_file import excel_file
from bot.bulk.list_file.table import LocaleFormat
from bot.locales import load
from bot.send_draft import NumberRules
from bot.slack.platform.error_messages import sentence
from tests.unit.bulk.scene import (
    APPOINTMENT,
    BROKEN,
    HEAD,
    PANAMA,
    TODAY,
    checked,
    row,
    table,
    told,
)
from tests.unit.bulk.workbooks import by_hand, cell, sheet, workbook


@pytest.mark.parametrize(("place", "text", "field", "key"), BROKEN)
def test_a_broken_row_is_told_by_its_line_and_column(
    place: int, text: str, field: str, key: str
) -> None:
    good, broken = checked(table(HEAD + row() + row(place, text)))

    assert (good.line, good.problems) == (2, ())
    assert broken.line == 3
    assert told(broken) == [(field, key)]
    for language in ("en", "es", "pt"):
        for each in broken.problems:
            assert "{" not in sentence(each, load(language))


def test_a_good_row_is_what_a_person_would_have_typed() -> None:
    cells = ("'6123-4567", "Ana :tada:", "3 de mayo de 2026", "NORTE", "1.234,50", "", "", "", "sí")

    (found,) = checked(table(HEAD + ";".join(cells)))

    assert found.problems == ()
    assert found.phone
    assert found.phone.digits == "50761234567"
    assert dict(found.draft.params) == {
        "nombre": "Ana 🎉",
        "fecha": "2026-05-03",
        "sede": "Norte",
        "monto": "1.234,50",
    }
    assert found.draft.client_name == "Ana 🎉"
    assert (found.draft.group, found.draft.assign) == ("citas", True)


@pytest.mark.slow
def test_a_list_of_ten_thousand_names_every_broken_row() -> None:
    rows, expected = [], {}
    for at in range(10_000):
        line = at + 2
        number = f"+5076{at:07}"
        if at % 20 == 0:
            place, text, field, _ = BROKEN[at // 20 % len(BROKEN)]
            expected[line] = field
            cells = row(place, text)
        else:
            cells = row(0, number)
        rows.append(cells)

    found = checked(table(HEAD + "".join(rows)))

    broken = {each.line: each.problems[0].field for each in found if each.problems}
    assert broken == expected
    assert len(expected) == 500


def test_the_same_number_is_a_duplicate_however_it_is_written() -> None:
    numbers = ("+522221234567", "+50761234567", "+5212221234567", "6123-4567", "12")

    found = checked(table(HEAD + "".join(row(0, each) for each in numbers)))

    assert [each.same_as for each in found] == [0, 0, 2, 3, 0]
    assert [bool(each.problems) for each in found] == [False] * 4 + [True]


def test_a_number_of_two_readings_is_to_be_written_in_full() -> None:
    rules = NumberRules("CO")
    given = table(HEAD + row(0, "321 1234567") + row(0, "+57 321 1234567"))
    found = columns.match(given.header, APPOINTMENT)

    rows = list(dry_run.check_rows(given.rows, found, LookedFor(APPOINTMENT, rules, TODAY)))

    assert [told(each) for each in rows] == [[("phone", "bulk.phone.two_readings")], []]


def test_what_a_row_leaves_open_is_as_the_form_says() -> None:
    given = table(HEAD + row() + row(7, "mora") + row(8, "no"))
    found = columns.match(given.header, APPOINTMENT)
    wanted = LookedFor(APPOINTMENT, PANAMA, TODAY, group="otros", assign=True)

    drafts = [each.draft for each in dry_run.check_rows(given.rows, found, wanted)]

    assert [each.group for each in drafts] == ["otros", "mora", "otros"]
    assert [each.assign for each in drafts] == [True, True, False]


def test_cells_beyond_the_header_are_told() -> None:
    assert told(checked(table(HEAD + row().rstrip("\n") + "a;b\n"))[0])[0] == (
        "assign",
        "bulk.cell.yes_or_no",
    )
    assert told(checked(table(HEAD + row().rstrip("\n") + ";b\n"))[0]) == [
        ("row", "bulk.row.more_cells")
    ]


def test_hidden_rows_can_be_left_out() -> None:
    given = dataclasses.replace(table(HEAD + row() * 2), hidden=frozenset({3}))

    assert [each.line for each in dry_run.shown(given, skips_hidden=True)] == [2]
    assert [each.line for each in dry_run.shown(given, skips_hidden=False)] == [2, 3]


def test_cells_of_excel_are_judged_by_what_they_are() -> None:
    rows = (
        '<row r="1">'
        + "".join(
            cell(f"{letter}1", name)
            for letter, name in zip(
                "ABCDE", ("phone", "nombre", "fecha", "sede", "monto"), strict=True
            )
        )
        + "</row>"
        + "".join(
            f'<row r="{line}"><c r="A{line}"><v>{phone}</v></c>{cell(f"B{line}", "Ana")}'
            f'{fecha.format(line)}{cell(f"D{line}", "Sur")}<c r="E{line}"><v>2.5</v></c></row>'
            for line, phone, fecha in (
                (2, "50761234567", '<c r="C{}"><v>45000</v></c>'),
                (3, "50761234568", '<c r="C{}" t="e"><v>#REF!</v></c>'),
                (4, "50761234569", '<c r="C{}"><f>TODAY()</f></c>'),
                (5, "5.0761234560E10", '<c r="C{}" t="d"><v>2026-05-03</v></c>'),
                (6, "50761234567.5", '<c r="C{}" t="d"><v>1826-05-03</v></c>'),
            )
        )
    )

    found = checked(excel_file.read(by_hand(sheet(rows)), "", LocaleFormat()))

    assert [told(each) for each in found] == [
        [("param.fecha", "bulk.cell.bare_number")],
        [("param.fecha", "bulk.cell.error")],
        [("param.fecha", "bulk.cell.formula")],
        [],
        [("phone", "bulk.phone.fraction"), ("param.fecha", "bulk.cell.far_day")],
    ]
    assert found[3].phone
    assert found[3].phone.digits == "50761234560"
    assert dict(found[3].draft.params)["monto"] == "2.5"


def test_a_workbook_made_by_a_program_is_a_list() -> None:
    day = date(2026, 5, 3)
    raw = workbook([["Teléfono", "Nombre", "Fecha", "Sede"], [50761234567, "Ana", day, "sur"]])

    (found,) = checked(excel_file.read(raw, "", LocaleFormat()))

    assert found.problems == ()
    assert dict(found.draft.params) == {"nombre": "Ana", "fecha": "2026-05-03", "sede": "Sur"}
