"""Days that are named from where a person stands, as values of a date."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.templates.day_words import RELATIVE, WEEKDAYS, read_day_word

WEDNESDAY = date(2027, 5, 5)
READ = [
    ("hoy", "2027-05-05"),
    ("Hoy", "2027-05-05"),
    ("today", "2027-05-05"),
    ("hoje", "2027-05-05"),
    ("mañana", "2027-05-06"),
    ("MAÑANA", "2027-05-06"),
    ("manana", "2027-05-06"),
    ("amanhã", "2027-05-06"),
    ("amanha.", "2027-05-06"),
    ("tomorrow", "2027-05-06"),
    ("pasado mañana", "2027-05-07"),
    ("depois de amanhã", "2027-05-07"),
    ("the day after tomorrow", "2027-05-07"),
    ("ayer", "2027-05-04"),
    ("ontem", "2027-05-04"),
    ("yesterday", "2027-05-04"),
    ("anteayer", "2027-05-03"),
    ("anteontem", "2027-05-03"),
    ("lunes", "2027-05-10"),
    ("el lunes", "2027-05-10"),
    ("segunda", "2027-05-10"),
    ("segunda-feira", "2027-05-10"),
    ("Segunda feira", "2027-05-10"),
    ("2ª feira", "2027-05-10"),
    ("2ª-feira", "2027-05-10"),
    ("na segunda", "2027-05-10"),
    ("monday", "2027-05-10"),
    ("on Monday", "2027-05-10"),
    ("este viernes", "2027-05-07"),
    ("this friday", "2027-05-07"),
    ("esta sexta", "2027-05-07"),
    ("próximo viernes", "2027-05-07"),
    ("el próximo viernes", "2027-05-07"),
    ("próxima sexta-feira", "2027-05-07"),
    ("viernes que viene", "2027-05-07"),
    ("sexta que vem", "2027-05-07"),
    ("miércoles", "2027-05-12"),  # it is Wednesday: today is called hoy
    ("quarta", "2027-05-12"),
    ("sábado", "2027-05-08"),
    ("domingo", "2027-05-09"),
    ("terça", "2027-05-11"),
]
NONE = [
    "",
    "next friday",  # the coming one for some, the one after for others
    "segunda vez",
    "2a",
    "mañana a las 9",
    "de la mañana",
    "lun",
    "may",
    "hoyo",
    "ante ayer mañana",
    "feira",
    "that monday",
]


@pytest.mark.parametrize(("text", "day"), READ)
def test_a_day_is_counted_from_the_agents_own(text: str, day: str) -> None:
    assert read_day_word(text, WEDNESDAY) == date.fromisoformat(day)


@pytest.mark.parametrize("text", NONE)
def test_other_words_are_no_day(text: str) -> None:
    assert read_day_word(text, WEDNESDAY) is None


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(sorted(WEEKDAYS)))
def test_a_weekday_is_the_coming_one(today: date, name: str) -> None:
    written = name + "-feira" if name[0].isdigit() else name

    day = read_day_word(written, today)

    assert day is not None
    assert day.weekday() == WEEKDAYS[name]
    assert timedelta(days=1) <= day - today <= timedelta(days=7)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(sorted(RELATIVE)))
def test_a_word_is_as_many_days_away_as_it_says(today: date, word: str) -> None:
    assert read_day_word(word, today) == today + timedelta(days=RELATIVE[word])
