"""A typed number as text: the same digits and marks, however it was written."""

import re
import unicodedata
from urllib.parse import parse_qs, unquote, urlsplit

from bot.errors import FixTheForm, Problem
from bot.phones import words
from bot.phones.words import LABEL
from bot.typed_text import visible

# Long enough for every way to write one number, too short for two telephones' worth of prose.
LONGEST = 40
MOST_DIGITS = 15  # E.164's
# What nobody would take for part of a number is at least this long when it is one of its own.
ONE_OF_SEVERAL = 7

_PLUS_SIGNS = "+＋﹢⁺"  # noqa: RUF001 - keyboards of East Asia write the wide one
_SLASHES = "/／⁄∕"  # noqa: RUF001 - people paste all of them
_DASHES = "−~˗"  # noqa: RUF001 - none of them is a dash to Unicode
_DOTS = ".．"  # noqa: RUF001
_BULLETS = "·•∙‧●▪"

_ALREADY_PLAIN = re.compile(r"[0-9A-Za-z +()./-]*")
_NO_DIGITS = re.compile("[^0-9]+")
# What no word, link or scheme is in, and nothing that sets off another number.
_BARE = re.compile("[0-9 +()./-]*")
_ONE = re.compile(rf"\+?[0-9]{{1,{MOST_DIGITS}}}")
_SCHEME = re.compile(r"^\s*(?:tel|whatsapp|callto|sms)\s*:", re.IGNORECASE)
_TEL_LINK = re.compile(r"<tel:([^<>|]*)(?:\|([^<>]*))?>", re.IGNORECASE)
WHATSAPP_LINK = re.compile(
    r"(?:https?://)?(?:www\.)?(?:wa\.me/(?!message/)|(?:api|web)\.whatsapp\.com/send/?\?)[^\s<>|]*"
    r"|whatsapp://send/?\?[^\s<>|]*",
    re.IGNORECASE,
)
_SLACK_LINK = re.compile(rf"<({WHATSAPP_LINK.pattern})(?:\|([^<>]*))?>", re.IGNORECASE)
EXTENSION = re.compile(
    rf"(?<=[\d)])[ .;,()-]*(?:#|\*|(?:[xpw]|{words.EXTENSION}){words.END})[ .:=()-]*\d{{1,6}}"
    r"(?!\d)",
    re.IGNORECASE,
)
_EXTENDED = re.compile(EXTENSION.pattern + r"[ )-]*$", re.IGNORECASE)


def refused(key: str, **values: str | int) -> FixTheForm:
    """Say what is wrong with a number."""
    return FixTheForm(Problem("phone", key, values))


def digits_of(text: str) -> str:
    """Return the ASCII digits of a text."""
    return text if text.isdecimal() and text.isascii() else _NO_DIGITS.sub("", text)


def plain(text: str) -> str:
    """Write a text's digits, spaces, dashes, brackets and dots in ASCII, bullets as `·`."""
    if _ALREADY_PLAIN.fullmatch(text):
        return text
    return "".join(map(_plain_char, unicodedata.normalize("NFC", visible(text))))


def _plain_char(char: str) -> str:
    decimal = unicodedata.decimal(char, None)
    if decimal is not None:
        return str(decimal)
    category = unicodedata.category(char)
    # In a number nobody's eyes need what makes a digit a keycap.
    if category == "Cf" or char in "\u20e3\ufe0e\ufe0f":
        return ""
    for marks, mark in ((_PLUS_SIGNS, "+"), (_SLASHES, "/"), (_DASHES, "-"), (_DOTS, ".")):
        if char in marks:
            return mark
    if char in _BULLETS:
        return "·"
    kinds = {"Pd": "-", "Ps": "(", "Pe": ")"}
    return kinds.get(category) or (" " if char.isspace() and char not in "\r\n" else char)


def whatsapp_number(link: str) -> str:
    """Return the number that a WhatsApp link leads to, as +digits; empty if it names none."""
    parts = urlsplit(link if "://" in link else f"https://{link}")
    given = parse_qs(parts.query).get("phone", [""])[0]
    path = [part for part in unquote(parts.path).split("/") if part]
    # A product's link ends with the seller's number.
    found = given or (path[-1] if path and "wa.me" in parts.netloc.lower() else "")
    found = re.sub(r"[\s().+-]", "", found)
    return f"+{found}" if found.isascii() and found.isdecimal() else ""


def link_text(target: str, label: str) -> str:
    """Return a link's number: what it leads to; as it is labelled only if the digits are the same."""
    shown = plain(label).strip()
    same = digits_of(shown) == digits_of(plain(target)) and ("+" in shown) == ("+" in target)
    return shown if same and is_written_with(shown) else target


def unlinked(text: str) -> str:
    """Put the number of each link in its place."""
    if "<" in text:
        text = _TEL_LINK.sub(lambda link: link_text(link[1], link[2] or ""), text)
        text = _SLACK_LINK.sub(lambda link: whatsapp_number(link[1]) or link[0], text)
    return WHATSAPP_LINK.sub(lambda link: whatsapp_number(link[0]) or link[0], text)


def is_written_with(word: str) -> bool:
    """Say whether a word is all digits and phone punctuation, as `(55)` and `1234-5678,` are."""
    bare = LABEL.sub("", _SCHEME.sub("", plain(word)))
    if bare != plain(word) and not digits_of(bare) and ":" not in word:
        return False  # "cel" may begin a template's name, "cel:" does not
    return not set(bare.strip(",;:!? ")) - set("0123456789+-/(). \n")


def cleaned(typed: str) -> str:
    """Return a number as digits, +, and what stands between them. Raises FixTheForm."""
    if _ONE.fullmatch(typed):
        return typed
    text = unlinked(plain(typed)).strip()
    text = _SCHEME.sub("", text)
    if len(text) > LONGEST:
        raise refused("phone.too_long")
    if _BARE.fullmatch(text) and digits_of(text):
        text = text.strip()
        _refuse_several(text)
        return text
    # What is called twice is two.
    text = words.NUMBER.sub(" ", LABEL.sub("|", text)).strip(" ,;:|·\r\n")
    _refuse_several(text)
    text = re.sub(r" ?\|[ :]*", " ", text).replace("·", " ").strip(" ,;:")
    if found := _EXTENDED.search(text):
        raise refused("phone.extension", word=found[0].strip(" ,;"))
    if set(text) - set("0123456789+-/(). ,;"):
        raise refused("phone.letters")
    if not digits_of(text):
        raise refused("phone.empty")
    return text


def _refuse_several(text: str) -> None:
    """Refuse what holds two numbers, and say the second one."""
    parts = [part.strip() for part in re.split(r"[^0-9 ().-]", text)]
    whole = [part for part in parts if len(digits_of(part)) >= ONE_OF_SEVERAL]
    if len(whole) > 1:
        raise refused("phone.several", word=whole[1])
    # A leading 00 is not part of the number.
    groups = re.findall(r"[0-9]+", re.sub(r"^[^0-9]*00", "", text))
    total = sum(map(len, groups))
    for end in range(1, len(groups)):
        first = sum(map(len, groups[:end]))
        # Too much for one number, and it falls apart into two.
        if total > MOST_DIGITS and min(first, total - first) > ONE_OF_SEVERAL:
            raise refused("phone.several", word=" ".join(groups[end:]))
