"""Every form is valid everywhere, and nothing in it comes alive."""

import re
from dataclasses import replace

import pytest

from bot.demo.slack.blockkit import VIEW_BYTES, check_view, size_of
from bot.locales import LANGUAGES
from bot.slack import send_form
from bot.slack.send_form.ids import MEANT
from tests.unit.slack.send_form.every_form import EVERY_FORM, crowded
from tests.unit.slack.send_form.form_views import (
    ODD,
    PANAMA,
    WORDS,
    block,
    view_of,
)
from tests.unit.slack.send_form.template_forms import CITA, EMPTY, OF_CITA, PAGO, TODAY, texts


@pytest.mark.parametrize("language", LANGUAGES)
@EVERY_FORM
def test_slack_takes_every_form(made: send_form.Form, language: str) -> None:
    view = view_of(made, language)

    assert check_view(view, kind="modal") == []
    assert size_of(view) < VIEW_BYTES


@EVERY_FORM
def test_slack_takes_every_form_with_all_that_can_be_said(made: send_form.Form) -> None:
    view = view_of(crowded(made).asking((PANAMA, ODD)), "es")

    assert check_view(view, kind="modal") == []
    assert size_of(view) < VIEW_BYTES


@EVERY_FORM
def test_nothing_that_people_wrote_comes_alive(made: send_form.Form) -> None:
    written = [*texts(view_of(crowded(made)))]

    assert written
    assert not [text for text in written if "<" in re.sub(r"<#C[0-9]+>", "", text)]


def test_a_name_that_was_perhaps_meant_is_a_button() -> None:
    view = view_of(replace(EMPTY, suggestions=(CITA, PAGO)))

    buttons = block(view, MEANT)["elements"]
    assert [each["text"]["text"] for each in buttons] == [CITA.name, PAGO.name]
    assert [each["value"] for each in buttons] == [CITA.id, PAGO.id]


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, 1), (20, 20), (21, 20), (300, 20)])
def test_where_a_template_may_be_sent_from_is_told_as_far_as_anybody_reads(
    count: int, told: int
) -> None:
    there = replace(CITA, channels=tuple(f"C{number:010}" for number in range(count)))
    made = replace(EMPTY, asks_channel=True).choosing(there, TODAY)

    shown = " ".join(texts(view_of(made)))

    assert shown.count("<#C") == told
    assert ("…" in shown) is (count > told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_of_a_test_says_so(language: str) -> None:
    view = view_of(replace(OF_CITA, is_test=True), language)

    assert view["title"]["text"] == WORDS[language]("form.test")
    assert send_form.read(view, CITA).is_test
