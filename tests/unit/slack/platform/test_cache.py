"""How long Slack's answers are believed, and when it is asked anew."""

import asyncio

import pytest

from bot.errors import TryLater
from bot.slack.platform.cache import FRESH_SECONDS, Cache
from tests.fakes import FakeClock


async def test_after_a_minute_slack_is_asked_anew() -> None:
    clock = FakeClock()
    asked: list[str] = []

    async def ask(key: str) -> int:
        asked.append(key)
        return len(asked)

    cache: Cache[str, int] = Cache(ask, now=clock.seconds)
    answers = [await cache.get("a")]
    for seconds in (FRESH_SECONDS - 1, 1):
        clock.pass_by(seconds)
        answers.append(await cache.get("a"))

    assert answers == [1, 1, 2]


async def test_the_last_answer_is_known_while_it_is_asked_for_anew() -> None:
    clock = FakeClock()
    cache: Cache[str, int] = Cache(lambda _: asyncio.sleep(0, 7), now=clock.seconds)
    await cache.get("a")
    clock.pass_by(FRESH_SECONDS)
    cache.begin("a")
    assert cache.peek("a") == 7

    cache.forget("a")
    await asyncio.sleep(0.01)
    assert cache.peek("a") is None


async def test_while_slack_wants_a_pause_it_is_not_asked_on() -> None:
    clock = FakeClock()
    asked: list[str] = []

    async def ask(key: str) -> int:
        asked.append(key)
        if len(asked) == 1:
            raise TryLater("slack.limited", after=7)
        return 1

    cache: Cache[str, int] = Cache(ask, now=clock.seconds)
    with pytest.raises(TryLater):
        await cache.get("a")

    clock.pass_by(5)
    with pytest.raises(TryLater) as caught:
        await cache.get("b")

    assert (asked, caught.value.after) == (["a"], 2)
    clock.pass_by(2)
    assert await cache.get("b") == 1
