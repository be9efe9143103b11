"""Numbers with the marks of every country in which agents write them."""

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from bot.templates.numbers import read_number

CERTAIN = [
    ("25", "25"),
    ("25,50", "25.50"),
    ("25.5", "25.5"),
    ("1.234,56", "1234.56"),
    ("1,234.56", "1234.56"),
    ("1 234,56", "1234.56"),
    ("1\u00a0234,56", "1234.56"),
    ("1\u202f234.56", "1234.56"),
    ("1'234.56", "1234.56"),
    ("1’234,56", "1234.56"),  # noqa: RUF001
    ("1'234,567.89", "1234567.89"),
    ("1 234", "1234"),
    ("1.234.567", "1234567"),
    ("1,234,567", "1234567"),
    ("1.234.567,8", "1234567.8"),
    ("1,234,567.8", "1234567.8"),
    ("0,125", "0.125"),
    ("0.125", "0.125"),
    ("1234.567", "1234.567"),
    ("1234,567", "1234.567"),
    ("12,5000", "12.5000"),
    ("12,50 ", "12.50"),
    ("-5", "-5"),
    ("\u22125,5", "-5.5"),
    ("+1.234,5", "1234.5"),
    ("007", "7"),
]
# Read by the country, both ways without one.
UNCLEAR = [
    ("1.234", "es_CO", "1234"),
    ("1.234", "es_AR", "1234"),
    ("1.234", "pt_BR", "1234"),
    ("1.234", "pt-BR", "1234"),
    ("1.234", "es_MX", "1.234"),
    ("1.234", "es_PA", "1.234"),
    ("1.234", "en_US", "1.234"),
    ("1,234", "es_CO", "1.234"),
    ("1,234", "es_MX", "1234"),
    ("12,500", "es_PE", "12500"),
    ("-12.500", "es_CL", "-12500"),
]
NONE = [
    "",
    ".",
    "5.",
    ",5",
    "12 34",
    "1,23,456",
    "1.2.3",
    "1.234,5.6",
    "1.234 567",
    "1e5",
    "1234.567,8",
    "12.34,5",
    "--5",
    "5%",
    "$5",
    "٣",
    "9" * 31,
]


@pytest.mark.parametrize("locale", ["", "es_CO", "es_MX", "pt_BR", "en"])
def test_a_number_tells_its_own_marks(locale: str) -> None:
    found = {text: read_number(text, locale) for text, _ in CERTAIN}

    assert found == {text: (Decimal(number),) for text, number in CERTAIN}


@pytest.mark.parametrize(("text", "locale", "number"), UNCLEAR)
def test_a_country_says_what_three_digits_behind_a_mark_are(
    text: str, locale: str, number: str
) -> None:
    assert read_number(text, locale) == (Decimal(number),)


@pytest.mark.parametrize(("text", "one", "other"), [("1.234", "1234", "1.234")])
@pytest.mark.parametrize("locale", ["", "es", "es_419", "es-LA", "pt", "en", "??", "xx_YY"])
def test_without_a_country_both_are_given(text: str, one: str, other: str, locale: str) -> None:
    assert read_number(text, locale) == (Decimal(one), Decimal(other))


@pytest.mark.parametrize("text", NONE)
def test_other_texts_are_no_number(text: str) -> None:
    assert read_number(text, "es_CO") == ()


@given(
    st.decimals(-(10**12), 10**12, places=2),
    st.sampled_from(["es_CO", "es_MX", "es_PA", "pt_BR", "en_US", "es_AR", "es_CL", "fr_FR"]),
)
def test_what_a_country_writes_is_read_back(number: Decimal, locale: str) -> None:
    written = format_decimal(number, format="#,##0.00", locale=locale)

    assert read_number(written, locale) == (number,)
