"""The page of a template's parameters: how the form asks for each of them."""

import json
from collections.abc import Sequence

from bot.locales import Translator
from bot.slack.notifications.cards import escape
from bot.slack.platform import elements
from bot.slack.platform.blocks import Block, View, modal, plain_section, section
from bot.slack.platform.error_messages import short
from bot.slack.send_form.ids import param_blocks
from bot.slack.template_form.ids import EDIT_PARAM, PAGE_ID
from bot.templates import Template
from bot.templates.params import Param

TEXT_LIMIT = 3000  # Slack's, of a section
SHOWN_LIMIT = 150  # characters of a starting value


def build(
    user: str,
    template: Template,
    translator: Translator,
    *,
    saved: bool = False,
    dropped: Sequence[str] = (),
) -> View:
    """Draw the page of a template that is in the catalogue; `saved`: it was just now."""
    key = "param_page.saved" if saved else "param_page.intro"
    blocks = [_says(translator(key, name=template.name))]
    if dropped:
        blocks.append(_says(translator("param_page.dropped", names=", ".join(dropped))))
    ids = param_blocks(template)
    blocks += [_line(param, ids[param.name], translator) for param in template.params]
    return modal(
        translator("param_page.title"),
        blocks,
        close=translator("param_page.close"),
        callback_id=PAGE_ID,
        private_metadata=json.dumps({"user": user, "template": template.id}),
    )


def notice(text: str, translator: Translator) -> View:
    """Say one thing."""
    return modal(translator("form.title"), [_says(text)], close=translator("param_page.close"))


def place(param: Param) -> str:
    """Write a parameter as it stands in the text."""
    return f"{{{{{param.name}}}}}"


def _line(param: Param, block: str, translator: Translator) -> Block:
    facts = [
        translator(f"kind.{param.kind}"),
        translator("param_page.required" if param.required else "param_page.optional"),
    ]
    if param.default:
        facts.append(translator("param_page.default", value=escape(param.default[:SHOWN_LIMIT])))
    label = f" · {escape(param.label)}" if param.label else ""
    edit = elements.button(EDIT_PARAM, translator("param_page.edit"), param.name)
    line = f"`{escape(place(param))}`{label}\n{' · '.join(facts)}"
    return section(line, block_id=block, accessory=edit)


def _says(text: str) -> Block:
    return plain_section(short(text, TEXT_LIMIT))
