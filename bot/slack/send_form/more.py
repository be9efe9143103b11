"""What few sends need: Atom's name of the customer, group and assignment, behind a button."""

from collections.abc import Iterator

from bot.locales import Translator
from bot.slack.notifications.cards import escape
from bot.slack.platform import blocks, elements
from bot.slack.platform.blocks import Block
from bot.slack.send_form import text_fields, when
from bot.slack.send_form.ids import ASSIGN, CLIENT_NAME, GROUP, INPUT, MORE, SHOW_MORE
from bot.slack.send_form.state import Form

PLACEHOLDER_LIMIT = 150  # Slack's


def draw(form: Form, translator: Translator) -> Iterator[Block]:
    """Draw these fields, or what holds without them and the button; and which keys send it all."""
    if form.shows_client_name:
        yield _client_name(form, translator)
    if form.shows_more:
        # Filled anew for another template, so the fields are others.
        action = f"{INPUT}.{form.known.id}" if form.known else INPUT
        yield text_fields.draw(GROUP, form.group, translator, optional=True, action=action)
        yield assign_box(form.assign, translator, action)
        yield from when.draw(form.when, translator)
        yield blocks.context(translator("form.enter"))
    else:
        if form.shows_when:
            yield from when.draw(form.when, translator)
        button = elements.button(SHOW_MORE, translator("form.more"))
        # One line, so that the form needs no scrolling.
        told = [*what_holds(form.group, translator, assign=form.assign), translator("form.enter")]
        yield blocks.section(" · ".join(told), block_id=MORE, accessory=button)


def what_holds(group: str, translator: Translator, *, assign: bool) -> Iterator[str]:
    """Say what holds where these fields are not shown."""
    if group:
        yield translator("form.more.group", group=escape(group))
    if assign:
        yield translator("form.more.assigned")


def _client_name(form: Form, translator: Translator) -> Block:
    drawn = text_fields.draw(CLIENT_NAME, form.client_name, translator, optional=True)
    if param := form.name_param:
        same = translator("form.client_name.same", param=param.title)[:PLACEHOLDER_LIMIT]
        drawn["element"]["placeholder"] = blocks.plain_text(same)
    return drawn


def assign_box(checked: bool, translator: Translator, action: str) -> Block:  # noqa: FBT001 - drawn
    """Draw the checkbox that assigns the conversation."""
    box = elements.option(translator("form.assign.option"), "assign")
    element = elements.checkbox(action, box, checked=checked)
    return blocks.input_block(ASSIGN, translator("form.assign.label"), element, optional=True)
