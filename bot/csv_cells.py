"""Cells of a CSV file that no spreadsheet takes for more than text (OWASP: CSV injection)."""

import re

# At the beginning of a cell, or of what another spreadsheet takes for one; in full width, too.
_FORMULA = re.compile("(^|[;\t\r\n,|])(?=[ \"']*[=+\\-@\uff1d\uff0b\uff0d\uff20\t\r])")
_INERT = re.compile(_FORMULA.pattern.replace("(?=", "'(?="))


def inert(value: str) -> str:
    """Keep a spreadsheet from taking somebody else's text for a formula.

    Where a decimal is written with a comma, a semicolon ends a cell, and quotes may not hold it.
    """
    return _FORMULA.sub(r"\1'", value)


def not_inert(value: str) -> str:
    """Return what `inert` was given."""
    return _INERT.sub(r"\1", value) if "'" in value else value
