"""Which column of a list's file is what, asked in a modal; drawn and read back."""

import json
from collections.abc import Iterator, Mapping

from bot.bulk.batches import Batch, Hidden, Mapped, Report
from bot.bulk.columns import (
    ASSIGN,
    CLIENT_NAME,
    GROUP,
    PARAM,
    PHONE,
    letters,
    match,
)
from bot.bulk.list_file.table import Row
from bot.errors import Problem
from bot.locales import Translator
from bot.slack.bulk.ids import COLUMN, COLUMNS, HIDDEN, NO_COLUMN, SHEET
from bot.slack.notifications.cards import escape
from bot.slack.platform import blocks, elements, payloads
from bot.slack.platform.blocks import Block, Option, View
from bot.slack.platform.error_messages import short
from bot.slack.platform.payloads import Payload
from bot.slack.send_form.ids import INPUT, OPTION_LIMIT, param_blocks
from bot.templates import Template

MOST_OPTIONS = 100  # Slack's
LABEL_LIMIT = 2000
OWN = frozenset({PHONE, CLIENT_NAME, GROUP, ASSIGN})


def build(batch: Batch, template: Template, translator: Translator) -> View:
    """Draw what was understood, to be corrected, and what is asked."""
    report = batch.report
    return blocks.modal(
        translator("columns_form.title"),
        [*_what_is_read(batch, translator), *_columns(report, template, translator)],
        submit=translator("columns_form.submit"),
        close=translator("form.close"),
        callback_id=COLUMNS,
        private_metadata=json.dumps(
            {"batch": batch.id, "sheet": report.sheet, "columns": str(len(report.titles))}
        ),
    )


def blocks_of(template: Template) -> dict[str, str]:
    """Give each field its block's id; the customer's name has one, whichever way it is told."""
    found = {each: f"{COLUMN}{each}" for each in (PHONE, CLIENT_NAME)}
    for name, block in param_blocks(template).items():
        bare = block.removeprefix(PARAM)
        if name == CLIENT_NAME:
            continue
        # A parameter may be called like one of our own fields.
        found[f"{PARAM}{name}"] = f"{COLUMN}{block if bare in OWN else bare}"
    # Which few lists have comes last.
    return found | {each: f"{COLUMN}{each}" for each in (GROUP, ASSIGN)}


def read(view: Payload, batch: Batch, template: Template) -> tuple[Mapped, list[Problem]]:
    """Return what a person said, and what is still missing, by block."""
    state, report = payloads.state(view), batch.report
    before = batch.request.mapped
    sheet = payloads.chosen(state.get(SHEET)) or before.sheet
    picked = payloads.chosen(state.get(HIDDEN))
    hidden = Hidden(picked) if picked in set(Hidden) else before.hidden
    if sheet not in {before.sheet, report.sheet}:
        # Its columns are others.
        return Mapped({}, sheet, hidden), []
    ids = blocks_of(template)
    answers: dict[str, int | None] = {}
    for field, block in ids.items():
        if value := payloads.chosen(state.get(block)):
            place = int(value) if value.isdecimal() else len(report.titles)
            answers[field] = place if place < len(report.titles) else None
    if CLIENT_NAME in answers and any(each.name == CLIENT_NAME for each in template.params):
        answers[f"{PARAM}{CLIENT_NAME}"] = None
    return Mapped(answers, sheet, hidden), [*_missing(answers, report, template, ids)]


def _missing(
    answers: Mapping[str, int | None], report: Report, template: Template, ids: Mapping[str, str]
) -> Iterator[Problem]:
    if not answers:
        return
    found = match(Row(1, report.titles), template, answers)
    for field in found.missing:
        yield Problem(ids.get(field, ids[CLIENT_NAME]), "columns_form.missing")


def _what_is_read(batch: Batch, translator: Translator) -> Iterator[Block]:
    report, mapped = batch.report, batch.request.mapped
    if len(report.sheets) > 1:
        options = [elements.option(short(each, OPTION_LIMIT), each) for each in report.sheets]
        chosen = _option_of(options, report.sheet or mapped.sheet)
        menu = elements.static_select(INPUT, options[:MOST_OPTIONS], chosen)
        yield blocks.input_block(SHEET, translator("columns_form.sheet.label"), menu)
    if report.hidden:
        label = translator("columns_form.hidden.label", count=report.hidden)
        options = [
            elements.option(translator(f"columns_form.hidden.{each}.option"), each)
            for each in (Hidden.INCLUDE, Hidden.SKIP)
        ]
        radio = elements.radio_buttons(INPUT, options, _option_of(options, mapped.hidden))
        yield blocks.input_block(HIDDEN, label, radio)


def _columns(report: Report, template: Template, translator: Translator) -> Iterator[Block]:
    if not report.titles:
        yield blocks.context(translator("columns_form.sheet_first"))
        return
    if report.unknown:
        named = ", ".join(escape(column_name(report, each)) for each in report.unknown)
        yield blocks.context(short(translator("columns_form.unknown", columns=named), LABEL_LIMIT))
    options = [
        elements.option(short(column_name(report, place), OPTION_LIMIT), str(place))
        for place in range(len(report.titles))
    ]
    none = elements.option(translator("columns_form.none.option"), NO_COLUMN)
    for field, block in blocks_of(template).items():
        offered = options if field == PHONE else [none, *options[: MOST_OPTIONS - 1]]
        menu = elements.static_select(
            INPUT,
            offered,
            _option_of(offered, _understood(field, report)),
            placeholder=translator("columns_form.which.placeholder"),
        )
        yield blocks.input_block(block, _label(field, template, translator), menu)


def column_name(report: Report, place: int) -> str:
    """Name a column by its letter and title."""
    letter, title = letters(place), report.titles[place]
    return letter if title == letter else f"{letter} · {title}"


def _understood(field: str, report: Report) -> str:
    """Return the column that was understood; none where one has to be chosen."""
    if any(each.field == field for each in report.questions) or field in report.missing:
        return ""
    place = report.places.get(field)
    if place is None and field == CLIENT_NAME:
        place = report.places.get(f"{PARAM}{CLIENT_NAME}")
        if f"{PARAM}{CLIENT_NAME}" in report.missing:
            return ""
    return NO_COLUMN if place is None else str(place)


def _label(field: str, template: Template, translator: Translator) -> str:
    if field in OWN:
        return translator(f"columns_form.{field}.label")
    titles = {f"{PARAM}{each.name}": each.title for each in template.params}
    return titles[field]


def _option_of(options: list[Option], value: str) -> Option | None:
    return next((each for each in options if each["value"] == value), None) if value else None
