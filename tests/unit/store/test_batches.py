"""What people decide about a list, on both databases: each counts only for what they have seen."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.bulk.batches import BatchStatus, Mapped
from bot.store.database import Database
from bot.store.tables import batch_rows, batches, events, rate_limit, sends
from tests.unit.bulk.lists import USER, ListWorld, rows

BRUNO, CARLA = "U0BRUNO", "U0CARLA"


@pytest.fixture
def world(migrated: sa.Engine) -> Iterator[ListWorld]:
    with migrated.begin() as connection:
        for table in (sends, events, batches, batch_rows):
            connection.execute(sa.delete(table))
        fresh = sa.update(rate_limit).values(next_at=0.0, held_until=0.0, list_until=0.0)
        connection.execute(fresh)
    database = Database(migrated)
    yield ListWorld(database)
    database.close()


@pytest.mark.parametrize("needs_approval", [False, True])
@pytest.mark.parametrize("anew", ["mapped", "looked at again"])
async def test_only_the_dry_run_that_was_seen_is_started(
    world: ListWorld, anew: str, *, needs_approval: bool
) -> None:
    seen = await world.checked(*rows(2))
    world.reader.rows = rows(5)
    if anew == "mapped":
        assert await world.store.map(seen.id, Mapped({"phone": 1}), user=CARLA)
    else:
        assert await world.store.look_again(seen.id)
    now = await world.carry(seen.id)
    assert now.status is BatchStatus.CHECKED

    started = [
        await world.store.start(
            seen.id,
            user=USER,
            checked=each.checked,
            with_recent=False,
            needs_approval=needs_approval,
        )
        for each in (seen, now)
    ]

    assert started == [False, True]


async def test_a_moment_between_two_others_is_no_dry_run(world: ListWorld) -> None:
    batch = await world.checked(*rows(2))
    assert batch.checked is not None

    for apart in (timedelta(microseconds=-1), timedelta(microseconds=1)):
        assert not await world.store.start(
            batch.id,
            user=USER,
            checked=batch.checked + apart,
            with_recent=False,
            needs_approval=False,
        )


async def test_what_waits_for_approval_is_what_was_started(world: ListWorld) -> None:
    batch = await world.checked(*rows(2))
    await world.store.start(
        batch.id, user=USER, checked=batch.checked, with_recent=False, needs_approval=True
    )

    assert not await world.store.map(batch.id, Mapped({"phone": 1}), user=CARLA)
    assert not await world.store.look_again(batch.id)
    assert (await world.carry(batch.id)).status is BatchStatus.AWAITING_APPROVAL
