"""`bulk check`: the real command, in process, with a database of its own."""

import csv
import io
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.commands.progress import BAR, Progress
from bot.store.database import migrate, open_engine
from bot.store.templates import replace_all
from tests.fakes import FakeClock
from tests.unit.bulk.scene import APPOINTMENT
from tests.unit.bulk.workbooks import by_hand, cell, sheet
from tests.unit.commands.test_progress import Terminal

HEAD = "Teléfono;Nombre;Fecha;Sede;Correo\n"
GOOD = "+50761234567;Ana;2026-05-03;Norte;a@b.c\n"
BAD = "+50761234568;=1+1;mañana mismo;Este;\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a database that has one template."""
    url = f"sqlite:///{tmp_path}/bot.db"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("LANGUAGE", "es")
    engine = open_engine(url)
    migrate(engine)
    with engine.begin() as connection:
        replace_all(connection, (APPOINTMENT,), expected=())
    engine.dispose()
    return tmp_path


def check(text: str | bytes, *more: str, name: str = "lista.csv") -> int:
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
    return main(["bulk", "check", name, "--template", "recordatorio de cita", *more])


@pytest.mark.process
def test_a_good_list_is_told_and_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    code = check(HEAD + GOOD)

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "Se entendió: Teléfono → phone, Nombre → nombre, Fecha → fecha, Sede → sede.",
        "Sin usar: Correo.",
        "1 fila. Buenas: 1. Con problemas: 0. Repetidas en el archivo: 0.",
        "No se envió nada.",
    ]


@pytest.mark.process
def test_problems_are_a_table_by_line_and_column_and_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = check(HEAD + GOOD + BAD + GOOD, "--problems", "mal.csv")

    printed = capsys.readouterr().out.splitlines()
    assert code == 1
    assert printed[2].split() == ["LÍNEA", "COLUMNA", "PROBLEMA"]
    assert [line.split()[:2] for line in printed[3:6]] == [
        ["3", "Fecha"],
        ["3", "Sede"],
        ["4", "Teléfono"],
    ]
    assert "3 filas. Buenas: 1. Con problemas: 1. Repetidas en el archivo: 1." in printed
    written = Path("mal.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(written)))
    assert [each[:2] for each in rows] == [
        ["Línea", "Columna"],
        ["3", "Fecha"],
        ["3", "Sede"],
        ["4", "Teléfono"],
    ]


@pytest.mark.process
def test_what_the_file_of_problems_holds_is_no_formula(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = "phone;nombre;=HYPERLINK(1);sede\n+50761234567;Ana;nunca;Sur\n"

    code = check(text, "--column", "fecha=C", "--problems", "mal.csv")

    assert code == 1
    assert "\r\n2,'=HYPERLINK(1)," in Path("mal.csv").read_bytes().decode("utf-8-sig")
    assert "=HYPERLINK(1)" in capsys.readouterr().out


HIDDEN = by_hand(
    sheet(
        "".join(
            f'<row r="{line}" hidden="{line // 3}">'
            + "".join(
                cell(f"{letter}{line}", text) for letter, text in zip("ABCD", row, strict=True)
            )
            + "</row>"
            for line, row in enumerate(
                (
                    ("phone", "nombre", "fecha", "sede"),
                    ("+50761234567", "Ana", "2026-05-03", "Sur"),
                    ("12", "Eva", "2026-05-03", "Sur"),
                ),
                1,
            )
        )
    )
)


@pytest.mark.process
@pytest.mark.parametrize(("more", "code"), [((), 2), (("include",), 1), (("skip",), 0)])
def test_hidden_rows_are_asked_about(
    more: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--hidden", *more) if more else ()

    assert check(HIDDEN, *options, name="lista.xlsx") == code
    assert ("--hidden include" in capsys.readouterr().err) is (not more)


@pytest.mark.process
@pytest.mark.parametrize(
    ("text", "more", "code", "said"),
    [
        ("phone;celular;nombre;fecha;sede\n1;2;A;B;C\n", (), 2, '--column "phone=COLUMNA"'),
        ("phone;nombre\n1;2\n", (), 1, "No hay columna para: fecha, sede."),
        ('phone;x\n1;"2\n', (), 1, "En la línea 2 se abren comillas"),
        (HEAD + GOOD, ("--column", "x=A"), 2, "must be FIELD=COLUMN"),
        (HEAD + GOOD, ("--column", "phone=Z"), 2, "no such column"),
        (HEAD + GOOD, ("--column", "sede="), 1, "No hay columna para: sede."),
    ],
)
def test_what_keeps_a_list_from_being_looked_at_is_said(
    text: str, more: tuple[str, ...], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(text, *more) == code
    assert said in capsys.readouterr().err


@pytest.mark.process
def test_a_wrong_name_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    Path("lista.csv").write_text(HEAD + GOOD)

    assert main(["bulk", "check", "no.csv", "--template", APPOINTMENT.id]) == 2
    assert main(["bulk", "check", "lista.csv", "--template", "recordatoro"]) == 2
    assert 'Did you mean "Recordatorio de cita"?' in capsys.readouterr().err


def test_a_bar_shows_how_many_of_all_rows_there_were() -> None:
    out, clock = Terminal(), FakeClock()

    with Progress(out, now=clock.monotonic) as progress:
        for number in progress.bar(range(2000), 2000):
            clock.pass_by(0.2 if number == 999 else 0.0)

    half = BAR // 2
    assert out.getvalue().split("\r")[1] == f"[{'#' * half}{'.' * half}] 1,000 / 2,000"
