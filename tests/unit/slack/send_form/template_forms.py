"""Forms of known templates, filled in and handed in."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from bot.demo.slack import input_values
from bot.slack import send_form
from bot.slack.send_form.ids import PARAM
from bot.templates import Template, names
from bot.templates.params import Kind, Param
from bot.typed_text import visible
from tests.builders import ALICE, TEMPLATE, make_one_param_template, make_template
from tests.unit.slack.send_form.form_views import (
    PLACE,
    block,
    view_of,
)

TODAY = date(2026, 5, 3)
HOSTILE = '<!channel> *a* `b` _c_ "d" \\ & <@U0ALICE0001> 😀 :x: <https://e.com|x>'
MENU = ("Centro", "Costa & Mar", "Ñandú <1>")
CITA = make_template(
    group="Citas",
    params=(
        Param("client_name", label="Nombre del cliente", example="Rosa", help="Como firma"),
        Param("Fecha de cita", kind=Kind.DATE),
        Param("Sede", kind=Kind.CHOICE, choices=MENU, default="Centro"),
    ),
)
PAGO = make_template(
    name="Recordatorio de pago",
    id="PaGoPeNdIeNtE2026aBc",
    body="Hola {{CLIENT_NAME}}, el {{fecha de CÍTA}} debe {{Monto}}: {{Enlace}}.",
    group="Cobros",
    assign=True,
    params=(
        Param("CLIENT_NAME"),
        Param("fecha de CÍTA", kind=Kind.DATE),
        Param("Monto", kind=Kind.NUMBER, default="10"),
        Param("Enlace", kind=Kind.LINK, required=False),
    ),
)
EMPTY = send_form.Form(user=ALICE, origin=PLACE, has_catalogue=True)
OF_CITA = EMPTY.choosing(CITA, TODAY)
OF_PAGO = EMPTY.choosing(PAGO, TODAY)


def with_values(made: send_form.Form, **values: str) -> send_form.Form:
    """Fill fields; a name is written with _ for its spaces."""
    given_ = {name.replace("__", " "): value for name, value in values.items()}
    return replace(made, values=tuple((dict(made.values) | given_).items()))


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def submitted_body(
    made: send_form.Form,
    typed: Mapping[str, object] | None = None,
    *,
    escapes_options: bool = False,
) -> dict[str, Any]:
    """Return the view as Slack hands it in after something was typed, escaped as Slack does."""
    view = view_of(made)
    values = input_values.values_of(view["blocks"], {}, "C0SOPORTE01")
    for name, value in (typed or {}).items():
        element = block(view, name)["element"]
        told = input_values.state(element, input_values.typed(element, value))
        values[name] = {element["action_id"]: told}
    for elements in values.values():
        for each in elements.values():
            if isinstance(each.get("value"), str):
                each["value"] = escaped(each["value"])
            option = each.get("selected_option")
            if escapes_options and option:
                each["selected_option"] = {**option, "value": escaped(option["value"])}
    # As JSON, for that is how it travels.
    return {
        **json.loads(json.dumps(view)),
        "id": "V0001",
        "hash": "h0",
        "state": {"values": values},
    }


def read(
    made: send_form.Form, typed: Mapping[str, object] | None = None, *, now: Template | None = None
) -> send_form.Form:
    """Hand a form in and read it back; `now` is its template if it was changed meanwhile."""
    return send_form.read(submitted_body(made, typed), now or made.known)


def elements(made: send_form.Form) -> dict[str, dict[str, Any]]:
    """Return what there is to fill in of a template's own."""
    blocks = view_of(made)["blocks"]
    return {
        each["block_id"].removeprefix(PARAM): each["element"]
        for each in blocks
        if str(each.get("block_id")).startswith(PARAM)
    }


def values_of(made: send_form.Form) -> dict[str, str]:
    return {name: value for name, value in made.values if value}


def left_over(made: send_form.Form) -> tuple[str, ...]:
    """Return what has no field, as the person is told of it."""
    return (*made.unparsed, *(f"{name}={value}" for name, value in made.unplaced_values))


def texts(node: object) -> Iterator[str]:
    """Give all mrkdwn of a view."""
    if isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            assert node["verbatim"] is True
            yield node["text"]
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from texts(each)


# What is built is read back.

odd_names = st.text(alphabet="12ab ñÑ&<>\"\\'=.á\u0301😀`*", min_size=1, max_size=20)

# As people see them.
plain_values = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40).map(visible)
odd_choices = st.text(alphabet="ab&<>\"'ñ 1😀", min_size=1, max_size=10)


def stripped(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return strategy.map(str.strip)


@st.composite
def filled(draw: st.DrawFn) -> send_form.Form:
    """Make a form of some template with something in its fields."""
    found = draw(
        st.lists(stripped(odd_names).filter(bool), min_size=1, max_size=6, unique_by=names.fold)
    )
    params, values = [], []
    for name in found:
        kind = draw(st.sampled_from(Kind))
        choices: tuple[str, ...] = ()
        match kind:
            case Kind.CHOICE:
                texts = st.lists(
                    stripped(odd_choices).filter(names.fold),
                    min_size=1,
                    max_size=4,
                    unique_by=names.fold,
                )
                choices = tuple(draw(texts))
                value = draw(st.sampled_from(["", *choices]))
            case Kind.DATE:
                value = draw(st.one_of(st.just(""), st.dates().map(date.isoformat)))
            case _:
                value = draw(stripped(plain_values))
        params.append(Param(name, kind=kind, choices=choices))
        values.append((name, value))
    template = make_template(params=tuple(params))
    return replace(
        EMPTY,
        template=TEMPLATE,
        known=template,
        values=tuple(values),
        phone=draw(stripped(plain_values)),
        client_name=draw(stripped(plain_values)),
        group=draw(stripped(plain_values)),
        assign=draw(st.booleans()),
    )


FEWER = settings(max_examples=50)  # each draws a whole form
SEDE = make_one_param_template(kind=Kind.CHOICE, choices=MENU)
DAY = make_one_param_template(kind=Kind.DATE)
