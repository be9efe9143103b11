"""When a sender is asked whether a pending send arrived: at work, seldom, of many at once."""

from datetime import UTC, datetime, timedelta

import pytest

from bot import time_zones
from bot.policy import nudges

# Sunday 3 May 2026, and what follows.
PANAMA, TOKYO, KABUL, NEW_YORK = "America/Panama", "Asia/Tokyo", "Asia/Kabul", "America/New_York"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
START = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)


def utc(written: str) -> datetime:
    return datetime.fromisoformat(f"{written}+00:00")


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        # At work: now, from the first minute on to the last one.
        (PANAMA, "2026-05-04T14:00", "2026-05-04T14:00"),
        (PANAMA, "2026-05-04T22:59", "2026-05-04T22:59"),
        # At six it is over; before nine it has not begun.
        (PANAMA, "2026-05-04T23:00", "2026-05-05T14:00"),
        (PANAMA, "2026-05-04T13:59", "2026-05-04T14:00"),
        # In the night, on either side of midnight.
        (PANAMA, "2026-05-05T04:30", "2026-05-05T14:00"),
        (PANAMA, "2026-05-05T05:30", "2026-05-05T14:00"),
        # Friday evening and the weekend wait for Monday.
        (PANAMA, "2026-05-08T22:59", "2026-05-08T22:59"),
        (PANAMA, "2026-05-08T23:00", "2026-05-11T14:00"),
        (PANAMA, "2026-05-09T15:00", "2026-05-11T14:00"),
        (PANAMA, "2026-05-10T15:00", "2026-05-11T14:00"),
        # The same instant is Sunday here and Monday there.
        (PANAMA, "2026-05-04T00:30", "2026-05-04T14:00"),
        (TOKYO, "2026-05-04T00:30", "2026-05-04T00:30"),
        # And Friday here is Saturday there.
        (TOKYO, "2026-05-08T15:30", "2026-05-11T00:00"),
        # Half hours, and daylight saving: nine is nine by the clock of the day that is meant.
        (KABUL, "2026-05-04T04:29", "2026-05-04T04:30"),
        (NEW_YORK, "2026-03-06T23:30", "2026-03-09T13:00"),
        (NEW_YORK, "2026-10-30T22:30", "2026-11-02T14:00"),
    ],
)
def test_people_are_asked_at_work_alone(zone: str, now: str, expected: str) -> None:
    found = time_zones.find(zone)
    assert found

    assert nudges.opening(utc(now), found) == utc(expected)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-05-04T15:00", "2026-05-05T14:00"),
        ("2026-05-05T04:30", "2026-05-05T14:00"),  # Monday evening in Panama
        ("2026-05-07T15:00", "2026-05-08T14:00"),
        ("2026-05-08T15:00", "2026-05-11T14:00"),
        ("2026-05-09T15:00", "2026-05-11T14:00"),
        ("2026-05-10T15:00", "2026-05-11T14:00"),
    ],
)
def test_tomorrow_is_the_next_working_day_s_morning(now: str, expected: str) -> None:
    found = time_zones.find(PANAMA)
    assert found

    assert nudges.reminder(utc(now), found) == utc(expected)


@pytest.mark.parametrize(("asked", "may"), [(1, True), (2, True), (3, False), (4, False)])
def test_at_most_two_reminders_can_be_had(asked: int, *, may: bool) -> None:
    assert nudges.may_remind(asked) is may


@pytest.mark.parametrize(
    ("nudge", "expected"), [(10 * MINUTE, 10 * MINUTE), (HOUR, HOUR), (24 * HOUR, HOUR)]
)
def test_the_first_of_many_waits_an_hour_at_most(nudge: timedelta, expected: timedelta) -> None:
    assert nudges.gathering(nudge) == expected


@pytest.mark.parametrize(
    ("minutes", "now", "is_time"),
    [
        ((0,), 0, True),
        ((0,), -1, False),
        # Up to three are not worth a wait.
        ((0, 10, 20), 0, True),
        ((0, 10, 20), 15, True),
        # More than three wait for the last of them that comes within the hour, and no longer.
        ((0, 10, 20, 30), 0, False),
        ((0, 10, 20, 30), 29, False),
        ((0, 10, 20, 30), 30, True),
        ((0, 10, 20, 60), 59, False),
        ((0, 10, 20, 60), 60, True),
        ((0, 10, 20, 61), 0, True),
        ((0, 10, 20, 30, 90), 30, True),
        # All that came meanwhile, as after a night.
        ((0, 0, 0, 0, 0), 0, True),
        ((-600, -500, -400, -300, 30), 0, True),
    ],
)
def test_more_than_three_that_come_soon_wait_for_each_other(
    minutes: tuple[int, ...], now: int, *, is_time: bool
) -> None:
    due = [START + each * MINUTE for each in minutes]

    assert nudges.is_time(due, START + now * MINUTE, HOUR) is is_time


@pytest.mark.parametrize("pace", [1, 7, 14, 19, 25, 59])
def test_nobody_who_sends_on_and_on_is_never_asked(pace: int) -> None:
    waiting = [START + each * pace * MINUTE for each in range(200)]
    now, asked_at = START, START

    while waiting and now < START + 24 * HOUR:
        seen = [each for each in waiting if each <= now + HOUR]
        if seen and nudges.is_time(seen, now, HOUR):
            asked_at = now
            waiting = [each for each in waiting if each > now]
        assert all(now - each <= HOUR for each in waiting if each <= now)
        now += MINUTE

    assert asked_at > START
