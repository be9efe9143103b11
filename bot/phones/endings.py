"""What stands behind a number and is no part of it."""

import re

from bot.phones import plans
from bot.phones.normalize import ONE_OF_SEVERAL, digits_of, refused
from bot.phones.plans import Reading

# Of a number that has its country code, in Latin America.
_FEWEST_FOREIGN = 10
# A last group is as long as this; what is shorter may be an extension.
_SHORTEST_GROUP = 4
_PAIR = 2  # digits, as the French write them
# What Excel makes of a number's column.
_DECIMAL = re.compile(r"(?P<whole>.*?(?P<last>[0-9]+)\)?)[.,](?P<zeros>0+)")
# The last group, and whether what stands before it stands before nothing else in a number.
_LAST_GROUP = re.compile(
    r"(?P<head>.*[0-9]\)?)(?P<tail>(?P<apart> *[/,;] *| *\((?=[^()]*\))| +- *|- +)?[ .()-]*"
    r"(?<![0-9])(?P<digits>[0-9]{1,6})[ )]*)"
)
# Nothing stands behind it.
_ONE_GROUP = re.compile(r"\+?[0-9]+")


def _is_number(text: str, region: str | None) -> bool:
    """Say whether a text is a valid number with its + or 00, or at home."""
    digits = digits_of(text)
    if "+" in text or digits.startswith("00"):
        return plans.is_valid(digits.removeprefix("00"))
    if not region:
        return plans.is_valid(digits)
    reading = plans.home(digits, region)
    is_home = isinstance(reading, Reading) and (reading.valid or reading.lacks_ninth_digit)
    return is_home or (digits.startswith(plans.code_of(region)) and plans.is_valid(digits))


def without_decimal(text: str, region: str | None) -> str:
    """Leave out the .0 that a spreadsheet put behind a number."""
    found = _DECIMAL.fullmatch(text)
    if not found:
        return text
    # No spreadsheet writes a +, so that .0 may well be the number's own; where it may be either,
    # nobody guesses.
    if "+" in text or text.startswith("00"):
        is_decimal = _is_number(found["whole"], region)
        if is_decimal and _is_number(text, region):
            raise refused("phone.extension", word=text[found.end("whole") :])
        return found["whole"] if is_decimal else text
    # Where the last group is as short as what follows it, that may be one more.
    is_longer = len(found["last"]) > max(len(found["zeros"]), _PAIR)
    is_decimal = is_longer and (
        len(found["zeros"]) <= _PAIR or len(found["last"]) > _SHORTEST_GROUP
    )
    return found["whole"] if is_decimal or _is_number(found["whole"], region) else text


def what_trails(text: str, region: str | None, *, is_apart: bool) -> str:
    """Find more digits behind a whole number: an extension, or another number.

    Where they do not stand apart, they are a few that keep it from being a number.
    """
    found = None if _ONE_GROUP.fullmatch(text) else _LAST_GROUP.fullmatch(text)
    if not found or len(digits_of(found["head"])) < plans.FEWEST_DIGITS:
        return ""
    head, more = found["head"], found["digits"]
    if is_apart:
        is_more = bool(found["apart"]) and (
            _is_number(head, region)
            or _is_foreign(head)
            or _may_be_whole(head, more, region)
            or _is_set_off(head, found["apart"].strip(), more)
        )
    else:
        is_short = len(more) < _SHORTEST_GROUP and not _is_number(text, region)
        is_lone = len(more) == 1 and bool(re.search("[0-9]{3}[^0-9]*$", head))
        if _may_be_whole(head, more, region):
            return found["tail"].strip() if is_lone else ""
        is_more = is_short and _is_number(head, region)
    return found["tail"].strip() if is_more else ""


def _is_set_off(head: str, mark: str, more: str) -> bool:
    """Say whether a few digits are set off as no group of a number is, whatever they would make."""
    is_slash = mark == "/" and "/" not in head  # Belgians write 0470/12/34/56
    is_short = len(more) < _SHORTEST_GROUP and len(digits_of(head)) >= plans.FEWEST_DIGITS
    return is_short and (is_slash or mark in {"(", ",", ";"})


def _is_foreign(text: str) -> bool:
    """Say whether digits without a + are long enough, and valid, with a country code."""
    digits = digits_of(text)
    return len(digits) >= _FEWEST_FOREIGN and plans.is_valid(digits)


def _may_be_whole(head: str, more: str, region: str | None) -> bool:
    """Say whether a number of no known country may be whole without the few digits behind it."""
    is_bare = not region and "+" not in head and not head.startswith("00")
    return is_bare and len(more) < _SHORTEST_GROUP and len(digits_of(head)) >= ONE_OF_SEVERAL
