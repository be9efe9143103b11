"""A changed text keeps what is known of its parameters."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.template_form import edits
from bot.templates.checks import check
from bot.templates.params import Param
from tests.builders import ALICE, make_template
from tests.unit.slack.template_form.form_scene import FULL, SUPPORT


def test_the_placeholders_of_a_pasted_text_become_parameters() -> None:
    pasted = make_template(header="De {{Sede}}", body="Hola {{ Nombre }}, {{Sede}}.", params=())

    made = edits.with_params(pasted, ())

    assert made.params == (Param("Sede"), Param("Nombre"))
    assert check(made) == []


def test_parameters_that_are_known_keep_their_details_in_the_new_order() -> None:
    changed = replace(FULL, header="", body="A {{Hora}}, el {{Fecha de cita}}, {{client_name}}.")

    made = edits.with_params(changed, FULL.params)

    assert made.params == (Param("Hora"), FULL.params[2], FULL.params[1])
    assert edits.dropped(made, FULL.params) == ["Sede"]


def test_a_place_that_is_spelled_anew_is_the_same_parameter_by_its_new_name() -> None:
    changed = replace(FULL, header="", body="El {{FECHA  de cíta}} con {{Client_Name}}.")

    made = edits.with_params(changed, FULL.params)

    assert made.params == (
        replace(FULL.params[2], name="FECHA  de cíta"),
        replace(FULL.params[1], name="Client_Name"),
    )
    assert check(made) == []


@pytest.mark.parametrize(
    ("before", "form", "after"),
    [
        ((SUPPORT, ALICE), (SUPPORT,), (SUPPORT, ALICE)),
        ((ALICE,), (SUPPORT,), (ALICE, SUPPORT)),
        ((SUPPORT, ALICE), (), (ALICE,)),
    ],
)
def test_people_who_need_no_approval_stay_beside_the_groups_of_the_form(
    before: tuple[str, ...], form: tuple[str, ...], after: tuple[str, ...]
) -> None:
    source = replace(FULL, approval_free=before)

    assert edits.with_unasked(replace(FULL, approval_free=form), source).approval_free == after


def test_braces_of_two_texts_make_no_place_together() -> None:
    torn = make_template(header="Su {{cita", body="hoy}} es.", params=())

    assert edits.with_params(torn, ()).params == ()


@given(st.lists(st.sampled_from(["Sede", "sede", "SEDE ", "Fecha", "fécha", "Hora"]), max_size=6))
def test_a_text_never_has_two_parameters_that_are_alike(written: list[str]) -> None:
    body = "Hola " + ", ".join(f"{{{{{each}}}}}" for each in written) + "."

    made = edits.with_params(make_template(body=body), (Param("Sede"), Param("Fecha")))

    keys = {problem.key for problem in check(made)}
    assert keys <= {"catalogue.place.spelled"}


def test_the_marks_tell_which_part_of_a_template_changed() -> None:
    other_param = replace(FULL, params=(replace(FULL.params[0], label="x"), *FULL.params[1:]))

    assert edits.own_mark(other_param) == edits.own_mark(FULL)
    assert edits.own_mark(replace(FULL, group="Otro")) != edits.own_mark(FULL)
    assert edits.param_mark(other_param.params[0]) != edits.param_mark(FULL.params[0])
    assert edits.places_mark(["Sede", "Hora"]) == edits.places_mark(["hóra", "SEDE"])
    assert edits.places_mark(["Sede"]) != edits.places_mark(["Sede", "Hora"])
