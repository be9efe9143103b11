"""Slack takes what it is told, but its answer comes late or never."""

import asyncio

import pytest

from tests.faults.checks import QUIET, Sends, cards_of
from tests.faults.conftest import Fleet, Say

pytestmark = pytest.mark.slow

METHODS = ("chat.postMessage", "chat.update")
SENDS = 6
SLOW = 2.5
"""Seconds; a listener has less to answer in, what goes on beside it has more."""
GIVEN = 40.0
LOSING = 3.0  # seconds for which answers go on to be lost


async def test_slow_answers_make_one_card_and_one_outcome(sqlite_fleet: Fleet) -> None:
    slack = sqlite_fleet.world.slack
    for method in METHODS:
        slack.fail(method, delay=SLOW, times=None)
    sends = Sends(sqlite_fleet)

    await sends.submit(*(f"slow-{number}" for number in range(SENDS)))

    # Still as slow: a bot that only waits for better times tells nobody anything.
    await sends.all_told(seconds=GIVEN)
    sends.assert_all("pending")
    await asyncio.sleep(QUIET)
    assert sends.told_again() == 0
    await sends.assert_no_card_lies()


async def test_slow_answers_while_atom_is_away_leave_no_old_card(sqlite_fleet: Fleet) -> None:
    slack = sqlite_fleet.world.slack
    for method in METHODS:
        slack.fail(method, delay=SLOW, times=None)
    sqlite_fleet.world.atom.behave("down")
    sends = Sends(sqlite_fleet)
    await sends.submit(*(f"slow-{number}" for number in range(SENDS)))
    await sends.all_wait()

    sqlite_fleet.world.atom.behave("answers")

    await sends.all_told(seconds=GIVEN)
    sends.assert_all("pending")
    assert sends.told_again() == 0
    await sends.assert_no_card_lies()


async def test_lost_answers_leave_no_card_that_lies(solo: Fleet, say: Say) -> None:
    slack = solo.world.slack
    sends = Sends(solo)
    # Every second answer of all that is said in the next seconds is lost.
    for _ in range(4 * SENDS):
        for method in METHODS:
            slack.fail(method, drop="after")
            slack.fail(method, delay=0.01)
    await sends.submit(*(f"lost-{number}" for number in range(2 * SENDS)))
    await asyncio.sleep(LOSING)
    for method in METHODS:
        slack.fail(method, times=0)

    await sends.all_told()
    await asyncio.sleep(QUIET)
    sends.assert_all("pending")
    await sends.assert_no_card_lies(one_each=False)
    again = sum(len(found) - 1 for found in cards_of(solo.world, sends.codes).values())
    say(
        f"{2 * SENDS} sends, every second answer of Slack's lost: "
        f"{again} cards stand twice, {sends.told_again()} outcomes told again"
    )


async def test_where_no_answer_is_lost_there_is_one_card_and_one_outcome(
    sqlite_fleet: Fleet,
) -> None:
    slack = sqlite_fleet.world.slack
    sends = Sends(sqlite_fleet)
    # What never arrives can be said again without harm.
    for method in METHODS:
        slack.fail(method, drop="before", times=SENDS)

    await sends.submit(*(f"before-{number}" for number in range(SENDS)))

    await sends.all_told()
    await asyncio.sleep(1.0)
    sends.assert_all("pending")
    assert sends.told_again() == 0
    await sends.assert_no_card_lies()
