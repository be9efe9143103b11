"""The one door, pressed again: a retry, what needs approval, what expired."""

import dataclasses
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from bot import sends
from bot.errors import Problem
from bot.policy.approvals import Approvers
from bot.policy.gate import GateInput, Reason, Verdict
from bot.sends import Origin, SendAt, Status
from bot.submission import Refused, Taken
from bot.templates import Approval, Template, fingerprint, text_mark
from tests.builders.sends import ALICE, CARLA, make_send
from tests.fakes.clock import NOON
from tests.unit.policy.fakes import HELPERS, person
from tests.unit.submission_scene import BEN, CITA, OLD, Door


@pytest.fixture
def door() -> Door:
    return Door()


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
