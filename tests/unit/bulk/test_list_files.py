"""The files of a list: what is in them, that it is text alone, and that they are lists again."""

import asyncio
import csv
import dataclasses
import io
import subprocess
import sys
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from bot.bulk import list_writer, model_file, problems_file, result_file
from bot.bulk.batches import (
    Batch,
    BatchId,
    BatchRequest,
    BatchStatus,
    ListFile,
    ListRow,
    Progress,
    Report,
    RowKind,
    RowProblem,
    RowResult,
)
from bot.bulk.list_files import ListFileWriter
from bot.bulk.list_writer import FileFormat
from bot.bulk.result_file import Reader
from bot.errors import Problem
from bot.locales import LANGUAGES, load
from bot.sends import Origin, Status
from bot.templates import Template
from bot.templates.params import Kind, Param
from tests.builders.sends import make_send
from tests.builders.templates import make_template
from tests.paths import ROOT
from tests.unit.bulk.check_scene import check
from tests.unit.bulk.scene import APPOINTMENT, HEAD, row

ENDED = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
ES = load("es")
READER = Reader(ES, ZoneInfo("America/Panama"))
BOTH = pytest.mark.parametrize("wanted", FileFormat)
NOTE = Template(
    "Nota",
    "N" * 20,
    "es",
    APPOINTMENT.category,
    "{{nombre}}: {{nota}}",
    params=(Param("nombre"), Param("nota")),
)
# What a spreadsheet, or another program behind it, could take for more than text.
HOSTILE = (
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    '=HYPERLINK("http://example.com";"x")',
    "a;=1+1",
    'a,"=1+1"',
    "'=1+1",
    "\uff1d1+1",
    "http://example.com",
    "007",
    "1e5",
    "_x0041_",
    "Peña 😀",
    "-",
)


def table_of(file: Path, delimiter: str = ",") -> list[list[str]]:
    """Read a file with a library of its own."""
    if file.suffix == ".csv":
        text = io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")
        return list(csv.reader(text, delimiter=delimiter))
    sheet = openpyxl.load_workbook(file).active
    kinds = {cell.data_type for cells in sheet.iter_rows() for cell in cells if cell.value}
    assert kinds == {"s"}
    return [["" if each is None else each for each in cells] for cells in sheet.values]


async def in_chunks(*chunks: Sequence[RowResult]) -> AsyncIterator[Sequence[RowResult]]:
    for each in chunks:
        yield each


def result(line: int, status: Status, **more: object) -> RowResult:
    cells = (f"+5076123450{line}", f"Ana {line}")
    kept = ListRow(line, cells, RowKind.GOOD, phone=f"5076123450{line}", country="PA")
    return RowResult(kept, make_send(status, ended=ENDED, **more))


TITLES = Report(titles=("phone", "nombre"), places={"phone": 0, "param.nombre": 1})


@BOTH
async def test_every_row_stands_there_with_its_outcome(tmp_path: Path, wanted: FileFormat) -> None:
    file = tmp_path / f"a{wanted}"
    problem = RowProblem(5, "nombre", Problem("param.nombre", "param.missing", {"name": "Nombre"}))
    left_out = ListRow(5, ("12", ""), RowKind.WRONG, (problem,))
    rows = (
        result(2, Status.SENT, conversation="abc"),
        result(3, Status.REJECTED, vendor_message="=No hay datos"),
        result(4, Status.FAILED, reason="gave_up"),
    )

    await result_file.write(in_chunks(rows, (RowResult(left_out),)), TITLES, file, wanted, READER)

    guard = "'" if wanted is FileFormat.CSV else ""
    time = "2026-05-01 07:30:00"
    assert table_of(file) == [
        [*result_file.heads(READER), "phone", "nombre"],
        ["Aceptado por Atom", "", "abc", time, "+50761234502", "Ana 2"],
        ["Rechazado por Atom", f"{guard}=No hay datos", "", time, "+50761234503", "Ana 3"],
        [
            *("Fallido: no salió nada", "No se pudo llegar a Atom a tiempo.", "", time),
            *("+50761234504", "Ana 4"),
        ],
        ["Fuera: tiene problemas", "nombre: Nombre: escribe un valor.", "", "", "12", ""],
    ]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("+50761234567", "+50761234567"),
        ("+507 6123 4567", "+507 6123 4567"),
        ("+1-2", "'+1-2"),
        ("+1", "'+1"),
        ("+50761234567+A1", "'+50761234567+A1"),
        ("-50761234567", "'-50761234567"),
    ],
)
def test_a_phone_stays_a_phone(tmp_path: Path, cell: str, shown: str) -> None:
    file = tmp_path / "a.csv"

    with list_writer.opened(file, FileFormat.CSV) as out:
        out.write([cell])

    assert table_of(file) == [[shown]]


