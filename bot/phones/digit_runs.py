"""Where digits stand in a message that may be a number, links and emoji out of the way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.phones.normalize import WHATSAPP_LINK, digits_of, link_text, plain, whatsapp_number

_LINK, _LINK_END = "\ue000", "\ue001"
_SLACK = re.compile(
    r"<((?:[a-z][a-z0-9+.-]*:|[@#!])[^<>|]*)(?:\|([^<>]*))?>"
    r"|(?<!\d):(?:[+-]1|100|1234|[a-z0-9_'+&-]*[a-z_][a-z0-9_'+&-]*):",
    re.IGNORECASE,
)
# A number as far as it goes on: a few marks stand between two of its digits, and no line ends.
_RUN = re.compile(r"(?:\(?\+[ (]*|\()?[0-9](?:[ ().\-/·]{0,4}[0-9])*\)?")
_PLUS_BEFORE = re.compile(r"\+[^\w\n]{0,5}$")
_ZEROS = re.compile(r"^(\(?)00(?=[1-9])")
_TIME = re.compile(r"(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?![\d:])")
_DATE = re.compile(
    r"(?<![\d+./-])(?:[0-3]?\d[/.-][01]?\d[/.-](?:19|20)\d{2}|(?:19|20)\d{2}[/.-][01]?\d[/.-][0-3]?\d)"
    r"(?![\d/-])"
)


@dataclass(frozen=True, slots=True)
class Run:
    """Digits that follow each other in a text: a number, or a part of one."""

    start: int
    end: int
    text: str
    is_link: bool = False

    @property
    def has_plus(self) -> bool:
        return self.text.lstrip("(").startswith("+")

    def joined(self, other: "Run") -> "Run":
        text = f"{self.text.strip(' -/')} {other.text.strip(' -/')}"
        return replace(self, end=other.end, text=text, is_link=self.is_link or other.is_link)


def flat(text: str) -> str:
    """Put links' numbers in their place, and a bar where another link or a name stood.

    The text is as Slack escaped it.
    """
    text = text.replace(_LINK, "").replace(_LINK_END, "")
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, char)
    return plain(WHATSAPP_LINK.sub(_whatsapp, _SLACK.sub(_slack_form, text)))


def _slack_form(form: re.Match[str]) -> str:
    target, label = form.groups("")
    if form[0].startswith(":"):  # an emoji, as Slack codes it
        return " · "
    if target.lower().startswith("tel:"):
        number = plain(link_text(target[len("tel:") :], label))
    else:
        number = whatsapp_number(target) if WHATSAPP_LINK.fullmatch(target) else ""
    return f"{_LINK}{number}{_LINK_END}" if digits_of(number) else "|"


def _whatsapp(link: re.Match[str]) -> str:
    number = whatsapp_number(link[0])
    return f"{_LINK}{number}{_LINK_END}" if number else "|"


def runs(text: str) -> Iterator[Run]:
    """Give every run of digits; a date or a time is none."""
    masked = _DATE.sub(_bars, _TIME.sub(_bars, text))
    for match in _RUN.finditer(masked):
        start, end = match.span()
        before = text[max(0, start - 6) : start]
        is_link = before.endswith(_LINK)
        if plus := _PLUS_BEFORE.search(before):
            start -= len(plus[0])
        shown = _ZEROS.sub(r"\1+", text[start:end].replace(_LINK, "").replace("·", " "))
        if shown.count("(") != shown.count(")"):
            shown = shown.strip("()")
        yield Run(start, end, " ".join(shown.split()), is_link)


def _bars(match: re.Match[str]) -> str:
    return "|" * len(match[0])
