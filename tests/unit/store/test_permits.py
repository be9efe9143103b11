"""Lists take permits in groups: within the rate, over all processes, and behind single sends."""

import itertools

import pytest

from bot.bulk.pacer import CLAIM_AHEAD
from bot.errors import TryLater
from bot.store.rate_limit import (
    BESIDE_A_LIST,
    GROUP_AHEAD,
    GROUP_SECONDS,
    LIST_LASTS,
    LIST_LATENESS,
    LIST_MARGIN,
    Permit,
    Permits,
    StoredRateLimit,
)
from tests.unit.store.scene import Scene

RATE = 40.0
GAP = LIST_MARGIN / RATE
GROUP = 3  # the calls of a tenth of a second, at this rate and a little less


async def group(scene: Scene, steps: StoredRateLimit, most: int = 100) -> Permits | float:
    """Ask for a group's permits now."""
    return await scene.database.write(lambda c: steps.permits(c, most))


async def taken(scene: Scene, steps: StoredRateLimit, most: int = 100) -> list[float]:
    """Take a group as soon as there is one; return the moments of its calls."""
    for _ in range(3):
        found = await group(scene, steps, most)
        if isinstance(found, Permits):
            first = scene.clock.seconds() + found.wait
            return [first + number * found.gap for number in range(found.count)]
        scene.clock.pass_by(found + 1e-4)
    raise AssertionError("there are no permits when they were promised")


async def test_a_group_is_what_leaves_within_a_tenth_of_a_second(scene: Scene) -> None:
    found = await group(scene, scene.rate_limit(RATE))

    assert isinstance(found, Permits)
    assert found.count == GROUP
    assert found.count * found.gap <= GROUP_SECONDS


@pytest.mark.parametrize("rate", [0.5, 1.0, 9.0])
async def test_at_a_low_rate_it_is_one_call(scene: Scene, rate: float) -> None:
    found = await group(scene, scene.rate_limit(rate))

    assert isinstance(found, Permits)
    assert found.count == 1


async def test_a_single_row_is_not_taken_long_before_its_turn(scene: Scene) -> None:
    steps = scene.rate_limit(9.0)
    (first,) = await taken(scene, steps)
    behind = await group(scene, steps)

    assert isinstance(behind, float)
    turn = first + LIST_MARGIN / 9.0 - scene.clock.seconds()
    assert behind == pytest.approx(turn - CLAIM_AHEAD, abs=2e-3)


@pytest.mark.parametrize("late", [0.0, LIST_LATENESS / 2, LIST_LATENESS])
async def test_a_group_that_is_taken_late_leaves_the_next_turn_as_it_was(
    scene: Scene, late: float
) -> None:
    steps = scene.rate_limit(9.0)
    (first,) = await taken(scene, steps)
    gap = LIST_MARGIN / 9.0
    scene.clock.pass_by(first + gap + late - scene.clock.seconds())

    found = await group(scene, steps)
    (behind,) = await taken(scene, steps)

    assert isinstance(found, Permits)
    assert found.wait == pytest.approx(-late, abs=1e-4)
    assert behind - first == pytest.approx(2 * gap, abs=2e-3)


async def test_what_was_taken_too_late_is_not_made_up_for(scene: Scene) -> None:
    steps = scene.rate_limit(9.0)
    await group(scene, steps)
    scene.clock.pass_by(10.0)

    found = await group(scene, steps)

    assert isinstance(found, Permits)
    assert found.wait == pytest.approx(-LIST_LATENESS)


async def test_never_more_than_there_are_rows(scene: Scene) -> None:
    found = await group(scene, scene.rate_limit(RATE), most=2)

    assert isinstance(found, Permits)
    assert found.count == 2


async def test_groups_follow_each_other_at_the_rate_over_two_processes(scene: Scene) -> None:
    one, other = scene.rate_limit(RATE), scene.rate_limit(RATE)

    moments = [
        each for _ in range(10) for steps in (one, other) for each in await taken(scene, steps)
    ]

    gaps = [late - early for early, late in itertools.pairwise(moments)]
    assert gaps == pytest.approx([GAP] * len(gaps), abs=2e-3)


async def test_a_list_takes_no_more_than_the_next_few_permits(scene: Scene) -> None:
    steps = scene.rate_limit(RATE)
    found: Permits | float = 0.0
    for _ in range(5):
        found = await group(scene, steps)
        if isinstance(found, float):
            break

    assert isinstance(found, float)
    assert 0 < found <= GROUP_SECONDS + GAP


async def test_a_single_send_takes_its_turn_behind_the_group_that_was_taken(scene: Scene) -> None:
    steps = scene.rate_limit(RATE)
    while isinstance(await group(scene, steps), Permits):
        pass

    single = await scene.database.write(steps.permit)

    assert isinstance(single, Permit)
    assert single.wait <= GROUP_AHEAD + GROUP_SECONDS + GAP


async def test_many_single_sends_go_before_the_list_goes_on(scene: Scene) -> None:
    steps = scene.rate_limit(RATE)
    await taken(scene, steps)

    singles = [await scene.database.write(steps.permit) for _ in range(6)]
    behind = await group(scene, steps)

    assert all(isinstance(each, Permit) for each in singles)
    assert isinstance(behind, float)
    assert behind <= BESIDE_A_LIST


async def test_without_a_list_a_single_send_takes_nothing_ahead_of_time(scene: Scene) -> None:
    steps = scene.rate_limit(RATE)
    await taken(scene, steps)
    scene.clock.pass_by(LIST_LASTS + 2.0)
    await scene.database.write(steps.permit)

    assert isinstance(await scene.database.write(steps.permit), float)


async def test_a_paused_queue_gives_none_and_one_row_tests_it_afterwards(scene: Scene) -> None:
    steps = scene.rate_limit(RATE)
    await steps.pause(60.0)
    with pytest.raises(TryLater):
        await group(scene, steps)
    scene.clock.pass_by(61.0)

    probe = await group(scene, steps)

    assert isinstance(probe, Permits)
    assert (probe.count, probe.is_probe) == (1, True)
    with pytest.raises(TryLater):
        await group(scene, steps)


async def test_a_clock_that_was_ahead_stops_no_list(scene: Scene) -> None:
    steps = scene.rate_limit(RATE)
    scene.clock.pass_by(3600.0)
    await taken(scene, steps)
    scene.clock.pass_by(-3600.0)

    assert isinstance(await group(scene, steps), Permits)
    single = await scene.database.write(steps.permit)
    assert isinstance(single, Permit)
