"""What typed numbers mean: a table of them, and rules that hold for every number there is."""

import re

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot import phones
from bot.errors import FixTheForm, Problem
from bot.phones import Phone, Warn
from bot.phones import normalize as phone_text
from tests.unit.phones.examples import (
    EXAMPLES,
    REACHABLE,
    anything,
    at_home,
    country_of,
    e164,
    every_region,
    full_digits,
    is_reachable,
    is_refused,
    outcome,
    read_digits,
    regions,
)
from tests.unit.phones.phone_table import (
    FIXED,
    ONE_READING,
    POSSIBLE,
    REFUSED,
    TWO_READINGS,
    key_of,
)


@pytest.mark.parametrize(("typed", "region", "digits", "warnings"), ONE_READING)
def test_a_clear_number_has_one_reading(
    typed: str, region: str | None, digits: str, warnings: tuple[Warn, ...]
) -> None:
    found = phones.read(typed, region=region)

    assert [(phone.digits, phone.warnings) for phone in found] == [(digits, warnings)]


@pytest.mark.parametrize(("typed", "region", "abroad", "home"), TWO_READINGS)
def test_a_number_that_may_be_two_comes_back_as_both(
    typed: str,
    region: str,
    abroad: tuple[str, tuple[Warn, ...]],
    home: tuple[str, tuple[Warn, ...]],
) -> None:
    found = phones.read(typed, region=region)

    assert [(phone.digits, phone.warnings) for phone in found] == [home, abroad]


@pytest.mark.parametrize(("typed", "region", "key"), REFUSED)
def test_a_number_that_cannot_be_taken_says_why(typed: str, region: str | None, key: str) -> None:
    assert key_of(typed, region) == key


def test_the_table_has_sixty_typed_numbers() -> None:
    typed = {row[0] for row in ONE_READING} | {row[0] for row in TWO_READINGS}
    typed |= {row[0] for row in REFUSED}

    numbers = [one for one in typed if any(char.isdecimal() for char in one)]

    assert len(numbers) >= 60


def test_the_table_has_numbers_of_twelve_countries() -> None:
    sent = [phonenumbers.parse(f"+{digits}") for _, _, digits, _ in ONE_READING]

    countries = {country_of(number) for number in sent} - {""}

    assert len(countries) >= 12


def test_the_table_has_every_warning() -> None:
    assert {warn for *_, warnings in ONE_READING for warn in warnings} == set(Warn)


@pytest.mark.parametrize(
    "typed",
    [
        "+50761234567",
        "++507 6123 4567",
        "+507\u00a06123\u20114567",
        "+507 6123–4567",  # noqa: RUF001 - the dash that telephones make
        "[+507] 6123/4567",
        "\u202a+50761234567\u202c",
        "\u200e+507\u00ad6123\u200b4567\ufeff",
        "＋５０７６１２３４５６７",  # noqa: RUF001 - as typed on a Japanese keyboard
        "+٥٠٧٦١٢٣٤٥٦٧",
        "tel:+507-6123-4567",
        "WhatsApp: +507 6123 4567",
        "<tel:+50761234567|+507 6123-4567>",
        "<tel:+50761234567>",
        "<tel:+50761234567|Rosa>",
        "  +507 6123-4567,\n",
        "+00507 6123 4567",
    ],
)
def test_the_way_a_number_is_written_changes_nothing(typed: str) -> None:
    assert phones.read(typed, region=None) == (Phone("50761234567", "PA"),)


def test_digits_with_two_valid_readings_come_back_as_both_the_own_country_s_first() -> None:
    found = phones.read("321 1234567", region="CO")

    assert found == (Phone("573211234567", "CO"), Phone("3211234567", "BE", (FIXED,)))


def test_digits_with_two_possible_readings_come_back_as_both() -> None:
    found = phones.read("3123456789", region="EC")

    assert found == (
        Phone("5933123456789", "EC", (POSSIBLE,)),
        Phone("3123456789", "NL", (POSSIBLE,)),
    )


def test_a_mexican_1_without_52_may_be_north_american_so_both_come_back() -> None:
    found = phones.read("13123456789", region="MX")

    assert [phone.digits for phone in found] == ["523123456789", "13123456789"]


def test_a_reading_that_leaves_a_digit_out_yields_to_one_that_does_not() -> None:
    assert phones.read("4301 2345", region="CR") == (Phone("50643012345", "CR"),)
    assert phones.read("43 0 12345", region=None) == (Phone("4312345", "AT", (FIXED,)),)


def test_a_valid_reading_wins_over_a_possible_one() -> None:
    found = phones.read("6123-4567", region="PA")

    assert found == (Phone("50761234567", "PA"),)


def test_a_reading_of_another_country_is_dropped() -> None:
    found = phones.read("321 1234567", region="CO", countries=frozenset({"CO", "PA"}))

    assert found == (Phone("573211234567", "CO"),)


@pytest.mark.parametrize(
    ("typed", "country"),
    [("+573211234567", "CO"), ("321 1234567", "BE"), ("+870301234567", "+870")],
)
def test_a_number_of_no_allowed_country_says_which_ones_are(typed: str, country: str) -> None:
    with pytest.raises(FixTheForm) as told:
        phones.read(typed, region="CO", countries=frozenset({"PA", "MX"}))

    values = {"country": country, "allowed": "MX, PA"}
    assert told.value.problems == (Problem("phone", "phone.country_not_allowed", values),)


