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
