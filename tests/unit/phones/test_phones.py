"""What typed numbers mean: a table of them, and rules that hold for every number there is."""

import re
from collections.abc import Iterator

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from bot import phones
from bot.errors import FixTheForm, Problem
from bot.phones import Phone, Warn
from bot.phones import text as phone_text

FIXED, POSSIBLE = Warn.FIXED_LINE, Warn.POSSIBLE

# typed, default region, digits that Atom gets, warnings
ONE_READING = [
    # Panama
    ("+507 6123-4567", None, "50761234567", ()),
    ("+507 6123-4567", "MX", "50761234567", ()),
    ("6123-4567", "PA", "50761234567", ()),
    ("61234567", "PA", "50761234567", ()),
    ("50761234567", "PA", "50761234567", ()),
    ("50761234567", None, "50761234567", ()),
    ("00507 6123 4567", "PA", "50761234567", ()),
    ("50761234567.0", "PA", "50761234567", ()),
    ("(507) 6123.4567", "CO", "50761234567", ()),
    ("200-1234", "PA", "5072001234", (FIXED,)),
    ("50755667788", "PA", "50755667788", (POSSIBLE,)),
    ("50755667788", None, "50755667788", (POSSIBLE,)),
    ("5566-7788", "PA", "50755667788", (POSSIBLE,)),
    ("6 1 2 3 4 5 6 7", "PA", "50761234567", ()),
    ("507-6123-4567", "MX", "50761234567", ()),
    ("００５０７ ６１２３-４５６７", "CR", "50761234567", ()),  # noqa: RUF001 - full width
    ("<tel:+50761234567|6123-4567>", "PA", "50761234567", ()),
    ("(305) 555-0123", "PA", "5073055550123", (POSSIBLE,)),
    # Mexico
    ("222 123 4567", "MX", "522221234567", ()),
    ("+52 222 123 4567", None, "522221234567", ()),
    ("522221234567", "MX", "522221234567", ()),
    ("+52 1 222 123 4567", None, "522221234567", (Warn.MEXICO_OLD_FORM,)),
    ("5212221234567", "MX", "522221234567", (Warn.MEXICO_OLD_FORM,)),
    ("0052 1 222 123 4567", "PA", "522221234567", (Warn.MEXICO_OLD_FORM,)),
    ("200 123 4567", "MX", "522001234567", (FIXED,)),
    ("222.123.4567", "MX", "522221234567", ()),
    ("(222)\u00a0123\u20114567", "MX", "522221234567", ()),
    ("1 222 123 4567", "MX", "522221234567", (Warn.MEXICO_OLD_FORM,)),
    ("521 222 123 456", "MX", "521222123456", (POSSIBLE,)),
    # Argentina
    ("+54 9 11 2345-6789", None, "5491123456789", ()),
    ("54 9 11 2345 6789", "AR", "5491123456789", ()),
    ("011 15-2345-6789", "AR", "5491123456789", ()),
    ("+54 11 15 2345-6789", None, "5491123456789", ()),
    ("+54 11 2345-6789", None, "541123456789", (FIXED, Warn.ARGENTINA_NO_9)),
    ("011 2345-6789", "AR", "541123456789", (FIXED, Warn.ARGENTINA_NO_9)),
    ("541123456789", "AR", "541123456789", (FIXED, Warn.ARGENTINA_NO_9)),
    ("11 15 2345-6789", "AR", "5491123456789", ()),
    ("9 11 2345-6789", "AR", "5491123456789", ()),
    ("+54 (011) 15-2345-6789", None, "5491123456789", ()),
    ("0351 15-234-5678", "AR", "5493512345678", ()),
    ("15-2345-6789", "AR", "541523456789", (POSSIBLE, Warn.ARGENTINA_NO_9)),
    # Brazil
    ("(11) 96123-4567", "BR", "5511961234567", ()),
    ("011 96123-4567", "BR", "5511961234567", ()),
    ("0 15 11 96123-4567", "BR", "5511961234567", ()),
    ("+55 (11) 96123-4567", None, "5511961234567", ()),
    ("5511961234567", "BR", "5511961234567", ()),
    ("(11) 6123-4567", "BR", "551161234567", (POSSIBLE, Warn.BRAZIL_NO_9)),
    ("+55 11 6123-4567", None, "551161234567", (POSSIBLE, Warn.BRAZIL_NO_9)),
    ("(11) 2345-6789", "BR", "551123456789", (FIXED,)),
    ("+55 (0) 11 96123-4567", None, "5511961234567", ()),
    ("90 11 96123-4567", "BR", "5511961234567", ()),
    ("(55) 96123-4567", "BR", "5555961234567", ()),
    ("(55) 6123-4567", "BR", "555561234567", (POSSIBLE, Warn.BRAZIL_NO_9)),
    ("(31) 6123-4567", "BR", "553161234567", (POSSIBLE, Warn.BRAZIL_NO_9)),
    ("96123-4567", "BR", "55961234567", (POSSIBLE,)),
    # Colombia
    ("+57 321 1234567", "PA", "573211234567", ()),
    ("0057 321 1234567", "CO", "573211234567", ()),
    ("573211234567", "CO", "573211234567", ()),
    ("(601) 2345678", "CO", "576012345678", (FIXED,)),
    ("+57 (321) 123-4567", None, "573211234567", ()),
    ("03 321 1234567", "CO", "573211234567", ()),
    ("+57 1 234 5678", None, "5712345678", (POSSIBLE,)),
    # Chile
    ("(2) 2123 4567", "CL", "56221234567", ()),
    ("+56 2 2123 4567", None, "56221234567", ()),
    ("9 6123 4567", "CL", "56961234567", ()),
    ("56 9 6123 4567", "AR", "56961234567", ()),
    # Peru
    ("912 345 678", "PE", "51912345678", ()),
    ("+51 912 345 678", "CL", "51912345678", ()),
    ("(01) 1234567", "PE", "5111234567", (FIXED,)),
    ("0 912 345 678", "PE", "51912345678", ()),
    ("51-912-345-678", None, "51912345678", ()),
    # Ecuador
    ("099 123 4567", "EC", "593991234567", ()),
    ("991234567", "EC", "593991234567", ()),
    ("593991234567", "EC", "593991234567", ()),
    ("+593 99 123 4567", None, "593991234567", ()),
    ("+593 (0)99 123 4567", None, "593991234567", ()),
    ("02 212-3456", "EC", "59322123456", (FIXED,)),
    # Costa Rica
    ("8312 3456", "CR", "50683123456", ()),
    ("506 8312-3456", "PA", "50683123456", ()),
    ("2212 3456", "CR", "50622123456", (FIXED,)),
    ("6123-4567", "CR", "50661234567", ()),
    ("4000-1234", "CR", "50640001234", ()),
    # Guatemala, Honduras, El Salvador
    ("5123-4567", "GT", "50251234567", ()),
    ("+502 5123 4567", None, "50251234567", ()),
    ("502 5123.4567", "PA", "50251234567", ()),
    ("2245-6789", "GT", "50222456789", (FIXED,)),
    ("9123-4567", "HN", "50491234567", ()),
    ("7012 3456", "SV", "50370123456", ()),
    # Dominican Republic
    ("809-234-5678", "DO", "18092345678", ()),
    ("1 (809) 234-5678", "DO", "18092345678", ()),
    ("+1 809 234 5678", None, "18092345678", ()),
    # United States
    ("+1 (201) 555-0123", None, "12015550123", ()),
    ("1-201-555-0123", "US", "12015550123", ()),
    ("1.201.555.0123", "PA", "12015550123", ()),
    ("011 52 222 123 4567", "US", "522221234567", ()),
    # Spain
    ("612 34 56 78", "ES", "34612345678", ()),
    ("0034 612 345 678", "PA", "34612345678", ()),
    ("34 612345678", None, "34612345678", ()),
    ("810 12 34 56", "ES", "34810123456", (FIXED,)),
    # Bolivia, Paraguay, Venezuela
    ("7123-4567", "BO", "59171234567", ()),
    ("(0961) 456-789", "PY", "595961456789", ()),
    ("0412-1234567", "VE", "584121234567", ()),
    # Uruguay
    ("094 231 234", "UY", "59894231234", ()),
    ("+598 94 231 234", "AR", "59894231234", ()),
    ("2123 1234", "UY", "59821231234", (FIXED,)),
]

