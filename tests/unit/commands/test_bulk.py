"""`bulk check`: the real command, in process, with a database of its own."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.__main__ import main
from bot.commands.progress import BAR, Progress
from bot.policy.do_not_contact import Scope, new_contact
from bot.store import contacts
from bot.store.database import migrate, open_engine
from bot.store.tables import sends
from bot.store.templates import replace_all
from tests.fakes import FakeClock
from tests.unit.bulk.scene import APPOINTMENT
from tests.unit.bulk.workbooks import by_hand, cell, sheet
from tests.unit.commands.terminal import Terminal

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
    printed = capsys.readouterr().out.splitlines()
    assert printed[:2] == [
        "Se entendió: Teléfono → phone, Nombre → nombre, Fecha → fecha, Sede → sede.",
        "Sin usar: Correo.",
    ]
    assert printed[2].startswith("1 fila. Buenas: 1. Con problemas: 0. Repetidas en el archivo: 0.")
    assert printed[3].startswith(
        "A 10 por segundo toma cerca de 1 segundo. Fin, si empieza ahora: "
    )
    assert printed[4:] == [
        "",
        "Así lo leen los clientes:",
        "",
        "  Hola Ana: 3 de mayo de 2026, Norte, [monto] [enlace] Gracias",
        "",
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
    assert "Buenas: 1. Con problemas: 1. Repetidas en el archivo: 1." in "".join(printed)
    written = Path("mal.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(written), delimiter=";"))
    assert [each[1:3] for each in rows] == [
        ["Línea", "Teléfono"],
        ["3", "+50761234568"],
        ["4", "+50761234567"],
    ]
    assert [each[0].partition(":")[0] for each in rows] == ["Problema", "Fecha", "Teléfono"]


LISTED = "".join(f"+5076123456{at};Ana;2026-05-03;Norte;\n" for at in (1, 2, 3, 4))


def in_database(work: Callable[[sa.Connection], object]) -> None:
    engine = open_engine("sqlite:///bot.db")
    with engine.begin() as connection:
        work(connection)
    engine.dispose()


@pytest.mark.process
def test_what_is_known_of_a_number_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    hour = now.astimezone(ZoneInfo("America/Panama")).hour
    listed = new_contact("50761234561", scope=Scope.EVERYTHING, since=now)
    sent = dict.fromkeys(("id", "canonical", "phone"), "50761234562") | {
        "template": APPOINTMENT.id,
        **dict.fromkeys(("status", "told"), "sent"),
        **dict.fromkeys(("created", "updated", "ended", "give_up_at"), now),
        **dict.fromkeys(
            ("country", "client_name", "group_name", "user_id", "channel", "thread_ts"), ""
        ),
        "response_url": "",
        "replaces": "",
        "assign": False,
        "params": [],
    }
    in_database(lambda connection: contacts.add(connection, listed))
    in_database(lambda connection: connection.execute(sa.insert(sends), sent))
    for name, value in (
        ("WHATSAPP_DAILY_LIMIT", "2"),
        ("BULK_APPROVAL", "1"),
        ("ATOM_RATE", "0.5"),
        ("QUIET_HOURS", f"{(hour - 2) % 24}:00-{(hour + 2) % 24}:00"),
        ("QUIET_FOR", "all"),
    ):
        monkeypatch.setenv(name, value)

    code = check(HEAD + LISTED)

    printed = capsys.readouterr().out
    assert code == 1
    assert "está en la lista de números que no se contactan" in printed
    assert "o está por salir: envío 50761234562." in printed
    assert "Buenas: 2." in printed
    assert "por salir: 1. A las que no se debe escribir: 1." in printed
    assert "horario de silencio" in printed
    assert "A 0,5 por segundo toma cerca de 4 segundos" in printed.replace("0.5", "0,5")
    assert "Con esta lista serían 3 clientes en 24 horas (hasta ahora 1)" in printed
    assert "Tiene más de 1 filas" in printed


@pytest.mark.process
def test_more_rows_than_a_list_may_have_are_told_with_both_numbers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BULK_LIMIT", "3")

    assert check(HEAD + LISTED) == 1
    assert "tiene 4 filas y puede tener 3" in capsys.readouterr().err


@pytest.mark.process
def test_what_the_file_of_problems_holds_is_no_formula(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = "phone;nombre;=HYPERLINK(1);sede\n+50761234567;Ana;nunca;Sur\n"

    code = check(text, "--column", "fecha=C", "--problems", "mal.csv")

    assert code == 1
    written = Path("mal.csv").read_bytes().decode("utf-8-sig")
    assert "Problema;Línea;phone;nombre;'=HYPERLINK(1);sede\r\n'=HYPERLINK(1): " in written
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
