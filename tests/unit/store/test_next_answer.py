"""Whoever asks at the same moment shares a question, and nobody gets an older answer."""

import asyncio

import pytest

from bot.errors import TryLater
from bot.store.next_answer import NextAnswer


class Source:
    """Answers with how often it was asked, once it may."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_answer = asyncio.Event()
        self._asked = asyncio.Event()

    async def was_asked(self) -> None:
        await self._asked.wait()

    async def ask(self) -> int:
        self.asked += 1
        self._asked.set()
        number = self.asked
        await self.may_answer.wait()
        return number


async def test_who_asks_while_a_question_is_under_way_shares_the_next_one() -> None:
    source = Source()
    answers = NextAnswer(source.ask, None)
    first = asyncio.create_task(answers.get())
    await source.was_asked()
    later = [asyncio.create_task(answers.get()) for _ in range(20)]
    await asyncio.sleep(0.01)

    source.may_answer.set()

    assert await first == 1
    assert await asyncio.gather(*later) == [2] * 20
    assert await answers.get() == 3


async def test_an_impatient_one_takes_the_answer_from_nobody() -> None:
    source = Source()
    answers = NextAnswer(source.ask, None)
    first, impatient, other = (asyncio.create_task(answers.get()) for _ in range(3))
    await source.was_asked()
    impatient.cancel()

    source.may_answer.set()

    assert (await first, await other) == (1, 1)


async def test_nobody_waits_longer_than_they_may_for_the_question_before() -> None:
    answers = NextAnswer(Source().ask, 0.05)

    found = await asyncio.gather(*(answers.get() for _ in range(3)), return_exceptions=True)

    assert all(isinstance(each, TryLater) for each in found)


async def test_a_question_that_failed_is_asked_anew() -> None:
    asked: list[int] = []

    async def ask() -> int:
        asked.append(1)
        if len(asked) == 1:
            raise TryLater("database.unreachable")
        return 7

    answers = NextAnswer(ask, None)

    with pytest.raises(TryLater):
        await answers.get()

    assert await answers.get() == 7
