"""A second pair of eyes: who needs it, who may give it, and what it still counts for."""

import dataclasses
import itertools
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import pytest
from typing_extensions import override

from bot.errors import NotAllowed, TryLater
from bot.policy import approvals
from bot.policy.access import Access
from bot.policy.approvals import ApprovalFacts, Approved, Approvers
from bot.policy.checks import SendChecks
from bot.policy.gate import APPROVAL, Verdict
from bot.policy.people import Person, Right
from bot.sends import SendId
from bot.templates import Approval, Template, text_mark
from tests.builders.sends import ALICE, CARLA, TEMPLATE, make_send, make_send_request
from tests.builders.templates import make_template
from tests.fakes.clock import NOON
from tests.fakes.numbers import FakeNumbers
from tests.unit.policy.fakes import HELPERS, FakeDirectory, FakeTemplates, person

BEN, DIEGO = "U0BEN000001", "U0DIEGO0001"
LEADS = "S0LEADS0001"
OWN = "+507 6123-4567"
ASKS = make_template(approval=Approval.ALWAYS, approval_free=(LEADS, DIEGO))
ASKS_NOT = make_template()
OLD, OLDER = SendId("V0OLD"), SendId("V0OLDER")
MARK = text_mark(ASKS)
BY_BEN = Approvers((BEN,))


@dataclass
class People(FakeDirectory):
    """Some are among the lists."""

    leads: set[str] = field(default_factory=set)

    @override
    async def is_among(self, user: str, listed: Collection[str]) -> bool:
        return user in listed or (LEADS in listed and user in self.leads)


def checks(
    template: Template = ASKS,
    *,
    approvers: Approvers = BY_BEN,
    before: frozenset[str] = frozenset(),
    directory: FakeDirectory | None = None,
) -> SendChecks:
    """Make the checks of one template, among some approvers, after what some asked for before."""
    people = directory or People({CARLA})
    people.known_approvers = approvers

    async def requesters(send_id: SendId) -> frozenset[str]:
        assert send_id == OLD
        return before

    access = Access(people, FakeTemplates((template,)))
    return SendChecks(access, lambda: NOON, FakeNumbers(), requesters=requesters)


async def asked(made: SendChecks, *, is_new: bool = True, **changes: object) -> list[str]:
    """Ask what approval says of a request."""
    request = make_send_request(**changes)
    found = await made.look_again(dataclasses.replace(request, replaces=None if is_new else OLD))
    assert bool(found.approval_mark) == any(each.verdict is Verdict.HOLD for each in found.reasons)
    return [each.key for each in found.reasons]


def test_nobody_approves_their_own() -> None:
    known = Approvers((ALICE, BEN))

    assert known.without({ALICE}) == Approvers((BEN,))
    assert not known.without({ALICE, BEN})
    assert Approvers((ALICE,), is_open=True).without({ALICE})


NEEDS = [
    # template, is free, own test, needed
    (None, False, False, False),
    (ASKS_NOT, False, False, False),
    (ASKS, False, False, True),
    (ASKS, True, False, False),
    (ASKS, False, True, False),
    (ASKS, True, True, False),
]


@pytest.mark.parametrize(("template", "is_free", "is_own_test", "needed"), NEEDS)
def test_who_needs_it(
    template: Template | None, *, is_free: bool, is_own_test: bool, needed: bool
) -> None:
    assert approvals.is_needed(template, is_free=is_free, is_own_test=is_own_test) is needed


def test_every_combination_at_the_call_goes_out_only_with_all_of_it() -> None:
    goes = []
    for approved, mark, may in itertools.product((None, Approved(BEN, MARK)), (MARK, "x"), (0, 1)):
        facts = ApprovalFacts(
            is_needed=True, mark=mark, is_call=True, approved=approved, approver_may=bool(may)
        )
        if not approvals.look(facts):
            goes.append((approved, mark, may))

    assert goes == [(Approved(BEN, MARK), MARK, 1)]


