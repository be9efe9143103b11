"""A row's cells as the values of a send, or what is wrong with a cell before anybody reads it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot import emoji_codes
from bot.bulk import phone_cell
from bot.bulk.columns import ASSIGN, CLIENT_NAME, GROUP, PARAM, PHONE, Columns
from bot.bulk.list_file.encoding import is_mangled
from bot.bulk.list_file.table import CellKind, Row, Typed
from bot.errors import Problem
from bot.send_draft import NAME_LIMIT, SendDraft
from bot.templates import Template, customer_name, fingerprint, fitting, names
from bot.templates.numbers import is_number
from bot.templates.params import Kind, Param

FIRST_YEAR, LAST_YEAR = 1900, 2100
_YES = frozenset({"si", "s", "yes", "y", "sim", "true", "verdadero", "verdadeiro", "x", "1"})
_NO = frozenset({"no", "n", "nao", "false", "falso", "0"})
_PLAIN = Typed(CellKind.NUMBER)  # stands for no kind of its own where only text counts


@dataclass(frozen=True, slots=True)
class RowValues:
    """A draft of what a row asks for, and the problems of its cells."""

    draft: SendDraft
    problems: tuple[Problem, ...]
    own_name: bool  # the name that Atom is told has a column of its own


@dataclass(frozen=True, slots=True)
class Unsaid:
    """What is meant where a row says nothing."""

    group: str
    assign: bool


class RowReader:
    """Reads the rows of one list; what is the same for all of them is made once."""

    def __init__(self, columns: Columns, template: Template, unsaid: Unsaid, today: date) -> None:
        """Take columns about which nothing is left to be asked."""
        self._columns = columns
        self._template = template
        self._unsaid = unsaid
        self._today = today
        self._fingerprint = fingerprint(template)
        self._texts = [each for each in columns.places.items() if each[0] != PHONE]
        self._params = [
            (param, f"{PARAM}{param.name}", columns.places.get(f"{PARAM}{param.name}", -1))
            for param in template.params
        ]
        self._dates = [each for each in self._params if each[0].kind is Kind.DATE]
        asked = customer_name.param_of(template)
        self._name_param = asked.name if asked else ""

    def read(self, row: Row) -> RowValues:
        """Read a row as a person would type it into the form."""
        problems: list[Problem] = []
        texts = {name: _text(row, name, place, problems) for name, place in self._texts}
        given = []
        for param, name, place in self._params:
            if text := texts.get(name, ""):
                given.append((param.name, self._value(param, text, row.typed.get(place))))
        client_name = texts.get(CLIENT_NAME, "")
        if client_name:
            given += customer_name.named(self._template, client_name, given)
        if self._dates or row.typed:
            problems += self._wrong_days(row, dict(given))
        asked_name = dict(given).get(self._name_param, "") if self._name_param else ""
        draft = SendDraft(
            template=self._template.id,
            phone=_phone(row, self._columns, problems),
            client_name=client_name or (asked_name if len(asked_name) <= NAME_LIMIT else ""),
            group=texts.get(GROUP) or self._unsaid.group,
            assign=self._assign(texts.get(ASSIGN, ""), problems),
            params=tuple(given),
            template_fingerprint=self._fingerprint,
        )
        return RowValues(draft, tuple(problems), bool(client_name))

    def _value(self, param: Param, text: str, typed: Typed | None) -> str:
        """Return a value as its parameter takes it, as far as it is one."""
        kind = typed.kind if typed else None
        if typed and kind is CellKind.DATE and param.kind is Kind.DATE:
            return typed.exact
        if typed and kind is CellKind.NUMBER and param.kind is Kind.NUMBER:
            return text if is_number(text) or "%" in text else typed.exact
        if param.kind is Kind.DATE and kind is CellKind.NUMBER:
            return text
        return fitting.fitted(param, text, self._template.language, self._today) or text

    def _wrong_days(self, row: Row, given: dict[str, str]) -> Iterator[Problem]:
        """Find days that nobody means, and numbers where a day is asked for."""
        for param, field, place in self._params if row.typed else self._dates:
            typed = row.typed.get(place)
            kind = typed.kind if typed else None
            if param.kind is Kind.DATE and kind is CellKind.NUMBER:
                yield Problem(field, "bulk.cell.bare_number", {"value": given.get(param.name, "")})
                continue
            is_day = typed and kind is CellKind.DATE
            day = typed.exact if typed and is_day else given.get(param.name, "")
            if (is_day or param.kind is Kind.DATE) and _is_far(day):
                values = {"value": day, "first": str(FIRST_YEAR), "last": str(LAST_YEAR)}
                yield Problem(field, "bulk.cell.far_day", values)

    def _assign(self, text: str, problems: list[Problem]) -> bool:
        folded = names.fold(text)
        if not folded:
            return self._unsaid.assign
        if folded not in _YES | _NO:
            problems.append(Problem(ASSIGN, "bulk.cell.yes_or_no", {"value": text[:40]}))
        return folded in _YES


def _phone(row: Row, columns: Columns, problems: list[Problem]) -> str:
    place = columns.places[PHONE]
    typed = row.typed.get(place)
    if typed and typed.kind in {CellKind.ERROR, CellKind.NO_VALUE}:
        return _text(row, PHONE, place, problems)
    exact = typed.exact if typed and typed.kind is CellKind.NUMBER else ""
    found = phone_cell.clean(row.cell(place), exact)
    if isinstance(found, Problem):
        problems.append(found)
        return row.cell(place)
    return found


def _text(row: Row, field: str, place: int, problems: list[Problem]) -> str:
    """Return a cell's text; what it can't be is said."""
    text = row.cell(place)
    if not row.typed and text.isascii() and ":" not in text:
        return text  # as most are
    kind = row.typed.get(place, _PLAIN).kind
    if kind is CellKind.ERROR:
        problems.append(Problem(field, "bulk.cell.error", {"value": text[:40]}))
    elif kind is CellKind.NO_VALUE:
        problems.append(Problem(field, "bulk.cell.formula"))
    elif is_mangled(text):
        problems.append(Problem(field, "bulk.cell.mangled", {"value": text[:40]}))
    return emoji_codes.to_characters(text)


def _is_far(day: str) -> bool:
    try:
        return not FIRST_YEAR <= date.fromisoformat(day).year <= LAST_YEAR
    except ValueError:
        return False
