"""Digits against the numbering plans of all countries, as the phonenumbers library knows them."""

import dataclasses
import functools
import itertools
import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import PhoneNumberType, ValidationResult
from phonenumbers.phonemetadata import PhoneMetadata

from bot.phones.normalize import MOST_DIGITS

# The shortest full number known to the library has six.
FEWEST_DIGITS = 6
MEXICO, ARGENTINA, BRAZIL = 52, 54, 55
# A missing or doubled digit, or two.
_SLIPS = 2
_WHY_IMPOSSIBLE = {
    ValidationResult.TOO_SHORT: "phone.too_short",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "phone.too_short",
    ValidationResult.TOO_LONG: "phone.too_long",
}
_NO_NUMBER = "0"
_OLD_MEXICAN = re.compile("521([0-9]{10})")
_NINTH_DIGIT = re.compile(rf"{BRAZIL}[0-9]{{2}}[6-9][0-9]{{7}}")
_KEPT = 64  # numbers


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """One way to read digits."""

    number: phonenumbers.PhoneNumber
    digits: str
    valid: bool
    as_typed: bool
    old_mexican: bool = False
    may_be_new: bool = False  # its prefix may be younger than the library

    @property
    def country(self) -> str:
        return _country(self.digits)

    @property
    def kind(self) -> int:
        return _kind(self.digits)

    @property
    def lacks_ninth_digit(self) -> bool:
        # Brazil's fixed lines begin with 2 to 5 after the area code, its mobiles with 6 to 9.
        return _NINTH_DIGIT.fullmatch(self.digits) is not None


# One number is asked for it several times over: here, and wherever there is such a cache below.
@functools.lru_cache(maxsize=_KEPT)
def _kind(digits: str) -> int:
    number = number_of(digits)
    return phonenumbers.number_type(number) if number else PhoneNumberType.UNKNOWN


@functools.lru_cache(maxsize=_KEPT)
def _country(digits: str) -> str:
    number = number_of(digits)
    if number is None:
        return ""
    region = phonenumbers.region_code_for_number(number)
    region = region or phonenumbers.region_code_for_country_code(number.country_code or 0)
    return "" if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY else region


@functools.lru_cache(maxsize=512)
def code_of(region: str | None) -> str:
    """Return a country's calling code; empty if it has none."""
    code = phonenumbers.country_code_for_region(region) if region else 0
    return str(code or "")


@functools.lru_cache(maxsize=_KEPT)
def number_of(digits: str) -> phonenumbers.PhoneNumber | None:
    """Build the number of exactly these digits; the library's parser drops what looks like a prefix.

    It is nobody's to change.
    """
    for end in (1, 2, 3):
        code, rest = digits[:end], digits[end:]
        # A code never begins with 0, and int() would not mind.
        if rest and code[0] != "0" and int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            zeros = min(len(rest) - len(rest.lstrip("0")), len(rest) - 1)
            return phonenumbers.PhoneNumber(
                country_code=int(code),
                national_number=int(rest),
                italian_leading_zero=zeros > 0 or None,
                number_of_leading_zeros=zeros if zeros > 1 else None,
            )
    return None


def is_valid(digits: str) -> bool:
    """Say whether these very digits, with their country code, are a number of some country."""
    # To the library valid is what has a type.
    return FEWEST_DIGITS <= len(digits) <= MOST_DIGITS and _kind(digits) != PhoneNumberType.UNKNOWN


@functools.lru_cache(maxsize=_KEPT)
def full(digits: str, *, drops_zero: bool) -> Reading | str:
    """Read digits that begin with their country code, or give the key of what is wrong.

    `drops_zero`: a 0 too many, in front or after the country code, is left out where that helps.
    """
    if len(digits) < FEWEST_DIGITS:
        return "phone.too_short"
    # Until 2019 Mexican mobiles were called with a 1 after the 52; WhatsApp knows them without.
    old = _OLD_MEXICAN.fullmatch(digits)
    digits = f"{MEXICO}{old[1]}" if old else digits
    for exact in _meant(digits, drops_zero=drops_zero):
        if exact and (found := _valid(exact, digits, is_old=bool(old))):
            return found
    return _possible(digits, is_old=bool(old))


def _meant(digits: str, *, drops_zero: bool) -> Iterator[str]:
    """Give what digits may stand for, one by one: most are what they are, and the parser is slow."""
    yield digits
    if drops_zero:
        yield _without_zero(digits)
    yield _parsed(f"+{digits}", None)


def _possible(digits: str, *, is_old: bool) -> Reading | str:
    number = number_of(digits)
    if len(digits) > MOST_DIGITS:
        return "phone.too_long"
    if number is None:
        return "phone.impossible"
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == ValidationResult.IS_POSSIBLE:
        return Reading(number, digits, valid=False, as_typed=True, old_mexican=is_old)
    return _WHY_IMPOSSIBLE.get(reason, "phone.impossible")


