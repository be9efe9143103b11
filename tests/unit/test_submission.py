"""The one door: what is taken, what is asked first, what is refused, whoever hands it in."""

import dataclasses
from collections.abc import Iterable
from typing import Any

import pytest

from bot import send_draft, sends
from bot.errors import NotAllowed, Problem
from bot.phones.canonical import canonical
from bot.policy import gate
from bot.policy.do_not_contact import Contact, Scope
from bot.policy.gate import GateInput, Reason, Verdict
from bot.policy.number_facts import NumberFacts
from bot.send_draft import NumberRules, SendDraft
from bot.submission import Confirm, Outdated, Refused, Taken
from bot.templates import fingerprint
from tests.builders.sends import ALICE, CARLA, TEMPLATE, make_send
from tests.fakes.clock import NOON
from tests.unit.policy.fakes import HELPERS, person
from tests.unit.submission_scene import (
    BARE,
    BRAZIL,
    CITA,
    HERE,
    OLD,
    ORDINARY,
    TWO,
    VALUES,
    Door,
    told,
)


@pytest.fixture
def door() -> Door:
    return Door()


async def test_what_nothing_speaks_against_is_taken(door: Door) -> None:
    answer = await door.submit()

    (request,) = door.sends.taken
    assert answer == Taken(request.id)
    assert (request.key, request.user, request.origin) == ("V0001", ALICE, HERE)
    assert (request.phone, request.country) == ("50761234567", "PA")
    assert (request.template, request.template_name) == (TEMPLATE, CITA.name)
    assert (request.client_name, request.group, request.overrode) == ("Rosa 🎉", "Citas", ())


async def test_values_are_taken_as_the_customer_reads_them(door: Door) -> None:
    await door.submit()

    assert door.sends.taken[0].params == (
        ("client_name", "Rosa"),
        ("Fecha", "3 de mayo de 2026"),
        ("Sede", "🎉"),
    )


