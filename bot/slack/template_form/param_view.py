"""The form of one parameter: drawn, and read back."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from bot.errors import Problem
from bot.locales import Translator
from bot.send_draft import BODY_LIMIT
from bot.slack.platform import elements, payloads
from bot.slack.platform.blocks import Block, View, input_block, modal, plain_section
from bot.slack.platform.payloads import Payload
from bot.slack.template_form import inputs
from bot.slack.template_form.edits import param_mark
from bot.slack.template_form.ids import (
    CHOICES,
    DEFAULT,
    EXAMPLE,
    HELP,
    INPUT,
    KIND,
    LABEL,
    MAX_LENGTH,
    PARAM_FIELDS,
    PARAM_ID,
    REQUIRED,
)
from bot.slack.template_form.param_list_view import place
from bot.templates import Template
from bot.templates.params import HELP_LIMIT, NAME_LIMIT, Kind, Param

FAMILY: Final = "param_form"
PIECE: Final = 2500  # characters of options in one field, which leaves room for some more


@dataclass(frozen=True, slots=True)
class ParamEdit:
    """A parameter as it stands in a form."""

    user: str
    template: str  # the id
    param: Param
    seen: str  # the mark of the parameter when the form was opened


def build(user: str, template: Template, param: Param, translator: Translator) -> View:
    """Draw the form. The name is Atom's, and is changed in the text of the template."""
    note = {
        "user": user,
        "template": template.id,
        "param": param.name,
        "seen": param_mark(param),
    }
    says = translator("param_form.place", place=place(param), template=template.name)
    return modal(
        translator("param_form.title"),
        [
            plain_section(says),
            *_words_around(param, translator),
            _kind(param, translator),
            *_choices(param, translator),
            *_value(param, translator),
        ],
        submit=translator("template_form.save"),
        close=translator("form.close"),
        callback_id=PARAM_ID,
        private_metadata=json.dumps(note),
    )


def read(view: Payload) -> tuple[ParamEdit, list[Problem]]:
    """Read a submitted form back, with what is wrong with how it is filled in."""
    note = payloads.note_of(view)
    state = payloads.state(view)
    length = payloads.text_of(state.get(MAX_LENGTH)).strip()
    is_length = re.fullmatch(r"[0-9]{1,9}", length)
    wrong = [] if is_length or not length else [_not_a_length()]
    choices = (inputs.lines(element) for name, element in state.items() if _is_of_choices(name))
    param = Param(
        name=note.get("param", ""),
        label=inputs.line(state.get(LABEL)),
        help=inputs.line(state.get(HELP)),
        example=inputs.line(state.get(EXAMPLE)),
        required=payloads.checked(state.get(REQUIRED)),
        default=inputs.line(state.get(DEFAULT)),
        kind=inputs.one_of(Kind, state.get(KIND), Kind.TEXT),
        choices=tuple(each for text in choices for each in _lines(text)),
        max_length=int(length) if is_length else None,
    )
    return ParamEdit(
        note.get("user", ""), note.get("template", ""), param, note.get("seen", "")
    ), wrong


def in_the_form(problems: Iterable[Problem], number: int) -> Iterator[Problem]:
    """Lead each problem of a template to a field in the form of one of its parameters."""
    for problem in problems:
        field = problem.field.removeprefix(f"params.{number}.")
        yield replace(problem, field=field if field in PARAM_FIELDS else LABEL)


def _not_a_length() -> Problem:
    return Problem(MAX_LENGTH, "catalogue.max_length", {"limit": BODY_LIMIT})


def _words_around(param: Param, translator: Translator) -> Iterator[Block]:
    for field, value, limit in (
        (LABEL, param.label, NAME_LIMIT),
        (HELP, param.help, HELP_LIMIT),
        (EXAMPLE, param.example, HELP_LIMIT),
    ):
        yield inputs.block(field, FAMILY, inputs.text(value, limit), translator, optional=True)


def _kind(param: Param, translator: Translator) -> Block:
    offered = inputs.options({each: translator(f"kind.{each}") for each in Kind})
    chosen = next(each for each in offered if each["value"] == param.kind)
    menu = elements.static_select(INPUT, offered, chosen)
    return inputs.block(KIND, FAMILY, menu, translator)


def _choices(param: Param, translator: Translator) -> Iterator[Block]:
    """Draw the options one a line, in as many fields as they need."""
    first, *more = _pieces(param.choices) or [""]
    field = inputs.text(first, inputs.TEXT_LIMIT, multiline=True)
    yield inputs.block(CHOICES, FAMILY, field, translator, optional=True)
    for number, piece in enumerate(more, start=2):
        field = inputs.text(piece, inputs.TEXT_LIMIT, multiline=True)
        label = translator("param_form.more_choices.label")
        yield input_block(f"{CHOICES}.{number}", label, field, optional=True)


def _pieces(choices: tuple[str, ...]) -> list[str]:
    pieces: list[str] = []
    for choice in choices:
        longer = f"{pieces[-1]}\n{choice}" if pieces else choice
        if pieces and inputs.utf16(longer) <= PIECE:
            pieces[-1] = longer
        else:
            pieces.append(choice)
    return pieces


def _is_of_choices(block: str) -> bool:
    return block.partition(".")[0] == CHOICES


def _lines(text: str) -> list[str]:
    """Read options, one a line; an empty line is none."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def _value(param: Param, translator: Translator) -> Iterator[Block]:
    required = elements.option(translator("param_form.required.option"), REQUIRED)
    box = elements.checkbox(INPUT, required, checked=param.required)
    yield inputs.block(REQUIRED, FAMILY, box, translator, optional=True)
    default = inputs.text(param.default, BODY_LIMIT)
    yield inputs.block(DEFAULT, FAMILY, default, translator, optional=True)
    length = "" if param.max_length is None else str(param.max_length)
    longest = elements.number_input(INPUT, length, between=("1", str(BODY_LIMIT)))
    yield inputs.block(MAX_LENGTH, FAMILY, longest, translator, optional=True)
