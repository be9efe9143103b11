"""The message in the form, drawn as the customer will read it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.slack.blockkit import check_view
from bot.locales import LANGUAGES, load
from bot.slack.send_form import preview
from bot.slack.send_form.ids import PREVIEW
from bot.slack.send_form.preview import HOLE, LENGTH_LIMIT
from bot.templates import Template
from bot.templates import preview as message_of
from bot.templates.params import Kind, Param
from tests.builders import make_one_param_template, make_template

WORDS = {language: load(language) for language in LANGUAGES}
EN = WORDS["en"]
VALUES = {"client_name": "Rosa", "Fecha de cita": "3 de mayo", "Sede": "Centro"}


def drawn(template: Template, values: Mapping[str, str]) -> dict[str, Any]:
    block: dict[str, Any] = preview.draw(message_of(template, values), EN)
    return block


def pieces(template: Template, values: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return each piece of the message with the names of its styles."""
    quote = drawn(template, values)["elements"][1]
    assert quote["type"] == "rich_text_quote"
    return [
        (each["text"], " ".join(name for name, on in each.get("style", {}).items() if on))
        for each in quote["elements"]
    ]


def text(template: Template, values: Mapping[str, str]) -> str:
    return "".join(piece for piece, _ in pieces(template, values))


def of(body: str, *params: Param) -> Template:
    return make_template(body=body, params=params)


VALOR = Param("Valor", label="Saldo")


def test_a_whole_message_reads_as_on_a_telephone() -> None:
    template = make_template(
        header="Sede {{Sede}}",
        body="*Hola* {{client_name}}, su cita es el {{Fecha de cita}}.\n_Le esperamos_",
        footer="Clínica Vida",
    )

    assert pieces(template, VALUES) == [
        ("Sede ", "bold"),
        ("Centro", "bold"),
        ("\n", ""),
        ("Hola", "bold"),
        (" Rosa, su cita es el 3 de mayo.\n", ""),
        ("Le esperamos", "italic"),
        ("\nClínica Vida", "italic"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_a_title_in_everybody_s_language(language: str) -> None:
    block = preview.draw(message_of(make_template(), VALUES), WORDS[language])

    (title,) = block["elements"][0]["elements"]
    assert title == {
        "type": "text",
        "text": WORDS[language]("form.preview"),
        "style": {"bold": True},
    }
    assert block["block_id"] == PREVIEW


def test_what_is_missing_stands_as_its_label_in_a_box() -> None:
    template = make_template(
        header="{{Sede}}:", params=(*make_template().params[:2], Param("Sede", label="Dónde"))
    )

    assert pieces(template, {"client_name": "Rosa"}) == [
        ("[Dónde]", "code"),
        (":", "bold"),
        ("\n", ""),
        ("Hola Rosa, su cita es el ", ""),
        ("[Fecha de cita]", "code"),
        (" en ", ""),
        ("[Dónde]", "code"),
        (".", ""),
    ]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (
            "Su *saldo de {{Valor}}*.",
            [("Su ", ""), ("saldo de ", "bold"), ("[Saldo]", "code"), (".", "")],
        ),
        ("Debe *{{Valor}}*!", [("Debe ", ""), ("[Saldo]", "code"), ("!", "")]),
        (
            "_{{Valor}} o {{Valor}}_ ya.",
            [("[Saldo]", "code"), (" o ", "italic"), ("[Saldo]", "code"), (" ya.", "")],
        ),
        ("Es ```{{Valor}}```.", [("Es ", ""), ("[Saldo]", "code"), (".", "")]),
        ("Es * {{Valor}}*.", [("Es * ", ""), ("[Saldo]", "code"), ("*.", "")]),
    ],
)
def test_marks_around_a_missing_value_are_read_as_if_it_were_there(
    body: str, shown: list[tuple[str, str]]
) -> None:
    assert pieces(of(body, VALOR), {}) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("*25*", [("Su saldo: ", ""), ("25", "bold"), (".", "")]),
        ("_a_ ~b~", [("Su saldo: ", ""), ("a", "italic"), (" ", ""), ("b", "strike"), (".", "")]),
        ("2*3*4", [("Su saldo: 2*3*4.", "")]),
        ("{{Valor}}", [("Su saldo: {{Valor}}.", "")]),
        ("[Saldo]", [("Su saldo: [Saldo].", "")]),
        ("<!channel> & `x` :x:", [("Su saldo: <!channel> & ", ""), ("x", "code"), (" :x:.", "")]),
    ],
)
def test_marks_in_a_value_are_marks_and_nothing_else_is(
    value: str, shown: list[tuple[str, str]]
) -> None:
    assert pieces(of("Su saldo: {{Valor}}.", VALOR), {"Valor": value}) == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("Lleve:\n* cédula\n- recibo", [("Lleve:\n• cédula\n• recibo", "")]),
        ("> Dijo esto\nY ya.", [("┃ Dijo esto\nY ya.", "")]),
        ("- *uno*\n1. dos", [("• ", ""), ("uno", "bold"), ("\n1. dos", "")]),
        ("5 - 3\na > b\n-5\n* ", [("5 - 3\na > b\n-5\n* ", "")]),
        ("Use `*código*` ya.", [("Use ", ""), ("*código*", "code"), (" ya.", "")]),
    ],
)
def test_lists_quotes_and_backticks_read_as_whatsapp_shows_them(
    body: str, shown: list[tuple[str, str]]
) -> None:
    assert pieces(of(body), {}) == shown


