"""Quiet hours: when nobody should be written to, by the clock where the recipient is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot import time_zones
from bot.policy.colombian_holidays import is_holiday

_DAY = 24 * 60
_HORIZON = 14  # days; the longest quiet of any rule is from a Saturday to a Tuesday
_WRITTEN = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*")  # noqa: RUF001


class QuietFor(StrEnum):
    """Which templates the quiet hours are for."""

    MARKETING = "marketing"
    ALL = "all"


Open = tuple[int, int]  # minutes of a day: from the first, up to and without the second


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When people may be written to, from Monday to Sunday; all other hours are quiet."""

    open: tuple[tuple[Open, ...], ...]
    keeps_holidays: bool = False  # Colombia's, on which all hours are quiet

    def open_on(self, day: date) -> tuple[Open, ...]:
        if self.keeps_holidays and is_holiday(day):
            return ()
        return self.open[day.weekday()]

    def is_quiet(self, local: datetime) -> bool:
        """Say whether it is quiet at this time of some place's clock: from the start, not at the end."""
        minute = local.hour * 60 + local.minute
        return not any(start <= minute < end for start, end in self.open_on(local.date()))


# Ley 2300 de 2023, article 3: Monday to Friday from 7 to 19, Saturdays from 8 to 15, never on
# Sundays or holidays.
_WEEKDAY, _SATURDAY = (7 * 60, 19 * 60), (8 * 60, 15 * 60)
CO = QuietHours((*((_WEEKDAY,) for _ in range(5)), (_SATURDAY,), ()), keeps_holidays=True)


def parse(text: str) -> QuietHours | None:
    """Read the setting: empty or `off`, `20:00-08:00`, `CO`. Raises ValueError with a sentence."""
    word = text.strip().casefold()
    if word in {"", "off"}:
        return None
    if word == "co":
        return CO
    parts = _WRITTEN.fullmatch(text)
    if not parts:
        raise ValueError("must be two times of day as 20:00-08:00, or CO (Colombia's Ley 2300)")
    start, end = _minute(parts[1], parts[2]), _minute(parts[3], parts[4]) % _DAY
    if start % _DAY == end:
        raise ValueError("must not begin and end at the same time: leave it empty for none")
    every_day = ((end, start),) if end < start else ((0, start), (end, _DAY))
    return QuietHours((tuple(part for part in every_day if part[0] < part[1]),) * 7)


def _minute(hour: str, minute: str) -> int:
    if int(hour) * 60 + int(minute) > _DAY or int(minute) >= 60:  # noqa: PLR2004
        raise ValueError(f"{hour}:{minute} must be a time of day, from 00:00 to 24:00")
    return int(hour) * 60 + int(minute)


def applies(*, category: str, template: str | None, quiet_for: QuietFor) -> bool:
    """Say whether quiet hours are for a send: by its template's own `quiet`, or else its category.

    What we don't know the category of counts as marketing.
    """
    if template in {"always", "never"}:
        return template == "always"
    return quiet_for is QuietFor.ALL or category not in {"utility", "authentication"}


@dataclass(frozen=True, slots=True)
class Quiet:
    """It is quiet where the recipient may be."""

    zone: str  # IANA's name of the place whose time is said, the one where it stays so longest
    local: datetime  # the time there
    # When it is quiet in none of the places any more, in UTC; None: not for two weeks.
    until: datetime | None

    @property
    def local_until(self) -> datetime | None:
        """The end by the same clock: to be said, not compared (a time that comes twice equals none)."""
        return self.until.astimezone(self.local.tzinfo) if self.until else None


@dataclass(frozen=True, slots=True)
class NoZone:
    """Nobody knows where the recipient is, so a person decides."""


def look(hours: QuietHours, now: datetime, zones: Sequence[str]) -> Quiet | NoZone | None:
    """Say whether it is quiet at an instant in any of the zones in which a number may be."""
    now = now.astimezone(UTC)
    places = [zone for name in zones if (zone := time_zones.find(name))]
    if not places:
        return NoZone()
    quiet = [zone for zone in places if hours.is_quiet(now.astimezone(zone))]
    if not quiet:
        return None
    last = datetime.max.replace(tzinfo=UTC)
    until = _next_open(hours, now, places)
    longest = quiet[0]
    if len(quiet) > 1:
        longest = max(quiet, key=lambda zone: _next_open(hours, now, [zone]) or last)
    return Quiet(longest.key, now.astimezone(longest), until)


def _next_open(hours: QuietHours, now: datetime, places: Sequence[ZoneInfo]) -> datetime | None:
    """Return the first instant from now on at which it is quiet in none of the places."""
    # Most quiet ends within a day, and a list of recipients asks a thousand times.
    for days in (2, _HORIZON):
        changes = {instant for zone in places for instant in _changes(hours, now, zone, days)}
        opens = (
            instant
            for instant in sorted(changes)
            if not any(hours.is_quiet(instant.astimezone(zone)) for zone in places)
        )
        # Later ones are not all known yet: the last day begins earlier in one place than in another.
        if (found := next(opens, None)) and found <= now + timedelta(days=days - 1):
            return found
    return None


def _changes(hours: QuietHours, now: datetime, zone: ZoneInfo, days: int) -> Iterator[datetime]:
    """Give every instant at which quiet may end in a zone today or on the next days, in no order."""
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=each) for each in range(days)):
        for start, _ in hours.open_on(day):
            wall = datetime.combine(day, time(*divmod(start, 60)), zone)
            # A time that is skipped, or comes twice, is two instants; the wrong one is still quiet.
            both = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
            yield from (instant for instant in both if instant > now)
        begin = now + (day - today)
        if found := _clock_change(zone, begin, begin + timedelta(days=1)):
            yield found


def _clock_change(zone: ZoneInfo, begin: datetime, end: datetime) -> datetime | None:
    """Return the instant at which the clock of a zone is moved, to the second; quiet may end by it."""
    before = begin.astimezone(zone).utcoffset()
    if end.astimezone(zone).utcoffset() == before:
        return None
    while (gap := end - begin) > timedelta(seconds=1):
        middle = begin + gap / 2
        if middle.astimezone(zone).utcoffset() == before:
            begin = middle
        else:
            end = middle
    # Clocks are moved on whole seconds, and this is less than one after it.
    return end.replace(microsecond=0)
