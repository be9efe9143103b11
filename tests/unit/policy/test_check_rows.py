"""Rows of a list are asked about together, just as each of them is asked about alone."""

import dataclasses
from datetime import UTC, datetime

import pytest

from bot.errors import NotAllowed, TooEarly
from bot.policy.access import Access
from bot.policy.checks import SendChecks
from bot.policy.do_not_contact import Contact, Scope
from bot.policy.limits import Limits
from bot.policy.number_facts import NumberFacts
from bot.policy.quiet_hours import QuietFor, parse
from bot.sends import Send
from tests.builders import make_send, make_send_request
from tests.fakes.numbers import FakeNumbers
from tests.unit.policy.fakes import FakeDirectory, FakeTemplates

STOPPED, FREE, ABROAD = "50761234567", "50761234568", "573211234567"
NIGHT = datetime(2026, 5, 4, 4, 30, tzinfo=UTC)  # 23:30 in Panama and Colombia
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def rows(*phones: str, overrode: tuple[str, ...] = ()) -> list[Send]:
    made = [make_send(id=f"R{number}") for number, _ in enumerate(phones)]
    return [
        dataclasses.replace(
            send, request=make_send_request(id=send.id, phone=phone, overrode=overrode, batch="B")
        )
        for send, phone in zip(made, phones, strict=True)
    ]


def checks(*, quiet: str = "", now: datetime = NIGHT) -> SendChecks:
    contact = Contact("C1", STOPPED, Scope.EVERYTHING, SINCE, "U0CARLA")
    limits = Limits(quiet_hours=parse(quiet) if quiet else None, quiet_for=QuietFor.ALL)
    access = Access(FakeDirectory(), FakeTemplates())
    return SendChecks(access, lambda: now, FakeNumbers({STOPPED: NumberFacts(contact)}), limits)


async def alone(asked: SendChecks, send: Send) -> tuple[type[Exception] | None, str]:
    """Ask about one row as about a single send."""
    try:
        await asked.check_again(send)
    except (NotAllowed, TooEarly) as error:
        return type(error), error.key
    return None, ""


@pytest.mark.parametrize("quiet", ["", "20:00-08:00"])
@pytest.mark.parametrize("overrode", [(), ("quiet.hours",)])
async def test_together_they_are_told_what_each_is_told_alone(
    quiet: str, overrode: tuple[str, ...]
) -> None:
    asked, page = checks(quiet=quiet), rows(STOPPED, FREE, ABROAD, overrode=overrode)

    found = await asked.check_rows(page)

    together = [
        (type(error), error.key) if (error := found.get(send.id)) else (None, "") for send in page
    ]
    assert together == [await alone(asked, send) for send in page]
    assert together[0] == (NotAllowed, "refused.do_not_contact")
    is_held = bool(quiet) and not overrode
    assert [kind for kind, _ in together[1:]] == [TooEarly if is_held else None] * 2
