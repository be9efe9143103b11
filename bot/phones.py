"""What a typed number means: whom it reaches, what a person should look at, or what to correct."""

import dataclasses
import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum

import phonenumbers
from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberType, ValidationResult

from bot.errors import FixTheForm, Problem


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
        number = _number(self.digits)
        shown = phonenumbers.format_number(number, style) if number else ""
        # What a person confirms must be what is sent, digit for digit.
        return shown if _digits(shown) == self.digits else f"+{self.digits}"


@dataclasses.dataclass(frozen=True, slots=True)
class _Reading:
    number: phonenumbers.PhoneNumber
    digits: str
    valid: bool
    as_typed: bool
    old_mexican: bool

    @property
    def country(self) -> str:
        code = self.number.country_code or 0
        region = phonenumbers.region_code_for_number(self.number)
        region = region or phonenumbers.region_code_for_country_code(code)
        return "" if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY else region

    @property
    def kind(self) -> int:
        return phonenumbers.number_type(self.number)

    @property
    def lacks_ninth_digit(self) -> bool:
        # Brazil's fixed lines begin with 2 to 5 after the area code, its mobiles with 6 to 9.
        return bool(re.fullmatch(rf"{_BRAZIL}[0-9]{{2}}[6-9][0-9]{{7}}", self.digits))


# Long enough for every way to write one number, too short for two telephones' worth of prose.
_LONGEST = 40
# E.164 ends at 15 digits; the shortest full number known to the library has six.
_FEWEST_DIGITS, _MOST_DIGITS = 6, 15
# Latin American numbers have 10 to 13 digits with their country code, and 7 to 11 without.
_LONGEST_LOCAL = 10
# What nobody would take for part of a number is at least this long when it is one of its own.
_ONE_OF_SEVERAL = 7

_TEL_LINK = re.compile(r"<tel:([^<>|]*)(?:\|([^<>]*))?>", re.IGNORECASE)
_SCHEME = re.compile(r"\s*(?:tel|whatsapp)\s*:", re.IGNORECASE)
_PLUS_SIGNS = "+＋﹢⁺"  # noqa: RUF001 - keyboards of East Asia write the wide one
_SLASHES = "/／⁄"  # noqa: RUF001 - people paste all three
_DOTS = ".．·•∙‧−~"  # noqa: RUF001 - a minus sign is no dash to Unicode
_EXTENSION = re.compile(
    r"\d[ ;,-]*(?:#|x|ext\w*|anexo|int|interno|ramal)[ .:=-]*\d{1,6} *$", re.IGNORECASE
)

# Messages may be longer, but the number of the person they speak of comes early.
_MESSAGE = 5000
_LINK_OR_MENTION = re.compile(r"<(?:[@#!]|mailto:|https?://)[^<>]*>")
_DOUBLE_ZERO = re.compile(r"(?<![\w+])00(?=[1-9])")
# A place where a number begins without a +: not in the middle of one, not after a currency sign.
_BARE = re.compile(r"(?<![\d)$€£₡₲])[^\w+$€£₡₲#%](?=[1-9])")
_MARK_BEFORE = re.compile(
    r"(?:#|\b(?:pedido|orden|factura|gu[ií]a|caso|nota|order|invoice|ticket|case|ref\w*|id|c[oó]digo"
    r"|code)\W{0,3}(?:n[º°o.]{1,2}\W?)?)\s*$",
    re.IGNORECASE,
)
_SUM = re.compile(r"\d{1,3}(?:\.\d{3})+")

# Their callers pay extra, so neither is anyone's WhatsApp.
_PREMIUM = (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST)
# None of these is a telephone in somebody's pocket, but a WhatsApp can be registered on them.
_FIXED = (
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.UAN,
    PhoneNumberType.PAGER,
    PhoneNumberType.VOICEMAIL,
)
_MEXICO, _ARGENTINA, _BRAZIL = 52, 54, 55
_WHY_IMPOSSIBLE = {
    ValidationResult.TOO_SHORT: "phone.too_short",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "phone.too_short",
    ValidationResult.TOO_LONG: "phone.too_long",
}


def read(
    typed: str, *, region: str | None, countries: frozenset[str] = frozenset()
) -> tuple[Phone, ...]:
    """One phone where it is clear; two where the digits can be read in two ways: ask, don't guess.

    `region` (two letters) is how digits without a country code are read; `countries` are the only
    ones allowed, where there are any. Raises FixTheForm and nothing else, whatever was typed.
    """
    international, digits = _clean(typed)
    attempts = _attempts(digits, region, international=international)
    readings = [attempt for attempt in attempts if isinstance(attempt, _Reading)]
    if not readings:
        reasons = [attempt for attempt in attempts if isinstance(attempt, str)]
        raise _fix(_why(digits, region, reasons))
    chosen = _choose(_of_countries(readings, countries))
    # The likelier one first.
    chosen.sort(key=lambda reading: reading.country != region)
    return tuple({reading.digits: _phone(reading) for reading in chosen}.values())


