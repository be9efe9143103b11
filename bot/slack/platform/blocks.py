"""Block Kit as plain JSON: each function draws one block, named as Slack names it.

Source: <https://docs.slack.dev/reference/block-kit>. Drawn so and not with slack_sdk's models,
which look all their attributes through, with their validators, each time one is written as JSON.
"""

from collections.abc import Sequence
from typing import Any, NewType

from bot.typed_text import visible

Text = NewType("Text", dict[str, Any])
Option = NewType("Option", dict[str, Any])
Confirm = NewType("Confirm", dict[str, Any])
Element = NewType("Element", dict[str, Any])
RichText = NewType("RichText", dict[str, Any])
Block = NewType("Block", dict[str, Any])
View = NewType("View", dict[str, Any])


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    close: str,
    submit: str = "",
    callback_id: str = "",
    private_metadata: str = "",
) -> View:
    """Draw a modal; without `submit` it can only be closed."""
    return View(
        given(
            type="modal",
            callback_id=callback_id,
            title=plain_text(title),
            submit=plain_text(submit) if submit else None,
            close=plain_text(close),
            private_metadata=private_metadata,
            blocks=[*blocks],
        )
    )


def home(blocks: Sequence[Block], *, private_metadata: str = "") -> View:
    """Draw the Home tab."""
    return View(given(type="home", private_metadata=private_metadata, blocks=[*blocks]))


def section(text: str, *, block_id: str = "", accessory: Element | None = None) -> Block:
    """Show a text that is ours, or escaped."""
    return _section(mrkdwn(text), block_id, accessory)


def plain_section(text: str, *, block_id: str = "", accessory: Element | None = None) -> Block:
    """Show a text as it is, whatever stands in it."""
    return _section(plain_text(text, emoji=False), block_id, accessory)


def _section(text: Text, block_id: str, accessory: Element | None) -> Block:
    return Block(given(type="section", block_id=block_id, text=text, accessory=accessory))


def context(text: str, *, block_id: str = "") -> Block:
    """Show a text that is ours, or escaped, in small print."""
    return Block(given(type="context", block_id=block_id, elements=[mrkdwn(text)]))


def header(text: str) -> Block:
    """Show a heading."""
    return Block({"type": "header", "text": plain_text(text)})


def divider() -> Block:
    """Draw a line."""
    return Block({"type": "divider"})


def actions(elements: Sequence[Element], *, block_id: str = "") -> Block:
    """Draw buttons and menus side by side."""
    return Block(given(type="actions", block_id=block_id, elements=[*elements]))


def input_block(
    block_id: str,
    label: str,
    element: Element,
    *,
    hint: str = "",
    optional: bool = False,
    dispatch_action: bool = False,
) -> Block:
    """Draw a field; with `dispatch_action` we are told when something is entered."""
    return Block(
        given(
            type="input",
            block_id=block_id,
            label=plain_text(label),
            hint=plain_text(hint) if hint else None,
            optional=optional,
            dispatch_action=dispatch_action,
            element=element,
        )
    )


def rich_text(elements: Sequence[RichText], *, block_id: str = "") -> Block:
    """Show texts whose marks are given apart from them, so that nothing in them is read as one."""
    return Block(given(type="rich_text", block_id=block_id, elements=[*elements]))


def rich_text_section(elements: Sequence[RichText]) -> RichText:
    """Put pieces of text after each other."""
    return RichText({"type": "rich_text_section", "elements": [*elements]})


def rich_text_quote(elements: Sequence[RichText]) -> RichText:
    """Put pieces of text after each other, behind a bar."""
    return RichText({"type": "rich_text_quote", "elements": [*elements]})


def rich_text_piece(text: str, **style: bool) -> RichText:
    """Write a piece of text; `style` has `bold`, `italic`, `strike` and `code`."""
    marks = {name: True for name, is_on in style.items() if is_on}
    return RichText(given(type="text", text=text, style=marks or None))


def plain_text(text: str, *, emoji: bool = True) -> Text:
    """Write a text without marks; with `emoji`, `:wave:` is drawn."""
    # A name that is not ours can't turn round what stands beside it.
    return Text({"type": "plain_text", "text": visible(text) or text, "emoji": emoji})


def mrkdwn(text: str) -> Text:
    """Write a text with marks."""
    # Verbatim: nothing that looks like a name or an address is made a link.
    return Text({"type": "mrkdwn", "text": text, "verbatim": True})


def given(**fields: object) -> dict[str, Any]:
    """Leave out what is not there: Slack takes no null, and no empty text or list."""
    return {name: value for name, value in fields.items() if value not in (None, "", [])}
