"""Every button of a send that waits, pressed by everybody who may not: refused, with why, in private."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from bot.locales import load
from bot.sends import Status
from tests.conftest import World
from tests.journeys.conftest import Journey, open_world
from tests.journeys.planned_scene import FILLED, plan, row

EN = load("en")
PLANNED = ("send_now", "reschedule", "cancel")
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("doors")
    async with open_world(folder, f"sqlite:///{folder}/bot.db") as made:
        await made.start(UNDO_SECONDS="30")
        yield made


async def wait_for_card(journey: Journey, *, undo: bool, channel: str) -> tuple[str, str, str]:
    """Leave a send that waits; return its id, and where its card stands."""
    if undo:
        send_id = await journey.send(FILLED, channel=channel)
        card = await journey.held(send_id, "unless you undo it")
    else:
        send_id = await plan(journey, channel=channel)
        card = await journey.card_says(send_id, "*Scheduled*")
    return send_id, card.channel, card.ts


BUTTONS = [*((name, False) for name in PLANNED), ("undo", True)]


@pytest.mark.parametrize(("button", "undo"), BUTTONS)
async def test_who_may_not_decides_nothing(journey: Journey, button: str, *, undo: bool) -> None:
    send_id, channel, ts = await wait_for_card(journey, undo=undo, channel=seed.SOPORTE)
    workspace = journey.world.slack.workspace
    workspace.set_group(seed.SUPPORT, [seed.ALICE, seed.LUCIA])  # Bruno may send no more
    await journey.world.slack.settled()
    refusals = {
        seed.GUEST: EN("refused.guest"),
        seed.BRUNO: f"<@{seed.CARLA}>",
        seed.LUCIA: f"<@{seed.ALICE}>",
    }
    try:
        for user, why in refusals.items():
            person = journey.person(user)
            await person.click(channel, ts, button)
            await journey.told(person, channel, why)
            assert person.view is None
    finally:
        workspace.set_group(seed.SUPPORT, [seed.ALICE, seed.BRUNO, seed.LUCIA])
        await journey.world.slack.settled()

    waiting = Status.QUEUED if undo else Status.SCHEDULED
    assert row(journey, send_id).status == waiting
    await journey.person(seed.CARLA).click(channel, ts, "undo" if undo else "cancel")
    await journey.outcome(send_id, "cancelled")
    assert journey.world.atom.calls == []


@pytest.mark.parametrize(("button", "undo"), BUTTONS)
async def test_a_stranger_of_a_shared_channel_decides_nothing(
    journey: Journey, button: str, *, undo: bool
) -> None:
    send_id, channel, ts = await wait_for_card(journey, undo=undo, channel=seed.SHARED)
    stranger = journey.person(seed.EXTERNAL)

    await stranger.click(channel, ts, button)

    await journey.told(stranger, channel, EN("refused.external"))
    assert stranger.view is None
    waiting = Status.QUEUED if undo else Status.SCHEDULED
    assert row(journey, send_id).status == waiting
    await journey.person(seed.ALICE).click(channel, ts, "undo" if undo else "cancel")
    await journey.outcome(send_id, "cancelled")
    assert journey.world.atom.calls == []


async def test_who_became_a_guest_cannot_change_their_own(journey: Journey) -> None:
    send_id, channel, ts = await wait_for_card(journey, undo=False, channel=seed.SOPORTE)
    person = journey.person()
    await person.click(channel, ts, "reschedule")
    assert person.view is not None
    workspace = journey.world.slack.workspace
    workspace.change_person(seed.ALICE, is_restricted=True)
    await journey.world.slack.settled()
    try:
        result = await person.submit()
        assert not result.closed
        assert row(journey, send_id).status == Status.SCHEDULED
    finally:
        workspace.change_person(seed.ALICE, is_restricted=False)
        await journey.world.slack.settled()
    await journey.person(seed.CARLA).click(channel, ts, "cancel")
    await journey.outcome(send_id, "cancelled")
