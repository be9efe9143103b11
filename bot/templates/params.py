"""A parameter of a template: what it asks for, and which values it takes."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from bot.errors import Problem
from bot.send_draft import BODY_LIMIT, LINE_BREAK, UNFIT, check_params
from bot.templates import names
from bot.templates.numbers import is_number

# Slack's: an option's text, a placeholder, the options of one menu
# (docs.slack.dev/reference/block-kit).
NAME_LIMIT = 75
HELP_LIMIT = 150
CHOICES_LIMIT = 100


class Kind(StrEnum):
    """What a parameter's values are."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"  # 2026-05-03; the customer reads it in the template's language
    CHOICE = "choice"  # one of `choices`
    LINK = "link"  # a web address


@dataclass(frozen=True, slots=True)
class Param:
    """One value that a template asks for."""

    name: str  # Atom's own: any case, any language, may hold spaces
    label: str = ""
    help: str = ""
    example: str = ""
    required: bool = True
    default: str = ""
    kind: Kind = Kind.TEXT
    choices: tuple[str, ...] = ()
    max_length: int | None = None  # characters

    @property
    def title(self) -> str:
        """What people see it called."""
        return self.label or self.name


def check_value(param: Param, value: str) -> list[Problem]:
    """Find what keeps one value, which is not blank, from being sent: WhatsApp's rules, then ours.

    The problems' field is `param.NAME`, a block of the form.
    """
    found = check_params(((param.name, value),)) or [*_misfits(param, value)]
    if not found:
        return []
    return [
        Problem(f"param.{param.name}", each.key, {**each.values, "name": param.title})
        for each in found
    ]


def _misfits(param: Param, value: str) -> Iterator[Problem]:
    limit = param.max_length
    # A date has one length as it is chosen and another one as it is read.
    if limit is not None and param.kind is not Kind.DATE and len(value) > limit:
        yield Problem("", "param.over_length", {"length": len(value), "limit": limit})
    match param.kind:
        case Kind.NUMBER if not is_number(value):
            yield Problem("", "param.not_a_number")
        case Kind.DATE if _day(value) is None:
            yield Problem("", "param.not_a_date")
        case Kind.CHOICE if value not in param.choices:
            yield Problem("", "param.not_a_choice", {"choices": ", ".join(param.choices)})
        case Kind.LINK if not _is_link(value):
            yield Problem("", "param.not_a_link")


def as_read(param: Param, value: str, language: str) -> str:
    """Write a value as the customer reads it: a day in words, anything else as it was typed."""
    day = _day(value) if param.kind is Kind.DATE else None
    return value if day is None else day_in_words(day, language) or value


# A form asks for the same day several times over: its checks, its message, its order.
@functools.lru_cache(maxsize=1024)
def day_in_words(day: date, language: str) -> str:
    """Write a day as a customer reads it; empty in a language that nobody here knows."""
    try:
        return format_date(day, format="long", locale=Locale.parse(language))
    except (UnknownLocaleError, ValueError):
        return ""


def _day(value: str) -> date | None:
    # Python alone would take 20260503 and 2026-W18-7, too.
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _is_link(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and not re.search(r"\s", value)
        )
    except ValueError:
        return False


def check_text(field: str, text: str, *, limit: int, needed: bool = False) -> Iterator[Problem]:
    """Find what keeps a line of the catalogue from being shown in Slack."""
    if not names.fold(text) and (needed or text):
        yield Problem(field, "catalogue.text.empty")
    elif LINE_BREAK.search(text) or UNFIT.search(text):
        yield Problem(field, "catalogue.text.one_line")
    elif text != text.strip():
        yield Problem(field, "catalogue.text.outer_spaces")
    if len(text) > limit:
        yield Problem(field, "catalogue.text.too_long", {"length": len(text), "limit": limit})


def check_param(param: Param) -> Iterator[Problem]:
    """Find what keeps a parameter out of the catalogue; a problem's field is a field of it."""
    yield from check_text("name", param.name, limit=NAME_LIMIT, needed=True)
    if re.search(r"[{}]", param.name):
        yield Problem("name", "catalogue.param.braces")
    yield from check_text("label", param.label, limit=NAME_LIMIT)
    yield from check_text("help", param.help, limit=HELP_LIMIT)
    yield from check_text("example", param.example, limit=HELP_LIMIT)
    if param.max_length is not None and not 1 <= param.max_length <= BODY_LIMIT:
        yield Problem("max_length", "catalogue.max_length", {"limit": BODY_LIMIT})
    choices = [*_check_choices(param)]
    yield from choices
    # Judged by choices that are themselves wrong, a default would only be blamed for them.
    if param.default and not choices:
        yield from (replace(each, field="default") for each in check_value(param, param.default))


def _check_choices(param: Param) -> Iterator[Problem]:
    if param.kind is not Kind.CHOICE:
        if param.choices:
            yield Problem("choices", "catalogue.choices.other_kind")
        return
    if not param.choices:
        yield Problem("choices", "catalogue.choices.none")
    if len(param.choices) > CHOICES_LIMIT:
        yield Problem("choices", "catalogue.choices.too_many", {"limit": CHOICES_LIMIT})
    seen: dict[str, str] = {}
    for choice in param.choices:
        if wrong := [*check_text("choices", choice, limit=NAME_LIMIT, needed=True)]:
            yield from wrong
            continue
        yield from (replace(each, field="choices") for each in check_value(param, choice))
        folded = names.fold(choice)
        if folded in seen:
            values = {"one": seen[folded], "other": choice}
            yield Problem("choices", "catalogue.choices.alike", values)
        seen.setdefault(folded, choice)
