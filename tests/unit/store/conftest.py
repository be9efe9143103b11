"""A SQLite file and a real PostgreSQL, with our tables."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bot.store.database import Database
from bot.store.tables import do_not_contact, events, rate_limit, sends, token_alert
from tests.unit.store.scene import UNKNOWN, Scene, V


@pytest.fixture
def database(migrated: sa.Engine) -> Iterator[Database]:
    with migrated.begin() as connection:
        connection.execute(sa.delete(sends))
        connection.execute(sa.delete(events))
        connection.execute(sa.delete(do_not_contact))
        connection.execute(sa.update(rate_limit).values(next_at=0.0, held_until=0.0))
        connection.execute(sa.update(token_alert).values(told_at=0.0, is_open=False, claim=""))
    database = Database(migrated)
    yield database
    database.close()


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


@pytest.fixture
async def unknown(scene: Scene) -> Scene:
    """One send of which nobody knows what became."""
    await scene.take()
    await scene.claim()
    await scene.settle(UNKNOWN)
    await scene.store.card_posted(V, "C0SOPORTE01", "1.2")
    scene.runs.begun.clear()
    return scene
