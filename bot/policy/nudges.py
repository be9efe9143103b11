"""When a sender is asked whether a *pending* send arrived: at work, seldom, and of many at once."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WORK = (time(9), time(18))  # from the first, up to and without the second
WORKING_DAYS = range(5)  # from Monday to Friday
SINGLY = 3  # so many are asked about one by one; of more, all in one message
REMINDERS = 2  # that a person may ask for
# Who has many that come due one after the other is asked about all of them, so much later.
LONGEST_GATHERING = timedelta(hours=1)


def opening(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the next moment at which somebody in a zone is at work: now, if they are."""
    local = now.astimezone(zone)
    if _is_working_day(local.date()) and WORK[0] <= local.time() < WORK[1]:
        return now
    first = 0 if local.time() < WORK[0] else 1
    return _morning(local.date() + timedelta(days=first), zone)


def reminder(now: datetime, zone: ZoneInfo) -> datetime:
    """Return when to ask again who wants that tomorrow: the next working day's morning."""
    return _morning(now.astimezone(zone).date() + timedelta(days=1), zone)


def may_remind(asked: int) -> bool:
    """Say whether somebody who was asked so often may be asked once more."""
    return asked <= REMINDERS


def gathering(nudge: timedelta) -> timedelta:
    """Return for how long the first of many waits for the others."""
    return min(nudge, LONGEST_GATHERING)


def is_time(due: Sequence[datetime], now: datetime, window: timedelta) -> bool:
    """Say whether to ask one person now, or to wait for what comes due within the window.

    `due` has the moments of all that are due or soon will be, the first one first.
    """
    soon = [each for each in due if each <= due[0] + window]
    return due[0] <= now and (len(soon) <= SINGLY or soon[-1] <= now)


def _morning(day: date, zone: ZoneInfo) -> datetime:
    while not _is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, WORK[0], zone).astimezone(UTC)


def _is_working_day(day: date) -> bool:
    return day.weekday() in WORKING_DAYS
