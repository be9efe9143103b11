"""The form, drawn as a modal."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    CheckboxesElement,
    ContextBlock,
    ConversationSelectElement,
    ExternalDataSelectElement,
    InputBlock,
    InputInteractiveElement,
    MarkdownTextObject,
    Option,
    PlainTextInputElement,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.locales import Words
from bot.slack.cards import escape
from bot.slack.form import fields, number, preview
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
    MEAN,
    MEANT,
    OPTION_LIMIT,
    PARAMS,
    PHONE,
    PREVIEW,
    TEMPLATE,
    param_blocks,
)
from bot.slack.form.mistakes import sentence, short
from bot.slack.payloads import Payload
from bot.templates import Template, fingerprint
from bot.templates import preview as message_of

UNREAD_LIMIT = 500  # escaped it may have five times that, and a section takes 3,000
TOLD = 100  # characters of what was typed that are said again
# Of values that wait for a template, as they are kept in the view: it takes 3,000 in all.
WAITING_LIMIT = 2000
CHANNELS_TOLD = 20
# What a view is made of, beside its blocks and what Slack adds.
KEPT = ("type", "callback_id", "title", "submit", "close", "private_metadata")


def build(form: Form, words: Words) -> View:
    """Draw the form as a modal."""
    return View(
        type="modal",
        callback_id=CALLBACK_ID,
        title=words("form.test" if form.is_test else "form.title"),
        submit=words("form.submit_anyway" if form.seen else "form.submit"),
        close=words("form.close"),
        private_metadata=_write_note(form),
        blocks=[*_notices(form, words), *_inputs(form, words)],
    )


def with_message(view: Payload, form: Form, words: Words) -> dict[str, Any]:
    """Return a view as it stands before somebody, with the message as it reads by now.

    All other blocks go back as they came: whoever types in one of them is not disturbed.
    """
    if form.known is None:
        return dict(view)
    message = preview.draw(message_of(form.known, dict(form.values)), words).to_dict()
    blocks = [message if each.get("block_id") == PREVIEW else each for each in view["blocks"]]
    return {**{name: view[name] for name in KEPT if view.get(name)}, "blocks": blocks}


def option(template: Template) -> Option:
    """Draw a template in the menu of templates."""
    return Option(text=template.name, value=template.id)


def bare_option(template_id: str, words: Words) -> Option:
    """Draw an id that the catalogue does not have."""
    return Option(text=words("form.bare_id", id=template_id)[:OPTION_LIMIT], value=template_id)


def _notices(form: Form, words: Words) -> Iterator[Block]:
    if form.notice:
        values = {name: escape(short(str(v), TOLD)) for name, v in form.notice.values.items()}
        yield _says(sentence(replace(form.notice, values=values), words))
    if form.meant:
        buttons = [
            ButtonElement(text=each.name, action_id=f"{MEAN}.{number}", value=each.id)
            for number, each in enumerate(form.meant)
        ]
        yield ActionsBlock(block_id=MEANT, elements=buttons)
    if unread := [*form.unread, *form.cut_off(), *_without_room(form)]:
        shown = escape(short(", ".join(unread), UNREAD_LIMIT))
        yield _says(words("form.unread", words=shown))


def _inputs(form: Form, words: Words) -> Iterator[Block]:
    known = form.known
    if form.has_catalogue:
        yield _template_menu(form, words)
    else:
        yield _text(TEMPLATE, form.template, words)
    yield _text(PHONE, form.phone, words)
    yield from number.about(form, words)
    if known:
        blocks, values = param_blocks(known), dict(form.values)
        # Slack keeps what is in a field of the same name, which may ask for something else by now.
        fill = f"{FILL}.{fingerprint(known)}"
        for param in known.params:
            value = values.get(param.name, "")
            yield fields.draw(param, blocks[param.name], fill, value, words)
        yield preview.draw(message_of(known, values), words)
    elif form.template or not form.has_catalogue:
        yield _text(PARAMS, form.params, words, optional=True, multiline=True)
    # Filled anew for another template, so the fields are others.
    action = f"{INPUT}.{known.id}" if known else INPUT
    yield _text(CLIENT_NAME, form.client_name, words, optional=True)
    yield _text(GROUP, form.group, words, optional=True, action=action)
    yield _assign(form, words, action)
    if form.asks_channel:
        yield _channel(form, words)
        if known and known.channels:
            shown = ", ".join(f"<#{each}>" for each in known.channels[:CHANNELS_TOLD])
            shown += ", …" if len(known.channels) > CHANNELS_TOLD else ""
            yield _small(words("form.channels", channels=shown))


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


def _write_note(form: Form) -> str:
    known = form.known
    note = {
        "user": form.user,
        "channel": form.place.channel,
        "thread": form.place.thread_ts,
        "url": form.place.response_url,
        "seen": form.seen,
        "catalogue": "yes" if form.has_catalogue else "",
        "test": "yes" if form.is_test else "",
        "set": str(form.times_set or ""),
        "template": known.id if known else "",
        "mark": fingerprint(known) if known else "",
        "values": "" if known else _waiting(form),
    }
    return json.dumps({key: value for key, value in note.items() if value})


def _waiting(form: Form) -> str:
    written = json.dumps(form.values) if form.values else ""
    # As it stands in the note, which is JSON itself.
    return written if len(json.dumps(written)) <= WAITING_LIMIT else ""


def _without_room(form: Form) -> list[str]:
    """Return values that can't wait in the view: they are shown, so that nothing is lost."""
    if form.known or not form.values or _waiting(form):
        return []
    return [f"{name}={value}" for name, value in form.values]


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


def _says(text: str) -> SectionBlock:
    return SectionBlock(text=MarkdownTextObject(text=text, verbatim=True))


def _small(text: str) -> ContextBlock:
    return ContextBlock(elements=[MarkdownTextObject(text=text, verbatim=True)])
