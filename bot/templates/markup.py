"""WhatsApp's marks in a text, `*bold*`, `_italic_`, `~strike~`, one backtick and three, as spans."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

# A mark stands at the edge of a word and in one line; spaces inside the marks undo them
# (faq.whatsapp.com, "How to format your messages").
MARKED = re.compile(
    r"```(?P<code>.+?)```|(?<!`)`(?P<inline>[^`\n]+)`(?!`)|(?<![^\W_])(?P<mark>[*_~])(?=\S)(?P<inner>.+?)(?<=\S)(?P=mark)(?![^\W_])"
)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text that reads in one way."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False


def spans(text: str, within: Span = Span("")) -> Iterator[Span]:
    """Split a text into spans; a mark that has no partner is an ordinary character."""
    end = 0
    for found in MARKED.finditer(text):
        if found.start() > end:
            yield replace(within, text=text[end : found.start()])
        if code := found["code"] or found["inline"]:
            yield replace(within, text=code, code=True)
        else:
            yield from spans(found["inner"], _marked(within, found["mark"]))
        end = found.end()
    if end < len(text):
        yield replace(within, text=text[end:])


def _marked(span: Span, mark: str) -> Span:
    if mark == "*":
        return replace(span, bold=True)
    return replace(span, italic=True) if mark == "_" else replace(span, strike=True)
