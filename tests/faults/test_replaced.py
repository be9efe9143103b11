"""A try that replaces another is told, and the old card with it, also by the next process."""

import asyncio
from dataclasses import dataclass

import pytest

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.demo.slack.person.base import Result
from bot.retries import retry_key
from bot.sends import SendId
from tests.faults.checks import cards_of
from tests.faults.conftest import SOON, Fleet, outcomes, status
from tests.messages import button_actions
from tests.stopwatch import patiently

pytestmark = pytest.mark.slow

UPDATE, POST = "chat.update", "chat.postMessage"


@dataclass
class Pair:
    """A send that was lost, and is sent again."""

    fleet: Fleet
    old: str
    new: str = ""

    @property
    def question(self) -> Message:
        return outcomes(self.fleet.world)[self.old][0]

    def is_right(self) -> bool:
        """Whether the old card follows, and nobody is asked any more."""
        card = cards_of(self.fleet.world, [self.old])[self.old][0]
        # The new one's card is a reply, too.
        replies = outcomes(self.fleet.world).get(self.new, [])
        told = [status(one) for one in replies if "→ ••••" not in one.text]
        return told == ["pending"] and "*Pending* on the second try" in card.text

    async def click(self) -> Result:
        question = self.question
        return await self.fleet.world.person().click(
            question.channel, question.ts, "retry", confirm=True
        )

    async def press(self) -> None:
        await patiently(self.click, lambda result: not result.trouble)
        self.new = await self.fleet.world.send_id(retry_key(SendId(self.old)))


async def lost(fleet: Fleet, code: str) -> Pair:
    fleet.world.atom.behave("drops", times=1)
    pair = Pair(fleet, await fleet.submit(code))
    assert status(await fleet.outcome(pair.old)) == "unknown"
    assert pair.question.channel == seed.SOPORTE
    return pair


@pytest.mark.parametrize("method", [UPDATE, POST])
async def test_killed_before_slack_takes_anything_the_next_process_says_it_all(
    solo: Fleet, method: str
) -> None:
    pair = await lost(solo, "lost")
    solo.world.slack.fail(method, status=503, times=None)
    await pair.press()
    await solo.world.slack.until(lambda: solo.calls("lost") == 2, timeout=SOON)
    await asyncio.sleep(0.5)
    assert not pair.is_right()

    await solo.kill()
    solo.world.slack.fail(method, times=0)
    await solo.start()

    await solo.world.slack.until(pair.is_right, timeout=SOON)
    await solo.world.slack.until(lambda: not button_actions(pair.question), timeout=SOON)
    assert "did not arrive" in pair.question.text
    assert solo.calls("lost") == 2


@pytest.mark.parametrize("seconds", [0.0, 0.03, 0.06, 0.1, 0.2])
async def test_killed_at_some_moment_after_the_press_the_old_card_follows(
    solo: Fleet, seconds: float
) -> None:
    pair = await lost(solo, "lost")
    press = asyncio.create_task(pair.click())
    await asyncio.sleep(seconds)

    await solo.kill()
    await asyncio.gather(press, return_exceptions=True)
    await solo.start()
    if button_actions(pair.question):
        # Perhaps the press had not arrived: then it is pressed again.
        await pair.press()

    def follows() -> bool:
        card = cards_of(solo.world, [pair.old])[pair.old][0]
        return "second try" in card.text and "Being sent again" not in card.text

    await solo.world.slack.until(follows, timeout=SOON)
    await solo.world.slack.until(lambda: not button_actions(pair.question), timeout=SOON)
    assert solo.calls("lost") <= 2


async def test_with_several_processes_every_card_follows(postgres_fleet: Fleet) -> None:
    pairs = [await lost(postgres_fleet, f"lost-{number}") for number in range(6)]

    await asyncio.gather(*(pair.press() for pair in pairs))

    for pair in pairs:
        await postgres_fleet.world.slack.until(pair.is_right, timeout=SOON)