def test_a_value_ends_what_the_text_before_it_began() -> None:
    template = of("Su *saldo: {{Valor}} hoy.", VALOR)

    assert pieces(template, {"Valor": "25*"}) == [
        ("Su ", ""),
        ("saldo: 25", "bold"),
        (" hoy.", ""),
    ]


def test_a_value_of_marks_alone_breaks_nothing() -> None:
    assert text(of("Es {{Valor}}.", VALOR), {"Valor": "***___~~~"})


def test_the_character_that_stands_for_what_is_missing_stands_for_nothing_in_a_value() -> None:
    template = of("{{Otro}} {{Valor}} y {{Otro}}.", VALOR, Param("Otro"))

    assert text(template, {"Valor": f"a{HOLE}b{HOLE}"}) == "[Otro] ab y [Otro]."


def test_that_character_alone_is_an_empty_value() -> None:
    assert text(of("Es {{Valor}}.", VALOR), {"Valor": HOLE}) == "Es ."


def test_a_day_reads_in_the_language_of_the_customer() -> None:
    template = make_one_param_template(kind=Kind.DATE)

    assert text(template, {"Valor": "2026-05-03"}) == "Su valor: 3 de mayo de 2026."


def test_a_header_is_bold_whatever_its_marks() -> None:
    template = make_template(header="*Hola* {{Sede}}", body="Hola.")

    assert pieces(template, {"Sede": "_x_"})[:2] == [("*Hola* ", "bold"), ("_x_", "bold")]


@pytest.mark.parametrize("value", ["x" * 50_000, "*x " * 20_000, "*a* " * 10_000, "~_*" * 20_000])
@pytest.mark.parametrize("place", ["body", "header"])
def test_what_is_far_too_long_is_cut_and_says_so(value: str, place: str) -> None:
    template = make_template(**{"body": "Hola.", place: "Hola {{Sede}}."})

    shown = text(template, {"Sede": value})

    assert len(shown) <= LENGTH_LIMIT + len("…")
    assert "…" in shown
    assert len(json.dumps(drawn(template, {"Sede": value}))) < 150_000


def test_what_a_message_may_have_is_never_cut() -> None:
    template = make_template(
        header="h" * 60, body="b" * 1010 + "{{Sede}}.", footer="f" * 60, params=(Param("Sede"),)
    )

    shown = text(template, {"Sede": "s" * 13})

    assert len(shown) == 60 + 1 + 1024 + 1 + 60


@given(
    st.dictionaries(st.sampled_from([*VALUES]), st.text(alphabet="*_~`a \ue000{}é.", max_size=30))
)
def test_slack_takes_every_message(values: dict[str, str]) -> None:
    block = drawn(make_template(header="A {{Sede}}", footer="Fin"), values)

    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "x"},
        "blocks": [block],
    }
    assert check_view(view, kind="modal") == []
    parts = [*block["elements"][0]["elements"], *block["elements"][1]["elements"]]
    assert all(part["type"] == "text" and part["text"] for part in parts)
