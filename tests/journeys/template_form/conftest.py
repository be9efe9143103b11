"""A bot with two kinds of admins, and a catalogue with one template."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from bot.store.database import Database, open_engine
from bot.store.templates import TemplateStore
from tests.conftest import World
from tests.journeys.conftest import Journey, open_world
from tests.journeys.template_form.scene import CITA, DIEGO, LEADS, Scene


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("template-form")
    settings = {"ADMINS": f"{seed.CARLA},{LEADS}"}
    async with open_world(folder, f"sqlite:///{folder}/bot.db", settings=settings) as made:
        made.slack.workspace.set_group(LEADS, [DIEGO])
        await made.start()
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def scene(journey: Journey) -> AsyncIterator[Scene]:
    """A catalogue with one template, and everybody as they are on other days."""
    engine = open_engine(journey.world.database_url)
    made = Scene(journey, engine, TemplateStore(Database(engine), patience=None))
    made.keep(CITA)
    yield made
    engine.dispose()
    journey.world.slack.workspace.set_group(LEADS, [DIEGO])
    await journey.world.slack.settled()