def find(text: str, region: str | None = None) -> str | None:
    """Find the first phone number in a Slack message's text, as Slack escaped it.

    It comes as a person would type it, for `read` to judge; None where there is none. A <tel:…> link goes before a number
    with a country code, that before bare digits; what may be an order or a sum comes last.
    """
    text = text[:_MESSAGE]
    for link in _TEL_LINK.finditer(text):
        label = _link_text(link)
        if len(_digits(_simplify(label))) >= _ONE_OF_SEVERAL:
            return label.strip()
    text = _LINK_OR_MENTION.sub("|", text)
    # Both marks take as many characters as they replace, so that places in the text stay the same.
    text = _DOUBLE_ZERO.sub(" +", text)
    found = sorted(_candidates(text, region), key=lambda candidate: candidate[:2])
    return found[0][2] if found else None


def _candidates(text: str, region: str | None) -> Iterator[tuple[int, int, str]]:
    """Give every number in a text with the doubt that it is one (0 is none) and its place."""
    plussed = _BARE.sub("+", text)
    code = phonenumbers.country_code_for_region(region) if region else 0
    for source, home, leniency in (
        (text, region, Leniency.VALID),
        (plussed, None, Leniency.VALID),
        (plussed, None, Leniency.POSSIBLE),
    ):
        for match in phonenumbers.PhoneNumberMatcher(source, home, leniency):
            # The + is only there to read bare digits as a full number: nobody typed it.
            place = match.start + (text[match.start] not in f"{source[match.start]}([")
            shown = text[place : match.end]
            unlikely = _MARK_BEFORE.search(text, 0, place) or _SUM.fullmatch(shown)
            bare, loose = "+" not in shown, leniency == Leniency.POSSIBLE
            # Any eleven digits are possible somewhere: at home is as far as a guess goes.
            if not (bare and loose) or match.number.country_code == code:
                yield (4 if unlikely else 2 * loose + bare), place, shown


def is_written_with(word: str) -> bool:
    """Say whether a word is all digits and phone punctuation, as `(55)` and `1234-5678` are."""
    return not set(_simplify(_SCHEME.sub("", word, count=1))) - set("0123456789+-/ \n")


def _fix(key: str, **values: str) -> FixTheForm:
    return FixTheForm(Problem("phone", key, values))


def _digits(text: str) -> str:
    return "".join(char for char in text if char in "0123456789")


def _simplify(text: str) -> str:
    """Write a number in ASCII, with one kind of space and one of dash, and without marks."""
    return "".join(map(_simplify_char, text))


def _simplify_char(char: str) -> str:
    decimal = unicodedata.decimal(char, None)
    if decimal is not None:
        return str(decimal)
    category = unicodedata.category(char)
    if category == "Cf":  # bidi marks, zero-width spaces: nobody sees them
        return ""
    if category in {"Pd", "Ps", "Pe"} or char in _DOTS:
        return "-"
    if char in _PLUS_SIGNS:
        return "+"
    if char in _SLASHES:
        return "/"
    return " " if char.isspace() and char not in "\r\n" else char


def _clean(typed: str) -> tuple[bool, str]:
    """Tell whether + or 00 stood in front, and the digits after it."""
    text = _SCHEME.sub("", _TEL_LINK.sub(_link_text, typed), count=1).strip()
    if len(text) > _LONGEST:
        raise _fix("phone.too_long")
    text = _simplify(text).strip(" ,;:\r\n")
    if _holds_several(text):
        raise _fix("phone.several")
    if _EXTENSION.search(text):
        raise _fix("phone.extension")
    if set(text) - set("0123456789+-/ "):
        raise _fix("phone.letters")
    digits = _digits(text)
    if not digits:
        raise _fix("phone.empty")
    number = text.lstrip("-/ +")
    if "+" in number:
        raise _fix("phone.impossible")
    international = "+" in text or digits.startswith("00")
    return international, digits.removeprefix("00") if international else digits


def _link_text(link: re.Match[str]) -> str:
    """Take what Slack shows for a <tel:…> link, unless only its target has the number."""
    target, label = link[1], link[2] or ""
    return label if _digits(_simplify(label)) else target


def _holds_several(text: str) -> bool:
    parts = [len(_digits(part)) for part in re.split(r"[^0-9 -]", text)]
    if sum(count >= _ONE_OF_SEVERAL for count in parts) > 1:
        return True
    # A leading 00 is not part of the number.
    groups = [len(group) for group in re.findall(r"[0-9]+", re.sub(r"^[^0-9]*00", "", text))]
    total = sum(groups)
    firsts = [sum(groups[:end]) for end in range(len(groups))]
    # Too much for one number, and it falls apart into two.
    return total > _MOST_DIGITS and any(
        min(first, total - first) > _ONE_OF_SEVERAL for first in firsts
    )


