"""Days as agents in Latin America type them, and as a message that was sent reads."""

from datetime import date, timedelta

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from bot.locales import LANGUAGES
from bot.templates.dates import read_day
from bot.templates.params import Kind, Param, as_read

TODAY = date(2026, 5, 3)
# What templates for Latin America are written in, WhatsApp's codes.
SENT_IN = ("es", "es_MX", "es_AR", "es_ES", "pt_BR", "pt", "pt_PT", "en", "en_US", "en_GB", "fr")
ALL_DAYS = [date(2027, 1, 1) + timedelta(days=number) for number in range(2 * 365 + 1)]

READ = [
    ("2026-05-03", "2026-05-03"),
    ("2026-5-3", "2026-05-03"),
    ("2026/05/03", "2026-05-03"),
    ("1999-12-31", "1999-12-31"),
    (" 3/5/2026 ", "2026-05-03"),
    ("03/05/2026", "2026-05-03"),
    ("3/5/26", "2026-05-03"),
    ("3-5-2026", "2026-05-03"),
    ("3.5.26", "2026-05-03"),
    ("3 / 5 / 2026", "2026-05-03"),
    ("13/5", "2026-05-13"),
    ("3 de mayo", "2026-05-03"),
    ("3 de  Mayo de 2026", "2026-05-03"),
    ("03 DE MAYO DEL 2026", "2026-05-03"),
    ("3\u00a0de\u00a0mayo", "2026-05-03"),
    ("3 de mayo, 2026", "2026-05-03"),
    ("3 de mayo de 26", "2026-05-03"),
    ("3 de mayo de 2026.", "2026-05-03"),
    ("3 mayo", "2026-05-03"),
    ("3 may. 2026", "2026-05-03"),
    ("3-may-2026", "2026-05-03"),
    ("03-MAY-26", "2026-05-03"),
    ("3/mayo/2026", "2026-05-03"),
    ("mayo 3", "2026-05-03"),
    ("mayo 3 de 2026", "2026-05-03"),
    ("1ro de junio", "2026-06-01"),
    ("1ero de junio", "2026-06-01"),
    ("1er junio", "2026-06-01"),
    ("1º de junho", "2026-06-01"),
    ("1.º de junio", "2026-06-01"),
    ("1° de junio", "2026-06-01"),
    ("15 de setiembre", "2026-09-15"),
    ("15 de septiembre", "2026-09-15"),
    ("15 de setembro", "2026-09-15"),
    ("15 set", "2026-09-15"),
    ("15 sept.", "2026-09-15"),
    ("3 de março de 2027", "2027-03-03"),
    ("3 de MARCO de 2027", "2027-03-03"),
    ("3 dez", "2026-12-03"),
    ("May 3", "2026-05-03"),
    ("May 3, 2026", "2026-05-03"),
    ("May 3rd, 2026", "2026-05-03"),
    ("3rd of May 2026", "2026-05-03"),
    ("29/2/2028", "2028-02-29"),
]

UNREAD = [
    "",
    "mañana",
    "el viernes",
    "3",
    "mayo",
    "3 de m",
    "3 de ma",
    "3 de juxio",
    "3 de ju",
    "31 de abril",
    "30/2/2026",
    "0/5/2026",
    "5/13/2026",
    "3/5/0000",
    "3/5/206",
    "3/5/85",
    "2026-05-03T10:00",
    "20260503",
    "2026-W18-7",
    "3 de mayo 10",
    "3 de mayo 10am",
    "3 o 4 de mayo",
    "3/5/2026 o 4/5/2026",
    "3/5/2026\x00",
    "\u0663\u0663/\u0665",
]


def read(text: str, language: str = "es", today: date = TODAY) -> str:
    day = read_day(text, (language, *LANGUAGES), today)
    return day.isoformat() if day else ""


@pytest.mark.parametrize(("typed", "day"), READ)
def test_a_day_is_read_as_people_write_it(typed: str, day: str) -> None:
    assert read(typed) == day


@pytest.mark.parametrize("typed", UNREAD)
def test_what_is_no_day_or_may_be_several_is_not_guessed(typed: str) -> None:
    assert read(typed) == ""


@pytest.mark.parametrize("language", SENT_IN)
@pytest.mark.parametrize("typed", ["3 de mayo", "3 de maio", "May 3", "3 may"])
def test_months_may_be_named_in_any_of_the_languages(typed: str, language: str) -> None:
    assert read(typed, language) == "2026-05-03"


@pytest.mark.parametrize("language", ["xx", "", "español", "es-MX"])
def test_an_unknown_language_of_a_template_does_no_harm(language: str) -> None:
    assert read("3 de mayo", language) == "2026-05-03"


@pytest.mark.parametrize(
    ("typed", "today", "day"),
    [
        ("3 de mayo", "2026-05-03", "2026-05-03"),
        ("3 de mayo", "2026-05-05", "2027-05-03"),
        ("1/1", "2026-12-31", "2027-01-01"),
        ("31/12", "2026-01-01", "2025-12-31"),
        ("31/12", "2026-01-02", "2026-12-31"),
        ("29/2", "2027-03-05", "2028-02-29"),
        ("29/2", "2025-03-05", ""),
    ],
)
def test_without_a_year_the_next_such_day_is_meant(typed: str, today: str, day: str) -> None:
    assert read(typed, today=date.fromisoformat(today)) == day


def test_in_the_evening_of_panama_it_is_tomorrow_by_utc_and_today_is_still_meant() -> None:
    assert read("3 de mayo", today=TODAY + timedelta(days=1)) == "2026-05-03"


@pytest.mark.parametrize(
    ("typed", "year"), [("3/5/06", "2006"), ("3/5/46", "2046"), ("3/5/47", "")]
)
def test_two_digits_of_a_year_are_read_near_the_present(typed: str, year: str) -> None:
    assert read(typed)[:4] == year


@pytest.mark.parametrize("language", SENT_IN)
def test_a_day_that_was_sent_is_read_back_whenever_it_is_sent_again(language: str) -> None:
    months = {day: format_date(day, "long", locale=language) for day in ALL_DAYS}

    misread = [text for day, text in months.items() if read(text, language) != day.isoformat()]

    assert misread == []


@given(
    st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    st.sampled_from(SENT_IN),
    st.dates(date(2024, 1, 1), date(2040, 1, 1)),
)
def test_what_a_customer_reads_is_the_day_that_was_chosen(
    day: date, language: str, today: date
) -> None:
    sent = as_read(Param("Fecha", kind=Kind.DATE), day.isoformat(), language)

    assert read(sent, language, today) == day.isoformat()


@given(st.text(), st.sampled_from([*SENT_IN, "zh", "ar", ""]))
def test_nothing_that_is_typed_is_too_odd(typed: str, language: str) -> None:
    day = read_day(typed, (language, *LANGUAGES), TODAY)

    assert day is None or isinstance(day, date)


@given(st.text(alphabet="0123456789/-. deloamayrMYEñ,°º", max_size=30))
def test_what_is_read_has_the_digits_that_were_typed(typed: str) -> None:
    day = read_day(typed, LANGUAGES, TODAY)

    if day is not None:
        assert str(day.day) in typed