async def test_an_admin_may_send_an_id_of_no_known_template(door: Door) -> None:
    answer = await door.submit(BARE, user=CARLA)

    assert isinstance(answer, Taken)
    assert door.sends.taken[0].params == (("x", "1"),)
    assert not door.sends.taken[0].is_test


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"phone": ""}, [("phone", "phone.empty")]),
        ({"params": (("client_name", "Rosa"),)}, [("param.Fecha", "param.missing")]),
        (
            {"params": (*VALUES, ("otro", "1"))},
            [("param.otro", "param.unknown")],
        ),
        (
            {"client_name": ":acme-logo:", "params": (*VALUES, ("Sede", ":acme-logo:"))},
            [("param.Sede", "emoji.unknown"), ("client_name", "emoji.unknown")],
        ),
        ({"group": "x" * 101}, [("group", "text.too_long")]),
        (
            {"phone": "", "params": (), "client_name": "a\nb"},
            [
                ("param.client_name", "param.missing"),
                ("param.Fecha", "param.missing"),
                ("client_name", "text.one_line"),
                ("phone", "phone.empty"),
            ],
        ),
    ],
)
async def test_all_that_is_wrong_is_told_at_once(
    door: Door, changes: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    answer = await door.submit(**changes)

    assert told(answer) == problems
    assert door.sends.taken == []


async def test_what_could_not_be_read_is_told_first_and_with_the_rest(door: Door) -> None:
    unread = Problem("params", "params.no_equals")

    assert told(await door.submit(ORDINARY, unread, phone="")) == [
        ("params", "params.no_equals"),
        ("phone", "phone.empty"),
    ]


async def test_the_values_of_a_bare_id_are_those_of_a_free_field(door: Door) -> None:
    answer = await door.submit(BARE, user=CARLA, params=(("x", ""), ("y", ":acme-logo:")))

    assert told(answer) == [("params", "emoji.unknown"), ("params", "param.empty")]


@pytest.mark.parametrize(
    ("template", "draft", "user", "key"),
    [
        (dataclasses.replace(CITA, active=False), ORDINARY, ALICE, "template.inactive"),
        (
            dataclasses.replace(CITA, allowed=("U0BRUNO0001",)),
            ORDINARY,
            ALICE,
            "template.not_yours",
        ),
        (
            dataclasses.replace(CITA, channels=("C0VENTAS001",)),
            ORDINARY,
            ALICE,
            "template.not_here",
        ),
        (CITA, BARE, ALICE, "template.not_listed"),
        (dataclasses.replace(CITA, active=False), ORDINARY, CARLA, "template.inactive"),
    ],
)
async def test_who_may_not_is_refused_and_told_who_can_help(
    door: Door, template: Any, draft: SendDraft, user: str, key: str
) -> None:
    door.templates.templates = (template,)

    answer = await door.submit(draft, user=user)

    assert told(answer) == [("template", key)]
    assert isinstance(answer, Refused)
    assert answer.helpers == HELPERS
    assert door.sends.taken == []


async def test_who_may_send_nothing_is_not_allowed(door: Door) -> None:
    door.directory.gone = {ALICE}

    with pytest.raises(NotAllowed):
        await door.submit()

    assert door.sends.taken == []


async def test_only_an_admin_tests_and_then_also_what_nobody_may_send(door: Door) -> None:
    off = dataclasses.replace(CITA, active=False)
    door.templates.templates = (off,)
    test: dict[str, Any] = {"is_test": True, "template_fingerprint": fingerprint(off)}

    assert isinstance(await door.submit(user=CARLA, **test), Taken)
    assert door.sends.taken[0].is_test
    with pytest.raises(NotAllowed):
        await door.submit(user=ALICE, **test)


@pytest.mark.parametrize(
    ("template_id", "drawn"),
    [
        (TEMPLATE, "0123456789abcdef"),  # it was changed since, or it is another one's form
        (TEMPLATE, ""),  # no fields of it were there
        (TEMPLATE, None),  # it was away when the form was read
        ("Z" * 20, fingerprint(CITA)),  # it is gone
        ("Z" * 20, None),
    ],
)
async def test_what_was_filled_in_for_another_template_is_looked_at_again(
    door: Door, template_id: str, drawn: str | None
) -> None:
    answer = await door.submit(template=template_id, template_fingerprint=drawn, user=CARLA)

    assert answer == Outdated()
    assert door.sends.taken == []


@pytest.mark.parametrize(
    ("changes", "subjects", "overrode"),
    [
        ({"phone": BRAZIL}, [("phone", "554791234567")], ("phone.possible", "phone.brazil")),
        (
            {"template": "odd-id_1", "params": (), "template_fingerprint": ""},
            [("template", "odd-id_1")],
            ("template.unusual",),
        ),
        (
            {
                "template": "odd-id_1",
                "params": (),
                "template_fingerprint": "",
                "phone": BRAZIL,
            },
            [("template", "odd-id_1"), ("phone", "554791234567")],
            ("template.unusual", "phone.possible", "phone.brazil"),
        ),
    ],
)
async def test_what_a_person_should_look_at_is_asked_once_and_kept(
    door: Door,
    changes: dict[str, Any],
    subjects: list[send_draft.Subject],
    overrode: tuple[str, ...],
) -> None:
    first = await door.submit(user=CARLA, **changes)
    second = await door.submit(user=CARLA, confirmed=frozenset(subjects), **changes)

    assert isinstance(first, Confirm)
    assert list(dict.fromkeys(each.subject for each in first.reasons)) == subjects
    assert tuple(each.key for each in first.reasons) == overrode
    assert isinstance(second, Taken)
    assert [(each.user, each.overrode) for each in door.sends.taken] == [(CARLA, overrode)]


async def test_of_two_readings_one_is_chosen(door: Door) -> None:
    door.rules = NumberRules("MX")
    asked = await door.submit(phone=TWO)
    assert isinstance(asked, Confirm)
    first, other = (each.digits for each in asked.readings)

    for digits in ("573000000000", first):
        # What is no reading of it chooses nothing, and an answer about another is none.
        confirmed = frozenset({(gate.PHONE_CHOICE, other)})
        again = await door.submit(phone=TWO, phone_choice=digits, confirmed=confirmed)
        assert isinstance(again, Confirm)
    chosen = frozenset({(gate.PHONE_CHOICE, other), (gate.PHONE, other)})
    await door.submit(phone=TWO, phone_choice=other, confirmed=chosen)

    (request,) = door.sends.taken
    assert request.phone == other
    assert request.overrode[0] == gate.TWO_READINGS


async def test_a_refusal_of_the_gate_is_told_and_nothing_is_asked(door: Door) -> None:
    def stop(_: GateInput) -> Iterable[Reason]:
        return [Reason(Verdict.REFUSE, "stop", gate.PHONE, helpers=(CARLA,))]

    door.checks = (*gate.CHECKS, stop)

    answer = await door.submit(phone=BRAZIL)

    assert answer == Refused((Problem("phone", "stop"),), (CARLA,))
    assert door.sends.taken == []


async def test_every_door_refuses_who_is_not_to_be_written_to(door: Door) -> None:
    contact = Contact("one", "50761234567", Scope.EVERYTHING, NOON)
    door.numbers.known["50761234567"] = NumberFacts(contact)
    problem = Problem("phone", "refused.do_not_contact", {"since": "2026-05-03"})
    how_to = {"since": "2026-05-03", "phone": "+50761234567"}
    for_admin = Problem("phone", "refused.do_not_contact.admin", how_to)

    assert await door.submit() == Refused((problem,), HELPERS)
    assert await door.submission.retry(OLD, person(ALICE)) == Refused((problem,), HELPERS)
    assert await door.submit(is_test=True, user=CARLA) == Refused((for_admin,))
    with pytest.raises(NotAllowed, match=r"refused\.do_not_contact"):
        await door.submission.checks.check_again(make_send())
    assert door.sends.taken == []


async def test_the_list_is_looked_at_once_it_is_clear_which_number_is_meant(door: Door) -> None:
    door.rules = NumberRules("MX")
    asked = await door.submit(phone=TWO)
    assert isinstance(asked, Confirm)
    listed = asked.readings[0].digits
    door.numbers.known[canonical(listed)] = NumberFacts(
        Contact("one", listed, Scope.EVERYTHING, NOON)
    )
    chosen = frozenset({(gate.PHONE_CHOICE, listed), (gate.PHONE, listed)})

    answer = await door.submit(phone=TWO, phone_choice=listed, confirmed=chosen)

    assert told(answer) == [("phone", "refused.do_not_contact")]


@pytest.mark.parametrize("says", [sends.Taken.NEW, sends.Taken.AGAIN])
async def test_the_same_form_twice_is_taken_twice_alike(door: Door, says: sends.Taken) -> None:
    door.sends.says = says

    assert isinstance(await door.submit(), Taken)


async def test_the_same_form_with_other_contents_is_not_taken(door: Door) -> None:
    door.sends.says = sends.Taken.CHANGED

    assert told(await door.submit()) == [("template", "form.taken")]
