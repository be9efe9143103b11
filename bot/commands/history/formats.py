"""The sends as a table for eyes, or as lines for machines."""

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal, TextIO

from bot.csv_cells import inert
from bot.sends import Send
from bot.typed_text import visible

Format = Literal["jsonl", "csv", "table"]
Row = dict[str, str | bool]
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
    "scheduled_for",
    "approved_by",
    "overrode",
    "arrival",
    "batch",
)
# What a table has, by the widths that are known, so that nothing is held back.
_WIDTHS = {
    "created": 29,
    "status": 17,
    "phone": 15,
    "template": 20,
    "user": 20,
    "scheduled_for": 29,
    "approved_by": 20,
    "overrode": 20,
    "id": 0,
}


def row(send: Send) -> Row:
    """Return what is told of a send, as JSON knows it."""
    request = send.request
    return {
        "id": send.id,
        "status": send.status,
        "template": request.template,
        "template_name": request.template_name,
        "is_test": request.is_test,
        "phone": request.phone,
        "user": request.user,
        "channel": request.origin.channel,
        "created": _moment(send.created),
        "updated": _moment(send.updated),
        "conversation": send.conversation,
        "reason": send.reason,
        "replaces": request.replaces or "",
        "decided_by": send.decided_by,
        "scheduled_for": _moment(request.send_at.instant) if request.send_at else "",
        "approved_by": send.approved_by,
        "overrode": ", ".join(request.overrode),
        "arrival": send.arrival or "",
        "batch": request.batch,
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _jsonl(sends: Iterable[Send], out: TextIO, _names: Mapping[str, str]) -> int:
    count = 0
    for count, send in enumerate(sends, 1):  # noqa: B007 - returned
        out.write(json.dumps(row(send), ensure_ascii=False) + "\n")
    return count


def _csv(sends: Iterable[Send], out: TextIO, _names: Mapping[str, str]) -> int:
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    count = 0
    for count, send in enumerate(sends, 1):  # noqa: B007 - returned
        writer.writerow({name: _cell(value) for name, value in row(send).items()})
    return count


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return inert(str(value))


def _table(sends: Iterable[Send], out: TextIO, names: Mapping[str, str]) -> int:
    """Names of people and templates where they are known, else their ids."""
    out.write(_line({name: name.upper() for name in _WIDTHS}))
    count = 0
    for count, send in enumerate(sends, 1):  # noqa: B007 - returned
        cells = {name: str(value) for name, value in row(send).items()}
        cells["template"] = visible(send.request.template_name) or send.request.template
        for name in ("user", "approved_by"):
            cells[name] = names.get(cells[name], cells[name])
        out.write(_line(cells))
    return count


def _line(cells: Mapping[str, str]) -> str:
    return "  ".join(_fit(cells[name], width) for name, width in _WIDTHS.items()) + "\n"


def _fit(text: str, width: int) -> str:
    return text[: width - 1] + "…" if 0 < width < len(text) else text.ljust(width)


FORMS = {"jsonl": _jsonl, "csv": _csv, "table": _table}
NAMED = frozenset({"table"})
