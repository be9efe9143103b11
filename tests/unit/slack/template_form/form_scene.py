"""The admins' forms with much in them, filled in and handed in."""

from dataclasses import replace
from typing import Any, cast

from hypothesis import strategies as st

from bot.demo.slack.input_values import values_of
from bot.demo.slack.messages import escape
from bot.errors import Problem
from bot.locales import LANGUAGES, load
from bot.slack.platform.blocks import View
from bot.slack.template_form import edits
from bot.slack.template_form.edits import TemplateEdit
from bot.templates import Approval, Category, Template
from bot.templates.checks import check_all
from bot.templates.params import Kind, Param
from bot.typed_text import visible
from tests.builders import ALICE, CARLA, make_one_param_template, make_template

WORDS = {language: load(language) for language in LANGUAGES}
EN = WORDS["en"]
SUPPORT = "S0SUPPORT01"
FULL = make_template(
    language="es_MX",
    category=Category.MARKETING,
    header="Su cita en {{Sede}}",
    footer="Clínica Vida",
    group="Citas",
    assign=True,
    allowed=(ALICE, CARLA, SUPPORT),
    channels=("C0SOPORTE01", "G0PRIVADO01"),
    approval=Approval.ALWAYS,
    approval_free=(SUPPORT,),
    active=False,
    params=(
        Param("Sede", kind=Kind.CHOICE, choices=("Centro", "Costa"), default="Centro"),
        Param("client_name", label="Nombre", help="El cliente", example="Rosa", max_length=60),
        Param("Fecha de cita", required=False, kind=Kind.DATE, default="2026-05-03"),
    ),
)
WIDE = "🌴" * 75
LONGEST = make_template(
    name=WIDE,
    header="🌴" * 60,
    footer="🌴" * 60,
    group="🌴" * 200,
    body="🌴" * 1024,
    allowed=(*(f"U{number:010}" for number in range(60)), *(f"S{n:010}" for n in range(40))),
    channels=tuple(f"C{number:010}" for number in range(100)),
    params=tuple(
        Param(
            f"{number:02}" + "&" * 73,
            label="<" * 75,
            help="&" * 150,
            example='"' * 150,
            default="ñ" * 1024,
        )
        for number in range(50)
    ),
)
CHOICE = Param("ñ" * 75, kind=Kind.CHOICE, choices=tuple(f"{n:02}" + "🌴" * 73 for n in range(100)))
DRAFTS = {
    "new": edits.new(ALICE, "es"),
    "edit": edits.edit(ALICE, FULL),
    "duplicate": edits.duplicate(ALICE, FULL, "Recordatorio de cita (copia)"),
    "longest": edits.edit(ALICE, LONGEST),
}
GROUPS = {SUPPORT: "Soporte · @soporte", "S0000000000": "x" * 300}


def submitted(built: View) -> dict[str, Any]:
    """Return a view as Slack hands it in when nobody touches it."""
    spec: dict[str, Any] = built
    values = values_of(spec["blocks"], {})
    for elements in values.values():
        for each in elements.values():
            if isinstance(each.get("value"), str):
                each["value"] = escape(each["value"])
    return {**spec, "id": "V0001", "state": {"values": values}}


def inputs_of(built: View) -> set[str]:
    blocks = built["blocks"]
    return {each["block_id"] for each in blocks if each["type"] == "input"}


def element(built: View, name: str) -> dict[str, Any]:
    blocks = built["blocks"]
    found: dict[str, Any] = next(each for each in blocks if each.get("block_id") == name)
    return cast(dict[str, Any], found.get("element") or found["accessory"])


def without_params(draft: TemplateEdit) -> TemplateEdit:
    return replace(draft, template=replace(draft.template, params=()))


def lines(limit: int) -> st.SearchStrategy[str]:
    text = st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=limit
    )
    return text.map(lambda typed: visible(typed).strip())


templates = st.builds(
    Template,
    name=lines(75),
    id=lines(30),
    language=st.sampled_from(["es", "es_MX", "pt_BR", "prs_AF"]),
    category=st.sampled_from(Category),
    body=lines(1024),
    header=lines(60),
    footer=lines(60),
    group=lines(100),
    assign=st.booleans(),
    allowed=st.sampled_from([(), (ALICE,), (SUPPORT,), (ALICE, CARLA, SUPPORT)]),
    channels=st.sampled_from([(), ("C0SOPORTE01",), ("C0SOPORTE01", "G0PRIVADO01")]),
    active=st.booleans(),
)
params = st.builds(
    Param,
    name=st.text(st.characters(exclude_categories=["Cs"]), max_size=75).map(visible),
    label=lines(75),
    help=lines(150),
    example=lines(150),
    required=st.booleans(),
    default=lines(1024),
    kind=st.sampled_from(Kind),
    choices=st.lists(
        lines(75).filter(lambda each: bool(each) and "\n" not in each), max_size=100
    ).map(tuple),
    max_length=st.none() | st.integers(1, 1024),
)


# From a text to parameters.


def param_names(template: Template) -> list[str]:
    return [param.name for param in template.params]


# Limits that are gone.


def handed(old: Template, **changes: Any) -> edits.Change:
    """Hand in the form of a template, with changes."""
    draft = edits.edit(ALICE, old)
    warned = changes.pop("warned", ())
    now = replace(old, **changes)
    return edits.Change(replace(draft, warned=warned), now, old, old, is_made=now == old)


def told(template: Template) -> list[Problem]:
    made = edits.with_params(template, ())
    found = [each for at, each in check_all([VALOR, made]) if at == 1]
    return [*edits.in_the_form(found, made)]


# What is wrong, and where it is said.

VALOR = replace(make_one_param_template(), name="Pago", id="P" * 20)
FECHA = Param("Valor", kind=Kind.DATE)
