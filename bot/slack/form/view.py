"""The form, drawn as a modal."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    ConversationSelectElement,
    ExternalDataSelectElement,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    PlainTextObject,
)
from slack_sdk.models.views import View

from bot.locales import Words
from bot.slack.form import fields, note, notices, number, preview
from bot.slack.form.filled import Form
from bot.slack.form.ids import (
    ASSIGN,
    CALLBACK_ID,
    CHANNEL,
    CHOOSE,
    CLIENT_NAME,
    FILL,
    GROUP,
    INPUT,
    LIMITS,
    OPTION_LIMIT,
    PARAMS,
    PHONE,
    PREVIEW,
    TEMPLATE,
    param_blocks,
)
from bot.slack.payloads import Payload, plain
from bot.slack.texts import small
from bot.templates import Template, fingerprint
from bot.templates import preview as message_of

CHANNELS_TOLD = 20
# What a view is made of, beside its blocks and what Slack adds.
KEPT = ("type", "callback_id", "title", "submit", "close", "private_metadata")


def build(form: Form, words: Words, *, opening: bool = False) -> View:
    """Draw the form as a modal; as it opens, with the first field that is still to be filled."""
    inputs = [*_inputs(form, words)]
    if opening:
        _focus(inputs)
    return View(
        type="modal",
        callback_id=CALLBACK_ID,
        title=words("form.test" if form.is_test else "form.title"),
        submit=words("form.submit_anyway" if form.seen else "form.submit"),
        close=words("form.close"),
        private_metadata=note.write(form),
        blocks=[*notices.draw(form, words), *inputs],
    )


def _focus(blocks: Iterable[Block]) -> None:
    fields_ = [each for each in blocks if isinstance(each, InputBlock)]
    empty = [each for each in fields_ if not each.optional and not _is_filled(each)]
    # Where all is filled in, Enter in the number's field sends.
    for block in (empty or fields_[1:])[:1]:
        if isinstance(block.element, InputInteractiveElement):
            block.element.focus_on_load = True


def _is_filled(block: InputBlock) -> bool:
    drawn = block.element.to_dict() if block.element else {}
    return any(name.startswith("initial_") for name in drawn)


def with_message(view: Payload, form: Form, words: Words) -> dict[str, Any]:
    """Return a view as it stands before somebody, with the message as it reads by now.

    All other blocks go back as they came: whoever types in one of them is not disturbed.
    """
    if form.known is None:
        return dict(view)
    message = preview.draw(message_of(form.known, dict(form.values)), words).to_dict()
    blocks = [
        message if each.get("block_id") == PREVIEW else _as_sent(each) for each in view["blocks"]
    ]
    return {**{name: view[name] for name in KEPT if view.get(name)}, "blocks": blocks}


def _as_sent(part: object) -> object:
    """Undo the escapes that Slack put into a block's plain texts; marked-up ones have our own."""
    if isinstance(part, Mapping):
        if part.get("type") == "mrkdwn":
            return part
        # Nobody's focus is to be moved.
        return {name: _as_sent(each) for name, each in part.items() if name != "focus_on_load"}
    if isinstance(part, list):
        return [_as_sent(each) for each in part]
    return plain(part) if isinstance(part, str) else part


def option(template: Template) -> Option:
    """Draw a template in the menu of templates."""
    return Option(text=template.name, value=template.id)


def bare_option(template_id: str, words: Words) -> Option:
    """Draw an id that the catalogue does not have."""
    return Option(text=words("form.bare_id", id=template_id)[:OPTION_LIMIT], value=template_id)


def _inputs(form: Form, words: Words) -> Iterator[Block]:
    known = form.known
    if form.has_catalogue:
        yield _template_menu(form, words)
    else:
        yield _text(TEMPLATE, form.template, words)
    yield _phone(form, words)
    yield from number.about(form, words)
    if known:
        values = dict(form.values)
        yield from _params(known, values, words)
        yield preview.draw(message_of(known, values), words)
    elif form.template or not form.has_catalogue:
        yield _text(PARAMS, form.params, words, optional=True, multiline=True)
    # Filled anew for another template, so the fields are others.
    action = f"{INPUT}.{known.id}" if known else INPUT
    yield _text(CLIENT_NAME, form.client_name, words, optional=True)
    yield _text(GROUP, form.group, words, optional=True, action=action)
    yield _assign(form, words, action)
    if form.asks_channel:
        yield from _where(form, words)


def _phone(form: Form, words: Words) -> InputBlock:
    # Where the message has several numbers, one of them is chosen instead.
    block = _text(PHONE, form.phone, words, optional=bool(form.found))
    if form.is_test:
        block.label = PlainTextObject(text=words("form.own_phone.label"))
    return block


def _where(form: Form, words: Words) -> Iterator[Block]:
    yield _channel(form, words)
    if form.known and form.known.channels:
        channels = form.known.channels
        shown = ", ".join(f"<#{each}>" for each in channels[:CHANNELS_TOLD])
        shown += ", …" if len(channels) > CHANNELS_TOLD else ""
        yield small(words("form.channels", channels=shown))


def _params(template: Template, values: Mapping[str, str], words: Words) -> Iterator[Block]:
    blocks, menus = param_blocks(template), fields.menus(template)
    # Slack keeps what is in a field of the same name, which may ask for something else by now.
    action = f"{FILL}.{fingerprint(template)}"
    for param in template.params:
        name, value = param.name, values.get(param.name, "")
        yield fields.draw(param, blocks[name], action, value, words, has_menu=name in menus)


def _template_menu(form: Form, words: Words) -> InputBlock:
    chosen = option(form.known) if form.known else None
    if form.template and not form.known:
        chosen = bare_option(form.template, words)
    return InputBlock(
        block_id=TEMPLATE,
        label=words("form.template.choose.label"),
        dispatch_action=True,
        element=ExternalDataSelectElement(
            action_id=f"{CHOOSE}.{form.times_set}" if form.times_set else CHOOSE,
            initial_option=chosen,
            min_query_length=0,
            placeholder=words("form.template.choose.placeholder"),
        ),
    )


def _text(
    block: str,
    value: str,
    words: Words,
    *,
    optional: bool = False,
    multiline: bool = False,
    action: str = INPUT,
) -> InputBlock:
    return InputBlock(
        block_id=block,
        label=words(f"form.{block}.label"),
        hint=words(f"form.{block}.hint") if words.has(f"form.{block}.hint") else None,
        optional=optional,
        element=PlainTextInputElement(
            action_id=action,
            initial_value=value[: LIMITS[block]] or None,
            max_length=LIMITS[block],
            multiline=multiline,
            placeholder=words(f"form.{block}.placeholder"),
        ),
    )


def _assign(form: Form, words: Words, action: str) -> InputBlock:
    box = Option(text=words("form.assign.option"), value="assign")
    element: InputInteractiveElement = CheckboxesElement(
        action_id=action, options=[box], initial_options=[box] if form.assign else None
    )
    return InputBlock(
        block_id=ASSIGN, label=words("form.assign.label"), optional=True, element=element
    )


def _channel(form: Form, words: Words) -> InputBlock:
    return InputBlock(
        block_id=CHANNEL,
        label=words("form.channel.label"),
        hint=words("form.channel.hint"),
        optional=True,
        element=ConversationSelectElement(
            action_id=INPUT,
            initial_conversation=form.channel or None,
            default_to_current_conversation=None if form.channel else True,
            response_url_enabled=True,
        ),
    )
