"""A phone's cell: the number that a spreadsheet made of it is undone, or refused where it can't be."""

import re

from bot.errors import Problem

FIELD = "phone"
MOST_DIGITS = 15  # that a spreadsheet keeps of a number; the rest are zeros
_AS_TEXT = re.compile(r'="([^"]*)"')
_INTEGRAL = re.compile(r"(\+?[0-9]{5,})[.,]0+")
_FRACTION = re.compile(r"\+?[0-9]{8,}[.,][0-9]*[1-9][0-9]*")
_POWER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?\s*[eE]\s*[+-]?\s*[0-9]+")


def clean(text: str, exact: str = "") -> str | Problem:
    """Return the number as a person would write it, or what is wrong with the cell.

    `exact` has all digits of what the file holds as a number.
    """
    typed = exact or text.strip().removeprefix("'").strip()
    if found := _AS_TEXT.fullmatch(typed):
        typed = found[1].strip()
    if _POWER.fullmatch(typed):
        return Problem(FIELD, "bulk.phone.power")
    if found := _INTEGRAL.fullmatch(typed):
        typed = found[1]
    if _FRACTION.fullmatch(typed) or (exact and not typed.isdecimal()):
        return Problem(FIELD, "bulk.phone.fraction")
    if re.fullmatch(r"\+?[0-9]+", typed) and len(typed.lstrip("+0")) > MOST_DIGITS:
        return Problem(FIELD, "bulk.phone.too_many_digits", {"limit": MOST_DIGITS})
    return typed
