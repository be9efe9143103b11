"""Who tells the admins of a refused token: one process, once an hour at most."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.delivery.pauses import TOKEN_PAUSE
from bot.delivery.ports import Claimed
from bot.errors import TryLater
from bot.sends import Checked, SendId, Status
from bot.store.tables import sends
from bot.store.token_alert import EVERY, TokenAlertStore
from tests.unit.store.scene import Scene, TwiceDatabase

HOUR = 3600.0


def store_of(scene: Scene) -> TokenAlertStore:
    """Make that of another process."""
    return TokenAlertStore(scene.database, scene.clock.now)


async def test_of_many_that_meet_it_at_once_one_tells(scene: Scene) -> None:
    claimed = await asyncio.gather(*(store_of(scene).claim_refused() for _ in range(8)))

    assert sorted(claimed) == [False] * 7 + [True]


@pytest.mark.parametrize(
    ("seconds", "again"), [(0, False), (60, False), (EVERY - 1, False), (EVERY, True), (9e5, True)]
)
async def test_it_is_told_again_after_an_hour(scene: Scene, seconds: float, again: bool) -> None:  # noqa: FBT001
    await store_of(scene).claim_refused()

    scene.clock.pass_by(seconds)

    assert await store_of(scene).claim_refused() is again


@pytest.mark.parametrize(
    ("jump", "again"), [(-1, False), (-30, False), (-HOUR, True), (-9e6, True)]
)
async def test_a_clock_that_was_ahead_silences_nobody(
    scene: Scene,
    jump: float,
    again: bool,  # noqa: FBT001
) -> None:
    await store_of(scene).claim_refused()

    scene.clock.jump(jump)

    assert await store_of(scene).claim_refused() is again


async def test_that_it_is_mended_is_told_once_and_only_to_who_knows(scene: Scene) -> None:
    before = await store_of(scene).claim_mended()
    await store_of(scene).claim_refused()

    after = await asyncio.gather(*(store_of(scene).claim_mended() for _ in range(4)))

    assert before is False
    assert sorted(after) == [False] * 3 + [True]


async def test_one_that_comes_and_goes_is_told_of_once_an_hour(scene: Scene) -> None:
    told = []
    for _ in range(4):
        told.append((await store_of(scene).claim_refused(), await store_of(scene).claim_mended()))
        scene.clock.pass_by(HOUR / 3)

    assert told == [(True, True), (False, False), (False, False), (True, True)]


async def test_what_nobody_could_be_told_is_told_the_next_time(scene: Scene) -> None:
    store = store_of(scene)
    await store.claim_refused()
    await store.return_refused()

    assert await store.claim_mended() is False
    assert await store.claim_refused() is True
    assert await store.claim_mended() is True
    await store.return_mended()
    assert await store.claim_mended() is True


async def test_a_claim_whose_answer_was_lost_is_still_a_claim(scene: Scene) -> None:
    twice = TwiceDatabase(scene.engine)
    store = TokenAlertStore(twice, scene.clock.now)

    claimed = await store.claim_refused(), await store.claim_mended()
    twice.close()

    assert claimed == (True, True)


async def test_a_hold_says_whether_it_is_the_first(scene: Scene) -> None:
    rate_limit = scene.rate_limit()

    assert [await rate_limit.pause(TOKEN_PAUSE), await rate_limit.pause(TOKEN_PAUSE)] == [
        True,
        False,
    ]
    await rate_limit.resume()
    assert await rate_limit.pause(TOKEN_PAUSE) is True


async def hold_three(scene: Scene) -> None:
    """Let three sends wait for the end of a pause."""
    await scene.take("V1", "V2", "V3")
    await scene.rate_limit().pause(TOKEN_PAUSE)
    for name in ("V1", "V2", "V3"):
        send = await scene.store.get(SendId(name))
        until = scene.clock.now() + timedelta(seconds=TOKEN_PAUSE)
        await scene.store.postpone(send, next_try=until, reason="atom.held")


async def test_who_checks_now_lets_one_try_at_once(scene: Scene) -> None:
    await hold_three(scene)
    scene.clock.pass_by(1)

    checked = await scene.store.check_now()

    assert checked is Checked.BEGUN
    assert await scene.due() == ["V1", "V2", "V3"]
    await scene.store.take_up(await scene.store.due(9))
    claimed = await scene.store.claim(SendId("V1"))
    assert isinstance(claimed, Claimed)
    assert claimed.is_probe
    with pytest.raises(TryLater, match=r"atom\.held"):
        await scene.store.claim(SendId("V2"))


async def test_who_checks_now_wakes_a_few_and_not_thousands(scene: Scene) -> None:
    await hold_three(scene)
    await scene.take(*(f"W{number:03}" for number in range(40)))
    with scene.engine.begin() as connection:
        connection.execute(
            sa.update(sends).values(
                reason="atom.held", next_try=scene.clock.now() + timedelta(seconds=TOKEN_PAUSE)
            )
        )

    await scene.store.check_now()

    assert 1 <= len(await scene.due()) <= 5


async def test_who_checks_now_without_a_hold_changes_nothing(scene: Scene) -> None:
    await scene.take()

    assert await scene.store.check_now() is Checked.NOT_HELD
    assert await scene.status() is Status.QUEUED


async def test_who_checks_now_while_nothing_waits_lets_the_next_one_try(scene: Scene) -> None:
    await scene.rate_limit().pause(TOKEN_PAUSE)

    checked = await scene.store.check_now()

    await scene.take()
    claimed = await scene.store.claim(SendId("V0001"))
    assert checked is Checked.NOTHING_WAITS
    assert isinstance(claimed, Claimed)
    assert claimed.is_probe