def test_a_number_nobody_may_call_is_dropped_where_another_reading_is_left() -> None:
    assert key_of("+3558001234") == "phone.toll_free"

    found = phones.read("3558001234", region="MX")

    assert found == (Phone("523558001234", "MX"),)


def test_a_number_of_no_country_is_taken_without_one() -> None:
    (phone,) = phones.read("+870301234567", region=None)

    assert phone == Phone("870301234567", "")


def test_a_company_number_is_looked_at_like_a_fixed_line() -> None:
    (phone,) = phones.read("+548101234567", region=None)

    assert phone.warnings == (FIXED, Warn.ARGENTINA_NO_9)


def test_the_sender_sees_a_number_as_people_print_it() -> None:
    assert Phone("50761234567", "PA").international == "+507 6123-4567"


def test_digits_that_are_no_number_are_shown_as_they_are() -> None:
    assert Phone("999", "").international == "+999"


@pytest.mark.parametrize("word", ["+507", "(55)", "6123-4567", "1234", "٦١٢٣", "tel:+507", "–"])  # noqa: RUF001
def test_digits_and_phone_punctuation_are_what_numbers_are_written_with(word: str) -> None:
    assert phone_text.is_written_with(word)


@pytest.mark.parametrize("word", ["Rosa", "6123x", "$50", "12:30", "3,5", "😀"])
def test_anything_else_is_not(word: str) -> None:
    assert not phone_text.is_written_with(word)


def test_full_digits_are_never_changed_into_another_number() -> None:
    read = [(number, phones.read(e164(number), region="PA")) for _, number in REACHABLE]

    assert [one for one in read if [f"+{phone.digits}" for phone in one[1]] != [e164(one[0])]] == []
    assert [one for one in read if POSSIBLE in one[1][0].warnings] == []
    assert [one for one in read if one[1][0].country != country_of(one[0])] == []


full_of_any_digits = st.builds(
    lambda digits, end: digits[: -len(end)] + end,
    full_digits,
    st.text(alphabet="0123456789", min_size=1, max_size=4),
).filter(is_reachable)


@given(full_of_any_digits, st.sampled_from(["+", "00"]), every_region)
def test_a_valid_number_with_its_country_code_is_sent_digit_for_digit(
    digits: str, prefix: str, region: str | None
) -> None:
    found = phones.read(f"{prefix}{digits}", region=region)

    assert [phone.digits for phone in found] == [digits]


@given(full_of_any_digits, every_region)
def test_bare_digits_of_a_valid_number_are_always_one_of_the_readings(
    digits: str, region: str | None
) -> None:
    found = outcome(digits, region)

    # As it may be a mobile of the country with a slip of the finger, it must be typed with a +.
    if isinstance(found, FixTheForm):
        assert [problem.key for problem in found.problems] == ["phone.one_off"]
        assert read_digits(f"+{digits}", region) == {digits}
    else:
        assert digits in [phone.digits for phone in found]


def test_premium_and_toll_free_numbers_of_every_country_are_refused() -> None:
    keys = {key_of(e164(number)) for _, number in EXAMPLES if is_refused(number)}

    assert keys == {"phone.premium", "phone.toll_free"}


def test_a_number_as_it_is_printed_at_home_is_read_at_home() -> None:
    misread = [
        number
        for region, number in REACHABLE
        if region and e164(number)[1:] not in read_digits(at_home(number), region)
    ]

    assert misread == []


# No slash: between two long halves it means two numbers.
separators = st.text(alphabet=" -–.()\u00a0\u200e", max_size=1)  # noqa: RUF001


@given(full_digits, st.sampled_from(["+", "00", "+ ", "(+", "tel:+", "whatsapp:00"]), st.data())
def test_formatting_changes_no_digit(digits: str, prefix: str, data: st.DataObject) -> None:
    loose = [digit + data.draw(separators) for digit in digits[:10]]
    typed = prefix + "".join(loose) + digits[10:]
    # What stands in brackets at the end is an extension, and .0 may be a spreadsheet's.
    assume(not re.search(r"[(][^()]*[)][ .–-]*$|[.]\D*0[0\W]*$", typed))  # noqa: RUF001

    (phone,) = phones.read(typed, region="PA")

    assert phone.digits == digits


@given(full_digits)
def test_what_is_printed_for_the_sender_is_what_is_sent(digits: str) -> None:
    (phone,) = phones.read(f"+{digits}", region=None)

    assert phones.read(phone.international, region="MX") == (phone,)


@given(anything, regions)
def test_any_text_is_read_or_sent_back_to_be_corrected(typed: str, region: str | None) -> None:
    found = outcome(typed, region)

    if isinstance(found, FixTheForm):
        assert [problem.field for problem in found.problems] == ["phone"]
        return
    assert 1 <= len(found) <= 2
    for phone in found:
        assert phone.digits.isascii()
        assert phone.digits.isdecimal()
        assert len(phone.digits) <= 15
        (again,) = phones.read(f"+{phone.digits}", region=region)
        assert again.digits == phone.digits
        assert "".join(filter(str.isdecimal, phone.international)) == phone.digits
