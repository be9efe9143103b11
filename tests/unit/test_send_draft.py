"""Drafts and their problems: all of them at once, and WhatsApp's rules for values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FixTheForm, Problem
from bot.send_draft import (
    BODY_LIMIT,
    GROUP_LIMIT,
    NAME_LIMIT,
    NumberRules,
    SendDraft,
    check_params,
)
from tests.builders import TEMPLATE

RULES = NumberRules("PA")
FIELDS = ("template", "phone", "client_name", "group", "params")


def draft(**changes: object) -> SendDraft:
    given_ = {"template": TEMPLATE, "phone": "6123-4567", **changes}
    return SendDraft(**given_)  # type: ignore[arg-type]


def keys(made: SendDraft, *more: Problem) -> list[tuple[str, str]]:
    try:
        made.check(RULES, *more)
    except FixTheForm as error:
        return [(problem.field, problem.key) for problem in error.problems]
    return []


def test_a_good_draft_has_one_reading() -> None:
    readings = draft(client_name="Rosa", params=(("client_name", "Rosa"),)).check(RULES)

    assert [phone.digits for phone in readings] == ["50761234567"]


def test_all_problems_are_named_at_once() -> None:
    made = SendDraft(
        template="too short",
        phone="not a number",
        client_name="x" * (NAME_LIMIT + 1),
        group="two\nlines",
        params=(("a", ""), ("b", "1\n2"), ("c", "1\t2"), ("d", "1     2")),
    )

    found = keys(made, Problem("params", "params.no_equals", {"line": 5}))

    assert sorted(found) == sorted(
        [
            ("params", "params.no_equals"),
            ("template", "template.not_an_id"),
            ("client_name", "text.too_long"),
            ("group", "text.one_line"),
            ("params", "param.empty"),
            ("params", "param.line_break"),
            ("params", "param.tab"),
            ("params", "param.spaces"),
            ("phone", "phone.letters"),
        ]
    )


@pytest.mark.parametrize(
    ("template", "key"),
    [
        (TEMPLATE, ""),
        ("", "template.empty"),
        # Of unusual shape: taken, after a question in the form.
        (TEMPLATE[:-1], ""),
        (TEMPLATE + "x", ""),
        ("x" * 64, ""),
        ("AbCdEfGhIjKlMnOpQr-t", ""),
        ("a_b", ""),
        ("x" * 65, "template.not_an_id"),
        ("a b", "template.not_an_id"),
        (TEMPLATE + "\n", "template.not_an_id"),
        ("ñ" * 20, "template.not_an_id"),
        ("\N{ARABIC-INDIC DIGIT ONE}" * 20, "template.not_an_id"),
    ],
)
def test_a_template_id_has_letters_digits_underscores_and_dashes(template: str, key: str) -> None:
    assert keys(draft(template=template)) == ([("template", key)] if key else [])


@pytest.mark.parametrize(("field", "limit"), [("client_name", NAME_LIMIT), ("group", GROUP_LIMIT)])
def test_a_name_may_be_long_but_not_too_long(field: str, limit: int) -> None:
    assert keys(draft(**{field: "x" * limit})) == []
    assert keys(draft(**{field: "x" * (limit + 1)})) == [(field, "text.too_long")]


@pytest.mark.parametrize("field", ["client_name", "group"])
@pytest.mark.parametrize(
    "sign", ["\n", "\r", "\t", "\0", "\x1b", "\x7f", "\x85", "\u2028", "\ud83d"]
)
def test_a_name_is_one_line_of_signs_that_can_be_sent(field: str, sign: str) -> None:
    assert keys(draft(**{field: f"a{sign}b"})) == [(field, "text.one_line")]


VALUES = [
    ("Rosa", ""),
    ("3 de mayo", ""),
    ("José 🌴 ñandú", ""),
    ("a    b", ""),  # four spaces
    ("{{client_name}}", ""),
    ('<b> & "quotes" *stars*', ""),
    ("0", ""),
    ("", "param.empty"),
    ("   ", "param.empty"),
    ("\n", "param.empty"),
    ("\u00a0", "param.empty"),
    ("a\nb", "param.line_break"),
    ("a\rb", "param.line_break"),
    ("a\r\nb", "param.line_break"),
    ("a\vb", "param.line_break"),
    ("a\fb", "param.line_break"),
    ("a\x85b", "param.line_break"),
    ("a\u2028b", "param.line_break"),
    ("a\u2029b", "param.line_break"),
    ("a\tb", "param.tab"),
    ("a     b", "param.spaces"),  # five spaces
    ("a\u00a0\u00a0\u00a0\u00a0\u00a0b", "param.spaces"),
    ("a\u00a0  \u00a0 b", "param.spaces"),
    ("a\0b", "param.unfit"),
    ("a\x1bb", "param.unfit"),
    ("a\ud83db", "param.unfit"),  # half of an emoji
]


@pytest.mark.parametrize(("value", "key"), VALUES)
def test_whatsapp_s_rules_for_a_value(value: str, key: str) -> None:
    found = check_params((("client_name", value),))

    assert [problem.key for problem in found] == ([key] if key else [])


def test_a_problem_names_its_parameter() -> None:
    found = check_params((("Fecha de cita", "hoy"), ("Hora", "")))

    assert found == [Problem("params", "param.empty", {"name": "Hora"})]


def test_a_name_that_cannot_be_sent_is_shown_so_that_it_can_be() -> None:
    found = check_params((("a\ud83d", "x"),))

    assert found == [Problem("params", "param.unfit", {"name": "a\N{REPLACEMENT CHARACTER}"})]


def test_all_values_together_fit_into_one_message() -> None:
    assert check_params((("a", "x" * 1000), ("b", "y" * 24))) == []
    assert check_params((("a", "x" * 1000), ("b", "y" * 25))) == [
        Problem("params", "param.too_long", {"length": 1025, "limit": BODY_LIMIT})
    ]


@given(st.text(), st.text(), st.text(), st.text(), st.lists(st.tuples(st.text(), st.text())))
def test_any_draft_is_checked_or_has_its_problems_named(
    template: str, phone: str, client_name: str, group: str, params: list[tuple[str, str]]
) -> None:
    made = SendDraft(template, phone, client_name, group, params=tuple(params))
    found = keys(made)

    assert {field for field, _ in found} <= {*FIELDS}
    assert found or made.check(RULES)


@given(st.lists(st.tuples(st.text(min_size=1), st.text())))
def test_a_value_that_is_let_through_can_be_sent(params: list[tuple[str, str]]) -> None:
    if check_params(tuple(params)):
        return

    for name, value in params:
        assert value.strip()
        assert len(value.splitlines()) == 1
        assert not set("\0\t\n\r") & set(name + value)
        assert " " * 5 not in value
        (name + value).encode()
    assert sum(len(value) for _, value in params) <= BODY_LIMIT


@given(st.text())
def test_what_is_wrong_with_one_field_does_not_hide_what_is_wrong_with_another(
    client_name: str,
) -> None:
    found = keys(SendDraft("too short", "", client_name=client_name))

    assert {("template", "template.not_an_id"), ("phone", "phone.empty")} <= set(found)
