"""A list looked at as the process does that is for it, in the test's own."""

import dataclasses
import io

from bot.bulk.batches import Mapped
from bot.bulk.dry_run import LookedFor
from bot.bulk.list_check import Checked, CheckRequest, pipes
from bot.bulk.list_check import __main__ as child
from bot.bulk.list_check.pipes import Answer
from bot.bulk.list_file import table
from bot.bulk.list_file.table import Table
from bot.templates import Template
from tests.unit.bulk.scene import APPOINTMENT, PANAMA, TODAY

AS_IT_IS = Mapped()
WANTED = LookedFor(APPOINTMENT, PANAMA, TODAY)


def check(
    source: str | bytes | Table,
    mapped: Mapped = AS_IT_IS,
    *,
    name: str = "lista.csv",
    template: Template = APPOINTMENT,
    limit: int = table.ROWS_LIMIT,
) -> Checked:
    """Look at a list as the process does, in this one."""
    wanted = dataclasses.replace(WANTED, template=template)
    request = CheckRequest(wanted, mapped, limit)
    given = io.BytesIO()
    pipes.give(given, source.encode() if isinstance(source, str) else source, name, request)
    given.seek(0)
    answer = Answer(io.BytesIO(b"".join(child.answer(given))))
    rows = tuple(answer.rows())
    assert answer.total == len(rows)
    return Checked(answer.report, rows)
