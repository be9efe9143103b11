"""What refresh asks anew, and what is answered when something is away."""

from typing import Any, cast

import pytest
import sqlalchemy as sa

from bot.errors import NotAllowed, TryLater
from bot.slack.subcommands import Subcommands
from bot.store.tables import templates
from tests.builders import ALICE, CARLA, make_template
from tests.unit.slack.subcommands.scene import BRUNO, EN, SHORTCUT, SOPORTE, SUPPORT, Room


async def test_refresh_asks_anew_and_says_what_it_found(room: Room) -> None:
    assert "no catalogue" in await room.told("refresh")
    await room.stock(make_template())
    room.slack.asked.clear()
    room.clock.pass_by(10)

    told = await room.told("refresh")

    assert room.slack.asked == [SUPPORT, ALICE]
    assert "You can send 1 template in all. You are not an admin" in told


async def test_an_admin_is_told_so_by_refresh(room: Room) -> None:
    assert "You are an admin" in await room.told("refresh", user=CARLA)


async def test_refresh_notices_who_came_into_a_group(room: Room) -> None:
    room.slack.groups["S0VENTAS001"] = []
    await room.stock(make_template(allowed=("S0VENTAS001",)))
    assert "can send 0 templates" in await room.told("refresh")
    room.slack.groups["S0VENTAS001"] = [ALICE]
    room.clock.pass_by(10)

    assert "can send 1 template in all." in await room.told("refresh")


async def test_refresh_reads_a_catalogue_that_was_changed_by_hand(room: Room) -> None:
    await room.stock(make_template())
    await room.told("list")
    await room.database.write(lambda c: c.execute(sa.update(templates).values(active=False)))

    assert "can send 0 templates" in await room.told("refresh")


async def test_refresh_notices_who_may_send_no_more(room: Room) -> None:
    await room.told("refresh")
    room.slack.groups[SUPPORT] = []
    room.clock.pass_by(10)

    with pytest.raises(NotAllowed):
        await room.ask("refresh")


@pytest.mark.parametrize("user", [ALICE, BRUNO])
async def test_refresh_just_after_another_asks_slack_nothing_anew(room: Room, user: str) -> None:
    await room.told("refresh", user=BRUNO)
    await room.told("refresh", user=ALICE)
    room.slack.asked.clear()
    room.clock.pass_by(9)

    told = await room.told("refresh", user=user)

    assert "just now" in told
    assert room.slack.asked == []


async def test_a_refresh_that_slack_refuses_is_told_and_leaves_nothing_old(room: Room) -> None:
    room.slack.raises[SUPPORT] = [TryLater("slack.limited")]

    with pytest.raises(TryLater):
        await room.ask("refresh")
    assert "just now" in await room.told("refresh")


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
        await asked.answer(text, user=ALICE, channel=SOPORTE, words=EN)