# typed, default region, what the digits are as they stand, what they are at home
TWO_READINGS = [
    ("(201) 555-0123", "US", ("2015550123", (FIXED,)), ("12015550123", ())),
    ("2015550123", "MX", ("2015550123", (FIXED,)), ("522015550123", (FIXED,))),
    ("321-123-4567", "CO", ("3211234567", (FIXED,)), ("573211234567", ())),
    ("(47) 9123-4567", "BR", ("4791234567", ()), ("554791234567", (POSSIBLE, Warn.BRAZIL_NO_9))),
    ("6123-4567", "BR", ("61234567", (POSSIBLE,)), ("5561234567", (POSSIBLE,))),
    ("327 123 4567", "CO", ("3271234567", (FIXED,)), ("573271234567", (POSSIBLE,))),
]

# typed, default region, what the person is told
REFUSED = [
    ("", "PA", "phone.empty"),
    (" \u00a0 ", None, "phone.empty"),
    ("+", None, "phone.empty"),
    ("<tel:|>", None, "phone.empty"),
    ("Rosa", "PA", "phone.letters"),
    ("+507 6123-456O", None, "phone.letters"),
    ("50761234567 😀", None, "phone.letters"),
    ("+507 6123-4567 (Rosa)", None, "phone.letters"),
    ("1-201-555-ROSA", "US", "phone.letters"),
    ("5.0761E+10", "PA", "phone.letters"),
    ("*61234567", "PA", "phone.letters"),
    ("6123-4567", None, "phone.needs_country"),
    ("099 123 4567", None, "phone.needs_country"),
    ("55667788", None, "phone.needs_country"),
    ("612 34 56 78", None, "phone.needs_country"),
    ("809-234-5678", None, "phone.needs_country"),
    ("+999 6123 4567", "PA", "phone.impossible"),
    ("5076123+4567", "PA", "phone.impossible"),
    ("+57 321 123 456", None, "phone.impossible"),
    ("+0 6123 4567", None, "phone.impossible"),
    ("612-3456", "PA", "phone.one_off"),
    ("00000000", "PA", "phone.impossible"),
    ("57 321 123 456", "CO", "phone.impossible"),
    ("56 9 6123 456", "CL", "phone.too_short"),
    ("+56 6123 4567", None, "phone.too_short"),
    ("1 201 555 012", "US", "phone.too_short"),
    ("555-0123", "US", "phone.too_short"),
    ("234-5678", "DO", "phone.too_short"),
    ("911", "PA", "phone.too_short"),
    ("222 123 4567", "XX", "phone.too_short"),
    ("7", "PA", "phone.too_short"),
    ("+507 612", None, "phone.too_short"),
    ("507612", "PA", "phone.too_short"),
    ("123", None, "phone.too_short"),
    ("+52 222 123", None, "phone.too_short"),
    ("+507 6123 4567 8901", None, "phone.too_long"),
    ("57 321 1234567 89", "CO", "phone.too_long"),
    ("044 222 123 4567", "MX", "phone.too_long"),
    ("+54 9 11 15 2345-6789", None, "phone.too_long"),
    ("6123456789012345", "PA", "phone.too_long"),
    ("612345678901234567890", None, "phone.too_long"),
    ("+507 6123 4567" + " " * 40 + "8", None, "phone.too_long"),
    ("+507 200-1234 ext. 12", None, "phone.extension"),
    ("200-1234 x12", "PA", "phone.extension"),
    ("200 1234 anexo 12", "PA", "phone.extension"),
    ("011 2345-6789 int. 4", "AR", "phone.extension"),
    ("(11) 2345-6789 ramal 12", "BR", "phone.extension"),
    ("(201) 555-0123 #4", "US", "phone.extension"),
    ("tel:+507-200-1234;ext=12", None, "phone.extension"),
    ("+507 6123-4567, +507 6123-4567", None, "phone.several"),
    ("6123-4567 / 6123-4567", "PA", "phone.several"),
    ("6123-4567 y 6123-4567", "PA", "phone.several"),
    ("61234567\n61234567", "PA", "phone.several"),
    ("61234567 61234567", "PA", "phone.several"),
    ("612 345 678 o 612 345 678", "ES", "phone.several"),
    ("+5078601234", None, "phone.premium"),
    ("+523001234567", None, "phone.premium"),
    ("300 123 4567", "MX", "phone.premium"),
    ("0600 123 4567", "AR", "phone.premium"),
    ("803 123 456", "ES", "phone.premium"),
    ("1-900-234-5678", "US", "phone.premium"),
    ("800-1234", "PA", "phone.toll_free"),
    ("01 800 123 4567", "CO", "phone.toll_free"),
    ("1-800-234-5678", "US", "phone.toll_free"),
    ("800 123 456", "CL", "phone.toll_free"),
    ("+80012345678", None, "phone.toll_free"),
]


