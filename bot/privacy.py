"""What a channel must not read in somebody else's words: a send's number, names and values.

Compared are letters, digits and pictures alone, without case, accents or what nobody sees, whatever
stands between them, as they are written and with the escapes of JSON, addresses and HTML undone.
- A value, name or group of three characters or more is hidden wherever it stands, even in a word.
- A shorter one only where it stands as a word of its own: `a` is hidden, the a of `datos` is not.
- So are the words of a name by themselves, but for `de`, `la` and their like.
- Of the number eight digits in a row are hidden (of a short number, all but its country code), and
  six where no other digit touches them.
- Where the text was cut at its end, so is what begins one of them there.
"""

import functools
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from bot.sends import SAID_LIMIT, Send, SendRequest

MASK = "••••"
SHORT = 2  # characters: hidden as a whole word only
BEGUN = 3  # characters that tell what was cut off behind them
FEW_DIGITS, MANY_DIGITS = 6, 8
FAR = 12  # characters between two digits of one number

_ESCAPED = re.compile(
    r"(?:\\u[0-9a-f]{4})+|(?:%[0-9a-f]{2})+|&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});|\\[nrtbf]",
    re.IGNORECASE,
)
_SAME = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe"})
# What a customer's name is called in a template.
_NAME = re.compile("name|nombre|nome|client|apellido|sobrenome|paciente", re.IGNORECASE)
_PARTICLES = frozenset(
    re.split(
        " ",
        "al bin da das de del den der di do don dona dos dr dra du e el ibn la las le los mr mrs ms san "
        "sr sra van von y",
    )
)
_UNSEEN = frozenset({"Mn", "Mc", "Me", "Cf"})
# What fonts draw as nothing.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0\ufffc"
# From here on scripts write words without spaces.
_UNSPACED = "\u2e80"


@dataclass(frozen=True, slots=True)
class _Char:
    """A character as it is compared, and where it stands."""

    char: str
    start: int
    end: int
    place: int  # counts what is seen, so that neighbours differ by one

    @property
    def runs_on(self) -> bool:
        return self.char.isalnum() and self.char < _UNSPACED


@dataclass(frozen=True, slots=True)
class _Secret:
    """A text that must not be read, folded."""

    text: str
    whole_word: bool


@dataclass(frozen=True, slots=True)
class _Span:
    """What is to be hidden."""

    start: int
    end: int
    is_number: bool


def masked(text: str, send: Send) -> str:
    """Hide a send's number, names and values in a text that is not ours."""
    if not text:
        return text
    secrets, is_cut = _secrets(send.request), len(text) >= SAID_LIMIT
    # What stands beside a mask may make a whole with its four digits.
    while spans := _spans(text, secrets, send.request.phone, is_cut=is_cut):
        for span in reversed(spans):
            before, after = text[: span.start], text[span.end :]
            if span.is_number:
                before = before.rstrip("+(" if not after.startswith(")") else "+")
            text = before + (send.masked_phone if span.is_number else MASK) + after
        is_cut = False
    return text


# A send has three texts; none is kept for long.
@functools.lru_cache(maxsize=1)
def _secrets(request: SendRequest) -> tuple[_Secret, ...]:
    """Fold what must not be read of a request; the longest first."""
    wholes = [request.client_name, request.group, *(value for _, value in request.params)]
    names = [request.client_name, *(value for name, value in request.params if _NAME.search(name))]
    found = {
        _Secret(text, whole_word=len(text) <= SHORT) for whole in wholes if (text := _fold(whole))
    }
    parts = {_fold(part) for name in names for part in re.split(r"[\W_]+", name)}
    found |= {
        _Secret(part, whole_word=True)
        for part in parts
        if len(part) >= SHORT and part not in _PARTICLES
    }
    return tuple(sorted(found, key=lambda secret: -len(secret.text)))


def _fold(text: str) -> str:
    return "".join(_kept(unit)[1] for unit in text)


def _spans(text: str, secrets: tuple[_Secret, ...], phone: str, *, is_cut: bool) -> list[_Span]:
    found: list[_Span] = []
    for decoded in (False, True) if _ESCAPED.search(text) else (False,):
        chars = [*_chars(text, decoded=decoded)]
        found += _numbers(chars, phone)
        for secret in secrets:
            found += _written(chars, secret)
        if is_cut:
            found += _begun(chars, [phone, *(secret.text for secret in secrets)], len(text))
    return _merged(found)


