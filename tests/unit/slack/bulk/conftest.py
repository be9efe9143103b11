"""A notifier of lists in front of the stand-in for Slack."""

from collections.abc import AsyncIterator

import pytest

from tests.unit.slack.bulk.notifier_scene import Scene, open_scene
from tests.unit.slack.bulk.press_scene import Stage, open_stage


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with open_scene() as made:
        yield made


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_stage() as made:
        yield made
