"""Calls of lists leave one by one, however late somebody is woken."""

import asyncio
import itertools

import pytest

from bot.bulk.pacer import MARGIN, Pacer

RATE = 50.0


class LateSleep:
    """Wakes up late now and then."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self, seconds: float) -> None:
        self.times += 1
        await asyncio.sleep(max(seconds, 0.0) + (0.05 if self.times % 7 == 0 else 0.0))


async def test_two_calls_never_leave_closer_than_the_rate() -> None:
    pacer, left = Pacer(RATE, LateSleep()), list[float]()
    loop = asyncio.get_running_loop()
    begin = loop.time()

    async def call(number: int) -> None:
        await pacer.leave(begin + number / RATE)
        left.append(loop.time())

    await asyncio.gather(*map(call, range(30)))

    gaps = [late - early for early, late in itertools.pairwise(left)]
    assert min(gaps) >= MARGIN / RATE - 0.002
    assert pacer.waiting == 0


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
