"""The form, drawn as a modal."""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.locales import Translator
from bot.sends import Origin
from bot.slack.platform import blocks, elements
from bot.slack.platform.blocks import Block, Element, Option, View
from bot.slack.platform.payloads import Payload, plain
from bot.slack.send_form import (
    banner,
    confirmation,
    field_errors,
    metadata,
    more,
    param_inputs,
    phone_fields,
    preview,
    text_fields,
    when,
)
from bot.slack.send_form.field_errors import FieldError
from bot.slack.send_form.ids import (
    CALLBACK_ID,
    CHANNEL,
    CHOOSE,
    FILL,
    INPUT,
    MORE,
    OPTION_LIMIT,
    PARAMS,
    PHONE,
    PREVIEW,
    SEND_AT,
    SEND_AT_CHOICE,
    TEMPLATE,
    WHEN,
    param_blocks,
)
from bot.slack.send_form.state import Form
from bot.templates import Template, fingerprint
from bot.templates import preview as message_of

CHANNELS_TOLD = 20
# What a view is made of, beside its blocks and what Slack adds.
KEPT = ("type", "callback_id", "title", "submit", "close", "private_metadata")


def build(form: Form, translator: Translator, *, opening: bool = False) -> View:
    """Draw the form as a modal; as it opens, with the first field that is still to be filled."""
    if opening and form.is_blank:
        drawn = _blank(translator, has_catalogue=form.has_catalogue, asks_channel=form.asks_channel)
    else:
        drawn = _draw(form, translator, opening=opening)
    return View({**drawn, "private_metadata": metadata.write(form)})


@functools.lru_cache(maxsize=16)
def _blank(translator: Translator, *, has_catalogue: bool, asks_channel: bool) -> View:
    """Draw what most forms begin with, once for everybody in a language."""
    form = Form("", Origin(""), has_catalogue=has_catalogue, asks_channel=asks_channel)
    return _draw(form, translator, opening=True)


def _draw(form: Form, translator: Translator, *, opening: bool) -> View:
    inputs = [*_inputs(form, translator)]
    is_asked = bool(form.confirmed_digits) or confirmation.is_overridden(form)
    submit = "form.submit_anyway" if is_asked else _submit(form)
    return blocks.modal(
        translator("form.test" if form.is_test else "form.title"),
        [
            *banner.draw(form, translator),
            *(_focused(inputs) if opening else inputs),
        ],
        submit=translator(submit),
        close=translator("form.close"),
        callback_id=CALLBACK_ID,
    )


def _submit(form: Form) -> str:
    return "form.submit_later" if form.when.at else "form.submit"


def _focused(drawn: Sequence[Block]) -> list[Block]:
    inputs = [each for each in drawn if each["type"] == "input"]
    empty = [each for each in inputs if not each["optional"] and not _is_filled(each["element"])]
    # Where all is filled in, Enter in the number's field sends.
    first = (empty or inputs[1:])[:1]
    return [
        Block({**each, "element": {**each["element"], "focus_on_load": True}})
        if each in first
        else each
        for each in drawn
    ]


def _is_filled(element: Element) -> bool:
    return any(name.startswith("initial_") for name in element)


def with_message(view: Payload, form: Form, translator: Translator) -> dict[str, Any]:
    """Return a view as it stands before somebody, with the message as it reads by now.

    All other blocks go back as they came: whoever types in one of them is not disturbed.
    """
    if form.known is None:
        return dict(view)
    message = preview.draw(message_of(form.known, dict(form.values)), translator)
    drawn = [
        message if each.get("block_id") == PREVIEW else _as_sent(each) for each in view["blocks"]
    ]
    return {**{name: view[name] for name in KEPT if view.get(name)}, "blocks": drawn}


def with_errors(view: Payload, found: Iterable[FieldError]) -> dict[str, Any]:
    """Return a view as it stands before somebody, with what is wrong under its fields."""
    drawn = [_as_sent(each) for each in view["blocks"]]
    return {
        **{name: view[name] for name in KEPT if view.get(name)},
        "blocks": field_errors.put(drawn, found),
    }


