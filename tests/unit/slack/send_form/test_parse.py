"""What is built is read back, and every problem is told at a field that is there."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.slack.blockkit import check_view
from bot.slack import send_form
from bot.slack.send_form.ids import param_blocks
from bot.templates import Template, message
from bot.templates.params import Param
from tests.builders import TEMPLATE, make_template
from tests.unit.slack.send_form.at_the_door import problems_of, request_of
from tests.unit.slack.send_form.form_views import (
    PANAMA,
    view_of,
)
from tests.unit.slack.send_form.template_forms import (
    CITA,
    DAY,
    EMPTY,
    FEWER,
    MENU,
    OF_CITA,
    TODAY,
    filled,
    odd_names,
    read,
    stripped,
    submitted_body,
    values_of,
    with_values,
)


@FEWER
@given(filled(), st.booleans())
def test_what_is_built_is_read_back(made: send_form.Form, escapes_options: bool) -> None:  # noqa: FBT001
    back = send_form.read(submitted_body(made, escapes_options=escapes_options), made.known)

    # What was drawn with the fields of few sends goes on having them.
    assert replace(back, template_fingerprint="", more=made.more) == made
    assert back.more is back.shows_more is made.shows_more
    assert back.shows(made.known)


@FEWER
@given(filled())
def test_slack_takes_whatever_is_filled_in(made: send_form.Form) -> None:
    assert check_view(view_of(made), kind="modal") == []


@given(st.lists(stripped(odd_names).filter(bool), min_size=1, max_size=50, unique=True))
def test_every_parameter_has_a_block_of_its_own_that_slack_brings_back(found: list[str]) -> None:
    blocks = param_blocks(make_template(params=tuple(map(Param, found))))

    assert [*blocks] == found
    assert len({*blocks.values()}) == len(found)
    assert not [each for each in blocks.values() if re.search(r'[&<>"\\]', each)]


def test_unfit_names_are_numbered_beside_numbers_that_are_names() -> None:
    template = make_template(params=tuple(map(Param, ("A&B", "1", "<b>", "2", '"c"', "4"))))

    assert [*param_blocks(template).values()] == [
        *("param.3", "param.1", "param.5", "param.2", "param.6", "param.4")
    ]


@pytest.mark.parametrize("now", [CITA, None])
def test_a_form_says_whose_template_it_shows(now: Template | None) -> None:
    assert send_form.drawn(submitted_body(OF_CITA)) == TEMPLATE
    assert send_form.drawn(submitted_body(EMPTY)) == ""
    assert send_form.read(submitted_body(OF_CITA), now).template == TEMPLATE


def test_an_untouched_form_is_read_back_with_its_defaults() -> None:
    assert values_of(read(OF_CITA)) == {"Sede": "Centro"}


# What is sent.


def test_every_problem_is_told_at_a_field_that_is_there() -> None:
    template = make_template(params=(Param("A&B"), Param("1"), Param("Sede")))
    back = read(EMPTY.choosing(template, TODAY), {"param.Sede": "a     b"})

    problems = problems_of(back)

    assert [(each.field, each.key) for each in problems] == [
        ("param.2", "param.missing"),
        ("param.1", "param.missing"),
        ("param.Sede", "param.spaces"),
    ]
    there = {each["block_id"] for each in view_of(back)["blocks"] if each["type"] == "input"}
    assert {each.field for each in problems} <= there


def test_the_request_has_the_values_as_the_customer_reads_them() -> None:
    made = with_values(OF_CITA, client_name="Rosa", Fecha__de__cita="2026-05-03")
    back = read(made)

    problems = problems_of(back)
    request = request_of(back, PANAMA)

    assert problems == []
    assert request.params == (
        ("client_name", "Rosa"),
        ("Fecha de cita", "3 de mayo de 2026"),
        ("Sede", "Centro"),
    )
    assert (request.template, request.template_name) == (TEMPLATE, "Recordatorio de cita")


def test_the_request_of_a_test_says_so() -> None:
    assert request_of(replace(OF_CITA, is_test=True), PANAMA).is_test
    assert not request_of(OF_CITA, PANAMA).is_test


@pytest.mark.parametrize(
    "language", ["es", "pt_BR", "en_US", "de", "ru", "zh_CN", "ja", "ar", "xx"]
)
def test_a_day_that_was_sent_in_any_language_stands_in_its_field_again(language: str) -> None:
    template = replace(DAY, language=language)
    sent = message(template, {"Valor": "2026-05-14"})

    made = replace(EMPTY, values=sent).choosing(template, TODAY)

    assert values_of(made) == {"Valor": "2026-05-14"}


def test_an_old_request_fills_the_form_as_it_was() -> None:
    sent = (("client_name", "Rosa"), ("Fecha de cita", "3 de mayo de 2026"), ("Sede", MENU[1]))

    made = replace(EMPTY, values=sent).choosing(CITA, date(2027, 1, 1))

    assert values_of(made) == {
        "client_name": "Rosa",
        "Fecha de cita": "2026-05-03",
        "Sede": MENU[1],
    }
