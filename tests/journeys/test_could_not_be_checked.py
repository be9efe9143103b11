"""Slack can't say who may: nobody is let in or refused for it, and what waits goes on waiting."""

import re

import pytest

from bot.demo.slack import seed
from bot.demo.slack.documented_errors_of_rights import ERRORS
from tests.conftest import PHONE, TEMPLATE
from tests.journeys.conftest import COMMAND, Journey

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Bruno may because of his group, so that all of it is asked.
WHO = seed.BRUNO
# A pause that Slack asks for is kept for all who come after: it has journeys of its own.
FAULTS = [
    (method, code)
    for method in ("users.info", "usergroups.users.list")
    for code in (*ERRORS[method], "invented_tomorrow")
    if code != "ratelimited"
]
A_FEW = [
    ("users.info", "token_revoked"),
    ("users.info", "account_inactive"),
    ("users.info", "user_not_found"),
    ("users.info", "invented_tomorrow"),
    ("usergroups.users.list", "missing_scope"),
    ("usergroups.users.list", "team_not_found"),
    ("usergroups.users.list", "plan_upgrade_required"),
    ("usergroups.users.list", "no_such_subteam"),
]


async def forget(journey: Journey) -> None:
    """Let the bot ask anew: what it was told is good for a minute."""
    workspace = journey.world.slack.workspace
    workspace.change_person(WHO)
    group = workspace.groups[seed.SUPPORT]
    workspace.set_group(seed.SUPPORT, [seed.ALICE])
    workspace.set_group(seed.SUPPORT, group.users)
    await journey.world.slack.settled()


async def breaks(journey: Journey, method: str, code: str) -> None:
    journey.world.slack.fail(method, error=code, times=None)
    if code == "no_such_subteam":
        # What else would tell whether it was disabled.
        journey.world.slack.fail("usergroups.list", error=code, times=None)
    await forget(journey)


async def mends(journey: Journey) -> None:
    for method in ERRORS:
        journey.world.slack.fail(method, times=0)
    await forget(journey)


def assert_in_the_log(journey: Journey, said: str) -> None:
    """What is said to a person leads to the log."""
    references = re.findall(r"\b[0-9a-f]{8}\b", said)
    assert references, said
    assert references[-1] in journey.world.logs()


@pytest.mark.parametrize(("method", "code"), FAULTS)
async def test_at_the_command_it_says_so_and_opens_nothing(
    journey: Journey, method: str, code: str
) -> None:
    person = journey.person(WHO)
    await breaks(journey, method, code)

    result = await person.command(seed.SOPORTE, COMMAND, "")

    await mends(journey)
    assert person.view is None
    assert result.message is not None
    assert result.message.only_for == WHO
    assert "can't send" not in result.shown
    assert "have permission to send" not in result.shown
    assert_in_the_log(journey, result.shown)


@pytest.mark.parametrize(("method", "code"), A_FEW)
async def test_a_form_stays_open_and_says_so(journey: Journey, method: str, code: str) -> None:
    person = await journey.open(f"{TEMPLATE} {PHONE}", user=WHO)
    assert person.view is not None
    view_id = person.view.id
    await breaks(journey, method, code)

    result = await person.submit()

    await mends(journey)
    assert not result.closed
    said = " ".join(result.errors.values())
    assert code in said
    assert_in_the_log(journey, said)
    assert journey.world.atom.calls == []
    again = await person.submit()
    assert again.closed
    await journey.outcome(await journey.world.send_id(view_id), "pending")


@pytest.mark.parametrize(("method", "code"), A_FEW)
async def test_a_button_decides_nothing_and_says_so(
    journey: Journey, method: str, code: str
) -> None:
    journey.world.atom.behave("drops", times=1)
    send_id = await journey.send(user=WHO)
    outcome = await journey.outcome(send_id, "unknown")
    await breaks(journey, method, code)
    person = journey.person(WHO)

    await person.click(seed.SOPORTE, outcome.ts, "resolve_sent")

    await journey.told(person, seed.SOPORTE, code)
    await mends(journey)
    assert journey.outcomes(send_id, "sent") == []
    await person.click(seed.SOPORTE, outcome.ts, "resolve_sent")
    await journey.outcome(send_id, "sent")


@pytest.mark.parametrize(("method", "code"), A_FEW)
async def test_a_send_that_waits_goes_on_waiting(journey: Journey, method: str, code: str) -> None:
    journey.world.atom.behave("down")
    send_id = await journey.send(user=WHO)
    await journey.held(send_id)
    await breaks(journey, method, code)
    journey.world.atom.behave("answers")
    journey.let_try(send_id)

    await journey.card_says(send_id, "could not check whether the sender")
    assert journey.world.atom.calls == []
    await mends(journey)

    await journey.outcome(send_id, "pending")
    assert journey.outcomes(send_id, "failed") == []
    assert len(journey.world.atom.calls) == 1
