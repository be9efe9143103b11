"""Typed text as a person sees it: what nobody can see is dropped, wherever something is typed."""

import re
import unicodedata

# Unicode's ignorable characters, and what fonts draw as nothing: the fillers of Hangul, the blank of
# Braille, the place of an object that was left out. Nobody types the controls of ASCII but by
# mistake: they are refused where they stand.
_UNSEEN = re.compile(
    "[\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
_JOINERS = "\u200c\u200d"
_KEYCAP = "\u20e3"
_BLACK_FLAG = "\U0001f3f4"
# Arabic to Myanmar, where a joiner changes how a word is written.
_JOINED_SCRIPTS = range(0x0600, 0x1100)


def visible(text: str) -> str:
    """Drop what nobody sees; in an emoji, and in scripts that join letters, it is seen."""
    return _UNSEEN.sub(_kept, text)


def _kept(unseen: re.Match[str]) -> str:
    text, run = unseen.string, unseen[0]
    before, after = text[: unseen.start()][-1:], text[unseen.end() :][:1]
    if before == _BLACK_FLAG:
        return "".join(char for char in run if "\U000e0020" <= char <= "\U000e007f")
    if _is_picture(before) or (before in "0123456789#*" and after == _KEYCAP):
        wanted = "\ufe0e\ufe0f" + ("\u200d" if _is_picture(after) else "")
        return "".join(char for char in run if char in wanted)
    if before and after and ord(before) in _JOINED_SCRIPTS and ord(after) in _JOINED_SCRIPTS:
        return "".join(char for char in run if char in _JOINERS)
    return ""


def _is_picture(char: str) -> bool:
    # The five tones of skin are modifiers; a few arrows and marks are emoji, too.
    return char != "" and (
        unicodedata.category(char) == "So"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or char in "↔‼⁉〰〽"
    )
