"""Which column is what: by its header, asked about, answered."""

import pytest

from bot.bulk.columns import Question, letters, match
from bot.templates import Category, Template
from bot.templates.params import Param
from tests.unit.bulk.scene import APPOINTMENT, header

REST = ("nombre", "fecha", "sede")


@pytest.mark.parametrize(
    "name",
    [
        *("phone", "Phone", "PHONE NUMBER", "phone_number", "telefono", "Teléfono", "telefone"),
        *("Celular", "WhatsApp", "Phone 1 - Value", " TELÉFONO "),
    ],
)
def test_the_phone_has_many_names(name: str) -> None:
    found = match(header(*REST, name), APPOINTMENT)

    assert (found.places["phone"], found.missing, found.questions) == (3, (), ())


def test_parameters_are_known_by_name_or_label_whatever_case_and_accents() -> None:
    names = ("Telefono", "NOMBRE", "DIA DE LA CITA", "Sede", "Correo", "Grupo", "Asignar", "")

    found = match(header(*names), APPOINTMENT)

    assert found.places == {
        "phone": 0,
        "param.nombre": 1,
        "param.fecha": 2,
        "param.sede": 3,
        "group": 5,
        "assign": 6,
    }
    assert [found.titles[at] for at in found.unknown] == ["Correo", "H"]


def test_atoms_own_export_is_understood() -> None:
    template = Template("Aviso", "A" * 20, "es", Category.UTILITY, "Hola")

    found = match(header("Nombre", "Telefono", "Correo"), template)

    assert (found.places, found.unknown) == ({"client_name": 0, "phone": 1}, (2,))


@pytest.mark.parametrize(
    ("names", "question"),
    [
        (("phone", "celular", *REST), Question("phone", (0, 1))),
        (("phone", "fecha", "Día de la cita", "nombre", "sede"), Question("param.fecha", (1, 2))),
        (("phone", "sede", "SEDE", "nombre", "fecha"), Question("param.sede", (1, 2))),
        (("phone", "group", "GROUP", *REST), Question("group", (1, 2))),
    ],
)
def test_two_columns_for_one_thing_are_asked_about_and_answered(
    names: tuple[str, ...], question: Question
) -> None:
    asked = match(header(*names), APPOINTMENT)
    second = question.places[1]
    answered = match(header(*names), APPOINTMENT, {question.field: second})

    assert (asked.questions, asked.missing) == ((question,), ())
    assert question.field not in asked.places
    assert (answered.questions, answered.places[question.field]) == ((), second)
    assert answered.unknown == (question.places[0],)


def test_a_parameter_called_like_a_phone_is_asked_about_where_there_is_no_other_phone() -> None:
    template = Template(
        "Llámanos", "A" * 20, "es", Category.UTILITY, "{{celular}}", params=(Param("celular"),)
    )

    alone = match(header("celular"), template)
    both = match(header("celular", "telefono"), template)
    answered = match(header("celular"), template, {"phone": 0})

    assert alone.questions == (Question("phone", (0,)),)
    assert (both.questions, both.places) == ((), {"param.celular": 0, "phone": 1})
    assert answered.places == {"param.celular": 0, "phone": 0}


def test_what_no_row_can_do_without_is_missing() -> None:
    assert match(header("nombre", "x"), APPOINTMENT).missing == (
        "phone",
        "param.fecha",
        "param.sede",
    )
    assert match(header("phone", *REST), APPOINTMENT, {"param.sede": None}).missing == (
        "param.sede",
    )


def test_the_customers_name_stands_in_for_the_parameter_that_is_that() -> None:
    found = match(header("phone", "client_name", "fecha", "sede"), APPOINTMENT)

    assert found.missing == ()


def test_columns_have_letters() -> None:
    assert [letters(at) for at in (0, 25, 26, 51, 52, 99)] == ["A", "Z", "AA", "AZ", "BA", "CV"]