@pytest.mark.parametrize(("given", "wanted"), [(";", "a;b"), (",", "a,b"), ("\t", "a,b")])
def test_lines_are_split_as_in_the_file_that_was_given(
    tmp_path: Path, given: str, wanted: str
) -> None:
    report = check(f"phone{given}nombre\n+50761234567{given}Ana\n").report
    file = tmp_path / "a.csv"

    with list_writer.opened(file, FileFormat.CSV, report.delimiter) as out:
        out.write(["a", "b"])

    assert file.read_text(encoding="utf-8-sig").strip() == wanted


@BOTH
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_file_of_results_is_a_list_with_the_same_phones_and_values(
    tmp_path: Path, wanted: FileFormat, language: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("phone", "nombre", "nota"))
    writer.writerows((f"+507612345{at:02}", f"Ana {at}", text) for at, text in enumerate(HOSTILE))
    given = check(out.getvalue(), template=NOTE)
    file = tmp_path / f"a{wanted}"
    results = [RowResult(each, make_send(Status.REJECTED, ended=ENDED)) for each in given.rows]
    reader = Reader(load(language), ZoneInfo("UTC"))

    await result_file.write(in_chunks(results), given.report, file, wanted, reader)
    again = check(file.read_bytes(), name=file.name, template=NOTE)

    assert len(given.rows) == len(HOSTILE)
    assert [(each.phone, each.params) for each in again.rows] == [
        (each.phone, each.params) for each in given.rows
    ]
    assert {each.kind for each in again.rows} == {RowKind.GOOD}


@BOTH
async def test_bad_rows_are_corrected_and_given_again(tmp_path: Path, wanted: FileFormat) -> None:
    text = HEAD + row() + row(2, "nunca") + row(0, "12;x") + row(1, "=1+1")
    given = check(text)
    file = tmp_path / f"a{wanted}"

    count = problems_file.write(given.rows, given.report, file, wanted, ES)

    table = table_of(file, ";")
    assert count == len(table) - 1 == 3
    assert table[0][:3] == ["Problema", "Línea", "phone"]
    assert table[1][0] == "fecha: Día de la cita: elige un día, escrito así: 2026-05-03."
    again = check(file.read_bytes(), name=file.name)
    assert [each.kind for each in again.rows] == [each.kind for each in given.rows[1:3]] + ["good"]
    assert again.report.unknown == (0, 1)
    assert [each.problem.key for each in again.rows[0].problems] == ["param.not_a_date"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_told_that_it_was_delivered(language: str) -> None:
    words = load(language)
    said = [result_file.status(make_send(status), words) for status in Status]

    assert len({*said}) == len(said)
    assert not any("deliver" in each or "entreg" in each.casefold() for each in said)


def test_a_persons_word_is_said_as_that() -> None:
    sent = make_send(Status.SENT, decided_by="U0ALICE0001")
    left = make_send(Status.UNKNOWN, decided_by="U0ALICE0001")

    assert "alguien" in result_file.status(sent, ES)
    assert "alguien" in result_file.status(left, ES)
    assert result_file.status(make_send(Status.UNKNOWN), ES) == "Sin confirmar"


class Lists:
    """The rows of one list, as its repository gives them."""

    def __init__(self, *results: RowResult) -> None:
        self._results = results

    async def progress(self, batch_id: BatchId) -> Progress:
        unknown = [each for each in self._results if each.send and each.send.status == "unknown"]
        return Progress({Status.UNKNOWN: len(unknown)})

    async def results(
        self, batch_id: BatchId, *, after: int, limit: int, kinds: Collection[RowKind] = ()
    ) -> tuple[RowResult, ...]:
        found = [each for each in self._results if each.row.line > after]
        return tuple(each for each in found if not kinds or each.row.kind in kinds)[:limit]


def batch(name: str) -> Batch:
    request = BatchRequest(
        BatchId("L1"), "k", "U0ALICE0001", Origin("C0SOPORTE01"), "A" * 20, "Aviso"
    )
    if name:
        request = dataclasses.replace(request, file=ListFile("F1", name))
    return Batch(request, BatchStatus.DONE, ENDED, ENDED, report=TITLES)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("pacientes.csv", "pacientes - resultados.csv"),
        ("Pacientes.XLSX", "Pacientes - resultados.xlsx"),
        ("", "Aviso - resultados.xlsx"),
    ],
)
async def test_unconfirmed_rows_come_first_in_the_format_that_was_given(
    given: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_file, "ROWS", 2)
    lists = Lists(
        *(result(line, Status.UNKNOWN if line in {4, 6} else Status.SENT) for line in range(2, 8))
    )
    writer = ListFileWriter(lists, lambda _: ZoneInfo("UTC"))  # type: ignore[arg-type]

    name, content = await writer.outcomes(batch(given), ES)

    (tmp_path / name).write_bytes(content)
    assert name == named
    assert [each[-1] for each in table_of(tmp_path / name)[1:]] == [
        f"Ana {line}" for line in (4, 6, 2, 3, 5, 7)
    ]


