"""A send's message as the customer reads it. Pure."""

from bot.locales import Translator
from bot.sends import Send
from bot.slack.platform.blocks import (
    Block,
    rich_text,
    rich_text_piece,
    rich_text_quote,
    rich_text_section,
)
from bot.slack.send_form import preview
from bot.templates import Template, find_param
from bot.templates import preview as filled
from bot.typed_text import visible

HIDDEN = "••••"


def draw(
    send: Send,
    template: Template | None,
    translator: Translator,
    *,
    block_id: str = "",
    hides_values: bool = False,
) -> Block:
    """Draw it; its values where its template is not known. For a channel, values are hidden."""
    params = send.request.params
    if hides_values:
        params = tuple((name, HIDDEN) for name, _ in params)
    if template and all(find_param(template, name) for name, _ in params):
        shown = filled(template, dict(params))
        drawn = preview.draw(shown, translator, title=translator("details.message"))
        return Block({**drawn, "block_id": block_id}) if block_id else drawn
    lines = "\n".join(f"{visible(name)}: {visible(value)}" for name, value in params)
    title = rich_text_piece(translator("details.message"), bold=True)
    values = rich_text_piece(lines[: preview.LENGTH_LIMIT] or translator("details.no_values"))
    parts = [rich_text_section([title]), rich_text_quote([values])]
    return rich_text(parts, block_id=block_id)
