"""A number as people write it: 25,50 · 1.234,56 · 1,234.56 · 1 234,56 · 1'234.56.

Which mark is the decimal one is told by the number itself wherever it can be:

- Of two different marks the last one is decimal: 1.234,56 and 1,234.56.
- A mark that stands several times parts thousands: 1.234.567.
- A space or an apostrophe parts thousands: 1 234,56.
- A mark is decimal if the digits round it can be no thousands: 25,50 · 0,125 · 1234.567.

One mark before exactly three digits is left (1.234 and 12,500): it is read by the country's rule
(CLDR's: Colombia, Argentina, Brazil, Chile part thousands with a point, Mexico, Panama, Peru with a
comma), and without a country both readings are given, to be asked for.
"""

import re
from decimal import Decimal

from babel import Locale, UnknownLocaleError

_SPACES = " \u00a0\u202f\u2009"
_APOSTROPHES = "'\u2019"
_GROUPING_ONLY = _SPACES + _APOSTROPHES
_MINUS = "\u2212"
_SHAPE = re.compile(rf"(?P<sign>[+-]?)(?P<digits>[0-9]+(?:[.,{_GROUPING_ONLY}][0-9]+)*)")
_MOST_DIGITS = 30
# What most numbers are like, whatever their mark means.
_SURELY = re.compile(r"[+-]?[0-9]{1,20}(?:[.,][0-9]{1,2})?")


def read_number(text: str, locale: str = "") -> tuple[Decimal, ...]:
    """Return what a text may mean: one number, two where it can't be said, none if it is none.

    `locale` is a language with a country (`es_CO`, `pt_BR`); without a country it decides nothing,
    since Spanish is written both ways.
    """
    found = _SHAPE.fullmatch(text.strip().replace(_MINUS, "-"))
    if not found or len(found["digits"]) > _MOST_DIGITS:
        return ()
    sign, digits = found["sign"], found["digits"]
    return tuple(
        number
        for decimal in _decimals(digits, locale)
        for number in _numbers(sign, digits, decimal)
    )


def is_number(text: str) -> bool:
    """Say whether a text is a number, or digits parted by spaces, as references are: 1234 5678."""
    if _SURELY.fullmatch(text):
        return True
    digits = rf"[+-]?[0-9]+(?:[{_SPACES}][0-9]+)*"
    return bool(read_number(text)) or re.fullmatch(digits, text) is not None


def _decimals(digits: str, locale: str) -> tuple[str, ...]:
    """Return which mark may be the decimal one, empty for none of them."""
    marks = re.findall("[.,]", digits)
    if not marks:
        return ("",)
    last = marks[-1]
    if len(marks) > 1:
        return (last if len(set(marks)) > 1 else "",)
    if not _may_part_thousands(digits, last):
        return (last,)
    if decimal := _decimal_mark(locale):
        return (last if last == decimal else "",)
    return ("", last)


def _may_part_thousands(digits: str, mark: str) -> bool:
    before, _, after = digits.partition(mark)
    # 1 234.567 has its thousands parted already.
    return re.fullmatch("[1-9][0-9]{0,2}", before) is not None and len(after) == 3  # noqa: PLR2004


def _numbers(sign: str, digits: str, decimal: str) -> tuple[Decimal, ...]:
    """Read digits whose decimal mark is known; none if the thousands are not by three."""
    whole, _, rest = digits.rpartition(decimal) if decimal else (digits, "", "")
    groups = re.split(f"[.,{_GROUPING_ONLY}]", whole)
    # Mexico and Peru part millions with an apostrophe, and thousands with a comma: 1'234,567.89.
    marks = set(re.findall(f"[.,{_SPACES}]", whole))
    is_grouped = all(len(each) == 3 for each in groups[1:]) and 1 <= len(groups[0]) <= 3  # noqa: PLR2004
    if re.search("[^0-9]", rest) or decimal in marks or len(marks) > 1:
        return ()
    if len(groups) > 1 and not is_grouped:
        return ()
    return (Decimal(f"{sign}{''.join(groups)}" + (f".{rest}" if rest else "")),)


def _decimal_mark(locale: str) -> str:
    """Return the decimal mark of a country, empty without one."""
    try:
        known = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return ""
    # 419 and 001 are parts of the world, not countries.
    if not known.territory or known.territory.isdecimal():
        return ""
    return str(known.number_symbols["latn"]["decimal"])
