"""Texts as messages and views show them, everywhere alike."""

from slack_sdk.models.blocks import (
    ButtonElement,
    ContextBlock,
    MarkdownTextObject,
    SectionBlock,
)


def says(
    text: str, *, block_id: str | None = None, accessory: ButtonElement | None = None
) -> SectionBlock:
    """Show a text that is ours, or escaped."""
    return SectionBlock(block_id=block_id, text=_ours(text), accessory=accessory)


def small(text: str) -> ContextBlock:
    """Show such a text in small print."""
    return ContextBlock(elements=[_ours(text)])


def _ours(text: str) -> MarkdownTextObject:
    # Verbatim: nothing that looks like a name or an address is made a link.
    return MarkdownTextObject(text=text, verbatim=True)
