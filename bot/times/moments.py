"""A moment as it is kept: the wall time that a person asked for, the zone, and what both come to."""

import functools
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib import resources
from zoneinfo import ZoneInfo

import tzdata

# Of the rules by which walls become instants, such as 2026f.
RULES = tzdata.IANA_VERSION


class Change(StrEnum):
    """What daylight saving does to a wall time."""

    NONE = "none"
    SKIPPED = "skipped"  # there is no such time that day: it is moved forward by what is skipped
    DOUBLED = "doubled"  # there are two of it: the first one counts


@dataclass(frozen=True, slots=True)
class Zone:
    """A time zone by its IANA name, with the rules that we ship, not the machine's."""

    name: str
    info: ZoneInfo

    def wall(self, instant: datetime) -> datetime:
        """Return what a clock on the wall shows there, without a zone."""
        return instant.astimezone(self.info).replace(tzinfo=None, fold=0)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, and what it was made of."""

    instant: datetime  # UTC
    wall: datetime  # as it was asked for, without a zone: daylight saving may have no such time
    zone: Zone
    rules: str = RULES
    change: Change = Change.NONE

    @property
    def shown_wall(self) -> datetime:
        """What the clock really shows then."""
        return self.zone.wall(self.instant)


@functools.cache
def zone_named(name: str) -> Zone | None:
    """Return a zone by its IANA name, None where there is none of it.

    From the `tzdata` package: a machine's own files lag behind by years, and say no version.
    """
    if not re.fullmatch(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*", name):
        return None
    file = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
    try:
        with file.open("rb") as data:
            return Zone(name, ZoneInfo.from_file(data, key=name))
    except (OSError, ValueError):  # no such file, a folder, or one of the tables beside the zones
        return None


def resolve(wall: datetime, zone: Zone) -> Moment:
    """Return the instant of a wall time by the present rules.

    As RFC 5545 (3.3.5) has it: what is skipped counts with the offset before the gap, so that it
    moves forward by the length of the gap; what is doubled is the first of the two.
    """
    first = wall.replace(tzinfo=zone.info, fold=0)
    second = wall.replace(tzinfo=zone.info, fold=1)
    instant = first.astimezone(UTC)
    if first.utcoffset() == second.utcoffset():
        change = Change.NONE
    else:
        change = Change.DOUBLED if zone.wall(instant) == wall else Change.SKIPPED
    return Moment(instant, wall, zone, change=change)


def recompute(kept: Moment) -> tuple[Moment, bool]:
    """Compute a kept moment anew by the present rules, and say whether its instant moved."""
    anew = resolve(kept.wall, kept.zone)
    return anew, anew.instant != kept.instant
