"""The one door: what is taken, what is asked first, what is refused, whoever hands it in."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from typing_extensions import override

from bot import send_draft, sends
from bot.errors import NotAllowed, Problem
from bot.phones.canonical import canonical
from bot.policy import gate
from bot.policy.access import Access
from bot.policy.approvals import Approvers
from bot.policy.checks import SendChecks
from bot.policy.do_not_contact import Contact, Scope
from bot.policy.gate import GateInput, Reason, Verdict
from bot.policy.limits import NO_LIMITS, Limits
from bot.policy.number_facts import NumberFacts
from bot.repositories import NOT_ASKED, Told
from bot.send_draft import NumberRules, SendDraft
from bot.sends import Origin, SendAt, SendId, SendRequest, Status
from bot.submission import Confirm, Outdated, Refused, Submission, Taken
from bot.templates import Approval, Template, fingerprint, text_mark
from bot.templates.params import Kind, Param
from tests.builders.sends import ALICE, CARLA, TEMPLATE, make_send
from tests.builders.templates import make_template
from tests.fakes.clock import NOON
from tests.fakes.numbers import FakeNumbers
from tests.fakes.repositories import FakeSends
from tests.unit.policy.fakes import HELPERS, FakeDirectory, FakeTemplates, person

BEN = "U0BEN000001"
HERE = Origin("C0SOPORTE01", "1.2", "https://hooks.slack.com/commands/T0/1/abc")
CITA = make_template(
    params=(Param("client_name"), Param("Fecha", kind=Kind.DATE), Param("Sede", default=":tada:"))
)
VALUES = (("client_name", "Rosa"), ("Fecha", "2026-05-03"))
ORDINARY = SendDraft(
    TEMPLATE,
    "6123-4567",
    client_name="Rosa :tada:",
    group="Citas",
    params=VALUES,
    template_fingerprint=fingerprint(CITA),
)
BARE = SendDraft("Z" * 20, "6123-4567", params=(("x", "1"),))
BRAZIL = "+55 47 9123-4567"  # without its ninth digit
TWO = "3211234567"  # Colombia's, and of another country


@dataclass
class Sends(FakeSends):
    """What was taken, and what the database says of it."""

    says: sends.Taken = sends.Taken.NEW
    is_decided: bool = False
    taken: list[SendRequest] = field(default_factory=list)

    @override
    async def take(self, request: SendRequest, told: Told = NOT_ASKED) -> sends.TakenSend:
        self.taken.append(request)
        return sends.TakenSend(make_send(id=request.id), self.says)

    @override
    async def send_again(self, request: SendRequest, told: Told = NOT_ASKED) -> SendId | None:
        if self.is_decided:
            return None
        self.taken.append(request)
        return request.id


@dataclass
class Door:
    """A door among fakes."""

    sends: Sends = field(default_factory=Sends)
    directory: FakeDirectory = field(default_factory=lambda: FakeDirectory({CARLA}))
    templates: FakeTemplates = field(default_factory=lambda: FakeTemplates((CITA,)))
    numbers: FakeNumbers = field(default_factory=FakeNumbers)
    checks: tuple[gate.Check, ...] = gate.CHECKS
    limits: Limits = NO_LIMITS
    rules: NumberRules = NumberRules("PA")  # noqa: RUF009 - frozen

    @property
    def submission(self) -> Submission:
        access = Access(self.directory, self.templates)
        return Submission(
            SendChecks(access, lambda: NOON, self.numbers, self.limits, self.checks),
            self.sends,
            self.rules,
        )

    async def submit(
        self, draft: SendDraft = ORDINARY, *problems: Problem, user: str = ALICE, **changes: Any
    ) -> Taken | Confirm | Outdated | Refused:
        draft = dataclasses.replace(draft, **changes)
        return await self.submission.submit(
            draft, person(user), HERE, key="V0001", problems=problems
        )


@pytest.fixture
def door() -> Door:
    return Door()


def told(answer: object) -> list[tuple[str, str]]:
    assert isinstance(answer, Refused)
    return [(each.field, each.key) for each in answer.problems]


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


OLD = make_send(
    Status.UNKNOWN, origin=Origin("C0VENTAS001"), card_ts="1.2", card_channel="C0VENTAS001"
)


async def test_a_retry_goes_on_in_the_old_one_s_thread(door: Door) -> None:
    answer = await door.submission.retry(OLD, person(CARLA))

    (request,) = door.sends.taken
    assert answer == Taken(request.id)
    assert (request.replaces, request.user) == (OLD.id, CARLA)
    assert request.origin == Origin("C0VENTAS001", "1.2")


async def test_a_retry_may_be_told_in_another_channel_than_its_template_is_for(door: Door) -> None:
    door.templates.templates = (dataclasses.replace(CITA, channels=("C0OTRO00001",)),)

    assert isinstance(await door.submission.retry(OLD, person(ALICE)), Taken)


@pytest.mark.parametrize(
    ("changes", "key"),
    [({"active": False}, "template.inactive"), ({"allowed": (CARLA,)}, "template.not_yours")],
)
async def test_what_may_not_be_sent_any_more_is_not_sent_again(
    door: Door, changes: dict[str, Any], key: str
) -> None:
    door.templates.templates = (dataclasses.replace(CITA, **changes),)

    answer = await door.submission.retry(OLD, person(ALICE))

    assert answer == Refused((Problem("template", key),), HELPERS)
    assert door.sends.taken == []


async def test_what_was_decided_already_is_not_sent_again(door: Door) -> None:
    door.sends.is_decided = True

    answer = await door.submission.retry(OLD, person(ALICE))

    assert answer == Refused((Problem("", "button.decided"),))


async def test_a_retry_that_only_a_form_could_ask_about_is_refused(door: Door) -> None:
    def perhaps(given: GateInput) -> Iterable[Reason]:
        return [Reason(Verdict.CONFIRM, "perhaps")] if given.taken else []

    door.checks = (perhaps,)

    answer = await door.submission.retry(OLD, person(ALICE))

    assert answer == Refused((Problem("template", "perhaps"),))


def approving(door: Door, *people: str) -> Template:
    template = dataclasses.replace(CITA, approval=Approval.ALWAYS)
    door.templates.templates = (template,)
    door.directory.known_approvers = Approvers(people)
    return template


async def test_what_needs_approval_is_taken_and_waits(door: Door) -> None:
    template = approving(door, BEN)

    answer = await door.submit(template_fingerprint=fingerprint(template))

    (request,) = door.sends.taken
    assert answer == Taken(request.id)
    assert request.needs_approval
    assert request.approval_mark == text_mark(template)
    assert request.overrode == ()


async def test_what_nobody_could_approve_is_refused(door: Door) -> None:
    template = approving(door, ALICE)

    answer = await door.submit(template_fingerprint=fingerprint(template))

    assert answer == Refused((Problem("template", "approval.nobody"),), HELPERS)
    assert door.sends.taken == []


async def test_a_retry_of_what_was_approved_asks_anew(door: Door) -> None:
    template = approving(door, BEN)
    old = dataclasses.replace(OLD, approved_by=BEN)

    await door.submission.retry(old, person(ALICE))

    (request,) = door.sends.taken
    assert (request.needs_approval, request.approval_mark) == (True, text_mark(template))


async def test_a_retry_asks_for_no_approval_that_is_needed_no_more(door: Door) -> None:
    request = dataclasses.replace(OLD.request, needs_approval=True, approval_mark="x")

    await door.submission.retry(dataclasses.replace(OLD, request=request), person(ALICE))

    assert [(each.needs_approval, each.approval_mark) for each in door.sends.taken] == [(False, "")]


EXPIRED = make_send(Status.CANCELLED, reason="approval.expired", needs_approval=True)
SOON = SendAt(NOON + timedelta(hours=1), NOON.replace(tzinfo=None), "America/Panama", "2026a")
PAST = dataclasses.replace(SOON, instant=NOON)


@pytest.mark.parametrize(("send_at", "kept"), [(None, None), (SOON, SOON), (PAST, None)])
async def test_what_expired_is_asked_again_with_the_same_contents(
    door: Door, send_at: SendAt | None, kept: SendAt | None
) -> None:
    approving(door, BEN)
    old = dataclasses.replace(
        EXPIRED, request=dataclasses.replace(EXPIRED.request, send_at=send_at)
    )

    answer = await door.submission.ask_again(old, person(CARLA))

    (request,) = door.sends.taken
    assert answer == Taken(request.id)
    assert (request.replaces, request.user, request.needs_approval) == (old.id, CARLA, True)
    assert (request.phone, request.params) == (old.request.phone, old.request.params)
    assert request.send_at == kept


async def test_it_is_asked_again_once(door: Door) -> None:
    approving(door, BEN)
    door.sends.says = sends.Taken.AGAIN

    answer = await door.submission.ask_again(EXPIRED, person(ALICE))

    assert answer == Refused((Problem("", "approval.asked_again"),))


async def test_what_did_not_expire_is_not_asked_again(door: Door) -> None:
    assert await door.submission.ask_again(OLD, person(ALICE)) == Refused(
        (Problem("", "button.decided"),)
    )
    assert door.sends.taken == []
