"""`kill -9` at each step of a send: no message goes out twice, and every outcome is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.faults.checks import killed_in_a_pause
from tests.faults.conftest import SOON, Fleet, card, locked, outcomes, status
from tests.faults.relay import Relay, between
from tests.messages import button_actions
from tests.stopwatch import stopwatch

pytestmark = pytest.mark.slow

TURN = 10.0  # seconds from one call to the next, at a low rate
FIRST_TURNS = 20.0
"""Seconds within which those go out whose turns before them nobody takes: two of those turns."""


@asynccontextmanager
async def held_back(fleet: Fleet) -> AsyncIterator[Relay]:
    """Start the bot anew on a wire to Atom that lets no answer through until it may."""
    await fleet.kill()
    async with between(fleet.world.atom.url) as relay:
        relay.may_answer.clear()
        fleet.world.settings["ATOM_URL"] = relay.url
        await fleet.start()
        yield relay


async def test_killed_during_the_call_it_is_unknown_and_a_person_decides(fleet: Fleet) -> None:
    fleet.world.atom.behave("hangs")
    send_id = await fleet.submit("during")
    await fleet.called("during")
    await fleet.kill()
    fleet.world.atom.behave("answers")

    await fleet.start()

    outcome = await fleet.outcome(send_id)
    assert status(outcome) == "unknown"
    assert {"resolve_sent", "retry"} <= set(button_actions(outcome))
    assert fleet.calls("during") == 1


async def test_killed_before_the_answer_is_written_down_it_is_unknown(fleet: Fleet) -> None:
    async with held_back(fleet) as relay:
        send_id = await fleet.submit("after")
        await fleet.called("after")
        with locked(fleet.world.database_url):
            relay.may_answer.set()
            await asyncio.wait_for(relay.answered.wait(), SOON)
            await fleet.kill()

        await fleet.start()

        outcome = await fleet.outcome(send_id)
    assert status(outcome) == "unknown"
    assert fleet.calls("after") == 1


async def test_killed_while_it_waits_for_atom_it_goes_out_once(fleet: Fleet) -> None:
    fleet.world.atom.behave("down")
    send_id = await fleet.submit("before")
    await fleet.waits(send_id)
    await killed_in_a_pause(fleet, send_id)
    fleet.world.atom.behave("answers")

    await fleet.start()

    assert status(await fleet.outcome(send_id)) == "pending"
    assert fleet.calls("before") == 1


async def test_the_pause_goes_on_after_a_kill(sqlite_fleet: Fleet) -> None:
    fleet = sqlite_fleet
    fleet.world.atom.behave("down")
    send_id = await fleet.submit("pause")
    # The pauses are 1, 2 and 4 seconds: this is the beginning of the third.
    await fleet.waits(send_id, tries=3)
    due = await killed_in_a_pause(fleet, send_id)
    fleet.world.atom.behave("answers")

    await fleet.start()

    assert status(await fleet.outcome(send_id)) == "pending"
    assert fleet.world.atom.calls[0].at > due - 0.2
    assert fleet.calls("pause") == 1


async def test_killed_after_slack_took_the_outcome_it_is_there(fleet: Fleet) -> None:
    slack = fleet.world.slack
    async with held_back(fleet) as relay:
        send_id = await fleet.submit("told")
        await slack.until(lambda: card(fleet.world, send_id), timeout=SOON)
        # Slack posts the outcome, but the bot never hears that it did.
        slack.fail("chat.postMessage", drop="after", times=None)
        relay.may_answer.set()
        await fleet.outcome(send_id)
        await fleet.kill()
        told = len(outcomes(fleet.world)[send_id])
        slack.fail("chat.postMessage", drop="after", times=0)

        await fleet.start()

        # Nobody knew that it was told, so it is told once more: at least once.
        await slack.until(lambda: len(outcomes(fleet.world)[send_id]) > told, timeout=SOON)
    assert {status(one) for one in outcomes(fleet.world)[send_id]} == {"pending"}
    assert fleet.calls("told") == 1


async def test_killed_while_slack_is_away_the_outcome_comes_later(fleet: Fleet) -> None:
    slack = fleet.world.slack
    async with held_back(fleet) as relay:
        send_id = await fleet.submit("untold")
        await slack.until(lambda: card(fleet.world, send_id), timeout=SOON)
        slack.fail("chat.postMessage", drop="before", times=None)
        tried = len(slack.calls("chat.postMessage"))
        relay.may_answer.set()
        await slack.until(lambda: len(slack.calls("chat.postMessage")) > tried, timeout=SOON)
        await fleet.kill()
        slack.fail("chat.postMessage", drop="before", times=0)

        await fleet.start()

        assert status(await fleet.outcome(send_id)) == "pending"
    assert len(outcomes(fleet.world)[send_id]) == 1
    assert fleet.calls("untold") == 1


async def test_a_killed_process_takes_no_permits_with_it(sqlite_fleet: Fleet) -> None:
    fleet = sqlite_fleet
    await fleet.kill()
    await fleet.start(ATOM_RATE=str(1 / TURN))
    send_ids = [await fleet.submit(f"turn-{number}") for number in range(12)]
    await fleet.called("turn-0")
    await fleet.kill()
    called = len(fleet.world.atom.calls)

    await fleet.start(ATOM_RATE="80")

    # Those that waited had ten turns before them, which nobody takes any more.
    async with stopwatch() as watch:
        await fleet.world.slack.until(lambda: len(fleet.world.atom.calls) > called, timeout=SOON)
    assert watch.seconds < FIRST_TURNS
    for send_id in send_ids:
        assert status(await fleet.outcome(send_id)) in {"pending", "unknown"}
    assert fleet.most_calls() == 1
