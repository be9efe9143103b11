"""One form of a number for all the ways in which it is written: what is the same is compared in it.

It is a key for lists and comparisons, never what a message is sent to.
"""

import re

# Only what the countries themselves changed, digit by digit; each old form is still in use on
# WhatsApp, in address books and in old files, and none of them is anybody else's number.
_SAME = (
    # Mexico: until 2019 a 1 stood before a mobile's number when called from abroad.
    (re.compile(r"521([2-9][0-9]{9})"), r"52\1"),
    # Argentina: a mobile is called with a 9 from abroad, with a 15 after the area code at home, and
    # with neither by message; the ten digits are one telephone's, fixed or mobile.
    (re.compile(r"549([1-9][0-9]{9})"), r"54\1"),
    (re.compile(r"549?(11|[23][0-9]{2,3})15([0-9]{6,8})"), r"54\1\2"),
    # Brazil: mobiles, which begin with 6 to 9, got a ninth digit between 2012 and 2016.
    (re.compile(r"55([1-9][0-9])([6-9][0-9]{7})"), r"55\g<1>9\2"),
    # Colombia: in 2021 the one digit of a fixed line's area became three.
    (re.compile(r"57([1245678][0-9]{7})"), r"5760\1"),
    # Benin: in 2024 all numbers got 01 in front.
    (re.compile(r"229([2-9][0-9]{7})"), r"22901\1"),
)
_NATIONAL = {"54": 12}  # an Argentine number of 54 and ten digits


def canonical(digits: str) -> str:
    """Return the one form of a number's digits (E.164 without the +), however it was written."""
    for old, new in _SAME:
        if match := old.fullmatch(digits):
            changed = match.expand(new)
            if len(changed) == _NATIONAL.get(changed[:2], len(changed)):
                return changed
    return digits
