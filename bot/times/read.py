"""What a time in a person's words comes to: a moment, a question, or what is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bot.errors import Problem
from bot.times.grammar import Day, Parsed, parse
from bot.times.hours import Hours
from bot.times.moments import Moment, recompute, resolve, wall_time
from bot.times.shown import show, show_day, show_time

FIELD = "send_at"
FURTHEST = timedelta(days=90)
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as far as a time goes: from when on, by which clocks, in which language."""

    now: datetime
    zone: ZoneInfo
    language: str

    @property
    def wall(self) -> datetime:
        return wall_time(self.now, self.zone)


@dataclass(frozen=True, slots=True)
class Ask:
    """It may be any of these, soonest first, perhaps only one: the person says which."""

    question: Problem
    choices: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """It can't be that; perhaps one of these instead."""

    problem: Problem
    instead: tuple[Moment, ...] = ()


Reading: TypeAlias = Moment | Ask | Mistake


def read(text: str, asker: Asker) -> Reading | None:
    """Read words that are a time and nothing else; None if they are none."""
    parsed = parse(text, asker.wall.date(), asker.language)
    return reading_of(parsed, text, asker) if parsed else None


def reading_of(parsed: Parsed, text: str, asker: Asker) -> Reading:
    """Turn parsed words, which were `text`, into moments from now on."""
    day = parsed.day or Day()
    values = {"words": text.strip()}
    if not parsed.hours:
        return Mistake(Problem(FIELD, "time.no_hour", values))
    if day.is_other_weekday:
        return Mistake(Problem(FIELD, "time.other_weekday", values))
    found = sorted({*_moments(day, parsed.hours, asker)}, key=lambda each: each.instant)
    choices = tuple(each for each in found if not _problem(each, asker))
    if not choices:
        return _mistake(day, parsed.hours, found, asker)
    if ask := day.ask or parsed.hours.ask:
        return Ask(Problem(FIELD, ask, values), choices)
    return choices[0]


def check_again(kept: Moment, asker: Asker) -> Moment | Mistake:
    """Look at a moment that was read a while ago, by the present rules and the present time."""
    anew, _ = recompute(kept)
    problem = _problem(anew, asker)
    return Mistake(problem) if problem else anew


def _problem(moment: Moment, asker: Asker) -> Problem | None:
    if moment.instant <= asker.now:
        return Problem(FIELD, "time.past", {"time": show(moment, asker.language)})
    if moment.instant - asker.now > FURTHEST:
        last = show_day(wall_time(asker.now + FURTHEST, asker.zone).date(), asker.language)
        return Problem(FIELD, "time.too_far", {"days": FURTHEST.days, "last": last})
    return None


def _mistake(day: Day, hours: Hours, found: Sequence[Moment], asker: Asker) -> Mistake:
    """Say why none of the moments will do; for a time of today that is past offer tomorrow's."""
    if day.is_today:
        wall = asker.wall
        tomorrow = [_at(wall.date() + timedelta(days=1), each, asker) for each in hours.times]
        values = {
            "time": show_time(found[-1].wall.time(), asker.language),
            "tomorrow": show(tomorrow[0], asker.language),
        }
        return Mistake(Problem(FIELD, "time.today_past", values), tuple(tomorrow))
    problems = [each for each in (_problem(moment, asker) for moment in found) if each]
    return Mistake(problems[-1])


def _moments(day: Day, hours: Hours, asker: Asker) -> Iterator[Moment]:
    # Midnight may be the beginning of the day that is named, or its end.
    laters = (0, 1) if hours.ask == "time.ask.midnight" else (0,)
    for clock in hours.times:
        for later in laters:
            if day.dates:
                yield from (_at(each + timedelta(days=later), clock, asker) for each in day.dates)
            elif day.weekday is None:
                first = _next(clock, None, asker)
                yield _at(first.wall.date() + timedelta(days=later), clock, asker)
            else:
                first = _next(clock, (day.weekday + later) % _WEEK, asker)
                yield first
                if day.ask:  # "next Friday"
                    yield _at(first.wall.date() + timedelta(days=_WEEK), clock, asker)


def _next(clock: time, weekday: int | None, asker: Asker) -> Moment:
    """Return the next moment at which clocks show a time, on a weekday or on any day."""
    today = asker.wall.date()
    # Eight days hold each weekday's next one even if today's is past; a ninth, for what
    # daylight saving doubles and whose first is past.
    for ahead in range(_WEEK + 2):
        found = _at(today + timedelta(days=ahead), clock, asker)
        is_named = weekday is None or found.wall.weekday() == weekday
        if is_named and found.wall > asker.wall and found.instant > asker.now:
            return found
    raise AssertionError("no such moment within nine days")


def _at(day: date, clock: time, asker: Asker) -> Moment:
    return resolve(datetime.combine(day, clock), asker.zone)
