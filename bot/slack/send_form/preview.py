"""The message as the customer will read it, under the fields that fill it."""

import re
from collections.abc import Iterable, Iterator

from bot.locales import Translator
from bot.slack.platform import blocks
from bot.slack.platform.blocks import Block, RichText
from bot.slack.platform.error_messages import short
from bot.slack.send_form.ids import PREVIEW
from bot.templates import Part, PartKind, Preview
from bot.templates.markup import Span, spans

# Stands for a missing value while the marks around it are read: of private use, so in no message.
HOLE = "\ue000"
# At the beginning of a line, before a text (faq.whatsapp.com, "How to format your messages").
_LISTED = re.compile(r"^(?:- (?=\S)|\* (?=[^\s*]))", re.MULTILINE)
_QUOTED = re.compile(r"^> ?(?=\S)", re.MULTILINE)
LENGTH_LIMIT = 3000  # characters that are shown: values may be far too long for WhatsApp


def draw(preview: Preview, translator: Translator, *, title: str = "") -> Block:
    """Draw a message under its title: marks as WhatsApp shows them, and what is missing as a name in a box."""
    lines: list[RichText] = []
    if preview.header:
        # WhatsApp shows a header in bold, marks or not.
        lines += [_text(each.text, Span("", bold=True), each.kind) for each in preview.header]
        lines.append(blocks.rich_text_piece("\n"))
    lines += _body(preview.body)
    if preview.footer:
        lines.append(blocks.rich_text_piece(f"\n{preview.footer}", italic=True))
    head = blocks.rich_text_piece(title or translator("form.preview"), bold=True)
    parts = [blocks.rich_text_section([head]), blocks.rich_text_quote(_shown(lines))]
    return blocks.rich_text(parts, block_id=PREVIEW)


def pieces(text: str) -> list[RichText]:
    """Draw a text that has all its values, its marks as WhatsApp shows them."""
    return _shown([*_body([Part(PartKind.TEXT, text)])])


def _body(parts: Iterable[Part]) -> Iterator[RichText]:
    whole, missing = "", []
    for part in parts:
        if part.kind is PartKind.MISSING:
            missing.append(part.text)
            whole += HOLE
        else:
            whole += part.text.replace(HOLE, "")
    names = iter(missing)
    for span in spans(_lines(short(whole, LENGTH_LIMIT))):
        for number, text in enumerate(span.text.split(HOLE)):
            if number:
                yield _text(next(names), span, PartKind.MISSING)
            if text:
                yield _text(text, span, PartKind.TEXT)


def _lines(text: str) -> str:
    """Draw the lines of a list as points, and quoted lines behind a bar, as WhatsApp does."""
    return _QUOTED.sub("\u2503 ", _LISTED.sub("\u2022 ", text))


def _text(text: str, like: Span, kind: PartKind) -> RichText:
    if kind is PartKind.MISSING:
        return blocks.rich_text_piece(f"[{text}]", code=True)
    marks = {"bold": like.bold, "italic": like.italic, "strike": like.strike, "code": like.code}
    return blocks.rich_text_piece(text, **marks)


def _shown(pieces: list[RichText]) -> list[RichText]:
    """Cut a message that is far too long; the form says so when it is sent."""
    left = LENGTH_LIMIT
    shown: list[RichText] = []
    for each in pieces:
        text = str(each["text"])
        if len(text) > left:
            shown.append(blocks.rich_text_piece(text[:left] + "…"))
            break
        left -= len(text)
        shown.append(each)
    return shown
