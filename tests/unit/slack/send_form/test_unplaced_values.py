"""What has no field waits in the view or is shown; nothing typed is lost."""

import json
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.demo.slack.blockkit import check_view
from bot.errors import Problem
from bot.sends import Params
from bot.slack import send_form
from bot.slack.send_form.ids import PARAMS
from tests.unit.slack.send_form.form_views import (
    block,
    said,
    view_of,
)
from tests.unit.slack.send_form.template_forms import (
    CITA,
    EMPTY,
    FEWER,
    OF_CITA,
    OF_PAGO,
    PAGO,
    TODAY,
    elements,
    left_over,
    plain_values,
    read,
    values_of,
    with_values,
)

# To no template, and to an id that the catalogue does not have.


def test_before_a_template_is_chosen_there_are_no_fields_of_one() -> None:
    assert elements(EMPTY) == {}
    assert not [each for each in view_of(EMPTY)["blocks"] if each["block_id"] == PARAMS]


def test_what_was_typed_waits_for_the_next_template() -> None:
    made = with_values(OF_CITA, client_name="Rosa & <Ana>", Sede="Costa & Mar")

    none = read(read(made).without_template(Problem("template", "template.inactive")))

    assert none.known is None
    assert none.template == ""
    other = none.choosing(PAGO, TODAY)
    assert values_of(other) == {"CLIENT_NAME": "Rosa & <Ana>", "Monto": "10"}
    assert left_over(other) == ("Sede=Costa & Mar",)


@pytest.mark.parametrize("typed", [None, {"group": "Urgente", "assign": True}])
def test_what_a_template_proposed_does_not_wait(typed: dict[str, object] | None) -> None:
    none = read(read(replace(OF_CITA, more=True), typed).without_template())

    assert none.values == ()
    assert none.group == ("Urgente" if typed else "")
    other = none.choosing(replace(PAGO, assign=False), TODAY)
    assert (other.group, other.assign) == (("Urgente", True) if typed else ("Cobros", False))


def test_a_proposed_assignment_does_not_wait_either() -> None:
    assert read(OF_PAGO).without_template().assign is False
    assert read(OF_PAGO).by_id("Z" * 20).assign is False


def test_an_id_outside_of_the_catalogue_has_a_free_field_with_what_was_typed() -> None:
    made = read(OF_CITA, {"param.client_name": "Rosa", "param.Fecha de cita": "2026-05-03"})

    bare = made.by_id("Z" * 20)

    assert (bare.template, bare.known, bare.values) == ("Z" * 20, None, ())
    assert bare.params == "client_name=Rosa\nFecha de cita=2026-05-03"
    assert read(bare).params == bare.params
    assert block(view_of(bare), "template")["element"]["initial_option"]["value"] == "Z" * 20


def test_the_free_field_fills_the_next_template() -> None:
    bare = replace(EMPTY.by_id("Z" * 20), params="client_NAME = Rosa\nhola\nSede=Marte\nMonto=7")

    other = read(bare).choosing(PAGO, TODAY)

    assert values_of(other) == {"CLIENT_NAME": "Rosa", "Monto": "7"}
    assert left_over(other) == ("hola", "Sede=Marte")


def test_the_free_field_waits_where_the_next_template_may_not_be_sent() -> None:
    bare = replace(EMPTY.by_id("Z" * 20), params="client_name=Rosa\nhola")

    none = read(bare).without_template(Problem("template", "template.inactive"))

    assert none.unparsed == ("hola",)
    assert values_of(read(none).choosing(PAGO, TODAY))["CLIENT_NAME"] == "Rosa"


def test_a_menu_that_we_empty_is_another_one_so_that_slack_shows_it_empty() -> None:
    emptied = read(OF_CITA).without_template()

    before, after = (block(view_of(made), "template")["element"] for made in (OF_CITA, emptied))
    assert before["action_id"] != after["action_id"]
    assert "initial_option" not in after


# Values that wait.

pairs = st.lists(st.tuples(plain_values, st.text(max_size=700)), min_size=1, max_size=8).map(tuple)
quotes = st.text(alphabet='"\\ñ😀', min_size=300, max_size=900)


@FEWER
@example((("Nota", '"' * 720),))  # twice as long in the note as it is alone
@given(st.one_of(pairs, st.tuples(st.tuples(quotes, quotes))))
def test_values_wait_in_the_view_or_are_shown(typed: Params) -> None:
    made = replace(EMPTY, values=typed)

    view = view_of(made)

    waits = send_form.read(view).values
    shown = said(view)
    assert waits == (() if shown else typed)
    assert check_view(view, kind="modal") == []


@FEWER
@given(st.one_of(pairs, st.tuples(st.tuples(quotes, quotes))), st.lists(plain_values, max_size=9))
def test_what_has_no_field_is_shown_and_waits_as_far_as_there_is_room(
    typed: Params, unread: list[str]
) -> None:
    view = view_of(replace(OF_CITA, unplaced_values=typed, unparsed=tuple(unread)))

    back = send_form.read(view, CITA)
    assert back.unplaced_values in {(), typed}
    assert back.unparsed in {(), tuple(unread)}
    assert said(view)
    assert check_view(view, kind="modal") == []


def test_values_that_can_t_wait_are_shown_by_their_names() -> None:
    made = replace(EMPTY, values=(("Nota", "x" * 3000), ("Monto", "25")))

    (shown,) = said(view_of(made))

    assert "Nota=xxx" in shown


def test_values_of_a_chosen_template_do_not_wait_too() -> None:
    assert "values" not in json.loads(view_of(OF_CITA)["private_metadata"])