def _chars(text: str, *, decoded: bool) -> Iterator[_Char]:
    place = 0
    for unit, start, end in _units(text, decoded=decoded):
        is_seen, compared = _kept(unit)
        place += is_seen
        for char in compared:
            yield _Char(char, start, end, place)


@functools.lru_cache(maxsize=4096)
def _kept(unit: str) -> tuple[bool, str]:
    """Say whether a character is seen at all, and fold what is compared of it."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", unit).casefold())
    folded = "".join(str(unicodedata.digit(char, char)) for char in bare.translate(_SAME))
    seen = [
        char for char in folded if unicodedata.category(char) not in _UNSEEN and char not in _BLANK
    ]
    compared = (char for char in seen if char.isalnum() or unicodedata.category(char) == "So")
    return bool(seen), "".join(compared)


def _units(text: str, *, decoded: bool) -> Iterator[tuple[str, int, int]]:
    at = 0
    for escape in _ESCAPED.finditer(text) if decoded else ():
        yield from ((text[i], i, i + 1) for i in range(at, escape.start()))
        yield from ((char, escape.start(), escape.end()) for char in _decoded(escape[0]))
        at = escape.end()
    yield from ((text[i], i, i + 1) for i in range(at, len(text)))


def _decoded(escape: str) -> str:
    if escape.startswith("%"):
        return unquote(escape)
    if escape.startswith("&"):
        return html.unescape(escape)
    if escape[1] in "uU":
        halves = bytes.fromhex(escape.replace("\\u", "").replace("\\U", ""))
        return halves.decode("utf-16-be", "replace")
    return " "


def _written(chars: list[_Char], secret: _Secret) -> Iterator[_Span]:
    """Find where a secret stands."""
    text = "".join(each.char for each in chars)
    at = text.find(secret.text)
    while at >= 0:
        last = at + len(secret.text) - 1
        if not secret.whole_word or not (
            _touch(chars, at - 1, at) or _touch(chars, last, last + 1)
        ):
            yield _Span(chars[at].start, chars[last].end, is_number=False)
            at = text.find(secret.text, last + 1)
        else:
            at = text.find(secret.text, at + 1)


def _touch(chars: list[_Char], one: int, other: int) -> bool:
    """Whether two characters are of one word."""
    if one < 0 or other >= len(chars):
        return False
    pair = chars[one], chars[other]
    return all(each.runs_on for each in pair) and pair[1].place - pair[0].place <= 1


def _numbers(chars: list[_Char], phone: str) -> Iterator[_Span]:
    """Find the number, or enough of it, with whatever stands between its digits."""
    digits = [each for each in chars if each.char in "0123456789"]
    enough = max(FEW_DIGITS, min(MANY_DIGITS, len(phone) - 3))
    at = 0
    while at < len(digits):
        end = _run(digits, at, phone)
        if end - at >= FEW_DIGITS:
            first, last = _glued(digits, at, end)
            if end - at >= enough or (first, last) == (at, end):
                yield _Span(digits[first].start, digits[last - 1].end, is_number=True)
                at = end
                continue
        at += 1


def _run(digits: list[_Char], at: int, phone: str) -> int:
    """Return where the digits end that stand in the number as they stand here."""
    end, run = at, ""
    while end < len(digits) and run + digits[end].char in phone:
        if end > at and digits[end].place - digits[end - 1].place > FAR:
            break
        run += digits[end].char
        end += 1
    return end


def _glued(digits: list[_Char], first: int, end: int) -> tuple[int, int]:
    """Take in the digits that touch a run of them."""
    while first and digits[first].place - digits[first - 1].place <= 1:
        first -= 1
    while end < len(digits) and digits[end].place - digits[end - 1].place <= 1:
        end += 1
    return first, end


def _begun(chars: list[_Char], secrets: list[str], end: int) -> Iterator[_Span]:
    """Find what a text that was cut ends in the middle of."""
    text = "".join(each.char for each in chars)
    for secret in secrets:
        longest = min(len(secret) - 1, len(text))
        for length in range(longest, BEGUN - 1, -1):
            if text.endswith(secret[:length]):
                yield _Span(chars[len(chars) - length].start, end, is_number=False)
                break


def _merged(spans: list[_Span]) -> list[_Span]:
    """Join the spans that overlap, in their order."""
    joined: list[_Span] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        if joined and span.start < joined[-1].end:
            last = joined.pop()
            is_number = last.is_number or span.is_number
            joined.append(_Span(last.start, max(last.end, span.end), is_number))
        else:
            joined.append(span)
    return joined
