"""The message as the customer will read it, under the fields that fill it."""

from collections.abc import Iterable, Iterator

from slack_sdk.models.blocks import (
    RichTextBlock,
    RichTextElement,
    RichTextElementParts,
    RichTextQuoteElement,
    RichTextSectionElement,
)

from bot.locales import Words
from bot.slack.form.ids import PREVIEW
from bot.slack.form.mistakes import short
from bot.templates import Part, PartKind, Preview
from bot.templates.markup import Span, spans

# Stands for a missing value while the marks around it are read: of private use, so in no message.
HOLE = "\ue000"
LENGTH_LIMIT = 3000  # characters that are shown: values may be far too long for WhatsApp

Text = RichTextElementParts.Text


def draw(preview: Preview, words: Words) -> RichTextBlock:
    """Draw a message: marks as WhatsApp shows them, and what is missing as a name in a box."""
    lines: list[RichTextElement] = []
    if preview.header:
        # WhatsApp shows a header in bold, marks or not.
        lines += [_text(each.text, Span("", bold=True), each.kind) for each in preview.header]
        lines.append(Text(text="\n"))
    lines += _body(preview.body)
    if preview.footer:
        lines.append(Text(text=f"\n{preview.footer}", style=_style(Span("", italic=True))))
    title = RichTextSectionElement(
        elements=[Text(text=words("form.preview"), style=_style(Span("", bold=True)))]
    )
    return RichTextBlock(
        block_id=PREVIEW, elements=[title, RichTextQuoteElement(elements=_shown(lines))]
    )


def _body(parts: Iterable[Part]) -> Iterator[RichTextElement]:
    whole, missing = "", []
    for part in parts:
        if part.kind is PartKind.MISSING:
            missing.append(part.text)
            whole += HOLE
        else:
            whole += part.text.replace(HOLE, "")
    names = iter(missing)
    for span in spans(short(whole, LENGTH_LIMIT)):
        for number, text in enumerate(span.text.split(HOLE)):
            if number:
                yield _text(next(names), span, PartKind.MISSING)
            if text:
                yield _text(text, span, PartKind.TEXT)


def _text(text: str, like: Span, kind: PartKind) -> Text:
    if kind is PartKind.MISSING:
        return Text(text=f"[{text}]", style=_style(Span("", code=True)))
    return Text(text=text, style=_style(like))


def _style(like: Span) -> RichTextElementParts.TextStyle | None:
    flags = {"bold": like.bold, "italic": like.italic, "strike": like.strike, "code": like.code}
    on = {name: True for name, is_on in flags.items() if is_on}
    return RichTextElementParts.TextStyle(**on) if on else None


def _shown(elements: list[RichTextElement]) -> list[RichTextElement]:
    """Cut a message that is far too long; the form says so when it is sent."""
    left = LENGTH_LIMIT
    shown: list[RichTextElement] = []
    for each in elements:
        text = str(each.to_dict()["text"])
        if len(text) > left:
            shown.append(Text(text=text[:left] + "…"))
            break
        left -= len(text)
        shown.append(each)
    return shown
