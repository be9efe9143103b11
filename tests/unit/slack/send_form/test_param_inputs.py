"""Each value has the field of its kind, which takes what the parameter takes."""

from dataclasses import replace
from typing import Any

import pytest

from bot.slack.send_form import param_inputs
from bot.slack.send_form.ids import PARAM
from bot.templates.params import Kind
from tests.builders import make_one_param_template
from tests.unit.slack.send_form.at_the_door import problems_of
from tests.unit.slack.send_form.every_form import longest
from tests.unit.slack.send_form.form_views import (
    EN,
    block,
    said,
    view_of,
)
from tests.unit.slack.send_form.template_forms import (
    DAY,
    EMPTY,
    OF_CITA,
    OF_PAGO,
    PAGO,
    TODAY,
    elements,
    read,
    values_of,
    with_values,
)

# A field for each value.


def test_each_value_has_the_field_of_its_kind() -> None:
    kinds = {name: each["type"] for name, each in elements(OF_CITA).items()}
    others = {name: each["type"] for name, each in elements(OF_PAGO).items()}

    assert kinds == {
        "client_name": "plain_text_input",
        "Fecha de cita": "datepicker",
        "Sede": "static_select",
    }
    assert (others["Monto"], others["Enlace"]) == ("plain_text_input", "url_text_input")


def test_a_field_says_what_it_is_for() -> None:
    drawn = block(view_of(OF_CITA), "param.client_name")

    assert drawn["label"]["text"] == "Nombre del cliente"
    assert drawn["hint"]["text"] == "Como firma"
    assert drawn["element"]["placeholder"]["text"] == "Rosa"
    assert (drawn["optional"], drawn["dispatch_action"]) == (False, True)


def test_a_field_without_a_label_is_called_by_its_name_and_may_be_left_out() -> None:
    drawn = block(view_of(OF_PAGO), "param.Enlace")

    assert drawn["label"]["text"] == "Enlace"
    assert "hint" not in drawn
    assert drawn["optional"] is True


def test_defaults_are_filled_in() -> None:
    shown = elements(OF_CITA)

    assert shown["Sede"]["initial_option"]["value"] == "Centro"
    assert elements(OF_PAGO)["Monto"]["initial_value"] == "10"
    assert "initial_value" not in shown["client_name"]


@pytest.mark.parametrize(
    ("changes", "value", "limit"),
    [
        ({}, "", 1024),
        ({"max_length": 5}, "", 5),
        ({"max_length": 5}, "seis66", 6),
        ({}, "x" * 2000, 2000),
        ({}, "x" * 4000, 3000),
    ],
)
def test_a_field_takes_what_the_parameter_takes_and_what_is_in_it(
    changes: dict[str, Any], value: str, limit: int
) -> None:
    made = EMPTY.choosing(make_one_param_template(**changes), TODAY)

    shown = elements(with_values(made, Valor=value))["Valor"]

    assert shown["max_length"] == limit
    assert len(shown.get("initial_value", "")) <= limit


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.NUMBER, Kind.LINK])
def test_no_value_is_cut_in_silence(kind: Kind) -> None:
    made = EMPTY.choosing(make_one_param_template(kind=kind), TODAY)

    view = view_of(with_values(made, Valor="1" * param_inputs.TEXT_LIMIT + "23456789"))

    assert said(view) == [EN("form.unread", words="23456789")]


@pytest.mark.parametrize(
    "value", ["25", "-2.50", "25,50", "1.234,56", "1,234.56", "$25", ".5", "1e5", "٣"]
)
def test_a_number_as_people_write_it_stands_in_its_field(value: str) -> None:
    made = replace(EMPTY, values=(("monto", value),)).choosing(PAGO, TODAY)

    shown = elements(made)["Monto"]

    assert (shown["type"], shown["initial_value"]) == ("plain_text_input", value)
    assert values_of(read(made))["Monto"] == value


MANY_MENUS = longest(20, Kind.CHOICE)


def test_menus_that_a_form_has_no_room_for_are_typed() -> None:
    kinds = [each["type"] for each in elements(EMPTY.choosing(MANY_MENUS, TODAY)).values()]

    assert kinds[0] == "static_select"
    assert kinds[-1] == "plain_text_input"


def test_a_typed_choice_is_read_whatever_its_case() -> None:
    made = EMPTY.choosing(MANY_MENUS, TODAY)
    name = MANY_MENUS.params[-1].name
    wanted = MANY_MENUS.params[-1].choices[7]

    back = read(made, {PARAM + name: wanted.upper()})

    assert values_of(back)[name] == wanted


def test_what_is_no_choice_is_refused_as_it_was_typed() -> None:
    made = EMPTY.choosing(MANY_MENUS, TODAY)
    name = MANY_MENUS.params[-1].name

    back = read(made, {PARAM + name: "otra"})

    assert values_of(back)[name] == "otra"
    assert [each.key for each in problems_of(back)] == ["param.not_a_choice"]


def test_a_value_that_its_field_can_t_hold_is_not_called_a_missing_field() -> None:
    typed = (("valor", "31/2/2026"), ("otro", "1"))

    view = view_of(replace(EMPTY, values=typed).choosing(DAY, TODAY))

    assert said(view) == [
        EN("form.unfit", words="valor=31/2/2026"),
        EN("form.unread", words="otro=1"),
    ]
