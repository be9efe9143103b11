"""A send can be undone for some seconds: its card stands at once, and says until when."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from tests.conftest import World
from tests.journeys.conftest import Journey, open_world
from tests.journeys.planned_scene import change_row, plan
from tests.messages import button_actions

pytestmark = pytest.mark.asyncio(loop_scope="module")
UNDO = 3  # seconds


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("undo")
    async with open_world(folder, f"sqlite:///{folder}/bot.db") as made:
        await made.start(UNDO_SECONDS=str(UNDO))
        yield made


async def test_it_goes_out_when_nobody_undid_it(journey: Journey) -> None:
    began = time.time()
    send_id = await journey.send()
    card = await journey.card_says(send_id, "unless you undo it")
    assert button_actions(card) == ["undo"]

    await journey.outcome(send_id, "pending")

    (call,) = journey.world.atom.calls
    assert call.at - began >= UNDO
    after = journey.card(send_id)
    assert after is not None
    assert (after.ts, button_actions(after)) == (card.ts, [])


async def test_what_is_undone_never_goes_out(journey: Journey) -> None:
    send_id = await journey.send()
    card = await journey.held(send_id, "unless you undo it")

    await journey.person(seed.BRUNO).click(card.channel, card.ts, "undo")
    await journey.person().click(card.channel, card.ts, "undo")

    await journey.outcome(send_id, "cancelled")
    assert journey.world.atom.calls == []


async def test_the_pause_survives_a_kill(journey: Journey) -> None:
    send_id = await journey.send()
    await journey.held(send_id, "unless you undo it")
    bot = journey.world.bots.pop()
    bot.kill()
    await bot.wait()

    await journey.world.start(UNDO_SECONDS=str(UNDO))

    assert journey.world.atom.calls == []
    journey.let_try(send_id)
    await journey.outcome(send_id, "pending")
    assert len(journey.world.atom.calls) == 1


async def test_a_scheduled_one_has_no_such_pause(journey: Journey) -> None:
    send_id = await plan(journey)
    card = await journey.card_says(send_id, "*Scheduled*")
    change_row(journey, send_id, due_at=datetime.now(UTC))

    assert "undo" not in button_actions(card)
    await journey.outcome(send_id, "pending")
