"""The numbers that are not to be written to, as a CSV file: read with all its mistakes, written."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.csv_cells import inert, not_inert
from bot.errors import FixTheForm
from bot.locales import load
from bot.policy.do_not_contact import REASON_LIMIT, Contact, Scope, new_contact, read_phone
from bot.send_draft import UNFIT, NumberRules
from bot.slack.platform.error_messages import sentence
from bot.templates import names

COLUMNS = ("phone", "scope", "reason", "since", "added_by")
# As the columns are called in files that people have, folded.
_CALLED = {
    **{name: name for name in COLUMNS},
    **dict.fromkeys(
        ("telefono", "telefone", "numero", "number", "celular", "movil", "whatsapp"), "phone"
    ),
    **dict.fromkeys(("alcance", "escopo"), "scope"),
    **dict.fromkeys(("motivo",), "reason"),
    **dict.fromkeys(("desde",), "since"),
}
_SCOPES = {
    **{each.value: each for each in Scope},
    **dict.fromkeys(("", "all", "todo", "tudo"), Scope.EVERYTHING),
}
_SEPARATORS = ",;\t"


class BadFile(Exception):
    """The file can't be read; `mistakes` has a sentence for each one, with its line."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        """Take all at once, so that they are corrected in one go."""
        super().__init__("bad file")
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True, slots=True)
class Row:
    """What stands in one row, by the name of its column."""

    line: int
    cells: Mapping[str, str]

    def get(self, name: str) -> str:
        return " ".join(self.cells.get(name, "").split())


def read(text: str, rules: NumberRules, now: datetime) -> tuple[Contact, ...]:
    """Read the numbers. Raises BadFile with every mistake."""
    found: list[Contact] = []
    mistakes: list[str] = []
    try:
        for row in _rows(text):
            contact, wrong = _contact(row, rules, now)
            mistakes += [f"line {row.line}: {each}" for each in wrong]
            found += [contact] if contact else []
    except csv.Error as error:
        mistakes.append(f"the file is no CSV from some line on ({error})")
    if mistakes:
        raise BadFile(mistakes)
    return tuple(found)


def write(contacts: Iterable[Contact]) -> str:
    """Write them so that `read` reads the same."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in contacts:
        since = each.since.astimezone(UTC).isoformat(timespec="seconds")
        row = (f"+{each.phone}", each.scope.value, inert(each.reason), since, each.added_by)
        writer.writerow(row)
    return out.getvalue()


def _rows(text: str) -> Iterator[Row]:
    # In any first line of such files the commonest of these is what sets cells apart.
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_SEPARATORS, key=first.count))
    columns: tuple[str, ...] = ()
    line = 1
    for cells in reader:
        start, line = line, reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            named = tuple(_CALLED.get(names.fold(cell), "") for cell in cells)
            columns = named if "phone" in named else COLUMNS[:3]
            if "phone" in named:
                continue
        yield Row(start, dict(zip(columns, cells, strict=False)))


def _contact(row: Row, rules: NumberRules, now: datetime) -> tuple[Contact | None, list[str]]:
    """Return what a row says, or all that is wrong with it."""
    wrong: list[str] = []
    phone = ""
    try:
        phone = read_phone(row.get("phone"), rules)
    except FixTheForm as error:
        words = load("en")
        wrong += [f"phone: {sentence(each, words)}" for each in error.problems]
    scope = _SCOPES.get(names.fold(row.get("scope")))
    if scope is None:
        wrong.append('scope: must be "everything" or "marketing"; empty is everything')
    reason = UNFIT.sub(" ", not_inert(row.get("reason")))
    if len(reason) > REASON_LIMIT:
        wrong.append(f"reason: must have {REASON_LIMIT} characters at most")
    since = _moment(row.get("since"), now)
    if since is None:
        wrong.append("since: must be a date such as 2026-05-03, and not in the future")
    if wrong or scope is None or since is None:
        return None, wrong
    added_by = row.get("added_by") if re.fullmatch(r"[UW][A-Z0-9]+", row.get("added_by")) else ""
    return new_contact(phone, scope=scope, since=since, added_by=added_by, reason=reason), []


def _moment(text: str, now: datetime) -> datetime | None:
    if not text:
        return now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return moment if moment <= now else None
