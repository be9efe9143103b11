"""Which words after the command are a question, and which fill the form. Pure.

A template's name may begin with such a word (`Estado de cuenta`): so they are questions only if they
stand alone, `status` if a send can be meant by what follows, `stop` and `allow` if a number can.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.send_ids import read_id
from bot.sends import SendId
from bot.slack.send_form import command_parser
from bot.templates import names
from bot.typed_text import visible


class Topic(StrEnum):
    """What can be asked."""

    HELP = "help"
    RECENT = "recent"
    LIST = "list"
    STATUS = "status"
    REFRESH = "refresh"
    STOP = "stop"
    ALLOW = "allow"


# In all languages at once: people type what their colleagues type.
WORDS: Final = {
    **dict.fromkeys(("help", "ayuda", "ajuda", "?"), Topic.HELP),
    **dict.fromkeys(("recent", "recientes", "recentes"), Topic.RECENT),
    **dict.fromkeys(("list", "lista"), Topic.LIST),
    **dict.fromkeys(("status", "estado"), Topic.STATUS),
    **dict.fromkeys(("refresh", "actualizar", "atualizar"), Topic.REFRESH),
    **dict.fromkeys(("stop", "detener", "parar"), Topic.STOP),
    **dict.fromkeys(("allow", "permitir"), Topic.ALLOW),
}
# They are about a number, in all the words that it is written in, and why.
ABOUT_A_NUMBER: Final = frozenset({Topic.STOP, Topic.ALLOW})

# Ask for the form for a list; `lista` alone is the question that it always was.
BULK: Final = "bulk"
BULK_WITH_WORDS: Final = frozenset({BULK, "lista"})

# No number has more digits, and fewer than four are too many people's.
_DIGITS = re.compile(r"[0-9]{4,15}")
_NUMBER = re.compile(r"\+?[0-9().-]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: its topic, and what it is about."""

    topic: Topic
    word: str = ""  # as it was asked, folded
    # What stands after it: a send or digits, in one folded word; or a number and why, as typed.
    about: str = ""

    @property
    def typed(self) -> str:
        """The whole of it, folded as names are."""
        return f"{self.word} {self.about}"

    def names_one_of(self, templates: Iterable[str]) -> bool:
        """Say whether it begins with a template's folded name of more words than its own."""
        typed = names.fold(self.typed) + " "
        return any(" " in each and typed.startswith(each + " ") for each in templates)

    @property
    def send(self) -> SendId | None:
        """The send's id, as it is written down."""
        return read_id(self.about)

    @property
    def digits(self) -> str:
        """The last digits of a number, without what people write between them."""
        return re.sub(r"[^0-9]", "", self.about) if _NUMBER.fullmatch(self.about) else ""


def list_words(text: str) -> str | None:
    """Return what was typed after the order for a list, as Slack sends it; None if it is none."""
    first, *rest = text.split(maxsplit=1) or [""]
    word, words = names.fold(first), "".join(rest).strip()
    is_order = word in BULK_WITH_WORDS if words else word == BULK
    return words if is_order else None


def read(text: str) -> Asked | None:
    """Find the question in what was typed, as Slack sends it; None if there is none."""
    plain = command_parser.unescape(text)
    match names.fold(plain).split():
        case [word] if word in WORDS:
            return Asked(WORDS[word], word)
        case [word, *rest] if rest and WORDS.get(word) is Topic.STATUS:
            # A number may have spaces in it.
            about = "".join(rest) if all(map(_NUMBER.fullmatch, rest)) else " ".join(rest)
            asked = Asked(Topic.STATUS, word, about)
            is_send = asked.send is not None or _DIGITS.fullmatch(asked.digits)
            return asked if is_send else None
        case [word, *_] if WORDS.get(word) in ABOUT_A_NUMBER:
            return Asked(WORDS[word], word, visible(plain).split(maxsplit=1)[1])
    return None
