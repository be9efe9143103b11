"""One telephone is one entry, in all the ways in which its number is written."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from bot.phones import plans, read
from bot.phones.canonical import canonical

ONE = (
    ("522221234567", ("522221234567", "5212221234567")),
    ("541123456789", ("541123456789", "5491123456789", "54111523456789", "549111523456789")),
    ("542231234567", ("542231234567", "5492231234567", "54223151234567")),
    ("542901123456", ("542901123456", "5492901123456", "54290115123456")),
    ("5511961234567", ("5511961234567", "551161234567")),
    ("576012345678", ("576012345678", "5712345678")),
    ("2290195123456", ("2290195123456", "22995123456")),
)


@pytest.mark.parametrize(
    ("one", "written"), [(one, written) for one, ways in ONE for written in ways]
)
def test_all_ways_to_write_a_number_are_one_entry(one: str, written: str) -> None:
    assert canonical(written) == one


@pytest.mark.parametrize(
    "digits",
    [
        "50761234567",
        "573211234567",  # Colombia's mobiles have no area
        "551123456789",  # Brazil's fixed lines got no ninth digit
        "541115234567",  # an Argentine number of ten digits that begins with 15
        "521234567",  # too short for Mexico's old form
        "12015550123",
        "447400123456",
        "",
    ],
)
def test_what_nobody_changed_stays_as_it_is(digits: str) -> None:
    assert canonical(digits) == digits


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5211111111111", "521111111111"),  # no Mexican number begins with 1
        ("551123456789", "5511923456789"),  # a fixed line is not the mobile with a 9 before it
        ("576012345678", "573012345678"),
        ("541123456789", "541123456780"),
    ],
)
def test_two_telephones_stay_two(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("+52 1 222 123 4567", "+52 222 123 4567"),
        ("+54 11 15 2345-6789", "+54 9 11 2345-6789"),
        ("+54 11 2345-6789", "+54 9 11 2345-6789"),
        ("+55 (11) 6123-4567", "+55 (11) 96123-4567"),
        ("+57 1 2345678", "+57 601 234 5678"),
    ],
)
def test_typed_numbers_meet_in_one_form(typed: str, other: str) -> None:
    (one,), (two,) = read(typed, region=None), read(other, region=None)

    assert canonical(one.digits) == canonical(two.digits)


@given(st.from_regex(r"(52|521|54|549|55|57|229|507|1|[0-9]{2})[0-9]{6,12}", fullmatch=True))
def test_the_one_form_is_its_own(digits: str) -> None:
    assert canonical(canonical(digits)) == canonical(digits)


def test_the_one_form_of_a_mobile_is_in_its_country() -> None:
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    given = {
        each: phonenumbers.example_number_for_type(each, PhoneNumberType.MOBILE) for each in regions
    }

    found = {region: _country_of_one_form(number) for region, number in given.items() if number}

    assert set(given) - set(found) == {"TA"}  # Tristan da Cunha has none
    assert found == {
        region: phonenumbers.region_code_for_number(number)
        for region, number in given.items()
        if number
    }


def _country_of_one_form(number: PhoneNumber) -> str | None:
    digits = phonenumbers.format_number(number, PhoneNumberFormat.E164).lstrip("+")
    one = plans.number_of(canonical(digits))
    return phonenumbers.region_code_for_number(one) if one else "none"
