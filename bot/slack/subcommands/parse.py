"""Which words after the command are a question, and which fill the form. Pure.

A template's name may begin with such a word (`Estado de cuenta`): so all but `status` are
questions only if they stand alone, and `status` only if a send can be meant by what follows.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.send_ids import read_id
from bot.sends import SendId
from bot.slack.send_form import command_parser
from bot.templates import names


class Topic(StrEnum):
    """What can be asked."""

    HELP = "help"
    RECENT = "recent"
    LIST = "list"
    STATUS = "status"
    REFRESH = "refresh"


# In all languages at once: people type what their colleagues type.
WORDS: Final = {
    **dict.fromkeys(("help", "ayuda", "ajuda", "?"), Topic.HELP),
    **dict.fromkeys(("recent", "recientes", "recentes"), Topic.RECENT),
    **dict.fromkeys(("list", "lista"), Topic.LIST),
    **dict.fromkeys(("status", "estado"), Topic.STATUS),
    **dict.fromkeys(("refresh", "actualizar", "atualizar"), Topic.REFRESH),
}

# No number has more digits, and fewer than four are too many people's.
_DIGITS = re.compile(r"[0-9]{4,15}")
_NUMBER = re.compile(r"\+?[0-9().-]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: its topic, and what it is about."""

    topic: Topic
    word: str = ""  # as it was asked, folded
    about: str = ""  # the one word after it, folded: a send or digits

    @property
    def typed(self) -> str:
        """The whole of it, folded as names are."""
        return f"{self.word} {self.about}"

    @property
    def send(self) -> SendId | None:
        """The send's id, as it is written down."""
        return read_id(self.about)

    @property
    def digits(self) -> str:
        """The last digits of a number, without what people write between them."""
        return re.sub(r"[^0-9]", "", self.about) if _NUMBER.fullmatch(self.about) else ""


def read(text: str) -> Asked | None:
    """Find the question in what was typed, as Slack sends it; None if there is none."""
    match names.fold(command_parser.unescape(text)).split():
        case [word] if word in WORDS:
            return Asked(WORDS[word], word)
        case [word, *rest] if rest and WORDS.get(word) is Topic.STATUS:
            # A number may have spaces in it.
            about = "".join(rest) if all(map(_NUMBER.fullmatch, rest)) else " ".join(rest)
            asked = Asked(Topic.STATUS, word, about)
            is_send = asked.send is not None or _DIGITS.fullmatch(asked.digits)
            return asked if is_send else None
    return None
