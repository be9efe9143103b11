"""The one door where nothing is known of a number: what it takes without looking that up before."""

import dataclasses
from dataclasses import dataclass
from datetime import timedelta

import pytest
from typing_extensions import override

from bot import sends
from bot.policy import gate
from bot.policy.approvals import Approvers
from bot.policy.do_not_contact import Contact, Scope
from bot.policy.gate import GateInput, Reason, Verdict
from bot.policy.limits import Limits
from bot.policy.number_facts import NumberFacts
from bot.submission import Confirm, Taken
from bot.templates import Approval, Template, fingerprint
from tests.fakes.clock import NOON
from tests.fakes.numbers import FakeNumbers
from tests.unit.policy.fakes import FakeTemplates
from tests.unit.submission_scene import BEN, BRAZIL, CITA, TWO, Door, told

DAY = timedelta(hours=24)


class NotAsked(FakeNumbers):
    """May not be asked about any number."""

    @override
    async def look_up(self, phone: str, *_: object, **__: object) -> NumberFacts:
        raise AssertionError(phone)


@pytest.fixture
def door() -> Door:
    made = Door(limits=Limits(DAY))
    made.sends.is_known = False
    return made


async def test_a_number_of_which_nothing_is_known_is_not_looked_up(door: Door) -> None:
    door.numbers = NotAsked()

    answer = await door.submit()

    (request,) = door.sends.taken
    assert answer == Taken(request.id)
    assert request.overrode == ()
    assert door.sends.windows == [DAY]
    assert door.sends.revisions == [door.templates.revision]


async def test_what_is_known_is_looked_up_and_said(door: Door) -> None:
    door.sends.is_known = True
    door.numbers.known["50761234567"] = NumberFacts(
        Contact("one", "50761234567", Scope.EVERYTHING, NOON)
    )

    assert told(await door.submit()) == [("phone", "refused.do_not_contact")]
    assert door.sends.windows == [DAY]
    assert door.sends.taken == []


async def test_what_may_be_known_and_is_not_is_taken(door: Door) -> None:
    door.sends.is_known = True

    assert isinstance(await door.submit(), Taken)


async def test_what_needs_approval_waits_for_it(door: Door) -> None:
    template = dataclasses.replace(CITA, approval=Approval.ALWAYS)
    door.templates.templates = (template,)
    door.directory.known_approvers = Approvers((BEN,))
    door.numbers = NotAsked()

    await door.submit(template_fingerprint=fingerprint(template))

    (request,) = door.sends.taken
    assert request.needs_approval


async def test_what_was_taken_with_other_contents_is_refused(door: Door) -> None:
    door.sends.says = sends.Taken.CHANGED
    door.numbers = NotAsked()

    assert told(await door.submit()) == [("template", "form.taken")]


@pytest.mark.parametrize("verdict", [Verdict.REFUSE, Verdict.CONFIRM])
async def test_nothing_is_taken_that_something_else_speaks_against(
    door: Door, verdict: Verdict
) -> None:
    def against(_: GateInput) -> list[Reason]:
        return [Reason(verdict, "against", "template", subject=("against", ""))]

    door.checks = (*gate.CHECKS, against)

    await door.submit()

    assert door.sends.windows == []
    assert door.sends.taken == []


@pytest.mark.parametrize("phone", [BRAZIL, TWO])
async def test_nor_while_it_is_not_clear_which_number_is_meant(door: Door, phone: str) -> None:
    assert isinstance(await door.submit(phone=phone), Confirm)
    assert door.sends.windows == []


async def test_whoever_confirmed_something_has_all_of_it_looked_up(door: Door) -> None:
    assert isinstance(await door.submit(confirmed=frozenset({("duplicate", "V0007")})), Taken)
    assert door.sends.windows == []


async def test_what_was_changed_since_it_was_read_last_is_looked_at_anew(door: Door) -> None:
    """The catalogue as it is kept has another text than the one that the form was drawn of."""

    @dataclass
    class Behind(FakeTemplates):
        @override
        def last(self) -> tuple[int, tuple[Template, ...]]:
            return 6, (dataclasses.replace(CITA, body="Hola {{client_name}}"),)

    door.templates = Behind((CITA,))

    assert isinstance(await door.submit(), Taken)
    assert door.sends.windows == []


async def test_where_nothing_was_read_yet_it_is_read_first(door: Door) -> None:
    class Unread(FakeTemplates):
        @override
        def last(self) -> None:  # type: ignore[override]
            return None

    door.templates = Unread((CITA,))

    assert isinstance(await door.submit(), Taken)
    assert door.sends.windows == []