def key_of(typed: str, region: str | None = None) -> str:
    with pytest.raises(FixTheForm) as told:
        phones.read(typed, region=region)
    (problem,) = told.value.problems
    assert problem.field == "phone"
    return problem.key


def all_examples() -> Iterator[tuple[str | None, PhoneNumber]]:
    """Every example number of the library, of every country and kind."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in PhoneNumberType.values():
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                yield region, number
    for code in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS:
        number = phonenumbers.example_number_for_non_geo_entity(code)
        if number is not None:
            yield None, number


def outcome(typed: str, region: str | None) -> tuple[Phone, ...] | FixTheForm:
    try:
        return phones.read(typed, region=region)
    except FixTheForm as told:
        return told


def read_digits(typed: str, region: str | None) -> set[str]:
    return {phone.digits for phone in phones.read(typed, region=region)}


def country_of(number: PhoneNumber) -> str:
    country = phonenumbers.region_code_for_number(number) or ""
    return "" if country == "001" else country


def at_home(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)


def e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def is_reachable(digits: str) -> bool:
    """Say whether these very digits are a number of some country that may be called."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return False
    exact = e164(number) == f"+{digits}"
    return exact and phonenumbers.is_valid_number(number) and not is_refused(number)


def is_refused(number: PhoneNumber) -> bool:
    return phonenumbers.number_type(number) in {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
    }


EXAMPLES = list(all_examples())
REACHABLE = [(region, number) for region, number in EXAMPLES if not is_refused(number)]
full_digits = st.sampled_from([e164(number)[1:] for _, number in REACHABLE])
every_region = st.sampled_from([None, *sorted(phonenumbers.SUPPORTED_REGIONS)])
regions = st.sampled_from([None, "PA", "MX", "BR", "AR", "US", "DE", "IT", "XX"])


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


number_like = st.text(alphabet="0123456789+-() ./", max_size=24)
anything = st.one_of(st.text(), number_like, st.from_regex(r"\+?[0-9]{6,16}", fullmatch=True))


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
