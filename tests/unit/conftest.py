"""What tests of several parts ask for."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar

import pytest
import sqlalchemy as sa

from bot.demo.atom.server import AtomStandIn
from bot.store import send_table
from bot.store.database import Database, open_engine
from tests.migrated import copy_file
from tests.postgres_server import create_database
from tests.unit.atom_scene import TOKEN

T = TypeVar("T")

LONG = 60.0  # seconds
SHORT = send_table.LISTENER_PATIENCE


@pytest.fixture(scope="session", autouse=True)
def _patient_listeners() -> Iterator[None]:
    """Let the database take long for those who wait in Slack: a busy machine stands still at times."""
    again = Database._again  # noqa: SLF001 - all public ways lead here

    async def patiently(
        self: Database, once: "Callable[[], asyncio.Future[T]]", patience: float | None
    ) -> T:
        return await again(self, once, LONG if patience == SHORT else patience)

    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(Database, "_again", patiently)
        changed.setattr(send_table, "LISTENER_PATIENCE", LONG)
        yield


@pytest.fixture
def impatient_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let those who wait in Slack have but a moment, for whatever never comes."""
    monkeypatch.setattr(send_table, "LISTENER_PATIENCE", 0.2)


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
