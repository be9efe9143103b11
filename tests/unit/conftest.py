"""What tests of several parts ask for."""

from collections.abc import AsyncIterator

import pytest

from bot.demo.atom.server import AtomStandIn
from tests.unit.atom_scene import TOKEN


@pytest.fixture
async def stand_in() -> AsyncIterator[AtomStandIn]:
    started = await AtomStandIn.start(token=TOKEN)
    yield started
    await started.close()
