"""Colombia's holidays: what the laws say of each year."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.colombian_holidays import easter, holidays

# As the government's calendars have them; those of 2026 with the first Chiquinquirá.
OFFICIAL = """
2025-01-01 2025-01-06 2025-03-24 2025-04-17 2025-04-18 2025-05-01 2025-06-02 2025-06-23 2025-06-30
2025-07-20 2025-08-07 2025-08-18 2025-10-13 2025-11-03 2025-11-17 2025-12-08 2025-12-25
2026-01-01 2026-01-12 2026-03-23 2026-04-02 2026-04-03 2026-05-01 2026-05-18 2026-06-08 2026-06-15
2026-06-29 2026-07-13 2026-07-20 2026-08-07 2026-08-17 2026-10-12 2026-11-02 2026-11-16 2026-12-08
2026-12-25
2027-01-01 2027-01-11 2027-03-22 2027-03-25 2027-03-26 2027-05-01 2027-05-10 2027-05-31 2027-06-07
2027-07-05 2027-07-12 2027-07-20 2027-08-07 2027-08-16 2027-10-18 2027-11-01 2027-11-15 2027-12-08
2027-12-25
"""


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_the_holidays_are_those_of_the_law(year: int) -> None:
    official = {day for day in OFFICIAL.split() if day.startswith(str(year))}

    assert {day.isoformat() for day in holidays(year)} == official


@pytest.mark.parametrize(
    "day",
    [
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2028-04-16",
        "2038-04-25",
        "2285-03-22",
    ],
)
def test_easter_is_where_the_church_has_it(day: str) -> None:
    assert easter(int(day[:4])) == date.fromisoformat(day)


@given(st.integers(2026, 2400))
def test_moved_holidays_are_mondays_and_the_others_stay(year: int) -> None:
    fixed = {(1, 1), (5, 1), (7, 20), (8, 7), (12, 8), (12, 25)}
    others = [day for day in holidays(year) if (day.month, day.day) not in fixed]
    holy = {easter(year) - timedelta(days=3), easter(year) - timedelta(days=2)}

    assert {day for day in others if day.weekday()} <= holy
    assert 17 <= len(holidays(year)) <= 19  # two may fall on one day
