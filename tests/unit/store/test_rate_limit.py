"""The pace of the calls: spaced, paused, and never stretched by a clock."""

import asyncio

import pytest
import sqlalchemy as sa

from bot.delivery.pauses import TOKEN_PAUSE
from bot.errors import TryLater
from bot.store.rate_limit import AHEAD, Permit, StoredRateLimit
from bot.store.tables import rate_limit
from tests.unit.store.scene import Scene

RATE = 10.0
GAP = 0.1
HOUR = 3600.0


async def ask(scene: Scene, steps: StoredRateLimit | None = None) -> Permit | float:
    """Ask for a permit now."""
    return await scene.database.write((steps or scene.rate_limit(RATE)).permit)


async def take(scene: Scene, steps: StoredRateLimit | None = None) -> float:
    """Take a permit as soon as there is one; return the moment of its call."""
    for _ in range(3):
        found = await ask(scene, steps)
        if isinstance(found, Permit):
            return scene.clock.seconds() + found.wait
        scene.clock.pass_by(found)
    raise AssertionError("there is no permit when it was promised")


async def test_calls_are_spaced(scene: Scene) -> None:
    start = scene.clock.seconds()

    calls = [await take(scene) - start for _ in range(4)]

    assert calls == pytest.approx([0.0, 0.1, 0.2, 0.3], abs=1e-3)


async def test_two_processes_share_one_rate_limit(scene: Scene) -> None:
    one, other = scene.rate_limit(RATE), scene.rate_limit(RATE)
    start = scene.clock.seconds()

    calls = [await take(scene, each) - start for each in (one, other, one, other)]

    assert calls == pytest.approx([0.0, 0.1, 0.2, 0.3], abs=1e-3)


async def test_a_permit_is_taken_a_little_before_its_moment_and_not_long_before(
    scene: Scene,
) -> None:
    await take(scene)

    early = await ask(scene)
    assert early == pytest.approx(GAP - AHEAD, abs=1e-3)
    assert isinstance(early, float)
    scene.clock.pass_by(early + 0.001)

    permit = await ask(scene)
    assert isinstance(permit, Permit)
    assert permit.wait == pytest.approx(AHEAD - 0.001, abs=1e-3)


async def test_of_those_that_ask_at_once_one_gets_the_permit(scene: Scene) -> None:
    found = await asyncio.gather(*(ask(scene) for _ in range(8)))

    assert len([each for each in found if isinstance(each, Permit)]) == 1


async def test_who_is_told_to_wait_takes_nothing(scene: Scene) -> None:
    await take(scene)

    waits = [await ask(scene) for _ in range(3)]

    assert waits == pytest.approx([GAP - AHEAD] * 3, abs=1e-3)


async def test_after_a_pause_nothing_is_caught_up_with(scene: Scene) -> None:
    await take(scene)
    scene.clock.pass_by(60)
    start = scene.clock.seconds()

    calls = [await take(scene) - start for _ in range(2)]

    assert calls == pytest.approx([0.0, 0.1], abs=1e-3)


@pytest.mark.parametrize("jump", [-365 * 24 * HOUR, -HOUR, -2.0, HOUR, 365 * 24 * HOUR])
async def test_no_permit_is_further_away_than_the_rate_explains(scene: Scene, jump: float) -> None:
    await take(scene)

    scene.clock.jump(jump)
    start = scene.clock.seconds()

    assert await take(scene) - start <= GAP + 1e-3
    assert await take(scene) - start <= 2 * GAP + 1e-3


@pytest.mark.parametrize("rate", [0.01, 0.5, 80.0])
async def test_a_small_step_of_the_clock_is_not_taken_for_a_wrong_one(
    scene: Scene, rate: float
) -> None:
    steps = scene.rate_limit(rate)
    await take(scene, steps)

    scene.clock.jump(-0.5)

    wait = await ask(scene, steps)
    assert wait == pytest.approx(1 / rate + 0.5 - AHEAD, abs=1e-2)


async def test_while_the_queue_is_on_hold_there_is_no_permit(scene: Scene) -> None:
    await scene.rate_limit(RATE).pause(60)
    scene.clock.pass_by(20)

    with pytest.raises(TryLater) as raised:
        await ask(scene)

    assert raised.value.key == "atom.held"
    assert raised.value.after == pytest.approx(40, abs=1e-3)


async def test_after_a_hold_one_call_tries_and_the_others_wait_on(scene: Scene) -> None:
    await scene.rate_limit(RATE).pause(60)
    scene.clock.pass_by(60)

    probe = await ask(scene)

    assert isinstance(probe, Permit)
    assert probe.is_probe
    with pytest.raises(TryLater) as raised:
        await ask(scene)
    assert raised.value.after == pytest.approx(TOKEN_PAUSE, abs=1e-3)


async def test_a_probe_that_never_came_back_is_followed_by_another(scene: Scene) -> None:
    await scene.rate_limit(RATE).pause(60)
    for _ in range(2):
        scene.clock.pass_by(TOKEN_PAUSE)

        probe = await ask(scene)
        assert isinstance(probe, Permit)
        assert probe.is_probe


@pytest.mark.parametrize("jump", [-365 * 24 * HOUR, -HOUR, -2 * TOKEN_PAUSE, HOUR])
async def test_no_hold_is_longer_than_a_hold_whatever_the_clock_does(
    scene: Scene, jump: float
) -> None:
    await scene.rate_limit(RATE).pause(TOKEN_PAUSE)

    scene.clock.jump(jump)

    probe = await ask(scene)
    assert isinstance(probe, Permit)
    assert probe.is_probe
    assert probe.wait <= GAP


async def test_a_hold_outlives_a_small_step_of_the_clock(scene: Scene) -> None:
    await scene.rate_limit(RATE).pause(TOKEN_PAUSE)

    scene.clock.jump(-0.5)

    with pytest.raises(TryLater):
        await ask(scene)


async def test_a_queue_that_is_released_goes_on(scene: Scene) -> None:
    await scene.rate_limit(RATE).pause(60)

    await scene.rate_limit(RATE).resume()

    permit = await ask(scene)
    assert isinstance(permit, Permit)
    assert not permit.is_probe


async def test_without_another_clock_the_database_s_own_counts(scene: Scene) -> None:
    await ask(scene, StoredRateLimit(scene.database, rate=RATE))

    with scene.engine.connect() as connection:
        written = connection.execute(sa.select(rate_limit.c.next_at)).scalar_one()
        now = connection.scalar(sa.select(sa.func.current_timestamp()))
    assert now is not None
    if scene.engine.dialect.name == "postgresql":
        assert written == pytest.approx(now.timestamp() + GAP, abs=30)
    # Longer than a busy machine takes from one question to the next.
    assert 0 < await ask(scene, StoredRateLimit(scene.database, rate=0.01)) <= 100  # type: ignore[operator]
