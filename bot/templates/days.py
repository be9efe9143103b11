"""A day as people write it: 2026-05-03, 3/5/2026, "3 de mayo", "May 3"."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from babel import Locale, UnknownLocaleError

from bot.templates import names

SHORTEST = 3  # letters of a month
ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})")
# In Latin America the day comes first.
NUMBERS = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})(?:[/.-](?P<year>\d{4}))?")
DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?:[.oa]|°)? (?:de )?(?P<name>[^\W\d_]+)\.?(?:,? (?:de |del )?(?P<year>\d{4}))?"
)
MONTH_FIRST = re.compile(
    r"(?P<name>[^\W\d_]+)\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,? (?P<year>\d{4}))?"
)


def read_day(text: str, languages: Iterable[str], today: date) -> date | None:
    """Return the day that is meant, or None; without a year it is the next such day.

    `languages` are those in which months may be named.
    """
    folded = names.fold(text)
    months = {**dict(_months(languages))}
    for form in (ISO, NUMBERS, DAY_FIRST, MONTH_FIRST):
        if found := form.fullmatch(folded):
            parts = found.groupdict()
            month = int(parts["month"]) if "month" in parts else _month(parts["name"], months)
            return _day(parts["year"], month, int(parts["day"]), today)
    return None


def _months(languages: Iterable[str]) -> Iterator[tuple[str, int]]:
    for language in languages:
        try:
            named = Locale.parse(language).months["format"]["wide"]
        except (UnknownLocaleError, ValueError):
            continue
        yield from ((names.fold(name), number) for number, name in named.items())


def _month(written: str, months: dict[str, int]) -> int:
    """Return a month by its name or the beginning of it; 0 if that names none or several."""
    found = {
        number
        for name, number in months.items()
        if name == written or (len(written) >= SHORTEST and name.startswith(written))
    }
    return found.pop() if len(found) == 1 else 0


def _day(year: str | None, month: int, day: int, today: date) -> date | None:
    years = (int(year),) if year else (today.year, today.year + 1)
    for each in years:
        try:
            found = date(each, month, day)
        except ValueError:
            continue
        if year or found >= today:
            return found
    return None
