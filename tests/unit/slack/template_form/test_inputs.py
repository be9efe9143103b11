"""Whatever is typed in a form of the admins is read as it was seen."""

import json

from hypothesis import given

from bot.errors import Problem
from bot.slack.template_form import edits, param_view, view
from bot.templates import Template
from bot.templates.params import Param
from tests.builders import ALICE, TEMPLATE
from tests.unit.slack.template_form.form_scene import (
    CHOICE,
    DRAFTS,
    EN,
    FULL,
    inputs_of,
    params,
    submitted,
    templates,
)


@given(templates)
def test_whatever_is_typed_of_a_template_is_read_as_it_was_seen(template: Template) -> None:
    draft = edits.edit(ALICE, template)

    assert view.read(submitted(view.build(draft, EN, {}))) == draft


@given(params)
def test_whatever_is_typed_of_a_parameter_is_read_as_it_was_seen(param: Param) -> None:
    built = param_view.build(ALICE, FULL, param, EN)

    draft, wrong = param_view.read(submitted(built))

    assert wrong == []
    assert draft == param_view.ParamEdit(ALICE, TEMPLATE, param, edits.param_mark(param))


def test_a_hundred_long_options_are_read_back_from_as_many_fields_as_they_need() -> None:
    built = param_view.build(ALICE, FULL, CHOICE, EN)

    draft, _ = param_view.read(submitted(built))

    assert {"choices", "choices.2"} <= inputs_of(built)
    assert draft.param == CHOICE


def test_a_pasted_text_is_read_without_what_came_along_with_it() -> None:
    spec = submitted(view.build(DRAFTS["new"], EN, {}))
    values = spec["state"]["values"]
    values["id"]["input"]["value"] = f" {TEMPLATE}\n"
    values["body"]["input"]["value"] = "\r\nHola {{a}},\r\nadiós.\n"

    read = view.read(spec).template

    assert (read.id, read.body) == (TEMPLATE, "Hola {{a}},\nadiós.")


def test_empty_lines_between_options_are_none() -> None:
    spec = submitted(param_view.build(ALICE, FULL, FULL.params[0], EN))
    spec["state"]["values"]["choices"]["input"]["value"] = "\n Centro \n\nCosta\n"

    draft, _ = param_view.read(spec)

    assert draft.param.choices == ("Centro", "Costa")


def test_a_length_that_is_no_whole_number_is_named() -> None:
    spec = submitted(param_view.build(ALICE, FULL, FULL.params[1], EN))
    spec["state"]["values"]["max_length"]["input"]["value"] = "1.5"

    _, wrong = param_view.read(spec)

    assert wrong == [Problem("max_length", "catalogue.max_length", {"limit": 1024})]


def test_the_notes_of_the_forms_are_ours() -> None:
    note = json.loads(view.build(DRAFTS["edit"], EN, {})["private_metadata"])

    assert note == {
        "user": ALICE,
        "was": TEMPLATE,
        "source": TEMPLATE,
        "seen": edits.own_mark(FULL),
        "asked": edits.places_mark(["Sede", "client_name", "Fecha de cita"]),
    }
