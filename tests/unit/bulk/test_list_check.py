"""A list looked at by the process that does it: real files, and files made to hurt, from outside."""

import dataclasses
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable

import pytest

from bot.bulk import list_check
from bot.bulk.batches import Hidden, ListRow, Mapped, Report, RowKind, RowProblem
from bot.bulk.dry_run import LookedFor
from bot.bulk.list_check import Checked, CheckRequest, pipes, wire
from bot.bulk.list_file.table import Row, Table
from bot.errors import Problem, Refused
from bot.phones import Phone
from bot.send_draft import SendDraft
from bot.sends import Origin
from bot.submission import make_request
from bot.templates import Approval, Category, Quiet, Template, fingerprint
from bot.templates.params import Kind, Param
from tests.paths import ROOT
from tests.unit.bulk.check_scene import WANTED, check
from tests.unit.bulk.scene import APPOINTMENT, BROKEN, GOOD, HEAD, PANAMA, TODAY, row
from tests.unit.bulk.workbooks import by_hand, cell, sheet, workbook

PROMISED = 20  # seconds within which somebody is told of a file
SIMPLE = Template("Aviso", "B" * 20, "es", Category.UTILITY, "Hola", group="mora")
PHONES = f'<row r="1">{cell("A1", "phone")}</row><row r="2">{cell("A2", "+50761234567")}</row>'


def read(raw: bytes, name: str = "lista.xlsx") -> Checked:
    return list_check.check(raw, name, CheckRequest(dataclasses.replace(WANTED, template=SIMPLE)))


@pytest.mark.process
def test_the_process_answers_with_every_row_and_a_report() -> None:
    text = HEAD + row() + row(2, "nunca") + row(0, "+507 6123-4567") + row(0, "+5072123456")

    found = list_check.check(text.encode(), "lista.csv", CheckRequest(WANTED))

    assert found == check(text)
    kinds = (RowKind.GOOD, RowKind.WRONG, RowKind.DUPLICATE, RowKind.GOOD)
    assert tuple(each.kind for each in found.rows) == kinds
    assert found.report.counts == {RowKind.GOOD: 2, RowKind.WRONG: 1, RowKind.DUPLICATE: 1}
    assert (found.report.unusual, found.report.fingerprint) == (1, fingerprint(APPOINTMENT))
    assert found.report.problems == (
        RowProblem(
            3, "fecha", Problem("param.fecha", "param.not_a_date", {"name": "Día de la cita"})
        ),
        RowProblem(4, "phone", Problem("phone", "bulk.row.same", {"line": "2"})),
        RowProblem(5, "phone", Problem("phone", "phone.fixed_line")),
    )


def test_a_good_row_says_what_a_single_send_would() -> None:
    cells = ("6123-4567", "Ana :tada:", "3 de mayo de 2026", "NORTE", "", "", "", "", "sí")
    draft = SendDraft(
        APPOINTMENT.id,
        "6123-4567",
        "Ana 🎉",
        "citas",
        params=(("nombre", "Ana :tada:"), ("fecha", "2026-05-03"), ("sede", "Norte")),
        template_fingerprint=fingerprint(APPOINTMENT),
    )
    phone = Phone("50761234567", "PA")
    request = make_request(draft, APPOINTMENT, phone, user="", origin=Origin(""), key="")

    (found,) = check(HEAD + ";".join(cells)).rows

    assert found == ListRow(
        2,
        cells,
        RowKind.GOOD,
        phone=request.phone,
        country=request.country,
        client_name=request.client_name,
        group=request.group,
        assign=True,
        params=request.params,
    )
    assert dict(found.params)["fecha"] == "3 de mayo de 2026"


def test_the_first_three_messages_are_shown_as_their_customers_read_them() -> None:
    template = dataclasses.replace(APPOINTMENT, header="Cita :tada:", footer="Clínica")
    cells = (("12", "Eva"), *((f"+5076123456{at}", f"Ana {at}") for at in range(4)))
    rows = (row().replace(GOOD[0], phone).replace(GOOD[1], name) for phone, name in cells)

    found = check(HEAD + "".join(rows), template=template)

    assert found.report.messages == tuple(
        f"Cita 🎉\nHola Ana {at}: 3 de mayo de 2026, Norte, 25,50 [enlace] Gracias\nClínica"
        for at in range(3)
    )


