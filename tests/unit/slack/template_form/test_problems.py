"""Every problem of a template is told at a field."""

from dataclasses import replace

import pytest

from bot.slack import send_form
from bot.slack.template_form import edits, param_view, view
from bot.templates import Template
from bot.templates.checks import check
from bot.templates.params import Kind, Param
from bot.templates.toml_file import SENTENCES
from tests.builders import ALICE, make_template
from tests.unit.slack.template_form.form_scene import EN, FECHA, VALOR, inputs_of, told

WRONG: dict[str, Template] = {
    "catalogue.body.begins": make_template(body="{{a}} es su valor."),
    "catalogue.body.ends": make_template(body="Su valor es {{a}}"),
    "catalogue.body.side_by_side": make_template(body="Su {{a}} {{b}} es."),
    "catalogue.body.unfit": make_template(body="Hola\x00."),
    "catalogue.footer.places": make_template(footer="De {{a}}."),
    "catalogue.header.places": make_template(header="De {{a}} a {{b}}"),
    "catalogue.id": make_template(id="too short"),
    "catalogue.id.taken": make_template(name="Otro", id=VALOR.id),
    "catalogue.language": make_template(language="Español"),
    "catalogue.name.taken": make_template(name=VALOR.name.upper(), id="B" * 20),
    "catalogue.not_a_channel": make_template(channels=("soporte",)),
    "catalogue.not_a_person": make_template(allowed=("alice",)),
    "catalogue.params.too_many": make_template(
        body=" ".join(f"a {{{{p{number}}}}}" for number in range(51)) + "."
    ),
    "catalogue.place.braces": make_template(body="Hola {{a}, adiós."),
    "catalogue.place.empty": make_template(body="Hola {{ }}, adiós."),
    "catalogue.place.spelled": make_template(body="Hola {{Sede}} o {{sede}}."),
    "catalogue.text.empty": make_template(name=""),
    "catalogue.text.one_line": make_template(footer="a\tb"),
    "catalogue.text.too_long": make_template(body="x" * 1025),
    "template_form.bad_place": make_template(body=f"Hola {{{{{'x' * 76}}}}}."),
}
WRONG_PARAMS = {
    ("choices", "catalogue.choices.alike"): Param("Valor", kind=Kind.CHOICE, choices=("Sí", "si")),
    ("choices", "catalogue.choices.none"): Param("Valor", kind=Kind.CHOICE),
    ("choices", "catalogue.choices.other_kind"): Param("Valor", choices=("a", "b")),
    ("choices", "catalogue.choices.too_many"): Param(
        "Valor", kind=Kind.CHOICE, choices=tuple(map(str, range(101)))
    ),
    ("choices", "catalogue.text.too_long"): Param("Valor", kind=Kind.CHOICE, choices=("x" * 76,)),
    ("choices", "param.over_length"): Param(
        "Valor", kind=Kind.CHOICE, choices=("abc",), max_length=2
    ),
    ("max_length", "catalogue.max_length"): Param("Valor", max_length=1025),
    ("label", "catalogue.text.one_line"): Param("Valor", label="a\tb"),
    ("help", "catalogue.text.too_long"): Param("Valor", help="x" * 151),
    ("example", "catalogue.text.too_long"): Param("Valor", example="x" * 151),
    ("default", "param.not_a_date"): replace(FECHA, default="3 de mayo"),
    ("default", "param.not_a_number"): Param("Valor", kind=Kind.NUMBER, default="doce"),
    ("default", "param.not_a_link"): Param("Valor", kind=Kind.LINK, default="example.com"),
    ("default", "param.not_a_choice"): Param(
        "Valor", kind=Kind.CHOICE, choices=("a",), default="b"
    ),
    ("default", "param.over_length"): Param("Valor", default="abc", max_length=2),
    ("default", "param.tab"): Param("Valor", default="a\tb"),
}

# What can't be wrong where the text makes the parameters, and the reader strips what is typed.
IMPOSSIBLE = {
    "catalogue.param.alike",
    "catalogue.param.braces",
    "catalogue.param.no_place",
    "catalogue.place.no_param",
    "catalogue.text.outer_spaces",
}


@pytest.mark.parametrize("key", WRONG)
def test_each_problem_of_a_template_is_told_at_a_field(key: str) -> None:
    problems = told(WRONG[key])

    built = view.build(edits.new(ALICE, "es"), EN, {})
    assert key in {problem.key for problem in problems}
    assert set(send_form.errors(tuple(problems), EN)) <= inputs_of(built)


@pytest.mark.parametrize(("field", "key"), WRONG_PARAMS)
def test_each_problem_of_a_parameter_is_told_at_its_field(field: str, key: str) -> None:
    param = WRONG_PARAMS[field, key]
    template = replace(VALOR, params=(param,))

    problems = [*param_view.in_the_form(check(template), 0)]

    assert (field, key) in {(problem.field, problem.key) for problem in problems}
    assert {each.field for each in problems} <= inputs_of(
        param_view.build(ALICE, template, param, EN)
    )


def test_no_problem_of_the_catalogue_is_left_without_a_field() -> None:
    keys = {key for key in SENTENCES if key.startswith("catalogue.")}

    assert keys <= {*WRONG, *(key for _, key in WRONG_PARAMS), *IMPOSSIBLE}


@pytest.mark.parametrize("key", ["begins", "ends", "side_by_side"])
def test_a_place_where_whatsapp_takes_none_is_told_at_the_body(key: str) -> None:
    problems = told(WRONG[f"catalogue.body.{key}"])

    assert {problem.field for problem in problems} == {"body"}


def test_what_is_wrong_elsewhere_in_the_template_is_told_in_the_parameters_form_too() -> None:
    broken = replace(VALOR, group="a\tb")

    problems = [*param_view.in_the_form(check(broken), 0)]

    assert [(each.field, each.key) for each in problems] == [("label", "catalogue.text.one_line")]
