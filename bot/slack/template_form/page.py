"""The page of a template's parameters: how the form asks for each of them."""

import json
from collections.abc import Sequence

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.locales import Words
from bot.slack.cards import escape
from bot.slack.form.ids import param_blocks
from bot.slack.form.mistakes import short
from bot.slack.template_form.ids import EDIT_PARAM, PAGE_ID
from bot.slack.texts import says
from bot.templates import Template
from bot.templates.params import Param

TEXT_LIMIT = 3000  # Slack's, of a section
SHOWN_LIMIT = 150  # characters of a starting value


def build(
    user: str, template: Template, words: Words, *, saved: bool = False, dropped: Sequence[str] = ()
) -> View:
    """Draw the page of a template that is in the catalogue; `saved`: it was just now."""
    key = "param_page.saved" if saved else "param_page.intro"
    blocks: list[Block] = [_says(words(key, name=template.name))]
    if dropped:
        blocks.append(_says(words("param_page.dropped", names=", ".join(dropped))))
    ids = param_blocks(template)
    blocks += [_line(param, ids[param.name], words) for param in template.params]
    return View(
        type="modal",
        callback_id=PAGE_ID,
        title=words("param_page.title"),
        close=words("param_page.close"),
        private_metadata=json.dumps({"user": user, "template": template.id}),
        blocks=blocks,
    )


def notice(text: str, words: Words) -> View:
    """Say one thing."""
    return View(
        type="modal",
        title=words("form.title"),
        close=words("param_page.close"),
        blocks=[_says(text)],
    )


def place(param: Param) -> str:
    """Write a parameter as it stands in the text."""
    return f"{{{{{param.name}}}}}"


def _line(param: Param, block: str, words: Words) -> SectionBlock:
    facts = [
        words(f"kind.{param.kind}"),
        words("param_page.required" if param.required else "param_page.optional"),
    ]
    if param.default:
        facts.append(words("param_page.default", value=escape(param.default[:SHOWN_LIMIT])))
    label = f" · {escape(param.label)}" if param.label else ""
    edit = ButtonElement(text=words("param_page.edit"), action_id=EDIT_PARAM, value=param.name)
    line = f"`{escape(place(param))}`{label}\n{' · '.join(facts)}"
    return says(line, block_id=block, accessory=edit)


def _says(text: str) -> SectionBlock:
    return SectionBlock(text=PlainTextObject(text=short(text, TEXT_LIMIT), emoji=False))
