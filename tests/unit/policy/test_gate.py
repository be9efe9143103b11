"""The gate: each check gives its reasons, and what a person confirmed is not asked again."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from bot.locales import LANGUAGES, load
from bot.phones import Phone, Warn
from bot.policy import gate
from bot.policy.gate import GateInput, Reason, Verdict
from bot.policy.people import Person
from bot.send_draft import Subject
from tests.builders.sends import ALICE, TEMPLATE, make_send_request
from tests.builders.templates import make_template
from tests.fakes.clock import NOON

PERSON = Person(ALICE, team="T0", deleted=False, is_bot=False, is_guest=False)
PANAMA = Phone("50761234567", "PA")
COLOMBIA = Phone("573211234567", "CO")
ODD = Phone("50755667788", "PA", (Warn.POSSIBLE, Warn.FIXED_LINE))
ORDINARY = GateInput(PERSON, TEMPLATE, None, NOON, readings=(PANAMA,), phone=PANAMA)


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({}, []),
        ({"readings": (ODD,), "phone": ODD}, ["phone.possible", "phone.fixed_line"]),
        ({"readings": (PANAMA, COLOMBIA), "phone": None}, ["phone.two_readings"]),
        ({"readings": (PANAMA, COLOMBIA), "phone": COLOMBIA}, ["phone.two_readings"]),
        (
            {"readings": (PANAMA, ODD), "phone": ODD},
            ["phone.two_readings", "phone.possible", "phone.fixed_line"],
        ),
        ({"template_id": "odd-id_1"}, ["template.unusual"]),
        ({"template_id": "odd-id_1", "template": make_template(id="odd-id_1")}, []),
        (
            {"template_id": "odd-id_1", "readings": (PANAMA, COLOMBIA), "phone": None},
            ["template.unusual", "phone.two_readings"],
        ),
    ],
)
def test_each_check_says_what_a_person_should_look_at(
    changes: dict[str, object], keys: list[str]
) -> None:
    reasons = gate.ask(replace(ORDINARY, **changes))  # type: ignore[arg-type]

    assert [each.key for each in reasons] == keys
    assert {each.verdict for each in reasons} <= {Verdict.CONFIRM}


def test_what_was_taken_is_not_asked_about_its_number_and_id_again() -> None:
    taken = make_send_request(template="odd-id_1", phone=ODD.digits)
    given = replace(ORDINARY, template_id="odd-id_1", readings=(ODD,), phone=ODD, taken=taken)

    assert gate.ask(given) == ()


def no(_: GateInput) -> Iterable[Reason]:
    return [Reason(Verdict.REFUSE, "no", subject=("list", PANAMA.digits))]


def perhaps(_: GateInput) -> Iterable[Reason]:
    return [Reason(Verdict.CONFIRM, "perhaps", subject=("twice", "V0000"))]


def test_what_is_worst_comes_first() -> None:
    assert [each.key for each in gate.ask(ORDINARY, (perhaps, no))] == ["no", "perhaps"]


@pytest.mark.parametrize(
    ("confirmed", "left"),
    [
        (set(), ["no", "perhaps"]),
        ({("twice", "V0000")}, ["no"]),
        ({("twice", "V0001")}, ["no", "perhaps"]),
        ({("phone", "V0000")}, ["no", "perhaps"]),
        ({("twice", "V0000"), ("list", PANAMA.digits)}, ["no"]),
    ],
)
def test_only_what_was_asked_of_this_very_thing_is_answered(
    confirmed: set[Subject], left: list[str]
) -> None:
    reasons = gate.ask(ORDINARY, (no, perhaps))

    assert [each.key for each in gate.unanswered(reasons, confirmed)] == left


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_sentence(language: str) -> None:
    translator = load(language)
    given = replace(ORDINARY, template_id="odd-id_1", readings=(PANAMA, ODD, COLOMBIA), phone=ODD)

    for reason in gate.ask(given):
        assert translator(reason.key, **reason.values)
