"""A number as its cell's format shows it (ECMA-376, part 1, 18.8.31), as far as lists need it."""

import functools
import re
from decimal import ROUND_HALF_UP, Decimal

from bot.bulk.list_file.table import LocaleFormat

GENERAL = "General"
_SECTION = re.compile(r'((?:"[^"]*"|\\.|\[[^\]]*\]|[^;"\\\[])*)(?:;|$)')
# Text in quotes, a character of its own, a currency; what is only colour or room is dropped.
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<single>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|(?P<dropped>\[[^\]]*\]|[_*].)'
    r"|(?P<digit>[0#?])|(?P<mark>[.,%])|(?P<other>.)",
    re.DOTALL,
)
_PLAIN = re.compile(r"general|@|e[+-]|/|\[[<>=]", re.IGNORECASE)
_LONGEST = 11  # significant digits that a cell shows of a fraction
_PRECISE = 15  # that it knows
_THOUSANDS = 3


def exact(value: float) -> str:
    """Write a number with all its digits and never with an exponent."""
    if isinstance(value, int):
        return str(value)
    if value.is_integer():
        return str(int(value))
    return format(Decimal(repr(value)), "f")


# Of a column's few amounts each is shown many times over.
@functools.lru_cache(maxsize=4096)
def show(value: float, pattern: str, locale: LocaleFormat) -> str:
    """Show a number as its cell does; where that would hide digits (`5E+10`), with all of them."""
    sections = [each for each in _SECTION.findall(pattern) if each] or [GENERAL]
    number = Decimal(repr(value))
    section, number, sign = _section(sections, number)
    if _PLAIN.search(_bare(section)):
        return sign + _general(abs(number) if sign else number, locale)
    return sign + _filled(section, abs(number), locale)


def _section(sections: list[str], number: Decimal) -> tuple[str, Decimal, str]:
    """Choose the part of a format for a number, and the sign that it does not write itself."""
    if number < 0 and len(sections) > 1:
        return sections[1], number, ""
    if number == 0 and len(sections) > 2:  # noqa: PLR2004 - positive; negative; zero
        return sections[2], number, ""
    return sections[0], number, "-" if number < 0 else ""


def _bare(section: str) -> str:
    return re.sub(r'"[^"]*"|\\.|\[\$[^\]]*\]|\[(?![<>=])[^\]]*\]|[_*].', "", section)


def _general(number: Decimal, locale: LocaleFormat) -> str:
    if number == number.to_integral_value():
        return format(number.quantize(Decimal(1)), "f") if number.adjusted() < 27 else f"{number:f}"  # noqa: PLR2004 - decimal's own precision
    digits = _LONGEST if number.adjusted() < _LONGEST - 1 else _PRECISE
    return format(Decimal(f"{number:.{digits}g}").normalize(), "f").replace(".", locale.decimal)


def _filled(section: str, number: Decimal, locale: LocaleFormat) -> str:
    tokens = [
        (each.lastgroup or "", each[each.lastgroup or 0]) for each in _TOKEN.finditer(section)
    ]
    tokens = [each for each in tokens if each[0] != "dropped"]
    marks = [text for kind, text in tokens if kind == "mark"]
    places = [at for at, (kind, _) in enumerate(tokens) if kind == "digit"]
    if not places:
        # `"yes";"no"`: the words alone.
        return "".join(text for kind, text in tokens if kind != "mark").strip()
    point = next((at for at, each in enumerate(tokens) if each == ("mark", ".")), len(tokens))
    before = [at for at in places if at < point]
    after = [at for at in places if at > point]
    number *= Decimal(100) ** marks.count("%")
    last = places[-1]
    scale = 0
    while tokens[last + 1 + scale : last + 2 + scale] == [("mark", ",")]:
        scale += 1
    number = number.scaleb(-_THOUSANDS * scale)
    has_groups = any(
        each == ("mark", ",") and before and before[0] < at < before[-1]
        for at, each in enumerate(tokens)
    )
    whole, _, rest = format(
        number.quantize(Decimal(1).scaleb(-len(after)), rounding=ROUND_HALF_UP), "f"
    ).partition(".")
    written = _whole(tokens, before, whole, locale.group if has_groups else "")
    needed = [at for at in after if tokens[at][1] == "0"]
    written |= _rest(
        after, rest, len(after) - len([at for at in after if at > max(needed, default=-1)])
    )
    return _joined(tokens, written, point, locale)


def _whole(
    tokens: list[tuple[str, str]], places: list[int], digits: str, group: str
) -> dict[int, str]:
    """Put the digits before the point in their places, from the last one on."""
    zeros = sum(tokens[at][1] == "0" for at in places)
    digits = digits.lstrip("0").rjust(zeros, "0")
    if group:
        padded = digits.rjust(-(-len(digits) // _THOUSANDS) * _THOUSANDS)
        parts = [padded[at : at + _THOUSANDS] for at in range(0, len(padded), _THOUSANDS)]
        return dict.fromkeys(places[:-1], "") | {places[-1]: group.join(parts).strip()}
    found: dict[int, str] = {}
    for at in reversed(places):
        found[at], digits = digits[-1:], digits[:-1]
    if places:
        found[places[0]] = digits + found[places[0]]
    return found


def _rest(places: list[int], digits: str, needed: int) -> dict[int, str]:
    """Put the digits behind the point in their places; zeros that a format does not need go."""
    while len(digits) > needed and digits.endswith("0"):
        digits = digits[:-1]
    return {at: digits[index : index + 1] for index, at in enumerate(places)}


def _joined(
    tokens: list[tuple[str, str]], written: dict[int, str], point: int, locale: LocaleFormat
) -> str:
    has_rest = any(written.get(at) for at in range(point + 1, len(tokens)))
    found = []
    for at, (kind, text) in enumerate(tokens):
        if kind == "digit":
            found.append(written.get(at, ""))
        elif kind != "mark":
            found.append(text)
        elif text == "%" or (text == "." and at == point and has_rest):
            found.append(locale.decimal if text == "." else text)
    return "".join(found).strip()
