"""Many templates, each for another user group: all are offered, and Slack is asked little."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from tests.builders import make_one_param_template
from tests.conftest import World
from tests.journeys.conftest import COMMAND, Journey, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")

# More than the calls that Slack takes of one method of this tier in a minute.
MANY = 25
MOST_CALLS = 3
GROUPS = tuple(f"S0GRUPO{number:04}" for number in range(MANY))
CATALOGUE = tuple(
    replace(
        make_one_param_template(), name=f"Aviso {number:02}", id=f"{number:020}", allowed=(group,)
    )
    for number, group in enumerate(GROUPS)
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("groups")
    async with open_world(folder, f"sqlite:///{folder}/bot.db", rate_limits=True) as made:
        for group in GROUPS:
            made.slack.workspace.set_group(group, [seed.ALICE])
        await made.keep(*CATALOGUE)
        await made.start()
        yield made


def calls(world: World) -> int:
    """Count what Slack was asked about user groups."""
    return sum(one.kind.startswith("usergroups.") for one in world.slack.traffic)


async def offered(journey: Journey) -> list[str]:
    person = await journey.open("")
    return [each["text"]["text"] for each in await person.suggest("template", "")]


async def test_all_of_them_are_offered(journey: Journey) -> None:
    before = calls(journey.world)

    found = await offered(journey)

    assert found == [each.name for each in CATALOGUE]
    assert calls(journey.world) - before <= MOST_CALLS


async def test_all_of_them_are_offered_after_everything_is_read_anew(journey: Journey) -> None:
    await offered(journey)
    await journey.person().close()
    before = calls(journey.world)
    await journey.person().command(seed.SOPORTE, COMMAND, "refresh")

    found = await offered(journey)

    assert found == [each.name for each in CATALOGUE]
    assert 1 <= calls(journey.world) - before <= MOST_CALLS


async def test_who_is_in_none_of_the_groups_is_offered_nothing(journey: Journey) -> None:
    person = await journey.open("", user=seed.BRUNO)

    assert await person.suggest("template", "") == []
