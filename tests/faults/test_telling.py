"""Telling is claimed as calling is: once each, also in a race; and it ends where nobody can hear."""

import asyncio
import contextlib
import math
import random
import time
from itertools import pairwise

import pytest

from bot.delivery.pauses import FIRST_PAUSE
from bot.demo.slack import seed
from bot.demo.slack.errors import Impossible
from bot.demo.slack.workspace import BOT_USER
from tests.faults.checks import Sends, cards_of, row
from tests.faults.conftest import SOON, Fleet, Say, outcomes, status
from tests.stopwatch import stopped

pytestmark = pytest.mark.slow

RACES = 12
BEFORE = (0.0, 0.15)  # seconds before a retry at which Cancel is pressed
HALF_AN_HOUR = 1801.0
"""Seconds after which Slack takes nothing more through a response_url."""
LEAVER = seed.BRUNO
CLOSED = "C0CLOSED001"
WATCHED = 15.0
SHORTER = 0.75  # of a pause, since others are at work when it begins


async def test_cancel_pressed_just_before_a_retry_is_told_once(solo: Fleet, say: Say) -> None:
    solo.world.atom.behave("down")
    sends = Sends(solo)
    await sends.submit(*(f"race-{number}" for number in range(RACES)))

    presses = await asyncio.gather(*(cancelled(solo, send_id) for send_id in sends.codes))

    await sends.all_told()
    # What is told twice, is told within a moment.
    await asyncio.sleep(3.0)
    told = outcomes(solo.world)
    twice = sum(len(told[send_id]) > 1 for send_id in sends.codes)
    say(f"{RACES} cancelled just before a retry, {sum(presses)} presses: {twice} told twice")
    sends.assert_all("cancelled")
    assert twice == 0
    await sends.assert_no_card_lies()


async def cancelled(fleet: Fleet, send_id: str) -> int:
    """Press Cancel just before the send is tried again, until it is cancelled; count the presses."""
    world, presses = fleet.world, 0
    await fleet.waits(send_id)
    while (was := row(world.database_url, send_id))["status"] != "cancelled":
        # While it is being tried it says that it is sending.
        assert was["status"] in {"queued", "sending"}, was["status"]
        due = was["next_try"].timestamp() - random.uniform(*BEFORE) if was["next_try"] else 0.0
        if due < time.time():
            await asyncio.sleep(0.05)
            continue
        await asyncio.sleep(due - time.time())
        card = cards_of(world, [send_id])[send_id][0]
        # Who is late finds a card that has no such button any more.
        with contextlib.suppress(Impossible):
            await world.person().click(card.channel, card.ts, "cancel")
            presses += 1
    return presses


async def test_outcomes_with_nowhere_to_go_keep_nobody_waiting(
    sqlite_fleet: Fleet, say: Say
) -> None:
    world, workspace = sqlite_fleet.world, sqlite_fleet.world.slack.workspace
    workspace.add_channel(CLOSED, "closed", (LEAVER, BOT_USER))
    world.atom.behave("down")
    lost = Sends(sqlite_fleet)
    await lost.submit(*(f"lost-{number}" for number in range(5)), user=LEAVER, channel=CLOSED)
    await lost.all_wait()
    workspace.archive(CLOSED)
    workspace.deactivate(LEAVER)
    world.slack.clock.forward(HALF_AN_HOUR)
    began = world.slack.clock.now()
    world.atom.behave("answers")

    others = Sends(sqlite_fleet)
    await others.submit(*(f"other-{number}" for number in range(6)))
    await others.all_told()
    await asyncio.sleep(WATCHED)
    times = {send_id: tries(sqlite_fleet, send_id, since=began) for send_id in lost.codes}
    watched = world.slack.clock.now() - began
    code, seconds = await stopped(sqlite_fleet.running.pop(0))

    say(
        f"5 outcomes with nowhere to go: {[len(each) for each in times.values()]} tries of each in "
        f"{WATCHED:.0f} s, SIGTERM to exit {seconds:.1f} s"
    )
    assert code == 0
    assert seconds < 5.0
    others.assert_all("pending")
    for each in times.values():
        pauses = [later - earlier for earlier, later in pairwise(each)]
        assert 2 <= len(each) <= most_tries(watched), pauses
        # Each is twice the one before: on a busy machine it may be longer, but never shorter.
        assert all(
            pause > FIRST_PAUSE * 2**number * SHORTER for number, pause in enumerate(pauses)
        ), pauses


def most_tries(seconds: float) -> int:
    """Count the tries of one outcome in so many seconds, if the pauses double from the first on."""
    return 2 + int(math.log2(1 + seconds / FIRST_PAUSE))


def tries(fleet: Fleet, send_id: str, *, since: float) -> list[float]:
    """Give when it was tried in vain to tell the outcome of a send."""
    times: list[float] = []
    for call in fleet.world.slack.calls("chat.postMessage"):
        failed = isinstance(call.answer, dict) and not call.answer.get("ok")
        if call.at < since or not failed or send_id not in str(call.payload.get("metadata")):
            continue
        # One try may ask in more than one place.
        if not times or call.at - times[-1] > 0.5:
            times.append(call.at)
    return times


async def test_an_outcome_is_told_once_its_channel_is_open_again(sqlite_fleet: Fleet) -> None:
    workspace = sqlite_fleet.world.slack.workspace
    workspace.add_channel(CLOSED, "closed", (LEAVER, BOT_USER))
    sqlite_fleet.world.atom.behave("down")
    sends = Sends(sqlite_fleet)
    await sends.submit("reopened", user=LEAVER, channel=CLOSED)
    await sends.all_wait()
    workspace.archive(CLOSED)
    workspace.deactivate(LEAVER)
    sqlite_fleet.world.slack.clock.forward(HALF_AN_HOUR)
    failed = len(sqlite_fleet.world.slack.calls("chat.postMessage"))
    await sqlite_fleet.world.slack.until(
        lambda: len(sqlite_fleet.world.slack.calls("chat.postMessage")) > failed, timeout=SOON
    )

    workspace.archive(CLOSED, archived=False)

    await sends.all_told()
    assert status(outcomes(sqlite_fleet.world)[next(iter(sends.codes))][-1]) == "failed"
