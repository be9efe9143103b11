"""Every form of the admins is valid everywhere and is read back."""

from dataclasses import replace

import pytest

from bot.demo.slack.blockkit import VIEW_BYTES, check_view, size_of
from bot.locales import LANGUAGES
from bot.slack.template_form import edits, param_list_view, param_view, view
from bot.slack.template_form.edits import TemplateEdit
from bot.templates import Template
from bot.templates.params import Param
from tests.builders import ALICE, make_template
from tests.unit.slack.template_form.form_scene import (
    CHOICE,
    DRAFTS,
    EN,
    FULL,
    GROUPS,
    LONGEST,
    SUPPORT,
    WIDE,
    WORDS,
    element,
    submitted,
    without_params,
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draft", DRAFTS.values(), ids=DRAFTS)
def test_slack_takes_every_form_of_a_template(draft: TemplateEdit, language: str) -> None:
    spec = view.build(draft, WORDS[language], GROUPS)

    assert check_view(spec, kind="modal") == []
    assert size_of(spec) < VIEW_BYTES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", [FULL, LONGEST], ids=["full", "longest"])
@pytest.mark.parametrize("dropped", [(), [WIDE] * 50], ids=["kept", "dropped"])
def test_slack_takes_every_page_of_parameters(
    template: Template, dropped: list[str], language: str
) -> None:
    spec = param_list_view.build(
        ALICE, template, WORDS[language], saved=bool(dropped), dropped=dropped
    )

    assert check_view(spec, kind="modal") == []
    assert size_of(spec) < VIEW_BYTES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("param", [*FULL.params, LONGEST.params[0], CHOICE])
def test_slack_takes_every_form_of_a_parameter(param: Param, language: str) -> None:
    spec = param_view.build(ALICE, LONGEST, param, WORDS[language])

    assert check_view(spec, kind="modal") == []
    assert size_of(spec) < VIEW_BYTES


@pytest.mark.parametrize("language", LANGUAGES)
def test_slack_takes_what_is_told(language: str) -> None:
    translator = WORDS[language]
    spec = param_list_view.notice(translator("template_form.deactivated", name=WIDE), translator)

    assert check_view(spec, kind="modal") == []


@pytest.mark.parametrize("draft", DRAFTS.values(), ids=DRAFTS)
def test_what_is_built_is_read_back(draft: TemplateEdit) -> None:
    assert view.read(submitted(view.build(draft, EN, GROUPS))) == without_params(draft)


def test_views_that_are_not_ours_belong_to_nobody() -> None:
    assert view.read({}).user == ""
    assert param_view.read({})[0].user == ""


def test_a_form_keeps_to_itself_only_what_fits_there() -> None:
    for draft in DRAFTS.values():
        assert len(view.build(draft, EN, {})["private_metadata"]) <= 200
    for param in (*LONGEST.params, CHOICE):
        assert len(param_view.build(ALICE, LONGEST, param, EN)["private_metadata"]) < 1500


def test_a_field_has_room_for_what_the_catalogue_has_in_it() -> None:
    built = view.build(DRAFTS["longest"], EN, {})

    for name in ("name", "header", "footer", "group", "body"):
        field = element(built, name)
        assert len(field["initial_value"].encode("utf-16-le")) // 2 <= field["max_length"]


def test_a_new_template_is_active_and_a_duplicate_is_not() -> None:
    assert DRAFTS["new"].template.active
    assert not edits.duplicate(ALICE, make_template(), "copy").template.active


def test_a_duplicate_has_no_id_and_a_name_that_fits() -> None:
    draft = edits.duplicate(ALICE, LONGEST, EN("template_form.copy", name=LONGEST.name))

    assert (draft.template.id, draft.was) == ("", "")
    assert len(draft.template.name) == 75


def test_user_groups_are_called_by_their_names_as_far_as_they_are_known() -> None:
    draft = edits.edit(ALICE, replace(FULL, allowed=(SUPPORT, "S0GONE00001")))

    chosen = element(view.build(draft, EN, GROUPS), "allowed_groups")["initial_options"]

    assert [(each["value"], each["text"]["text"]) for each in chosen] == [
        (SUPPORT, "Soporte · @soporte"),
        ("S0GONE00001", "S0GONE00001"),
    ]
