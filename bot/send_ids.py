"""Ids of sends: short enough to be read out, and found again however they are typed.

An id is `K7R2-M9T5W`: a letter and a digit by turns. What looks or sounds like another one is left
out (0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, M N, U V). There are no vowels, nor the digits that are read as
vowels, and no two letters stand together: so no id is a word, in any language.
"""

import re
import secrets

from bot.sends import SendId

LETTERS = "CDFHJKMPRTWX"  # nor a V, with which the ids of older versions begin
DIGITS = "256789"
LENGTH = 9  # so there are 322 million of them
DASH = 4  # characters stand before it

_PAIR = f"[{LETTERS}][{DIGITS}]"
_ID = re.compile(
    # Older versions called a send as Slack called its form, and numbered what repeats it.
    f"({_PAIR}{_PAIR}[- ]?{_PAIR}{_PAIR}[{LETTERS}]|V(?=[A-Z]*[0-9])[A-Z0-9]{{3,}})"
    "(-AGAIN-[1-9][0-9]*)?",
    re.ASCII,
)


def new_id() -> SendId:
    """Make an id; nobody can guess another one from it, and the store looks whether it is free."""
    chosen = "".join(secrets.choice(DIGITS if n % 2 else LETTERS) for n in range(LENGTH))
    return SendId(f"{chosen[:DASH]}-{chosen[DASH:]}")


def read_id(text: str) -> SendId | None:
    """Read an id as people type it, in any case, with or without the dash; None if it is none."""
    found = _ID.fullmatch(text.upper())
    if found is None:
        return None
    first, again = found[1], (found[2] or "").lower()
    if not first.startswith("V"):
        first = f"{first[:DASH]}-{first[DASH:].lstrip('- ')}"
    return SendId(first + again)
