"""The sends as a table for eyes, or as lines for machines."""

import csv
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal, TextIO

import sqlalchemy as sa

from bot.sends import Send
from bot.store.reports import history

Format = Literal["jsonl", "csv", "table"]
COLUMNS = (
    "id",
    "status",
    "template",
    "template_name",
    "is_test",
    "phone",
    "user",
    "channel",
    "created",
    "updated",
    "conversation",
    "reason",
    "replaces",
    "decided_by",
)
_SHORT = ("created", "status", "phone", "template", "user", "id")
# At the beginning of a cell, or of what another spreadsheet takes for one; in full width, too.
_FORMULA = re.compile("(^|[;\t\r\n,|])(?=[ \"']*[=+\\-@\uff1d\uff0b\uff0d\uff20\t\r])")
_INERT = re.compile(_FORMULA.pattern.replace("(?=", "'(?="))


def show(engine: sa.Engine, form: Format, start: datetime | None, out: TextIO = sys.stdout) -> None:
    """Print the sends, oldest first; phone numbers in full, as they were sent."""
    with engine.connect() as connection:
        _FORMS[form]((row(send) for send in history(connection, start)), out)


def row(send: Send) -> dict[str, str]:
    """Return what is told of a send, all as text."""
    request = send.request
    return {
        "id": send.id,
        "status": send.status,
        "template": request.template,
        "template_name": request.template_name,
        "is_test": "yes" if request.is_test else "",
        "phone": request.phone,
        "user": request.user,
        "channel": request.origin.channel,
        "created": _moment(send.created),
        "updated": _moment(send.updated),
        "conversation": send.conversation,
        "reason": send.reason,
        "replaces": request.replaces or "",
        "decided_by": send.decided_by,
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _jsonl(rows: Iterator[dict[str, str]], out: TextIO) -> None:
    out.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in rows)


def _csv(rows: Iterator[dict[str, str]], out: TextIO) -> None:
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows({name: inert(value) for name, value in each.items()} for each in rows)


def inert(value: str) -> str:
    """Keep a spreadsheet from taking somebody else's text for a formula (OWASP: CSV injection).

    Where a decimal is written with a comma, a semicolon ends a cell, and quotes may not hold it.
    """
    return _FORMULA.sub(r"\1'", value)


def not_inert(value: str) -> str:
    """Return what `inert` was given."""
    return _INERT.sub(r"\1", value)


def _table(rows: Iterator[dict[str, str]], out: TextIO) -> None:
    """Align by the widths that the columns are known to have, so that nothing is held back."""
    widths = {"created": 29, "status": 9, "phone": 15, "template": 20, "user": 12}
    out.write("  ".join(name.upper().ljust(widths.get(name, 0)) for name in _SHORT) + "\n")
    out.writelines(
        "  ".join(each[name].ljust(widths.get(name, 0)) for name in _SHORT) + "\n" for each in rows
    )


_FORMS = {"jsonl": _jsonl, "csv": _csv, "table": _table}
