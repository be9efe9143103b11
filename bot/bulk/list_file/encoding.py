"""A CSV file's bytes as text: a mark decides, else strict UTF-8, else Windows-1252.

Nothing is guessed from how often letters stand in it: that goes wrong with Spanish names.
"""

import codecs
import re

from bot.errors import Refused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A letter of UTF-8 in what is no UTF-8 as a whole: two files of different programs in one.
_UTF8_LETTER = re.compile(rb"[\xc2-\xc5][\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf]")
# The same, once a program has read UTF-8 as Windows-1252: accents, quotes, dashes.
_MANGLED = re.compile("Ã[\u0080-\u00bf‰šƒ•‡ŒŸžˆŠ]|Ã[“\u2018](?=\\w)|Â[\u00a0-\u00bf]|â€|ï»¿")


def decode(raw: bytes) -> str:
    """Return the text, without its mark. Raises Refused if it can't be said for sure."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _without_nul(_strict(raw.removeprefix(mark), encoding))
    if b"\0" in raw:
        raise Refused("bulk.file.nul", line=_line(raw, raw.index(b"\0")))
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        if _UTF8_LETTER.search(raw):
            line = _line(raw, error.start)
            raise Refused("bulk.file.mixed_encodings", line=line) from error
    return _strict(raw, "cp1252")


def is_mangled(text: str) -> bool:
    """Say whether a text was read in a wrong encoding before it came here: PeÃ±a for Peña."""
    return not text.isascii() and _MANGLED.search(text) is not None


def _strict(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = _line(raw, error.start)
        raise Refused("bulk.file.encoding", line=line) from error


def _without_nul(text: str) -> str:
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Refused("bulk.file.nul", line=line)
    return text


def _line(raw: bytes, place: int) -> int:
    return raw[:place].count(b"\n") + 1
