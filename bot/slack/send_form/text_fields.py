"""A field for text whose label, hint and placeholder are the bot's own words."""

from bot.locales import Translator
from bot.slack.platform import elements
from bot.slack.platform.blocks import Block, input_block
from bot.slack.send_form.ids import INPUT, LIMITS


def draw(
    block: str,
    value: str,
    translator: Translator,
    *,
    optional: bool = False,
    multiline: bool = False,
    action: str = INPUT,
) -> Block:
    """Draw the field of a block."""
    hint = f"form.{block}.hint"
    return input_block(
        block,
        translator(f"form.{block}.label"),
        elements.text_input(
            action,
            value[: LIMITS[block]],
            max_length=LIMITS[block],
            multiline=multiline,
            placeholder=translator(f"form.{block}.placeholder"),
        ),
        hint=translator(hint) if translator.has(hint) else "",
        optional=optional,
    )
