"""What refresh asks anew, and what is answered when something is away."""

from typing import Any, cast

import pytest
import sqlalchemy as sa

from bot.errors import NotAllowed, TryLater
from bot.slack.subcommands import Subcommands
from bot.store.tables import templates
from tests.builders import ALICE, CARLA, make_template
from tests.unit.slack.subcommands.scene import BRUNO, EN, SHORTCUT, SOPORTE, SUPPORT, Scene


async def test_refresh_asks_anew_and_says_what_it_found(scene: Scene) -> None:
    assert "no catalogue" in await scene.told("refresh")
    await scene.stock(make_template())
    scene.slack.asked.clear()
    scene.clock.pass_by(10)

    told = await scene.told("refresh")

    assert scene.slack.asked == [SUPPORT, ALICE]
    assert "You can send 1 template in all. You are not an admin" in told


async def test_an_admin_is_told_so_by_refresh(scene: Scene) -> None:
    assert "You are an admin" in await scene.told("refresh", user=CARLA)


async def test_refresh_notices_who_came_into_a_group(scene: Scene) -> None:
    scene.slack.groups["S0VENTAS001"] = []
    await scene.stock(make_template(allowed=("S0VENTAS001",)))
    assert "can send 0 templates" in await scene.told("refresh")
    scene.slack.groups["S0VENTAS001"] = [ALICE]
    scene.clock.pass_by(10)

    assert "can send 1 template in all." in await scene.told("refresh")


async def test_refresh_reads_a_catalogue_that_was_changed_by_hand(scene: Scene) -> None:
    await scene.stock(make_template())
    await scene.told("list")
    await scene.database.write(lambda c: c.execute(sa.update(templates).values(active=False)))

    assert "can send 0 templates" in await scene.told("refresh")


async def test_refresh_notices_who_may_send_no_more(scene: Scene) -> None:
    await scene.told("refresh")
    scene.slack.groups[SUPPORT] = []
    scene.clock.pass_by(10)

    with pytest.raises(NotAllowed):
        await scene.ask("refresh")


@pytest.mark.parametrize("user", [ALICE, BRUNO])
async def test_refresh_just_after_another_asks_slack_nothing_anew(scene: Scene, user: str) -> None:
    await scene.told("refresh", user=BRUNO)
    await scene.told("refresh", user=ALICE)
    scene.slack.asked.clear()
    scene.clock.pass_by(9)

    told = await scene.told("refresh", user=user)

    assert "just now" in told
    assert scene.slack.asked == []


async def test_a_refresh_that_slack_refuses_is_told_and_leaves_nothing_old(scene: Scene) -> None:
    scene.slack.raises[SUPPORT] = [TryLater("slack.limited")]

    with pytest.raises(TryLater):
        await scene.ask("refresh")
    assert "just now" in await scene.told("refresh")


class NoAnswer:
    """A port that can't be reached."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: object, **__: object) -> None:
            raise TryLater("database.unreachable")

        return fail


@pytest.mark.parametrize("text", ["recent", "list", "status 4567", "status V0ABC1"])
async def test_what_can_t_be_asked_now_is_for_later(text: str) -> None:
    away = cast(Any, NoAnswer())
    asked = Subcommands(away, away, away, away, SHORTCUT, away)

    with pytest.raises(TryLater):
        await asked.answer(text, user=ALICE, channel=SOPORTE, translator=EN)
