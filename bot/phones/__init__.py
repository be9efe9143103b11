"""What a typed number means: whom it reaches, what a person should look at, or what to correct."""

import dataclasses
from enum import StrEnum

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from bot.phones import plans
from bot.phones.endings import what_trails, without_decimal
from bot.phones.normalize import MOST_DIGITS, cleaned, digits_of, refused
from bot.phones.plans import Reading


class Warn(StrEnum):
    """Why a person should look twice before a message goes to this number."""

    POSSIBLE = "phone.possible"
    FIXED_LINE = "phone.fixed_line"
    MEXICO_OLD_FORM = "phone.mexico"
    ARGENTINA_NO_9 = "phone.argentina"
    BRAZIL_NO_9 = "phone.brazil"


@dataclasses.dataclass(frozen=True, slots=True)
class Phone:
    """A number that a template can be sent to.

    `digits` are E.164 without the +, as Atom wants them; `country` is two letters, or "" where the
    calling code belongs to no country.
    """

    digits: str
    country: str
    warnings: tuple[Warn, ...] = ()

    @property
    def international(self) -> str:
        """The number as it is printed on a card, for the person who sends."""
        style = PhoneNumberFormat.INTERNATIONAL
        number = plans.number_of(self.digits)
        shown = phonenumbers.format_number(number, style) if number else ""
        # What a person confirms must be what is sent, digit for digit.
        return shown if digits_of(shown) == self.digits else f"+{self.digits}"


# Latin American numbers have 10 to 13 digits with their country code, and 7 to 11 without.
_LONGEST_LOCAL = 10
# None of these is a telephone in somebody's pocket, but a WhatsApp can be registered on them.
_FIXED = (
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.UAN,
    PhoneNumberType.PAGER,
    PhoneNumberType.VOICEMAIL,
)


def read(
    typed: str, *, region: str | None, countries: frozenset[str] = frozenset()
) -> tuple[Phone, ...]:
    """One phone where it is clear; two where the digits can be read in two ways: ask, don't guess.

    `region` (two letters) is how digits without a country code are read; `countries` are the only
    ones allowed, where there are any. Raises FixTheForm and nothing else, whatever was typed.
    """
    text = without_decimal(cleaned(typed), region)
    if trails := what_trails(text, region, is_apart=True):
        raise refused("phone.extension", word=trails)
    international, digits = _split(text)
    near = countries | {region} if region else countries
    attempts = _attempts(digits, region, near, international=international)
    readings = [attempt for attempt in attempts if isinstance(attempt, Reading)]
    if region and not international:
        readings = _without_slips(digits, region, readings, countries)
    if not readings:
        reasons = [attempt for attempt in attempts if isinstance(attempt, str)]
        raise refused(_why(digits, region, reasons))
    if trails := what_trails(text, region, is_apart=False):
        raise refused("phone.extension", word=trails)
    chosen = _choose(_of_countries(readings, countries))
    # The likelier one first.
    chosen.sort(key=lambda reading: reading.country != region)
    return tuple({reading.digits: _phone(reading) for reading in chosen}.values())


def _split(text: str) -> tuple[bool, str]:
    """Tell whether + or 00 stood in front, and the digits after it."""
    if set(text) & set(",;"):
        raise refused("phone.letters")
    if "+" in text.lstrip("-/ +(."):
        raise refused("phone.impossible")
    digits = digits_of(text)
    international = "+" in text or digits.startswith("00")
    return international, digits.removeprefix("00") if international else digits


def _attempts(
    digits: str, region: str | None, near: frozenset[str], *, international: bool
) -> list[Reading | str]:
    """Read digits in every way they may be meant; a key says why one of the ways is closed.

    In countries that are `near` a needless 0 is left out without a + in front, too.
    """
    if len(digits) > MOST_DIGITS + len("00"):
        return ["phone.too_long"]
    full = plans.full(digits, drops_zero=international)
    if not international and not (isinstance(full, Reading) and full.valid):
        nearer = plans.full(digits, drops_zero=True)
        is_near = isinstance(nearer, Reading) and nearer.valid and nearer.country in near
        full = nearer if is_near else full
    if international:
        return [full]
    if region:
        home = plans.home(digits, region)
        return [full] if _doubles_its_code(home, digits) else [full, home]
    if isinstance(full, Reading) and full.valid and full.country in near:
        return [full]
    # With no region there is one way left, and a guess at the country of a short number is no way:
    # Panama's 6123-4567 is possible in Australia.
    valid = isinstance(full, Reading) and full.valid
    short = plans.FEWEST_DIGITS <= len(digits) <= _LONGEST_LOCAL and not valid
    return ["phone.needs_country" if short or digits.startswith("0") else full]


def _without_slips(
    digits: str, region: str, readings: list[Reading], countries: frozenset[str]
) -> list[Reading]:
    """Refuse a mobile of the country with a digit too few or too many: abroad it is a stranger's."""
    # Some countries share a plan: Åland's is Finland's.
    code = plans.code_of(region)
    at_home = [one for one in readings if str(one.number.country_code) == code]
    if any(one.valid or one.lacks_ninth_digit for one in at_home):
        return readings
    is_with_code = any(one.digits == digits for one in at_home)
    national, length = ("", 0) if is_with_code else plans.mobile_length(digits, region)
    if not length:
        return readings
    named = [one for one in readings if one.valid and one.country in countries]
    if not named:
        raise refused("phone.one_off", country=region, digits=length, typed=len(national))
    return named


def _doubles_its_code(home: Reading | str, digits: str) -> bool:
    """Say whether a reading that is not valid has its country code before itself."""
    if isinstance(home, str) or home.valid or home.lacks_ninth_digit:
        return False
    code = str(home.number.country_code)
    return digits.startswith(code) and home.digits == f"{code}{digits}"


def _why(digits: str, region: str | None, reasons: list[str]) -> str:
    """Choose the reason that helps most when digits can't be read in any way."""
    return reasons[0] if digits.startswith(plans.code_of(region)) else reasons[-1]


def _of_countries(readings: list[Reading], countries: frozenset[str]) -> list[Reading]:
    kept = [one for one in readings if not countries or one.country in countries]
    if kept:
        return kept
    first = next((one for one in readings if one.valid), readings[0])
    country = first.country or f"+{first.number.country_code}"
    allowed = ", ".join(sorted(countries))
    raise refused("phone.country_not_allowed", country=country, allowed=allowed)


def _choose(readings: list[Reading]) -> list[Reading]:
    # Brazilians still write (47) 9123-4567 without its ninth digit; it isn't always Norway's 47.
    # Nor is Colombia's next prefix always Belgium's 32.
    valid = [one for one in readings if one.valid or one.lacks_ninth_digit or one.may_be_new]
    # 4301 2345 is a number in Costa Rica; nobody means Austria's 43, a needless 0 and 12345.
    chosen = [one for one in valid if one.as_typed] or valid or readings
    sendable = [one for one in chosen if not plans.refusal(one)]
    if not sendable:
        raise refused(plans.refusal(chosen[0]))
    return sendable


def _phone(reading: Reading) -> Phone:
    code, national = reading.number.country_code, reading.digits[2:]
    looks = {
        Warn.POSSIBLE: not reading.valid,
        Warn.FIXED_LINE: reading.kind in _FIXED,
        Warn.MEXICO_OLD_FORM: reading.old_mexican,
        Warn.ARGENTINA_NO_9: code == plans.ARGENTINA and not national.startswith("9"),
        Warn.BRAZIL_NO_9: reading.lacks_ninth_digit,
    }
    return Phone(
        reading.digits, reading.country, tuple(warn for warn, true in looks.items() if true)
    )