def with_more(view: Payload, form: Form, translator: Translator) -> dict[str, Any]:
    """Return a view as it stands before somebody, with the fields that stood behind a button."""
    there = {each.get("block_id") for each in view["blocks"]}
    opened = [
        each
        for each in more.draw(replace(form, more=True), translator)
        if each.get("block_id") not in there
    ]
    drawn: list[object] = []
    for each in view["blocks"]:
        drawn += opened if each.get("block_id") == MORE else [_as_sent(each)]
    return {**{name: view[name] for name in KEPT if view.get(name)}, "blocks": drawn}


def with_when(view: Payload, form: Form, translator: Translator) -> dict[str, Any]:
    """Return a view as it stands before somebody, with what both clocks show at the chosen time."""
    drawn: list[object] = []
    for each in view["blocks"]:
        # What is picked answers what was asked.
        if each.get("block_id") not in {WHEN, SEND_AT_CHOICE}:
            drawn.append(_as_sent(each))
        if each.get("block_id") == SEND_AT:
            drawn += when.line(form.when, translator)
    kept = {name: view[name] for name in KEPT if view.get(name)}
    return {**kept, "submit": blocks.plain_text(translator(_submit(form))), "blocks": drawn}


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
    return elements.option(template.name, template.id)


def bare_option(template_id: str, translator: Translator) -> Option:
    """Draw an id that the catalogue does not have."""
    return elements.option(translator("form.bare_id", id=template_id)[:OPTION_LIMIT], template_id)


def _inputs(form: Form, translator: Translator) -> Iterator[Block]:
    known = form.known
    if form.has_catalogue:
        yield _template_menu(form, translator)
    else:
        yield text_fields.draw(TEMPLATE, form.template, translator)
    yield _phone(form, translator)
    yield from phone_fields.about(form, translator)
    if known:
        values = dict(form.values)
        yield from _params(known, values, translator)
        yield preview.draw(message_of(known, values), translator)
    elif form.template or not form.has_catalogue:
        yield text_fields.draw(PARAMS, form.params, translator, optional=True, multiline=True)
    yield from more.draw(form, translator)
    if form.asks_channel:
        yield from _where(form, translator)


def _phone(form: Form, translator: Translator) -> Block:
    # Where the message has several numbers, one of them is chosen instead.
    block = text_fields.draw(PHONE, form.phone, translator, optional=bool(form.found))
    if form.is_test:
        block["label"] = blocks.plain_text(translator("form.own_phone.label"))
    return block


def _where(form: Form, translator: Translator) -> Iterator[Block]:
    yield channel_select(form.channel, translator)
    if form.known and form.known.channels:
        channels = form.known.channels
        shown = ", ".join(f"<#{each}>" for each in channels[:CHANNELS_TOLD])
        shown += ", …" if len(channels) > CHANNELS_TOLD else ""
        yield blocks.context(translator("form.channels", channels=shown))


def _params(
    template: Template, values: Mapping[str, str], translator: Translator
) -> Iterator[Block]:
    ids, menus = param_blocks(template), param_inputs.menus(template)
    # Slack keeps what is in a field of the same name, which may ask for something else by now.
    action = f"{FILL}.{fingerprint(template)}"
    for param in template.params:
        name, value = param.name, values.get(param.name, "")
        yield param_inputs.draw(param, ids[name], action, value, translator, has_menu=name in menus)


def _template_menu(form: Form, translator: Translator) -> Block:
    chosen = option(form.known) if form.known else None
    if form.template and not form.known:
        chosen = bare_option(form.template, translator)
    menu = elements.external_select(
        f"{CHOOSE}.{form.menu_version}" if form.menu_version else CHOOSE,
        chosen,
        placeholder=translator("form.template.choose.placeholder"),
    )
    label = translator("form.template.choose.label")
    return blocks.input_block(TEMPLATE, label, menu, dispatch_action=True)


def channel_select(chosen: str, translator: Translator) -> Block:
    """Ask where the outcome belongs."""
    return blocks.input_block(
        CHANNEL,
        translator("form.channel.label"),
        elements.conversation_select(INPUT, chosen),
        hint=translator("form.channel.hint"),
        optional=True,
    )