def home(digits: str, region: str) -> Reading | str:
    """Read digits as they are dialled in a country, or give the key of what is wrong."""
    parsed = full(_parsed(digits, region), drops_zero=False)
    if digits.startswith(_NO_NUMBER) and not (isinstance(parsed, Reading) and parsed.valid):
        fewer = code_of(region) + digits[1:]
        if valid := _valid(fewer, fewer):
            return valid
        shorter = _possible(fewer, is_old=False)
        is_new = isinstance(shorter, Reading) and _may_be_new(shorter, region)
        parsed = shorter if is_new else parsed
    if isinstance(parsed, Reading) and not parsed.valid and _may_be_new(parsed, region):
        return dataclasses.replace(parsed, may_be_new=True)
    return parsed


def _valid(digits: str, typed: str, *, is_old: bool = False) -> Reading | None:
    number = number_of(digits) if len(digits) <= MOST_DIGITS else None
    if number is None or _kind(digits) == PhoneNumberType.UNKNOWN:
        return None
    return Reading(number, digits, valid=True, as_typed=digits == typed, old_mexican=is_old)


def _without_zero(digits: str) -> str:
    """Leave out a 0 in front, or the one right after the country code."""
    if digits.startswith(_NO_NUMBER):
        return digits[1:]
    number = number_of(digits)
    code = str(number.country_code) if number else ""
    rest = digits.removeprefix(code)
    return code + rest[1:] if code and rest.startswith(_NO_NUMBER) else ""


def _stays(digits: str, region: str | None) -> bool:
    """Say whether the library's parser would leave digits as they are: it takes its time for that."""
    if region:
        return code_of(region) != "" and not _in_front(region).match(digits)
    number = number_of(digits)
    if number is None:
        return False
    code = number.country_code or 0
    prefix = _prefix(code, phonenumbers.region_code_for_country_code(code))
    return not prefix.match(digits, len(str(code)))


@functools.lru_cache(maxsize=512)
def _in_front(region: str) -> re.Pattern[str]:
    """Return what a country's numbers may have in front as they are dialled there."""
    metadata = PhoneMetadata.metadata_for_region(region)
    abroad = metadata.international_prefix if metadata else ""
    code = code_of(region)
    return re.compile(f"{abroad or '(?!)'}|{code}|{_prefix(int(code), region).pattern}")


@functools.lru_cache(maxsize=512)
def _prefix(code: int, region: str) -> re.Pattern[str]:
    """Return what a country's numbers have in front as they are dialled in another part of it."""
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    return re.compile((metadata.national_prefix_for_parsing if metadata else "") or "(?!)")


@functools.lru_cache(maxsize=_KEPT)
def _parsed(text: str, region: str | None) -> str:
    """Ask the library for the digits of a number without its national prefix; "" if it has none."""
    digits = text.removeprefix("+")
    if FEWEST_DIGITS <= len(digits) <= MOST_DIGITS and _stays(digits, region):
        return f"{code_of(region)}{digits}"
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    return f"{number.country_code}{phonenumbers.national_significant_number(number)}"


@functools.lru_cache(maxsize=512)
def _mobiles(region: str) -> tuple[re.Pattern[str], tuple[int, ...]]:
    """Return what a country's mobiles look like, and how many digits they have."""
    metadata = PhoneMetadata.metadata_for_region(region)
    described = metadata.mobile if metadata else None
    pattern = (described.national_number_pattern if described else None) or "(?!)"
    lengths = described.possible_length if described else ()
    return re.compile(pattern), tuple(lengths)


def mobile_length(digits: str, region: str) -> tuple[str, int]:
    """Say how many digits the mobile has of which these are one or two too few or too many.

    They come back without the 0 that is dialled first; 0 if they are no such digits.
    """
    pattern, lengths = _mobiles(region)
    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata and metadata.national_prefix == _NO_NUMBER:
        digits = digits.removeprefix(_NO_NUMBER)
    for length in sorted(lengths, key=lambda each: abs(each - len(digits))):
        more = length - len(digits)
        if more == 0 or abs(more) > _SLIPS:
            continue
        ends = itertools.product("0123456789", repeat=max(more, 0))
        if any(pattern.fullmatch(digits[:length] + "".join(end)) for end in ends):
            return digits, length
    return digits, 0


def _may_be_new(reading: Reading, region: str) -> bool:
    """Say whether one other digit near the beginning would make it a mobile of the country."""
    pattern, lengths = _mobiles(region)
    national = reading.digits.removeprefix(code_of(region))
    return len(national) in lengths and any(
        pattern.fullmatch(f"{national[:place]}{digit}{national[place + 1 :]}")
        for place in (1, 2, 3)
        for digit in "0123456789"
    )


# Their callers pay extra, so neither is anyone's WhatsApp.
_PREMIUM = (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST)


def refusal(reading: Reading) -> str:
    """Give the key of why nobody's WhatsApp can be on such a number; empty if it can."""
    if reading.kind == PhoneNumberType.TOLL_FREE:
        return "phone.toll_free"
    return "phone.premium" if reading.kind in _PREMIUM else ""
