"""What stays of a form, and what goes, when its template is another one."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sends import Params
from bot.slack import send_form
from bot.slack.send_form.ids import GROUP, LIMITS
from bot.templates import Template
from bot.templates.params import Kind, Param
from tests.builders import ALICE, make_one_param_template, make_template
from tests.unit.slack.send_form.form_views import (
    EN,
    PLACE,
    block,
    said,
    view_of,
)
from tests.unit.slack.send_form.template_forms import (
    CITA,
    DAY,
    EMPTY,
    MENU,
    OF_CITA,
    OF_PAGO,
    PAGO,
    SEDE,
    TODAY,
    elements,
    left_over,
    odd_names,
    plain_values,
    read,
    values_of,
    with_values,
)

# A template that was changed, or that is another one.

CHANGES: dict[str, dict[str, Any]] = {
    "body": {"body": "Hola {{client_name}}: {{Fecha de cita}}, {{Sede}}."},
    "header": {"header": "Clínica"},
    "footer": {"footer": "Clínica"},
    "group": {"group": "Otro"},
    "assign": {"assign": True},
    "param": {"params": (*CITA.params[:2], replace(CITA.params[2], default=""))},
    "order": {"params": CITA.params[::-1]},
    "language": {"language": "pt_BR"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_template_that_was_changed_is_not_what_the_form_shows(change: str) -> None:
    now = replace(CITA, **CHANGES[change])

    back = read(OF_CITA, now=now)

    assert not back.shows(now)
    assert not back.shows(None)
    assert read(back.choosing(now, TODAY)).shows(now)


def test_a_form_without_a_template_shows_none() -> None:
    assert read(EMPTY).shows(None)
    assert read(EMPTY.by_id("Z" * 20)).shows(None)
    assert not read(EMPTY).shows(CITA)


def test_another_choice_that_was_not_drawn_yet_is_not_what_the_form_shows() -> None:
    back = read(OF_CITA, {send_form.TEMPLATE: send_form.option(PAGO)})

    assert back.template == PAGO.id
    assert back.shows(CITA)
    assert not back.shows(PAGO)


def test_what_a_changed_template_asks_for_no_more_is_shown_and_not_lost() -> None:
    now = replace(CITA, params=CITA.params[:2])

    made = read(OF_CITA, {"param.Sede": "Costa & Mar"}, now=now).choosing(now, TODAY)

    assert values_of(made) == {}
    assert said(view_of(made)) == [EN("form.unread", words="Sede=Costa &amp; Mar")]


def test_the_numbers_of_unfit_names_are_not_mistaken_after_a_change() -> None:
    before = make_template(params=(Param("A&B"), Param("C&D")))
    now = replace(before, params=before.params[1:])

    made = read(EMPTY.choosing(before, TODAY), {"param.1": "de A"}, now=now)

    assert values_of(made.choosing(now, TODAY)) == {}
    assert left_over(made.choosing(now, TODAY)) == ("1=de A",)


def test_a_changed_template_gets_fields_of_its_own() -> None:
    now = replace(CITA, footer="Clínica")
    actions = {each["action_id"] for each in elements(OF_CITA).values()}

    other = {each["action_id"] for each in elements(EMPTY.choosing(now, TODAY)).values()}

    assert not actions & other
    assert all(each.startswith(f"{send_form.FILL}.") for each in actions | other)


# From one template to another.


def test_values_stay_where_the_names_agree_to_people() -> None:
    made = with_values(OF_CITA, client_name="Rosa", Fecha__de__cita="2026-05-03")

    other = read(made).choosing(PAGO, TODAY)

    assert values_of(other) == {
        "CLIENT_NAME": "Rosa",
        "fecha de CÍTA": "2026-05-03",
        "Monto": "10",
    }
    assert left_over(other) == ()
    assert values_of(read(other).choosing(CITA, TODAY)) == {
        "client_name": "Rosa",
        "Fecha de cita": "2026-05-03",
        "Sede": "Centro",
    }


def test_a_default_that_nobody_touched_is_not_taken_along() -> None:
    other = replace(PAGO, params=(Param("sede"), Param("monto", default="99")))

    assert values_of(read(OF_CITA).choosing(other, TODAY)) == {"monto": "99"}
    assert values_of(read(OF_PAGO).choosing(other, TODAY)) == {"monto": "99"}


def test_a_value_in_place_of_a_default_is_taken_along() -> None:
    other = replace(PAGO, params=(Param("sede"), Param("monto", default="99")))

    assert (
        values_of(read(OF_CITA, {"param.Sede": MENU[2]}).choosing(other, TODAY))["sede"]
        == (MENU[2])
    )
    assert values_of(read(OF_PAGO, {"param.Monto": "7"}).choosing(other, TODAY)) == {"monto": "7"}


def test_a_default_that_was_taken_out_stays_out_when_it_is_drawn_again() -> None:
    optional = make_one_param_template(default="hoy", required=False)
    back = read(EMPTY.choosing(optional, TODAY), {"param.Valor": None})

    again = back.choosing(optional, TODAY)

    assert again.values == (("Valor", ""),)
    assert values_of(back.choosing(replace(optional, id="B" * 20), TODAY)) == {"Valor": "hoy"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({}, ("Cobros", True)),
        ({"group": "Urgente"}, ("Urgente", True)),
        ({"group": None}, ("Cobros", True)),
        ({"assign": True}, ("Cobros", True)),
    ],
)
def test_the_group_goes_with_the_template_unless_somebody_typed_one(
    typed: dict[str, object], expected: tuple[str, bool]
) -> None:
    other = read(replace(OF_CITA, more=True), typed).choosing(PAGO, TODAY)

    assert (other.group, other.assign) == expected


def test_an_assignment_that_was_taken_out_stays_out() -> None:
    other = read(replace(OF_PAGO, more=True), {"assign": None}).choosing(
        replace(CITA, assign=True), TODAY
    )

    assert other.assign is False


def test_the_group_s_field_is_another_one_so_that_slack_shows_what_is_in_it() -> None:
    actions = {
        block(view_of(replace(made, more=True)), GROUP)["element"]["action_id"]
        for made in (EMPTY, OF_CITA, OF_PAGO)
    }

    assert len(actions) == 3


def test_what_is_not_the_template_s_stays() -> None:
    made = replace(OF_CITA, phone="6123-4567", client_name="Ana", is_test=True)

    other = read(made).choosing(PAGO, TODAY)

    assert (other.phone, other.draft()[0].client_name) == ("6123-4567", "Ana")
    assert (other.is_test, other.user, other.origin) == (True, ALICE, PLACE)


def test_a_warning_that_is_not_there_any_more_has_not_been_seen() -> None:
    warned = replace(OF_CITA, phone="6123-4567", confirmed_digits="50761234567")

    assert read(warned).choosing(PAGO, TODAY).confirmed_digits == ""


@pytest.mark.parametrize(
    ("template", "value", "expected"),
    [
        (SEDE, "centro", "Centro"),
        (SEDE, "  COSTA &  mar", "Costa & Mar"),
        (SEDE, "nandu <1>", "Ñandú <1>"),
        (SEDE, "Otra", ""),
        (DAY, "3 de mayo", "2026-05-03"),
        (DAY, "3/5/2026", "2026-05-03"),
        (DAY, "May 3, 2026", "2026-05-03"),
        (DAY, "el viernes", "2026-05-08"),
        (DAY, "un viernes", ""),
        (DAY, "31/4/2026", ""),
        (make_one_param_template(kind=Kind.LINK), " https://e.com/a ", "https://e.com/a"),
        (make_one_param_template(kind=Kind.NUMBER), "1.234,56", "1.234,56"),
        (make_one_param_template(), "3 de mayo", "3 de mayo"),
    ],
)
def test_a_typed_value_is_made_to_fit_or_shown(
    template: Template, value: str, expected: str
) -> None:
    made = replace(EMPTY, values=(("VALOR", value),)).choosing(template, TODAY)

    assert values_of(made) == ({"Valor": expected} if expected else {})
    assert left_over(made) == (() if expected else (f"VALOR={value}",))


def test_the_first_of_two_values_for_one_parameter_stays_and_the_other_is_shown() -> None:
    typed = (("valor", "uno"), ("VALOR", "dos"), ("Otro", "tres"), ("Valor", ""))

    made = replace(EMPTY, values=typed).choosing(make_one_param_template(), TODAY)

    assert values_of(made) == {"Valor": "uno"}
    assert left_over(made) == ("VALOR=dos", "Otro=tres")


@given(st.lists(st.tuples(odd_names, plain_values.filter(bool)), max_size=5).map(tuple))
def test_no_value_is_lost_by_choosing(typed: Params) -> None:
    made = replace(EMPTY, values=typed).choosing(CITA, TODAY)

    shown = "\n".join([*left_over(made), *(value for _, value in made.values)])
    assert all(value in shown for _, value in typed)


def test_what_has_no_field_waits_for_a_template_that_has_one() -> None:
    typed = (("Monto", "25"), ("client_name", "Rosa"))
    made = replace(EMPTY, values=typed, unparsed=("hola",)).choosing(CITA, TODAY)
    assert said(view_of(made)) == [EN("form.unread", words="hola, Monto=25")]

    other = read(read(made)).choosing(PAGO, TODAY)

    assert values_of(other) == {"CLIENT_NAME": "Rosa", "Monto": "25"}
    assert left_over(other) == ("hola",)


CALLED = make_template(
    params=(
        Param("client_name", label="Nombre del cliente"),
        Param("Fecha de cita"),
        Param("Sede", label="Dónde"),
        Param("Sede de pago"),
    )
)


@pytest.mark.parametrize(
    ("name", "param"),
    [
        ("fecha", "Fecha de cita"),
        ("NOMBRE", "client_name"),
        ("nombre del cliente", "client_name"),
        ("donde", "Sede"),
        ("sede", "Sede"),
        ("sede de", "Sede de pago"),
        ("cliente", ""),
        ("se", ""),
        ("", ""),
        (" ", ""),
    ],
)
def test_after_a_command_a_name_may_be_cut_short_where_it_is_clear(name: str, param: str) -> None:
    made = replace(EMPTY, values=((name, "x"),)).choosing(CALLED, TODAY)

    assert values_of(made) == ({param: "x"} if param else {})
    assert left_over(made) == (() if param else (f"{name}=x",))


def test_an_id_of_the_catalogue_is_never_cut_off_the_menu() -> None:
    assert replace(EMPTY, template="x" * 500).cut_off() == []
    assert replace(
        EMPTY, has_catalogue=False, template="x" * (LIMITS[send_form.TEMPLATE] + 1)
    ).cut_off()
