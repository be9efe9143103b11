"""A moment as people read it: weekday, date and time, by language, in one zone or in two."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton

from bot.errors import Problem
from bot.times.moments import Change, Moment, wall_time

# Spoken to people in America: CLDR's plain Spanish is Spain's.
_LOCALES = {"en": "en", "es": "es_419", "pt": "pt_BR"}


@dataclass(frozen=True, slots=True)
class Shown:
    """An instant by the clocks of one zone."""

    day: str  # weekday and date; without the year, which the next 90 days do not need
    time: str
    zone: str  # its IANA name


def show(moment: Moment, language: str) -> str:
    """Write weekday, date and time in the moment's own zone; `read` reads it back."""
    shown = _shown(moment.instant, moment.zone, language)
    return f"{shown.day}, {shown.time}"


def show_day(day: date, language: str) -> str:
    """Write a weekday and a date."""
    locale = Locale.parse(_LOCALES[language])
    weekday = format_date(day, "EEEE", locale=locale)
    comma = "" if language == "es" else ","
    return f"{weekday}{comma} {format_skeleton('MMMMd', day, locale=locale)}"


def show_time(clock: time, language: str) -> str:
    """Write a time of the day: English has a clock of twelve hours."""
    if language != "en":
        return f"{clock:%H:%M}"
    return f"{clock.hour % 12 or 12}:{clock:%M} {'AM' if clock.hour < 12 else 'PM'}"  # noqa: PLR2004


def in_zones(
    instant: datetime, sender: ZoneInfo, recipient: ZoneInfo | None, language: str
) -> tuple[Shown, ...]:
    """Write an instant for the sender and, if they are in another zone, for the recipient."""
    zones = [sender] if recipient is None or recipient.key == sender.key else [sender, recipient]
    return tuple(_shown(instant, zone, language) for zone in zones)


def said(moment: Moment, language: str) -> Problem | None:
    """Return what daylight saving did to what was asked for, to be said beside the time."""
    asked = show_time(moment.wall.time(), language)
    match moment.change:
        case Change.SKIPPED:
            real = show_time(moment.shown_wall.time(), language)
            return Problem("send_at", "time.skipped", {"asked": asked, "time": real})
        case Change.DOUBLED:
            return Problem("send_at", "time.doubled", {"time": asked})
        case _:
            return None


def _shown(instant: datetime, zone: ZoneInfo, language: str) -> Shown:
    wall = wall_time(instant, zone)
    return Shown(show_day(wall.date(), language), show_time(wall.time(), language), zone.key)
