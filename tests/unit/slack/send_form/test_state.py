"""The form of a known template: valid everywhere, read back whole, and nothing typed is lost."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.demo.slack import input_values
from bot.demo.slack.blockkit import VIEW_BYTES, check_view, size_of
from bot.errors import Problem
from bot.locales import LANGUAGES
from bot.sends import Params
from bot.slack import send_form
from bot.slack.send_form import param_inputs
from bot.slack.send_form.ids import GROUP, LIMITS, MEANT, PARAM, PARAMS, param_blocks
from bot.templates import Template, message, names
from bot.templates.params import Kind, Param
from bot.typed_text import visible
from tests.fakes import ALICE, TEMPLATE, make_one_param_template, make_template
from tests.unit.slack.send_form.test_view import (
    COLOMBIA,
    EN,
    ODD,
    PANAMA,
    PLACE,
    WORDS,
    block,
    said,
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


def handed_in(
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
    return send_form.read(handed_in(made, typed), now or made.known)


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
    return (*made.unread, *(f"{name}={value}" for name, value in made.waiting))


# Every form is valid.


def longest(count: int, *kinds: Kind, letter: str = "ñ") -> Template:
    """Make a template whose every text is as long as the catalogue takes it."""
    params = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        title = f"{number:02}" + letter * 73
        choices = tuple(f"{each:03}" + letter * 72 for each in range(100))
        defaults = {
            Kind.TEXT: letter * 1024,
            Kind.NUMBER: "1" * 1024,
            Kind.DATE: "2026-05-03",
            Kind.CHOICE: choices[99],
            Kind.LINK: "https://" + "x" * 1000,
        }
        param = Param(
            name=title,
            label=title[::-1],
            help=letter * 150,
            example=letter * 150,
            required=bool(number % 2),
            default=defaults[kind],
            kind=kind,
            choices=choices if kind is Kind.CHOICE else (),
        )
        params.append(param)
    return make_template(
        name=letter * 75,
        header="{{" + params[0].name + "}}",
        body=" ".join(f"a {{{{{each.name}}}}}" for each in params) + ".",
        footer=letter * 60,
        group=letter * 100,
        channels=tuple(f"C{number:010}" for number in range(300)),
        params=tuple(params),
    )


def hostile(count: int) -> Template:
    params = tuple(
        Param(f"{number} {HOSTILE}"[:75], label=HOSTILE[:75], help=HOSTILE, example=HOSTILE)
        for number in range(count)
    )
    return make_template(name=HOSTILE[:75], header=HOSTILE[:60], footer=HOSTILE[:60], params=params)


def crowded(made: send_form.Form) -> send_form.Form:
    """Return the form with everything in it that it can ever have."""
    return replace(
        made,
        asks_channel=True,
        channel="C0SOPORTE01",
        phone="1" * 500,
        client_name="🌴" * 500,
        group="&" * 500,
        unread=("<" * 3000, "&" * 3000),
        notice=Problem("template", "form.did_you_mean", {"name": "<!channel>" * 300}),
        meant=tuple(
            replace(CITA, name=letter * 75, id=letter * 20) for letter in ("W", "<", "&", "🌴", "ñ")
        ),
        menu_version=99,
    )


SIZES = {
    **{f"{count}-of-all-kinds": longest(count, *Kind) for count in (1, 30, 50)},
    **{f"50-{kind}": longest(50, kind) for kind in Kind},
}
FORMS = {
    "none-chosen": EMPTY,
    "one-of-each": OF_CITA,
    "filled": with_values(OF_CITA, client_name=HOSTILE * 20, Fecha__de__cita="2026-05-03"),
    **{name: EMPTY.choosing(template, TODAY) for name, template in SIZES.items()},
    **{
        f"{count}-hostile": EMPTY.choosing(hostile(count), TODAY).asking((PANAMA, ODD))
        for count in (1, 30, 50)
    },
    "emoji": EMPTY.choosing(longest(30, Kind.CHOICE, Kind.DATE, letter="🌴"), TODAY),
    "warned": OF_CITA.asking((ODD,)),
    "two-readings": OF_CITA.asking((PANAMA, COLOMBIA)),
    "test": replace(OF_CITA, is_test=True),
    "bare-id": EMPTY.by_id("Z" * 20),
    "values-wait": replace(EMPTY, values=(("a", '"\\' * 200), ("b", "ñ"))),
    "too-many-values-wait": replace(EMPTY, values=(("a", "<" * 3000), (HOSTILE, HOSTILE * 50))),
    "long-values": EMPTY.choosing(make_one_param_template(), TODAY),
    **{
        key: replace(OF_CITA, notice=Problem("template", key, {"name": HOSTILE}))
        for key in (
            "form.did_you_mean",
            "form.no_such_template",
            "form.nothing_to_send",
            "form.other_template",
            "template.inactive",
            "template.not_here",
            "template.not_listed",
            "template.not_yours",
        )
    },
}
FORMS["long-values"] = with_values(FORMS["long-values"], Valor="*&_" * 2000)
EVERY_FORM = pytest.mark.parametrize("made", FORMS.values(), ids=FORMS)


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


@EVERY_FORM
def test_nothing_that_people_wrote_comes_alive(made: send_form.Form) -> None:
    written = [*texts(view_of(crowded(made)))]

    assert written
    assert not [text for text in written if "<" in re.sub(r"<#C[0-9]+>", "", text)]


def test_a_name_that_was_perhaps_meant_is_a_button() -> None:
    view = view_of(replace(EMPTY, meant=(CITA, PAGO)))

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
    assert [each.key for each in back.draft()[1]] == ["param.not_a_choice"]


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


@FEWER
@given(filled(), st.booleans())
def test_what_is_built_is_read_back(made: send_form.Form, escapes_options: bool) -> None:  # noqa: FBT001
    back = send_form.read(handed_in(made, escapes_options=escapes_options), made.known)

    assert replace(back, marked="") == made
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
    assert send_form.drawn(handed_in(OF_CITA)) == TEMPLATE
    assert send_form.drawn(handed_in(EMPTY)) == ""
    assert send_form.read(handed_in(OF_CITA), now).template == TEMPLATE


def test_an_untouched_form_is_read_back_with_its_defaults() -> None:
    assert values_of(read(OF_CITA)) == {"Sede": "Centro"}


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
    other = read(OF_CITA, typed).choosing(PAGO, TODAY)

    assert (other.group, other.assign) == expected


def test_an_assignment_that_was_taken_out_stays_out() -> None:
    other = read(OF_PAGO, {"assign": None}).choosing(replace(CITA, assign=True), TODAY)

    assert other.assign is False


def test_the_group_s_field_is_another_one_so_that_slack_shows_what_is_in_it() -> None:
    actions = {
        block(view_of(made), GROUP)["element"]["action_id"] for made in (EMPTY, OF_CITA, OF_PAGO)
    }

    assert len(actions) == 3


def test_what_is_not_the_template_s_stays() -> None:
    made = replace(OF_CITA, phone="6123-4567", client_name="Ana", is_test=True)

    other = read(made).choosing(PAGO, TODAY)

    assert (other.phone, other.client_name) == ("6123-4567", "Ana")
    assert (other.is_test, other.user, other.origin) == (True, ALICE, PLACE)


def test_a_warning_that_is_not_there_any_more_has_not_been_seen() -> None:
    warned = replace(OF_CITA, phone="6123-4567", seen="50761234567")

    assert read(warned).choosing(PAGO, TODAY).seen == ""


SEDE = make_one_param_template(kind=Kind.CHOICE, choices=MENU)
DAY = make_one_param_template(kind=Kind.DATE)


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
        (DAY, "el viernes", ""),
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
    made = replace(EMPTY, values=typed, unread=("hola",)).choosing(CITA, TODAY)
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
    none = read(read(OF_CITA, typed).without_template())

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

    assert none.unread == ("hola",)
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
    view = view_of(replace(OF_CITA, waiting=typed, unread=tuple(unread)))

    back = send_form.read(view, CITA)
    assert back.waiting in {(), typed}
    assert back.unread in {(), tuple(unread)}
    assert said(view)
    assert check_view(view, kind="modal") == []


def test_values_that_can_t_wait_are_shown_by_their_names() -> None:
    made = replace(EMPTY, values=(("Nota", "x" * 3000), ("Monto", "25")))

    (shown,) = said(view_of(made))

    assert "Nota=xxx" in shown


def test_values_of_a_chosen_template_do_not_wait_too() -> None:
    assert "values" not in json.loads(view_of(OF_CITA)["private_metadata"])


# What is sent.


def test_every_problem_is_told_at_a_field_that_is_there() -> None:
    template = make_template(params=(Param("A&B"), Param("1"), Param("Sede")))
    back = read(EMPTY.choosing(template, TODAY), {"param.Sede": "a     b"})

    draft, problems = back.draft()

    assert [(each.field, each.key) for each in problems] == [
        ("param.2", "param.missing"),
        ("param.1", "param.missing"),
        ("param.Sede", "param.spaces"),
    ]
    there = {each["block_id"] for each in view_of(back)["blocks"] if each["type"] == "input"}
    assert {each.field for each in problems} <= there
    assert draft.params == ()


def test_the_order_has_the_values_as_the_customer_reads_them() -> None:
    made = with_values(OF_CITA, client_name="Rosa", Fecha__de__cita="2026-05-03")
    back = read(made)

    draft, problems = back.draft()
    request = back.request("V0001", draft, PANAMA)

    assert problems == []
    assert request.params == (
        ("client_name", "Rosa"),
        ("Fecha de cita", "3 de mayo de 2026"),
        ("Sede", "Centro"),
    )
    assert (request.template, request.template_name) == (TEMPLATE, "Recordatorio de cita")


def test_the_order_of_a_test_says_so() -> None:
    draft, _ = OF_CITA.draft()

    assert replace(OF_CITA, is_test=True).request("V0001", draft, PANAMA).is_test
    assert not OF_CITA.request("V0001", draft, PANAMA).is_test


@pytest.mark.parametrize(
    "language", ["es", "pt_BR", "en_US", "de", "ru", "zh_CN", "ja", "ar", "xx"]
)
def test_a_day_that_was_sent_in_any_language_stands_in_its_field_again(language: str) -> None:
    template = replace(DAY, language=language)
    sent = message(template, {"Valor": "2026-05-14"})

    made = replace(EMPTY, values=sent).choosing(template, TODAY)

    assert values_of(made) == {"Valor": "2026-05-14"}


def test_an_old_order_fills_the_form_as_it_was() -> None:
    sent = (("client_name", "Rosa"), ("Fecha de cita", "3 de mayo de 2026"), ("Sede", MENU[1]))

    made = replace(EMPTY, values=sent).choosing(CITA, date(2027, 1, 1))

    assert values_of(made) == {
        "client_name": "Rosa",
        "Fecha de cita": "2026-05-03",
        "Sede": MENU[1],
    }


def test_an_id_of_the_catalogue_is_never_cut_off_the_menu() -> None:
    assert replace(EMPTY, template="x" * 500).cut_off() == []
    assert replace(
        EMPTY, has_catalogue=False, template="x" * (LIMITS[send_form.TEMPLATE] + 1)
    ).cut_off()


# The preview is drawn anew while somebody types.


def test_only_the_message_is_drawn_anew() -> None:
    view = handed_in(OF_CITA, {"param.client_name": "Rosa"})

    drawn = send_form.with_message(view, send_form.read(view, CITA), EN)

    assert check_view(drawn, kind="modal") == []
    assert [each for each in drawn["blocks"] if each["block_id"] != send_form.PREVIEW] == [
        each for each in view["blocks"] if each["block_id"] != send_form.PREVIEW
    ]
    assert "Rosa" in json.dumps(block(drawn, send_form.PREVIEW))
    assert not {"id", "hash", "state"} & drawn.keys()
    assert drawn["private_metadata"] == view["private_metadata"]


def as_slack_tells(part: object) -> Any:
    """Escape what Slack escapes in a view that it hands in: all that is not mrkdwn."""
    if isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            return part
        return {name: as_slack_tells(each) for name, each in part.items()}
    if isinstance(part, list):
        return [as_slack_tells(each) for each in part]
    return escaped(part) if isinstance(part, str) else part


@pytest.mark.parametrize("made", [OF_CITA, EMPTY.choosing(hostile(3), TODAY), crowded(OF_PAGO)])
def test_what_slack_escaped_is_not_escaped_twice(made: send_form.Form) -> None:
    view = handed_in(made)
    told = {**view, "blocks": as_slack_tells(view["blocks"])}

    drawn = send_form.with_message(told, send_form.read(told, made.known), EN)

    assert drawn["blocks"] == view["blocks"]


def test_a_form_without_a_message_stays_as_it_is() -> None:
    view = handed_in(EMPTY)

    assert send_form.with_message(view, send_form.read(view), EN) == view


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_of_a_test_says_so(language: str) -> None:
    view = view_of(replace(OF_CITA, is_test=True), language)

    assert view["title"]["text"] == WORDS[language]("form.test")
    assert send_form.read(view, CITA).is_test


def test_a_value_that_its_field_can_t_hold_is_not_called_a_missing_field() -> None:
    typed = (("valor", "31/2/2026"), ("otro", "1"))

    view = view_of(replace(EMPTY, values=typed).choosing(DAY, TODAY))

    said = [each["text"]["text"] for each in view["blocks"] if each["type"] == "section"]
    assert said == [EN("form.unfit", words="valor=31/2/2026"), EN("form.unread", words="otro=1")]
