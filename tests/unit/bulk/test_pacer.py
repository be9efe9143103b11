"""Calls of lists leave one by one, however late somebody is woken; the clock is a test's."""

import asyncio
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from bot.bulk.pacer import CLOSEST, IDLE, SECOND, Pacer
from bot.store.rate_limit import LIST_MARGIN

RATE = 50.0
# What a list's permits are apart (bot/store/rate_limit.py), in seconds.
GAP = LIST_MARGIN / RATE


@dataclass
class Bed:
    """A clock that goes on only while somebody sleeps, who is woken too late."""

    late: Iterator[float] = field(default_factory=lambda: itertools.cycle([0.0]))
    time: float = 100.0

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += max(seconds, 0.0) + next(self.late)
        await asyncio.sleep(0)


def pacer_on(bed: Bed) -> Pacer:
    return Pacer(RATE, bed.sleep, bed.now)


async def left_at(bed: Bed, calls: int) -> list[float]:
    """Let calls leave whose moments follow each other at the rate; return when they did."""
    pacer, left, begin = pacer_on(bed), list[float](), bed.time

    async def call(number: int) -> None:
        await pacer.leave(begin + number * GAP)
        left.append(bed.time)

    await asyncio.gather(*map(call, range(calls)))
    assert pacer.waiting == 0
    return left


@pytest.mark.parametrize(
    "late",
    [
        [0.0],
        [0.006],
        [0.0, 0.006],
        [0.0, 0.0, 0.0, 0.05],
        [0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.001, 0.004, 0.02, 0.0, 0.011],
        [-0.001, 0.003],
    ],
)
async def test_no_second_has_more_calls_than_the_rate(late: list[float]) -> None:
    left = await left_at(Bed(itertools.cycle(late)), 200)

    most = max(sum(start <= each < start + SECOND - 0.002 for each in left) for start in left)
    assert most <= RATE


@pytest.mark.parametrize("rate", [0.4, 1.0, 2.5, 2.9, 10.9, 20.0, 80.0])
async def test_calls_whose_moment_is_over_leave_as_the_rate_has_it(rate: float) -> None:
    bed = Bed()
    pacer, begin, count = Pacer(rate, bed.sleep, bed.now), bed.time, 1 + 4 * math.ceil(rate)

    for _ in range(count):
        await pacer.leave(begin)

    # The first of them may be at once half of what a second has.
    assert bed.time - begin == pytest.approx((count - 1) * SECOND / rate)


@pytest.mark.parametrize("late", [[0.001], [0.0, 0.002], [0.0] * 46 + [0.03], [0.0] * 10 + [0.01]])
async def test_a_little_lateness_does_not_add_up(late: list[float]) -> None:
    left = await left_at(Bed(itertools.cycle(late)), 1000)

    assert left[-1] - left[0] == pytest.approx(999 * GAP, abs=0.04)


@pytest.mark.parametrize("rate", [0.4, 1.0, 2.5, 2.9, 3.9, 10.9, 19.9, 20.0])
@pytest.mark.parametrize("stall", [0.0, 0.2, 0.7, 1.0, 3.0])
async def test_no_second_has_more_also_where_the_rate_is_no_whole_number(
    rate: float, stall: float
) -> None:
    bed = Bed(itertools.cycle([stall, *[0.0] * (3 * math.ceil(rate))]))
    pacer, begin, left = Pacer(rate, bed.sleep, bed.now), bed.time, list[float]()

    for number in range(10 * math.ceil(rate)):
        await pacer.leave(begin + number * LIST_MARGIN / rate)
        left.append(bed.time)

    most = max(sum(start <= each < start + 1.0 for each in left) for start in left)
    assert most <= math.ceil(rate)


async def test_calls_after_a_late_one_do_not_leave_together() -> None:
    left = await left_at(Bed(itertools.cycle([0.0, 0.0, 0.0, 0.05])), 200)

    assert min(b - a for a, b in itertools.pairwise(left)) >= CLOSEST / RATE - 1e-9


async def test_nobody_leaves_before_their_moment() -> None:
    bed = Bed()
    pacer, moment = pacer_on(bed), bed.time + 0.1

    await pacer.leave(moment)

    assert bed.time >= moment


async def test_whoever_is_stopped_while_waiting_keeps_nobody() -> None:
    pacer = Pacer(RATE, asyncio.sleep)
    waiting = asyncio.create_task(pacer.leave(pacer.now() + 3600.0))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    await asyncio.wait_for(pacer.leave(pacer.now()), 30.0)
    assert pacer.waiting == 0


async def test_a_single_send_leaves_between_those_of_a_list_and_alone_at_its_own_moment() -> None:
    bed = Bed()
    pacer, begin = pacer_on(bed), bed.time

    # No list runs: nobody waits for anybody.
    await pacer.pass_by(0.0)
    await pacer.pass_by(0.0)
    assert bed.time == begin

    await pacer.leave(bed.time)
    await pacer.pass_by(0.0)
    assert bed.time == pytest.approx(begin + CLOSEST / RATE)


async def test_single_sends_alone_do_not_go_on_waiting_for_a_list_that_is_over() -> None:
    bed = Bed()
    pacer, begin = pacer_on(bed), bed.time
    await pacer.leave(begin)
    # They keep to its pace for a second after its last call, however many there are.
    while bed.time <= begin + IDLE:
        await pacer.pass_by(0.0)
    over = bed.time

    for _ in range(20):
        await pacer.pass_by(0.0)

    assert bed.time == over


async def test_it_says_in_how_many_seconds_the_next_call_may_leave() -> None:
    bed = Bed()
    pacer = pacer_on(bed)
    assert pacer.free_in == 0.0

    await pacer.leave(bed.time)
    assert pacer.free_in == pytest.approx(CLOSEST / RATE)

    bed.time += 1.0
    assert pacer.free_in == 0.0
