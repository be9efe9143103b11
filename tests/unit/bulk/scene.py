"""A template and lists for it, as the tests of lists use them."""

from datetime import date

from bot.bulk import columns, dry_run
from bot.bulk.dry_run import CheckedRow, LookedFor
from bot.bulk.list_file import csv_file
from bot.bulk.list_file.table import Row, Table
from bot.send_draft import NumberRules
from bot.templates import Category, Template
from bot.templates.params import Kind, Param

TODAY = date(2026, 5, 1)
PANAMA = NumberRules("PA", frozenset({"PA", "MX", "CO"}))
APPOINTMENT = Template(
    "Recordatorio de cita",
    "AbCdEfGhIjKlMnOpQrSt",
    "es",
    Category.UTILITY,
    "Hola {{nombre}}: {{fecha}}, {{sede}}, {{monto}} {{enlace}} {{nota}}",
    group="citas",
    params=(
        Param("nombre", max_length=40),
        Param("fecha", label="Día de la cita", kind=Kind.DATE),
        Param("sede", kind=Kind.CHOICE, choices=("Norte", "Sur")),
        Param("monto", kind=Kind.NUMBER, required=False),
        Param("enlace", kind=Kind.LINK, required=False),
        Param("nota", required=False, default="Gracias"),
    ),
)
HEAD = "phone;nombre;fecha;sede;monto;enlace;nota;group;assign\n"
GOOD = ("+50761234567", "Ana Peña", "2026-05-03", "Norte", "25,50", "", "", "", "")
# Twelve ways to break a row: the cell, what stands in it, and what is said.
BROKEN = (
    (0, "12", "phone", "phone.too_short"),
    (0, "5.0766E+10", "phone", "bulk.phone.power"),
    (0, "+50761234567 / +50761234568", "phone", "phone.several"),
    (0, "+34612345678", "phone", "phone.country_not_allowed"),
    (1, "", "param.nombre", "param.missing"),
    (1, "PeÃ±a", "param.nombre", "bulk.cell.mangled"),
    (1, "A" * 41, "param.nombre", "param.over_length"),
    (2, "31/02/2026", "param.fecha", "param.not_a_date"),
    (2, "03/05/1826", "param.fecha", "bulk.cell.far_day"),
    (3, "Este", "param.sede", "param.not_a_choice"),
    (4, "mucho", "param.monto", "param.not_a_number"),
    (8, "quizás", "assign", "bulk.cell.yes_or_no"),
)


def row(place: int = 0, text: str = GOOD[0]) -> str:
    cells = [*GOOD]
    cells[place] = text
    return ";".join(cells) + "\n"


def table(text: str) -> Table:
    """Read a CSV file."""
    return csv_file.read(text.encode())


def checked(given: Table, template: Template = APPOINTMENT) -> list[CheckedRow]:
    """Look at all rows of a list about whose columns nothing is to be asked."""
    found = columns.match(given.header, template)
    assert (found.questions, found.missing) == ((), ())
    return list(dry_run.check_rows(given.rows, found, LookedFor(template, PANAMA, TODAY)))


def told(row: CheckedRow) -> list[tuple[str, str]]:
    """Give where what is wrong."""
    return [(each.field, each.key) for each in row.problems]


def header(*cells: str) -> Row:
    """Make a header."""
    return Row(1, cells)
