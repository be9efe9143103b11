"""Lists in every status, ordinary but for what a test says."""

import dataclasses
from datetime import timedelta
from typing import Any

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
    row_key,
)
from bot.errors import Problem
from bot.sends import Origin, Status
from bot.templates import fingerprint
from tests.builders.sends import ALICE, TEMPLATE, make_send
from tests.builders.templates import make_template
from tests.fakes.clock import NOON

BATCH_ID = BatchId("K7R2-M9T5W")
CELLS = ("Rosa Quispe", "+507 6123-4567", "3 de mayo")
MESSAGE = "Hola Rosa Quispe, su cita es el 3 de mayo en Centro."

REPORT = Report(
    titles=("Nombre", "Telefono", "Fecha de cita", "Notas"),
    places={"client_name": 0, "phone": 1, "param.Fecha de cita": 2},
    unknown=(3,),
    counts={
        RowKind.GOOD: 40,
        RowKind.WRONG: 3,
        RowKind.DUPLICATE: 2,
        RowKind.RECENT: 1,
        RowKind.REFUSED: 1,
    },
    unusual=1,
    quiet={"MX": 7, "PE": 2},
    problems=(
        RowProblem(7, "Telefono", Problem("phone", "bulk.phone.power")),
        RowProblem(
            9, "Fecha de cita", Problem("param.Fecha de cita", "bulk.cell.error", {"value": "#N/A"})
        ),
        RowProblem(12, "", Problem("row", "bulk.row.more_cells")),
    ),
    messages=(MESSAGE,) * 3,
    fingerprint=fingerprint(make_template()),
    rate=20.0,
)


def make_batch_request(**changes: Any) -> BatchRequest:
    """Make a request; what a test says nothing about is ordinary."""
    request = BatchRequest(
        id=BATCH_ID,
        key="V0001",
        user=ALICE,
        origin=Origin(channel="C0SOPORTE01"),
        template=TEMPLATE,
        template_name="Recordatorio de cita",
        file=ListFile("F0LISTA0001", "clients.xlsx"),
    )
    return dataclasses.replace(request, **changes)


def make_report(**changes: Any) -> Report:
    """Make the report of a dry run."""
    return dataclasses.replace(REPORT, **changes)


def make_batch(status: BatchStatus = BatchStatus.CHECKED, **changes: Any) -> Batch:
    """Make a list; fields of its request may be given, too."""
    names = {field.name for field in dataclasses.fields(BatchRequest)}
    ordered = {name: changes.pop(name) for name in tuple(changes) if name in names}
    is_checked = status not in {BatchStatus.READING, BatchStatus.ASKING, BatchStatus.UNREADABLE}
    batch = Batch(
        request=make_batch_request(**ordered),
        status=status,
        created=NOON,
        updated=NOON,
        report=REPORT if is_checked else Report(),
        checked=NOON if is_checked else None,
    )
    if status is BatchStatus.UNREADABLE:
        batch = dataclasses.replace(batch, reason="bulk.file.empty")
    if status is BatchStatus.AWAITING_APPROVAL:
        until = NOON + timedelta(hours=8)
        batch = dataclasses.replace(batch, started_by=ALICE, approve_until=until)
    return dataclasses.replace(batch, **changes)


def make_progress(
    rate: float = 18.5, skipped: int = 0, undecided: int = 0, **counts: int
) -> Progress:
    """Make how rows stand, by the names of their statuses."""
    by_status = {Status(name): count for name, count in counts.items()}
    return Progress(by_status, skipped, rate, undecided)


def make_row(line: int = 2, status: Status | None = Status.SENT, **changes: Any) -> RowResult:
    """Make a row and its send, if it has one."""
    row = ListRow(line, CELLS, RowKind.GOOD, phone="50761234567", client_name="Rosa Quispe")
    if status is None:
        return RowResult(dataclasses.replace(row, **changes))
    send = make_send(
        status,
        id=f"V{line:04}",
        key=row_key(BATCH_ID, line),
        client_name="Rosa Quispe",
        batch=BATCH_ID,
        batch_line=line,
        reason="no_answer" if status is Status.UNKNOWN else str(status),
    )
    return RowResult(dataclasses.replace(row, **changes), send)
