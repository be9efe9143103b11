"""Who asks in these tests, and how what was read is written down in a table."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot import time_zones
from bot.times import Ask, Asker, Mistake, Moment, Reading

# A Wednesday, 10:00 in Panama.
NOW = datetime(2027, 5, 5, 15, tzinfo=UTC)
# How the languages of a table are written in one column.
ANY = ("en", "es", "pt")


def zone(name: str = "America/Panama") -> ZoneInfo:
    found = time_zones.find(name)
    assert found is not None
    return found


def wall(text: str) -> datetime:
    """Return what a clock shows, which has no zone."""
    return datetime.fromisoformat(text)


def asker(language: str = "es", now: datetime = NOW, place: str = "America/Panama") -> Asker:
    return Asker(now, zone(place), language)


def written(reading: Reading | None) -> str:
    """Write a reading as a table has it: wall times, and the key of what is said of them."""
    match reading:
        case Moment():
            return _wall(reading)
        case Ask():
            return " ".join([reading.question.key, *map(_wall, reading.choices)])
        case Mistake():
            return " ".join([reading.problem.key, *map(_wall, reading.instead)])
        case None:
            return ""


def _wall(moment: Moment) -> str:
    return f"{moment.shown_wall:%m-%d/%H:%M}"
