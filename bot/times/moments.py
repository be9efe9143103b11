"""A moment as it is kept: the wall time that a person asked for, the zone, and what both come to."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot import time_zones


class Change(StrEnum):
    """What daylight saving does to a wall time."""

    NONE = "none"
    SKIPPED = "skipped"  # there is no such time that day: it is moved forward by what is skipped
    DOUBLED = "doubled"  # there are two of it: the first one counts


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, and what it was made of."""

    instant: datetime  # UTC
    wall: datetime  # as it was asked for, without a zone: daylight saving may have no such time
    zone: ZoneInfo  # of `bot.time_zones`: kept by its `key`, since it can't be pickled
    rules: str  # the version of the zones' rules, such as 2026f
    change: Change = Change.NONE

    @property
    def shown_wall(self) -> datetime:
        """What the clock really shows then."""
        return wall_time(self.instant, self.zone)


def wall_time(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return what a clock shows in a zone, without the zone."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def resolve(wall: datetime, zone: ZoneInfo) -> Moment:
    """Return the instant of a wall time by the present rules.

    As RFC 5545 (3.3.5) has it: what is skipped counts with the offset before the gap, so that it
    moves forward by the length of the gap; what is doubled is the first of the two.
    """
    first = wall.replace(tzinfo=zone, fold=0)
    second = wall.replace(tzinfo=zone, fold=1)
    instant = first.astimezone(UTC)
    if first.utcoffset() == second.utcoffset():
        change = Change.NONE
    else:
        change = Change.DOUBLED if wall_time(instant, zone) == wall else Change.SKIPPED
    return Moment(instant, wall, zone, time_zones.version(), change)


def recompute(kept: Moment) -> tuple[Moment, bool]:
    """Compute a kept moment anew by the present rules, and say whether its instant moved.

    Of two instants that a wall time has, the one nearer to what was meant.
    """
    if kept.rules == time_zones.version():
        return kept, False
    anew = resolve(kept.wall, kept.zone)
    second = kept.wall.replace(tzinfo=kept.zone, fold=1).astimezone(UTC)
    if anew.change is Change.DOUBLED and abs(second - kept.instant) < abs(
        anew.instant - kept.instant
    ):
        anew = replace(anew, instant=second)
    return anew, anew.instant != kept.instant