@pytest.mark.slow
def test_ten_thousand_rows_broken_in_twelve_ways_are_each_told_by_line_and_column() -> None:
    titles = HEAD.strip().split(";")
    lines, expected = [], {}
    for at in range(10_000):
        place, text = 0, f"+5076{at:07}"
        if at % 20 == 0:
            place, text, _, key = BROKEN[at // 20 % len(BROKEN)]
            expected[at + 2] = (titles[place], key)
        lines.append(row(place, text))

    found = check(HEAD + "".join(lines))

    wrong = [each for each in found.rows if each.kind is RowKind.WRONG]
    told = {each.line: (each.problems[0].column, each.problems[0].problem.key) for each in wrong}
    assert told == expected
    assert len(expected) == 500
    assert len(found.report.problems) == 100


@pytest.mark.parametrize(
    ("source", "mapped", "report"),
    [
        ("phone;celular;nombre;fecha;sede\n1;2;A;B;C\n", Mapped(), "questions"),
        ("phone;nombre\n1;2\n", Mapped(), "missing"),
        (HEAD + row(), Mapped({"param.sede": None}), "missing"),
    ],
)
def test_what_is_asked_or_missing_comes_without_rows(
    source: str, mapped: Mapped, report: str
) -> None:
    found = check(source, mapped)

    assert getattr(found.report, report) != ()
    assert list_check.asks(found.report, mapped)
    assert (found.rows, found.report.rows) == ((), 0)


def test_which_column_is_meant_can_be_said() -> None:
    text = "celular;whatsapp;nombre;fecha;sede\n12;+50761234567;Ana;2026-05-03;Sur\n"

    assert check(text).report.questions[0].field == "phone"
    assert check(text, Mapped({"phone": 1})).rows[0].phone == "50761234567"


def hidden_row() -> bytes:
    rows = PHONES + f'<row r="3" hidden="1">{cell("A3", "12")}</row>'
    return by_hand(sheet(rows))


@pytest.mark.parametrize(("hidden", "lines"), [("", []), ("include", [2, 3]), ("skip", [2])])
def test_rows_that_are_not_shown_are_asked_about(hidden: str, lines: list[int]) -> None:
    found = check(hidden_row(), Mapped(hidden=Hidden(hidden)), name="a.xlsx", template=SIMPLE)

    assert found.report.hidden == 1
    assert [each.line for each in found.rows] == lines


def test_more_rows_than_a_list_may_have_are_refused_with_both_numbers() -> None:
    text = HEAD + row() * 4

    with pytest.raises(Refused) as refused:
        check(text, limit=3)

    assert (refused.value.key, refused.value.values) == (
        "bulk.file.over_limit",
        {"rows": 4, "limit": 3},
    )
    assert len(check(text, limit=4).rows) == 4


def test_rows_of_an_earlier_list_are_looked_at_as_a_file_is() -> None:
    header, line = Row(1, tuple(HEAD.strip().split(";"))), Row(7, GOOD)

    found = check(Table(header, (line, Row(9, ("12", *GOOD[1:])))))

    assert [(each.line, each.kind) for each in found.rows] == [(7, "good"), (9, "wrong")]


def test_no_row_is_kept_with_what_no_database_takes() -> None:
    rows = PHONES + f'<row r="3">{cell("A3", "_x0000_1")}{cell("B3", "a_x0000_b")}</row>'

    found = check(by_hand(sheet(rows)), name="a.xlsx", template=SIMPLE)

    assert found.rows[1].cells == ("\ufffd1", "a\ufffdb")


def test_a_template_comes_through_with_all_that_it_has() -> None:
    param = Param("x", "X", "help", "ex", False, "a", Kind.CHOICE, ("a", "b"), 9)  # noqa: FBT003
    template = Template(
        *("Ñandú", "C" * 20, "pt_BR", Category.MARKETING, "{{x}}", "h", "f", "g", True),
        allowed=("U0ALICE0001",),
        channels=("C0SOPORTE01",),
        active=False,
        quiet=Quiet.NEVER,
        approval=Approval.ALWAYS,
        approval_free=("S0LEADS",),
        params=(param,),
    )
    request = CheckRequest(
        LookedFor(template, PANAMA, TODAY, "otros", False),  # noqa: FBT003
        Mapped({"phone": 2, "assign": None}, "Hoja 2", Hidden.SKIP),
        7,
    )

    assert wire.request_in(wire.loads(wire.dumps(wire.request_out(request)))) == request


def test_every_field_of_a_report_and_of_a_row_comes_back() -> None:
    problem = RowProblem(3, "Fecha", Problem("param.fecha", "param.not_a_date", {"name": "x"}))
    report = dataclasses.replace(
        check("phone;celular;nombre\n1;2;3\n").report,
        counts={RowKind.GOOD: 1},
        quiet={"PA": 2},
        problems=(problem,),
        sheets=("a", "b"),
        rate=2.5,
    )
    kept = ListRow(3, ("a", ""), RowKind.DUPLICATE, (problem,), 2, "507", "PA", "Ana", "g", True)  # noqa: FBT003

    assert wire.report_in(wire.loads(wire.dumps(wire.report_out(report)))) == report
    assert wire.row_in(wire.loads(wire.dumps(wire.row_out(kept)))) == kept


@pytest.mark.process
def test_a_refusal_comes_back_with_its_values() -> None:
    with pytest.raises(Refused) as refused:
        read(b'phone\n1\n"2', "lista.csv")

    assert (refused.value.key, refused.value.values) == ("bulk.file.quote", {"line": 3})


@pytest.mark.process
def test_whoever_waits_is_told_how_many_rows_there_are() -> None:
    seen: list[tuple[int, int]] = []

    def watch(rows: Iterable[ListRow], total: int) -> Iterable[ListRow]:
        for each in rows:
            seen.append((each.line, total))
            yield each

    request = CheckRequest(dataclasses.replace(WANTED, template=SIMPLE))
    list_check.check(b"phone\n1\n2", "lista.csv", request, watch=watch)

    assert seen == [(2, 2), (3, 2)]


# How each is made: some take seconds, and half a gigabyte.
HURTFUL: dict[str, Callable[[], bytes]] = {
    "the last cell": lambda: by_hand(sheet(f'{PHONES}<row r="3">{cell("XFD1048576", "x")}</row>')),
    "a far row": lambda: by_hand(sheet(f'{PHONES}<row r="2000000000">{cell("B3", "x")}</row>')),
    "expands": lambda: by_hand(sheet(PHONES), {"xl/media/a.bin": bytes(500 << 20)}),
    "rows": lambda: by_hand(sheet(PHONES + "<row/>" * (15 << 20))),
    "cells": lambda: by_hand(sheet(PHONES + f"<row>{'<c/>' * (20 << 20)}</row>")),
    "deep": lambda: by_hand(sheet("<a>" * (10 << 20))),
    "entities": lambda: by_hand(sheet(PHONES, prolog='<!DOCTYPE a [<!ENTITY a "&b;&b;">]>')),
    "broken": lambda: by_hand(sheet(PHONES) + "<"),
    "infinite": lambda: by_hand(sheet(f'{PHONES}<row r="3"><c><v>1e999</v></c></row>')),
    "quotes": lambda: b"phone\n" + b'"' * (9 << 20),
}
TOLD = {
    "the last cell": "columns",
    "a far row": "1",
    "expands": "too_much",
    "rows": "1",
    "cells": "too_much",
    "deep": "too_much broken",
    "entities": "dtd",
    "broken": "broken",
    "infinite": "broken",
    "quotes": "quote",
}


@pytest.mark.process
@pytest.mark.parametrize("which", HURTFUL)
@pytest.mark.slow
def test_a_file_made_to_hurt_is_told_within_twenty_seconds(
    which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = HURTFUL[which]()
    # By the clock it is ended sooner than that; on a busy machine it must come to its own end.
    assert list_check.SECONDS < PROMISED
    monkeypatch.setattr(list_check, "SECONDS", 10 * PROMISED)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    try:
        said = str(len(read(raw).rows))
    except Refused as error:
        said = error.key.rpartition(".")[2]

    assert said in TOLD[which].split()
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - start < PROMISED
    # Kilobytes: what parses is not this process.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.process
def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_check, "SECONDS", 0.05)

    with pytest.raises(Refused, match="too_much"):
        read(workbook([["phone"], ["1"]]))


@pytest.mark.process
def test_an_answer_without_an_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipes, "ANSWER_LIMIT", 60)

    with pytest.raises(Refused, match="too_much"):
        read(b"phone\n" + b"1\n" * 50, "lista.csv")


@pytest.mark.process
def test_the_process_has_none_of_the_bots_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATOM_TOKEN", "secret")

    assert "ATOM_TOKEN" not in list_check.environment()
    assert set(list_check.environment()) <= {*os.environ, "PYTHONPATH", "OPENPYXL_LXML"}


@pytest.mark.process
def test_a_csv_file_loads_nothing_that_only_others_need() -> None:
    program = (
        "import sys; from bot.bulk.list_check import __main__;"
        "from bot.bulk.list_file import any_file, table;"
        "any_file.read(b'phone,x\\n1,2', 'a.csv', '', table.LocaleFormat()); print(*sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    heavy = {"openpyxl", "defusedxml", "pydantic", "sqlalchemy", "asyncio", "bot.submission"}
    assert heavy & set(done.stdout.split()) == set()


def test_a_report_of_nothing_asks_for_nothing() -> None:
    assert not list_check.asks(Report(), Mapped())