async def test_all_bad_rows_are_in_the_file_of_problems(tmp_path: Path) -> None:
    bad = [RowResult(ListRow(line, ("12",), RowKind.WRONG)) for line in range(2, 1300)]
    lists = Lists(result(1, Status.SENT), *bad)
    writer = ListFileWriter(lists, lambda _: ZoneInfo("UTC"))  # type: ignore[arg-type]

    name, content = await writer.problems(batch("a.csv"), ES)

    (tmp_path / name).write_bytes(content)
    assert name == "a - problemas.csv"
    assert len(table_of(tmp_path / name)) == 1 + len(bad)


KINDS = tuple(Param(kind, kind=kind, choices=("A", "B")[: 2 * (kind == "choice")]) for kind in Kind)


@pytest.mark.parametrize(
    ("template", "head"),
    [
        (APPOINTMENT, ["phone", "nombre", "Día de la cita", "sede", "monto", "enlace", "nota"]),
        (make_template(params=(Param("x", label="Código"),)), ["phone", "client_name", "Código"]),
        (make_template(params=KINDS), ["phone", "client_name", *Kind]),
        # A label that something else is called, too, is no column's title.
        (make_template(params=(Param("x", label="Grupo"),)), ["phone", "client_name", "Grupo"]),
        (make_template(params=(Param("x", label="phone"),)), ["phone", "client_name", "x"]),
        (
            make_template(params=(Param("a", label="X"), Param("b", label="X"))),
            ["phone", "client_name", "a", "b"],
        ),
        (make_template(language="es_MX", params=(Param("n", max_length=2),)), None),
    ],
)
def test_a_model_file_is_a_good_list(
    template: Template, head: list[str] | None, tmp_path: Path
) -> None:
    name, content = model_file.make(template, ES)

    (tmp_path / "a.xlsx").write_bytes(content)
    found = check(content, name=name, template=template)
    assert head is None or table_of(tmp_path / "a.xlsx")[0] == head
    assert [(each.kind, each.problems) for each in found.rows] == [(RowKind.GOOD, ())]
    assert found.report.unknown == ()
    assert found.rows[0].country == template.language.partition("_")[2] or "PA"


def test_a_models_name_is_one_that_every_system_takes() -> None:
    template = make_template(name="a/b:c*?" + "ñ" * 100)

    assert model_file.file_name(template) == "a b c " + "ñ" * 54 + ".xlsx"


def test_a_cell_longer_than_excel_takes_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"

    with list_writer.opened(file, FileFormat.EXCEL) as out:
        out.write(["a" * 40_000])

    assert len(table_of(file)[0][0]) == list_writer.LONGEST_CELL


PROGRAM = """
import asyncio, sys
from pathlib import Path
from zoneinfo import ZoneInfo
from bot.bulk import result_file
from bot.bulk.batches import ListRow, Report, RowKind, RowResult
from bot.locales import load
from tests.builders.sends import make_send

async def chunks():
    for at in range(0, 20_000, 500):
        yield [RowResult(row(at + line), make_send()) for line in range(500)]

def row(line):
    cells = (f"+5076{line:07}", f"Ana {line}", *(f"{line} {place}" for place in range(8)))
    return ListRow(line, cells, RowKind.GOOD)

reader = result_file.Reader(load("es"), ZoneInfo("UTC"))
report = Report(titles=tuple("abcdefghij"))
file = Path(sys.argv[1])
asyncio.run(result_file.write(chunks(), report, file, result_file.FileFormat.EXCEL, reader))
# What the system counts of a process has a part of the one that began it.
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.process
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux")
@pytest.mark.slow
def test_twenty_thousand_rows_are_written_in_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert len(table_of(file)) == 20_001
    assert int(done.stdout) < 200_000  # kilobytes


async def test_others_go_on_while_rows_are_written(tmp_path: Path) -> None:
    rows = [result(line % 100, Status.SENT) for line in range(2000)]
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(count())
    file = tmp_path / "a.xlsx"
    await result_file.write(in_chunks(rows), TITLES, file, FileFormat.EXCEL, READER)
    other.cancel()

    # On the same thread it would not have begun.
    assert turns > 0