@pytest.mark.parametrize(
    ("user", "approvers", "before", "key"),
    [
        (ALICE, Approvers((BEN,)), (), approvals.NEEDED),
        (ALICE, Approvers((ALICE, BEN)), (), approvals.NEEDED),
        (ALICE, Approvers(), (), approvals.NOBODY),
        (ALICE, Approvers((ALICE,)), (), approvals.NOBODY),
        (CARLA, Approvers((CARLA,)), (), approvals.NOBODY),  # an admin, too
        (ALICE, Approvers((BEN,)), (BEN,), approvals.NOBODY),  # who changed it from theirs
        (ALICE, Approvers((BEN, DIEGO)), (BEN,), approvals.NEEDED),
        (ALICE, Approvers(is_open=True), (), approvals.NEEDED),
        (DIEGO, Approvers(), (), ""),  # free
        (BEN, Approvers(), (), ""),  # of a group that is
    ],
)
async def test_what_a_door_says(
    user: str, approvers: Approvers, before: tuple[str, ...], key: str
) -> None:
    people = People({CARLA}, leads={BEN})
    made = checks(approvers=approvers, before=frozenset(before), directory=people)

    assert await asked(made, is_new=not before, user=user) == ([key] if key else [])


async def test_nobody_to_ask_is_refused_with_who_can_change_that() -> None:
    (reason,) = (await checks(approvers=Approvers()).look_again(make_send_request())).reasons

    assert (reason.verdict, reason.helpers) == (Verdict.REFUSE, HELPERS)


async def test_it_is_bound_to_the_text_that_is_approved() -> None:
    found = await checks().look_again(make_send_request())

    assert found.reasons[0].subject == (APPROVAL, TEMPLATE)
    assert found.approval_mark == MARK
    assert text_mark(dataclasses.replace(ASKS, body="Otra {{Sede}}.")) != MARK
    assert text_mark(dataclasses.replace(ASKS, group="Otro", approval_free=())) == MARK


@pytest.mark.parametrize(
    ("is_test", "profile", "key"),
    [
        (True, OWN, ""),
        (True, "+507 6000-0000", approvals.NEEDED),
        (True, "", approvals.NEEDED),
        (False, OWN, approvals.NEEDED),
    ],
)
async def test_an_admin_tries_it_on_their_own_number_without(
    profile: str, key: str, *, is_test: bool
) -> None:
    class Carla(FakeDirectory):
        @override
        async def check(self, user: str, right: Right = Right.SEND) -> Person:
            return dataclasses.replace(person(user), phone=profile)

    made = checks(directory=Carla({CARLA}))

    found = await asked(made, user=CARLA, is_test=is_test)
    assert found == ([key] if key else [])


APPROVED: dict[str, Any] = {"approved_by": BEN, "needs_approval": True, "approval_mark": MARK}


async def test_what_is_approved_goes_out() -> None:
    await checks().check_again(make_send(**APPROVED))


@pytest.mark.parametrize(
    ("changes", "template", "approvers", "key"),
    [
        ({"approved_by": ""}, ASKS, (BEN,), approvals.MISSING),
        # The template asks for it since it was taken; or did, and asks no more.
        ({"approved_by": "", "needs_approval": False}, ASKS, (BEN,), approvals.MISSING),
        ({"approved_by": ""}, ASKS_NOT, (BEN,), approvals.MISSING),
        ({}, dataclasses.replace(ASKS, footer="Vida"), (BEN,), approvals.TEXT_CHANGED),
        ({}, ASKS, (DIEGO,), approvals.APPROVER_GONE),
    ],
)
async def test_an_approval_that_does_not_count_keeps_it_from_going_out(
    changes: dict[str, Any], template: Template, approvers: tuple[str, ...], key: str
) -> None:
    made = checks(template, approvers=Approvers(approvers))

    with pytest.raises(NotAllowed) as told:
        await made.check_again(make_send(**{**APPROVED, **changes}))

    assert told.value.key == key


@pytest.mark.parametrize("changes", [{"group": "Otro"}, {"approval": Approval.NEVER}])
async def test_what_no_customer_reads_may_change(changes: dict[str, Any]) -> None:
    await checks(dataclasses.replace(ASKS, **changes)).check_again(make_send(**APPROVED))


async def test_who_can_not_be_looked_up_is_no_reason_to_fail() -> None:
    class Away(FakeDirectory):
        @override
        async def check(self, user: str, right: Right = Right.SEND) -> Person:
            if user == BEN:
                raise TryLater("slack.unreachable")
            return person(user)

    with pytest.raises(TryLater):
        await checks(directory=Away()).check_again(make_send(**APPROVED))
