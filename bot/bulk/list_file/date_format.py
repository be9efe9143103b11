"""A date or a time of day as its cell's format shows it (ECMA-376, part 1, 18.8.31)."""

import functools
import re
from datetime import datetime, time, timedelta

from bot.bulk.list_file.table import LocaleFormat

# Excel shows these as each computer's own settings say, whatever is written here.
_SHORT = {"mm-dd-yy": "", "m/d/yy h:mm": " h:mm"}
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<single>.)|(?P<dropped>\[[^\]]*\]|[_*].|;.*)'
    r"|(?P<half>AM/PM|A/P)|(?P<part>y+|m+|d+|h+|s+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_NOON = 12
_WORD = 3  # letters from which on a month or a day is a word
_HOUR = 3600


# Of a column's few days each is shown many times over.
@functools.lru_cache(maxsize=4096)
def show(value: datetime | time, pattern: str, locale: LocaleFormat) -> str:
    """Show a moment as its cell does."""
    if pattern in _SHORT:
        pattern = locale.short_date + _SHORT[pattern]
    tokens = [
        (each.lastgroup or "", each[each.lastgroup or 0]) for each in _TOKEN.finditer(pattern)
    ]
    parts = [(at, text[0].lower()) for at, (kind, text) in enumerate(tokens) if kind == "part"]
    minutes = {
        at
        for index, (at, letter) in enumerate(parts)
        if letter == "m" and (_letter(parts, index - 1) == "h" or _letter(parts, index + 1) == "s")
    }
    has_half = any(kind == "half" for kind, _ in tokens)
    found = []
    for at, (kind, text) in enumerate(tokens):
        if kind == "half":
            found.append("AM" if value.hour < _NOON else "PM")
        elif kind == "part":
            letter = "minute" if at in minutes else text[0].lower()
            found.append(_part(value, letter, len(text), locale, has_half=has_half))
        elif kind != "dropped":
            found.append(text)
    return "".join(found).strip()


def show_length(value: timedelta) -> str:
    """Show how long something took: 26:30, or 26:30:05."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    hours, rest = divmod(seconds, _HOUR)
    shown = f"{sign}{hours}:{rest // 60:02}"
    return f"{shown}:{rest % 60:02}" if rest % 60 else shown


def _letter(parts: list[tuple[int, str]], index: int) -> str:
    return parts[index][1] if 0 <= index < len(parts) else ""


def _part(
    value: datetime | time, letter: str, length: int, locale: LocaleFormat, *, has_half: bool
) -> str:
    if letter in "hs" or letter == "minute":
        hour = (value.hour - 1) % _NOON + 1 if has_half else value.hour
        number = {"h": hour, "s": value.second}.get(letter, value.minute)
        return f"{number:02}" if length > 1 else str(number)
    return _of_day(value, letter, length, locale) if isinstance(value, datetime) else ""


def _of_day(value: datetime, letter: str, length: int, locale: LocaleFormat) -> str:
    if letter == "y":
        return f"{value.year:04}" if length > len("yy") else f"{value.year % 100:02}"
    number, at = (value.month, value.month - 1) if letter == "m" else (value.day, value.weekday())
    if length < _WORD:
        return str(number).rjust(length, "0")
    words = {
        ("m", _WORD): locale.short_months,
        ("d", _WORD): locale.short_days,
        ("d", _WORD + 1): locale.days,
    }.get((letter, length), locale.months)
    word = words[at] if at < len(words) else str(number)
    return word[:1] if (letter, length) == ("m", _WORD + 2) else word
