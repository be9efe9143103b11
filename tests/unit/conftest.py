"""What tests of several parts ask for."""

from collections.abc import AsyncIterator, Iterator

import pytest
import sqlalchemy as sa

from bot.demo.atom.server import AtomStandIn
from bot.store.database import open_engine
from tests.migrated import copy_file
from tests.postgres_server import create_database
from tests.unit.atom_scene import TOKEN


@pytest.fixture
async def stand_in() -> AsyncIterator[AtomStandIn]:
    started = await AtomStandIn.start(token=TOKEN)
    yield started
    await started.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    """A database that has our tables."""
    if request.param == "postgresql":
        server, template = map(request.getfixturevalue, ("postgres", "migrated_template"))
        engine = open_engine(create_database(server, template=template))
    else:
        file = request.getfixturevalue("migrated_file")
        engine = open_engine(copy_file(file, tmp_path_factory.mktemp("database")))
    yield engine
    engine.dispose()
