"""A day as people write it: 2026-05-03, 3/5/26, 3-may-2026, "3 de mayo", "May 3"."""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from babel import Locale, UnknownLocaleError

from bot.templates import names

SHORTEST = 3  # letters of a month
# Two digits of a year are read only this many years around the present one: others may be of the
# century before.
NEAR = 20
ISO = re.compile(r"(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})")
# In Latin America the day comes first.
NUMBERS = re.compile(
    r"(?P<day>\d{1,2}) ?[/.-] ?(?P<month>\d{1,2})(?: ?[/.-] ?(?P<year>\d{4}|\d{2}))?"
)
# "1.o" is "1.º" without its mark. After a mere space two digits may be an hour.
DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?:\.?[oa]|e?ro?|st|nd|rd|th|°|\.)?[ /-](?:(?:de|of) )?(?P<name>[^\W\d_]+)\.?"
    r"(?:(?:,? (?:de |del )?|[/-])(?P<year>\d{4}|(?:(?<=[/-])|(?<=de )|(?<=del ))\d{2}))?"
)
MONTH_FIRST = re.compile(
    r"(?P<name>[^\W\d_]+)\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,? (?:de |del )?(?P<year>\d{4}))?"
)


def read_day(text: str, languages: Iterable[str], today: date) -> date | None:
    """Return the day that is meant, or None; without a year it is of this year or the next.

    `languages` are those in which months may be named; `today` is the person's.
    """
    folded = names.fold(text).rstrip(".")
    months = _months(tuple(languages))
    for form in (ISO, NUMBERS, DAY_FIRST, MONTH_FIRST):
        if found := form.fullmatch(folded):
            parts = found.groupdict()
            month = int(parts["month"]) if "month" in parts else _month(parts["name"], months)
            return _day(parts["year"], month, int(parts["day"]), today)
    return None


# A list asks for the same languages at each of its days.
@functools.lru_cache(maxsize=64)
def _months(languages: tuple[str, ...]) -> Mapping[str, int]:
    return dict(_named_months(languages))


def _named_months(languages: Iterable[str]) -> Iterator[tuple[str, int]]:
    for language in languages:
        try:
            named = Locale.parse(language).months["format"]["wide"]
        except (UnknownLocaleError, ValueError):
            continue
        yield from ((names.fold(name), number) for number, name in named.items())
    # Peru's and Uruguay's, which CLDR's plain Spanish does not know.
    yield "setiembre", 9


def _month(written: str, months: Mapping[str, int]) -> int:
    """Return a month by its name or the beginning of it; 0 if that names none or several."""
    found = {
        number
        for name, number in months.items()
        if name == written or (len(written) >= SHORTEST and name.startswith(written))
    }
    return found.pop() if len(found) == 1 else 0


def _day(year: str | None, month: int, day: int, today: date) -> date | None:
    if year and len(year) < len("2026"):
        year = f"{today.year // 100}{year}"
        if abs(int(year) - today.year) > NEAR:
            return None
    # Where the person's time zone is not known, it may be tomorrow already.
    first = today - timedelta(days=1)
    years = (int(year),) if year else (first.year, first.year + 1)
    for each in years:
        try:
            found = date(each, month, day)
        except ValueError:
            continue
        if year or found >= first:
            return found
    return None
