"""Limits that would be lifted are asked about once."""

from dataclasses import replace
from typing import Any

import pytest

from bot.demo.slack.blockkit import check_view
from bot.locales import LANGUAGES
from bot.slack.template_form import edits, view
from tests.builders import ALICE, make_template
from tests.unit.slack.template_form.form_scene import (
    DRAFTS,
    FULL,
    GROUPS,
    SUPPORT,
    WORDS,
    handed,
    submitted,
    without_params,
)


@pytest.mark.parametrize(
    ("changes", "lifted"),
    [
        ({}, ()),
        ({"group": "Otro"}, ()),
        ({"channels": ("C0SOPORTE01",)}, ()),
        ({"allowed": (SUPPORT,)}, ()),
        ({"channels": ()}, ("channels",)),
        ({"allowed": ()}, ("allowed",)),
        ({"channels": (), "allowed": ()}, ("channels", "allowed")),
        ({"channels": (), "warned": ("channels",)}, ()),
        ({"channels": (), "warned": ("allowed",)}, ("channels",)),
        ({"channels": (), "allowed": (), "warned": ("channels",)}, ("channels", "allowed")),
        ({"channels": (), "allowed": (), "warned": ("channels", "allowed")}, ()),
    ],
)
def test_an_admin_is_asked_once_about_limits_that_are_gone(
    changes: dict[str, Any], lifted: tuple[str, ...]
) -> None:
    assert handed(FULL, **changes).lifted == lifted


def test_a_template_without_limits_loses_none() -> None:
    assert handed(make_template(), group="Otro").lifted == ()
    new = edits.Change(DRAFTS["new"], make_template(), None, None, is_made=False)
    assert new.lifted == ()


def test_what_is_saved_already_is_not_asked_about_once_more() -> None:
    made = replace(handed(FULL, channels=()), is_made=True)

    assert made.lifted == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("warned", [("channels",), ("allowed",), ("channels", "allowed")])
def test_the_warning_stands_on_top_and_is_remembered(
    warned: tuple[str, ...], language: str
) -> None:
    unlimited = replace(FULL, channels=(), allowed=())
    draft = replace(edits.edit(ALICE, unlimited), warned=warned)

    built = view.build(draft, WORDS[language], GROUPS)

    spec = built
    assert check_view(spec, kind="modal") == []
    says = spec["blocks"][0]["text"]["text"]
    assert all(WORDS[language](view.UNLIMITED[each]) in says for each in warned)
    assert WORDS[language]("template_form.save") in says
    assert view.read(submitted(built)) == without_params(draft)
