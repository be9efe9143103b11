"""The form for a list, drawn as a modal."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.bulk.batches import ListFile
from bot.bulk.columns import ASSIGN, CLIENT_NAME, GROUP, PHONE
from bot.locales import Translator
from bot.slack.bulk.form_state import ListForm
from bot.slack.bulk.ids import (
    CALLBACK_ID,
    CHOOSE_TIME,
    FILE,
    FILETYPES,
    MEAN,
    MENU,
    MODEL,
    NEEDS,
    SHOW_MORE,
)
from bot.slack.notifications.cards import escape, quoted
from bot.slack.platform import blocks, elements
from bot.slack.platform.blocks import Block, View
from bot.slack.platform.error_messages import sentence, short
from bot.slack.send_form import more, text_fields, when
from bot.slack.send_form.ids import INPUT, MEANT, MORE, OPTION_LIMIT, TEMPLATE, THREAD
from bot.slack.send_form.view import channel_select, option
from bot.templates import Template, customer_name

TOLD = 100  # characters of what was typed that are said again
UNPARSED_LIMIT = 500
NEEDS_LIMIT = 2900  # a section takes 3,000 characters


def build(form: ListForm, translator: Translator, *, has_models: bool = True) -> View:
    """Draw the form, with a button for the template's model file if there are any."""
    return blocks.modal(
        translator("bulk_form.title"),
        [*_on_top(form, translator), *_fields(form, translator, has_models=has_models)],
        submit=translator("bulk_form.submit"),
        close=translator("form.close"),
        callback_id=CALLBACK_ID,
        private_metadata=_metadata(form),
    )


def needs(template: Template, translator: Translator) -> str:
    """Name the columns of a template's list: what it takes, and what it may have besides."""
    name_param = customer_name.param_of(template)
    needed = [translator(f"bulk_form.column.{PHONE}")]
    needed += [each.title for each in template.params if each.required and not each.default]
    others = [] if name_param else [translator(f"bulk_form.column.{CLIENT_NAME}")]
    others += [each.title for each in template.params if not each.required or each.default]
    others += [translator(f"bulk_form.column.{each}") for each in (GROUP, ASSIGN)]
    told = translator("bulk_form.needs", columns=_columns(needed), others=_columns(others))
    return short(told, NEEDS_LIMIT)


def _columns(titles: Iterable[str]) -> str:
    return ", ".join(f"`{quoted(each)}`" for each in titles)


def _on_top(form: ListForm, translator: Translator) -> Iterator[Block]:
    if form.thread:
        yield blocks.context(form.thread, block_id=THREAD)
    yield from when.ask(form.when, translator)
    if form.notice:
        values = {name: escape(short(str(v), TOLD)) for name, v in form.notice.values.items()}
        yield blocks.section(sentence(replace(form.notice, values=values), translator))
    if form.suggestions:
        buttons = [
            elements.button(f"{MEAN}.{number}", each.name, each.id)
            for number, each in enumerate(form.suggestions)
        ]
        yield blocks.actions(buttons, block_id=MEANT)
    if form.unparsed:
        words = escape(short(", ".join(form.unparsed), UNPARSED_LIMIT))
        yield blocks.section(translator("form.unread", words=words))


def _fields(form: ListForm, translator: Translator, *, has_models: bool) -> Iterator[Block]:
    yield _template_menu(form, translator)
    yield _needs(form.template, translator, has_models=has_models)
    yield _file(form, translator)
    yield from _more(form, translator)
    if form.asks_channel:
        yield channel_select(form.channel, translator)
    yield blocks.context(translator("bulk_form.nothing_sent"))


def _template_menu(form: ListForm, translator: Translator) -> Block:
    menu = elements.external_select(
        f"{MENU}.{form.menu_version}" if form.menu_version else MENU,
        option(form.template) if form.template else None,
        placeholder=translator("form.template.choose.placeholder"),
    )
    label = translator("form.template.choose.label")
    return blocks.input_block(TEMPLATE, label, menu, dispatch_action=True)


def _needs(template: Template | None, translator: Translator, *, has_models: bool) -> Block:
    if template is None:
        return blocks.section(translator("bulk_form.needs.unknown"), block_id=NEEDS)
    button = elements.button(MODEL, translator("bulk_form.model"), template.id)
    model = button if has_models else None
    return blocks.section(needs(template, translator), block_id=NEEDS, accessory=model)


def _file(form: ListForm, translator: Translator) -> Block:
    label = translator("bulk_form.file.label")
    if form.files:
        options = [elements.option(_short_name(each), each.id) for each in form.files]
        menu = elements.static_select(INPUT, options)
        return blocks.input_block(FILE, label, menu)
    if form.file:
        named = translator("bulk_form.file.chosen", file=f"`{quoted(form.file.name)}`")
        return blocks.section(named, block_id=FILE)
    field = elements.file_input(INPUT, filetypes=FILETYPES)
    return blocks.input_block(FILE, label, field, hint=translator("bulk_form.file.hint"))


def _short_name(file: ListFile) -> str:
    """Cut a name in its middle: its ending says which kind of file it is."""
    name, half = file.name or file.id, OPTION_LIMIT // 2
    return name if len(name) <= OPTION_LIMIT else f"{name[:half]}…{name[-half:]}"


def _more(form: ListForm, translator: Translator) -> Iterator[Block]:
    if form.shows_more:
        # Filled anew for another template, so the fields are others.
        action = f"{INPUT}.{form.template.id}" if form.template else INPUT
        yield text_fields.draw(GROUP, form.group, translator, optional=True, action=action)
        yield more.assign_box(form.assign, translator, action)
    if form.shows_more or form.when.at is not None:
        yield from when.draw(form.when, translator, CHOOSE_TIME)
    if not form.shows_more:
        told = [*more.what_holds(form.group, translator, assign=form.assign)]
        button = elements.button(SHOW_MORE, translator("form.more"))
        text = " · ".join(told) or translator("bulk_form.more")
        yield blocks.section(text, block_id=MORE, accessory=button)


def _metadata(form: ListForm) -> str:
    values = {
        "user": form.user,
        "channel": form.origin.channel,
        "thread": form.origin.thread_ts,
        "url": form.origin.response_url,
        "template": form.template.id if form.template else "",
        "file": form.file.id if form.file else "",
        "name": form.file.name if form.file else "",
        "set": str(form.menu_version or ""),
    }
    return json.dumps({key: value for key, value in values.items() if value})
