"""A number of every region and kind, and how they are read."""

from collections.abc import Iterator

import phonenumbers
from hypothesis import strategies as st
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from bot import phones
from bot.errors import FixTheForm
from bot.phones import Phone


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
number_like = st.text(alphabet="0123456789+-() ./", max_size=24)
anything = st.one_of(st.text(), number_like, st.from_regex(r"\+?[0-9]{6,16}", fullmatch=True))

# What nobody sees is no digit and no letter.
UNSEEN = [
    "\u200b", "\u200e", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u061c", "\u115f", "\u1160",
    "\u17b4", "\u180e", "\u2064", "\u206a", "\u2800", "\u3164", "\uffa0", "\ufe0f", "\ufe00",
    "\ufff9", "\ufffc", "\x7f", "\x9c", "\U0001d173", "\U000e0030", "\U000e0100",
]  # fmt: skip
