"""The process that parses: real files and files made to hurt, from outside."""

import os
import resource
import subprocess
import sys
import time

import pytest

from bot.bulk.list_file import __main__ as child
from bot.bulk.list_file import process, table
from bot.bulk.list_file.table import CellKind, LocaleFormat, Table, Typed
from bot.errors import Refused
from tests.paths import ROOT
from tests.unit.bulk.workbooks import by_hand, cell, sheet, workbook

LOCALE = LocaleFormat(months=("enero", "febrero"))
HEAD = f'<row r="1">{cell("A1", "phone")}</row><row r="2">{cell("A2", "1")}</row>'


def read(raw: bytes, name: str = "lista.xlsx", sheet_name: str = "") -> Table:
    return process.read(raw, name, LOCALE, sheet=sheet_name)


@pytest.mark.process
def test_rows_come_back_as_they_were_read() -> None:
    raw = workbook([["phone", "nombre", "x"], [50761234567, "Peña 😀", None], ["1", "", "#N/A"]])

    found = read(raw)

    assert found == child.read(raw, "lista.xlsx", "", LOCALE)
    assert found.rows[0].cells == ("50761234567", "Peña 😀")
    assert found.rows[0].typed == {0: Typed(CellKind.NUMBER, "50761234567")}


@pytest.mark.process
def test_a_refusal_comes_back_with_its_values() -> None:
    with pytest.raises(Refused) as refused:
        read(b'phone\n1\n"2', "lista.csv")

    assert (refused.value.key, refused.value.values) == ("bulk.file.quote", {"line": 3})


@pytest.mark.process
@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (by_hand(sheet(f'{HEAD}<row r="3">{cell("XFD1048576", "x")}</row>')), "columns"),
        (by_hand(sheet(f'{HEAD}<row r="2000000000">{cell("B3", "x")}</row>')), ""),
        (by_hand(sheet(HEAD), {"xl/media/a.bin": bytes(500 << 20)}), "too_much"),
        (by_hand(sheet(HEAD + "<row/>" * (15 << 20))), ""),
        (
            by_hand(sheet(HEAD + f"<row>{'<c/>' * (20 << 20)}</row>")),
            "too_much",
        ),
        (by_hand(sheet("<a>" * (10 << 20))), "too_much broken"),
        (by_hand(sheet(HEAD, prolog='<!DOCTYPE a [<!ENTITY a "&b;&b;">]>')), "dtd"),
        (by_hand(sheet(HEAD) + "<"), "broken"),
        (by_hand(sheet(f'{HEAD}<row r="3"><c><v>1e999</v></c></row>')), "broken"),
        (b"phone\n" + b'"' * (9 << 20), "quote"),
    ],
)
def test_a_file_made_to_hurt_is_told_within_twenty_seconds(raw: bytes, told: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.monotonic()
    try:
        said = str(len(read(raw).rows))
    except Refused as error:
        said = error.key.rpartition(".")[2]

    assert said in (told.split() or ["1"])
    assert time.monotonic() - start < 20
    # Kilobytes: what parses is not this process.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.process
def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "SECONDS", 0.05)

    with pytest.raises(Refused, match="too_much"):
        read(workbook([["phone"], ["1"]]))


@pytest.mark.process
def test_the_process_has_none_of_the_bots_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATOM_TOKEN", "secret")

    assert "ATOM_TOKEN" not in process.environment()
    assert set(process.environment()) <= {*os.environ, "PYTHONPATH", "OPENPYXL_LXML"}


@pytest.mark.process
def test_a_csv_file_loads_nothing_heavy() -> None:
    program = (
        "import sys; from bot.bulk.list_file import __main__ as child, table, process;"
        "child.read(b'phone,x\\n1,2', 'a.csv', '', table.LocaleFormat()); print(*sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    heavy = {"openpyxl", "defusedxml", "babel", "phonenumbers", "pydantic", "sqlalchemy"}
    assert heavy & set(done.stdout.split()) == set()


def test_a_locale_comes_through_as_it_is() -> None:
    assert table.locale_from_json(table.locale_to_json(LOCALE)) == LOCALE
