"""A value as somebody wrote it, made to fit its parameter: a day in words, a choice in small letters."""

import functools
from collections.abc import Mapping
from datetime import date, timedelta

from bot.locales import LANGUAGES
from bot.templates import names
from bot.templates.dates import read_day
from bot.templates.day_words import read_day_word
from bot.templates.params import Kind, Param, day_in_words

# Where a date that was sent is looked for.
DAYS_BACK, DAYS_AHEAD = 200, 400


def fitted(param: Param, value: str, language: str, today: date) -> str:
    """Return a value, as somebody wrote it, so that its parameter takes it; empty if it can't be."""
    if param.kind is Kind.CHOICE:
        return choice(param, value)
    if param.kind is Kind.DATE:
        day = _day_meant(value, language, today)
        return day.isoformat() if day else ""
    return " ".join(value.split()) if param.kind is Kind.LINK else value


# A list has the same few days in most of its rows.
@functools.lru_cache(maxsize=1024)
def _day_meant(value: str, language: str, today: date) -> date | None:
    return (
        read_day_word(value, today)
        or read_day(value, (language, *LANGUAGES), today)
        or _days_read(language, today).get(value)
    )


# A list asks at each of its days that can't be read in another way.
@functools.lru_cache(maxsize=16)
def _days_read(language: str, today: date) -> Mapping[str, date]:
    """Return days by how a customer reads them, in a language whose dates nobody types here."""
    days = (today + timedelta(days=number) for number in range(-DAYS_BACK, DAYS_AHEAD))
    return {words: day for day in days if (words := day_in_words(day, language))}


def choice(param: Param, value: str) -> str:
    """Return the choice that is meant, whatever its case and accents; empty if it is none."""
    folded = names.fold(value)
    return next((each for each in param.choices if names.fold(each) == folded), "")