def _number(digits: str) -> phonenumbers.PhoneNumber | None:
    """Build the number of exactly these digits; the library's parser drops what looks like a prefix."""
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


def _parse(text: str, region: str | None) -> str:
    """Ask the library for the digits of a number without its national prefix; "" if it has none."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    return _digits(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _attempts(digits: str, region: str | None, *, international: bool) -> list[_Reading | str]:
    """Read digits in every way they may be meant; a key says why one of the ways is closed."""
    if len(digits) > _MOST_DIGITS + len("00"):
        return ["phone.too_long"]
    full = _read_full(digits)
    if international:
        return [full]
    if region:
        home = _read_full(_parse(digits, region))
        return [full] if _doubles_its_code(home, digits) else [full, home]
    # With no region there is one way left, and a guess at the country of a short number is no way:
    # Panama's 6123-4567 is possible in Australia.
    valid = isinstance(full, _Reading) and full.valid
    short = _FEWEST_DIGITS <= len(digits) <= _LONGEST_LOCAL and not valid
    return ["phone.needs_country" if short or digits.startswith("0") else full]


def _read_full(digits: str) -> _Reading | str:
    """Read digits that begin with their country code, or give the key of what is wrong."""
    if len(digits) < _FEWEST_DIGITS:
        return "phone.too_short"
    if len(digits) > _MOST_DIGITS:
        return "phone.too_long"
    # Until 2019 Mexican mobiles were called with a 1 after the 52; WhatsApp knows them without.
    old = re.fullmatch(r"521([0-9]{10})", digits)
    digits = f"{_MEXICO}{old[1]}" if old else digits
    number = _number(digits)
    if number is None:
        return "phone.impossible"
    # A national prefix after the country code, as in +44 (0)20…, is left out only where that helps.
    for exact in (digits, _parse(f"+{digits}", None)):
        reached = _number(exact)
        if reached and phonenumbers.is_valid_number(reached):
            as_typed = exact == digits
            return _Reading(reached, exact, valid=True, as_typed=as_typed, old_mexican=bool(old))
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == ValidationResult.IS_POSSIBLE:
        return _Reading(number, digits, valid=False, as_typed=True, old_mexican=bool(old))
    return _WHY_IMPOSSIBLE.get(reason, "phone.impossible")


def _doubles_its_code(home: _Reading | str, digits: str) -> bool:
    """Say whether a reading that is not valid has its country code before itself."""
    if isinstance(home, str) or home.valid or home.lacks_ninth_digit:
        return False
    code = str(home.number.country_code)
    return digits.startswith(code) and home.digits == f"{code}{digits}"


def _why(digits: str, region: str | None, reasons: list[str]) -> str:
    """Choose the reason that helps most when digits can't be read in any way."""
    code = str(phonenumbers.country_code_for_region(region)) if region else ""
    return reasons[0] if digits.startswith(code) else reasons[-1]


def _of_countries(
    readings: list[_Reading],
    countries: frozenset[str],
) -> list[_Reading]:
    kept = [one for one in readings if not countries or one.country in countries]
    if kept:
        return kept
    refused = next((one for one in readings if one.valid), readings[0])
    country = refused.country or f"+{refused.number.country_code}"
    allowed = ", ".join(sorted(countries))
    raise _fix("phone.country_not_allowed", country=country, allowed=allowed)


def _choose(readings: list[_Reading]) -> list[_Reading]:
    # Brazilians still write (47) 9123-4567 without its ninth digit; it isn't always Norway's 47.
    valid = [one for one in readings if one.valid or one.lacks_ninth_digit]
    # 4301 2345 is a number in Costa Rica; nobody means Austria's 43, a needless 0 and 12345.
    chosen = [one for one in valid if one.as_typed] or valid or readings
    sendable = [one for one in chosen if not _refusal(one)]
    if not sendable:
        raise _fix(_refusal(chosen[0]))
    return sendable


def _refusal(reading: _Reading) -> str:
    if reading.kind == PhoneNumberType.TOLL_FREE:
        return "phone.toll_free"
    return "phone.premium" if reading.kind in _PREMIUM else ""


def _phone(reading: _Reading) -> Phone:
    code, national = reading.number.country_code, reading.digits[2:]
    looks = {
        Warn.POSSIBLE: not reading.valid,
        Warn.FIXED_LINE: reading.kind in _FIXED,
        Warn.MEXICO_OLD_FORM: reading.old_mexican,
        Warn.ARGENTINA_NO_9: code == _ARGENTINA and not national.startswith("9"),
        Warn.BRAZIL_NO_9: reading.lacks_ninth_digit,
    }
    return Phone(
        reading.digits, reading.country, tuple(warn for warn, true in looks.items() if true)
    )
