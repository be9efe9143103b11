"""A value as somebody wrote it, made to fit its parameter: a day in words, a choice in small letters."""

from datetime import date, timedelta

from bot.locales import LANGUAGES
from bot.templates import names
from bot.templates.dates import read_day
from bot.templates.day_words import read_day_word
from bot.templates.params import Kind, Param, as_read

# Where a date that was sent is looked for: each of these days takes some microseconds.
DAYS_BACK, DAYS_AHEAD = 200, 400


def fitted(param: Param, value: str, language: str, today: date) -> str:
    """Return a value, as somebody wrote it, so that its parameter takes it; empty if it can't be."""
    if param.kind is Kind.CHOICE:
        return choice(param, value)
    if param.kind is Kind.DATE:
        day = (
            read_day_word(value, today)
            or read_day(value, (language, *LANGUAGES), today)
            or _day_read(param, value, language, today)
        )
        return day.isoformat() if day else ""
    return " ".join(value.split()) if param.kind is Kind.LINK else value


def _day_read(param: Param, value: str, language: str, today: date) -> date | None:
    """Find the day that a customer reads so, in a language whose dates nobody types here."""
    days = (today + timedelta(days=number) for number in range(-DAYS_BACK, DAYS_AHEAD))
    return next((day for day in days if as_read(param, day.isoformat(), language) == value), None)


def choice(param: Param, value: str) -> str:
    """Return the choice that is meant, whatever its case and accents; empty if it is none."""
    folded = names.fold(value)
    return next((each for each in param.choices if names.fold(each) == folded), "")
