"""More user groups in the settings than Slack takes questions about in a minute."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from tests.conftest import World
from tests.journeys.conftest import COMMAND, Journey, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")

GROUPS = [f"S0GRUPO{number:04}" for number in range(30)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("senders")
    listed = {"SENDERS": ",".join(GROUPS)}
    url = f"sqlite:///{folder}/bot.db"
    async with open_world(folder, url, settings=listed, rate_limits=True) as made:
        for group in GROUPS:
            made.slack.workspace.set_group(group, [])
        made.slack.workspace.set_group(GROUPS[-1], [seed.BRUNO])
        await made.start()
        yield made


async def test_a_member_of_the_last_of_them_sends(journey: Journey) -> None:
    send_id = await journey.send(user=seed.BRUNO)

    await journey.outcome(send_id, "pending")


async def test_who_is_in_none_of_them_is_refused(journey: Journey) -> None:
    result = await journey.person(seed.DIEGO).command(seed.SOPORTE, COMMAND, "")

    assert "You don't have permission to send" in result.shown
