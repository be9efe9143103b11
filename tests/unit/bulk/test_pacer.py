"""Calls of lists leave one by one, however late somebody is woken."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.bulk.pacer import LATENESS, MARGIN, Pacer

RATE = 50.0


class LateSleep:
    """Wakes up late now and then."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self, seconds: float) -> None:
        self.times += 1
        await asyncio.sleep(max(seconds, 0.0) + (0.05 if self.times % 7 == 0 else 0.0))


async def left_at(sleep: Callable[[float], Awaitable[None]], calls: int) -> list[float]:
    """Let calls leave whose moments follow each other at the rate; return when they did."""
    pacer, left = Pacer(RATE, sleep), list[float]()
    loop = asyncio.get_running_loop()
    begin = loop.time()

    async def call(number: int) -> None:
        await pacer.leave(begin + number / RATE)
        left.append(loop.time())

    await asyncio.gather(*map(call, range(calls)))
    assert pacer.waiting == 0
    return left


async def test_no_second_has_more_calls_than_the_rate_however_late_they_leave() -> None:
    left = await left_at(LateSleep(), 110)

    for start in left:
        # A clock's own grain.
        assert sum(start <= each < start + 0.998 for each in left) <= RATE


async def test_a_little_lateness_does_not_add_up() -> None:
    async def a_little_late(seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0.0) + LATENESS / 3)

    left = await left_at(a_little_late, 60)

    # Without this each call would leave a third of it later than the one before.
    assert left[-1] - left[0] < 59 * MARGIN / RATE + 40 * LATENESS / 3


async def test_nobody_leaves_before_their_moment() -> None:
    pacer, loop = Pacer(RATE, asyncio.sleep), asyncio.get_running_loop()
    moment = loop.time() + 0.1

    await pacer.leave(moment)

    assert loop.time() >= moment - 0.001


async def test_whoever_is_stopped_while_waiting_keeps_nobody() -> None:
    pacer, loop = Pacer(RATE, asyncio.sleep), asyncio.get_running_loop()
    waiting = asyncio.create_task(pacer.leave(loop.time() + 3600.0))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    async with asyncio.timeout(5.0):
        await pacer.leave(loop.time())
    assert pacer.waiting == 0
