"""What people decide about a list, on both databases: each counts only for what they have seen."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.bulk.batches import Batch, BatchId, BatchStatus, Mapped
from bot.retries import retry_of
from bot.sends import Outcome, Send, SendAt, SendRequest
from bot.store.batch_queries import select_replaced, select_retries
from bot.store.database import Database, open_engine
from bot.store.tables import batch_rows, batches, events, rate_limit, sends
from tests.builders import make_send_request
from tests.unit.bulk.lists import USER, ListWorld, request, rows
from tests.unit.store.scene import REJECTED, SENT, UNKNOWN, Scene

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


async def planned(world: ListWorld, hours: float) -> Batch:
    """Look at a list that is to go out in so many hours."""
    moment = datetime.now(UTC) + timedelta(hours=hours)
    send_at = SendAt(moment, moment.replace(tzinfo=None), "UTC", "")
    made = await world.store.create(dataclasses.replace(request(), send_at=send_at))
    world.reader.rows = rows(2)
    return await world.carry(made.id)


@pytest.mark.parametrize(
    ("hours", "ends_in"),
    [
        # As for a send: within APPROVAL_EXPIRES, and no later than LATE_AFTER behind its moment.
        (2, 3),
        (6.5, 7.5),
        (48, 8),
        # Started though its moment is past, it was to go out at once.
        (-2, 8),
    ],
)
async def test_nobody_approves_a_list_long_after_its_moment(
    world: ListWorld, hours: float, ends_in: float
) -> None:
    batch = await planned(world, hours)
    began = datetime.now(UTC)
    await world.store.start(
        batch.id, user=USER, checked=batch.checked, with_recent=False, needs_approval=True
    )

    batch = await world.store.get(batch.id)
    assert batch.approve_until is not None
    apart = batch.approve_until - began - timedelta(hours=ends_in)
    assert abs(apart) < timedelta(minutes=1)


async def test_who_said_which_column_is_which_is_remembered(world: ListWorld) -> None:
    batch = await world.checked(*rows(2))

    for user in (CARLA, USER, BRUNO, CARLA):
        assert await world.store.map(batch.id, Mapped({"phone": 1}), user=user)
        batch = await world.carry(batch.id)

    assert batch.request.prepared_by == (BRUNO, CARLA)
    # Nobody did anything.
    assert await world.store.look_again(batch.id)
    assert (await world.store.get(batch.id)).request.prepared_by == (BRUNO, CARLA)


async def test_who_prepared_an_earlier_list_is_written_down_with_its_rows(world: ListWorld) -> None:
    asked = dataclasses.replace(request(), prepared_by=(CARLA,))

    made = await world.store.create(asked)

    assert (await world.store.get(made.id)).request == asked


async def ended(world: ListWorld, *outcomes: Outcome) -> tuple[Batch, list[Send]]:
    """Let a list's rows end so, and return its sends by line."""
    ends = dict(zip((row.phone for row in rows(len(outcomes))), outcomes, strict=True))

    async def answer(asked: SendRequest) -> Outcome:
        return ends[asked.phone]

    world.atom.answer = answer
    batch = await world.started(*rows(len(outcomes)))
    batch = await world.carry(batch.id)
    found = await world.store.results(batch.id, after=0, limit=100)
    return batch, [each.send for each in found if each.send]


async def test_rows_that_go_on_as_sends_of_their_own_are_known(world: ListWorld) -> None:
    batch, (first, second, third, *_) = await ended(
        world, UNKNOWN, UNKNOWN, REJECTED, REJECTED, SENT, UNKNOWN
    )
    singles = Scene(world.database).store
    await singles.send_again(retry_of(first, user=CARLA))
    await singles.resolve_not_sent(second.id, user=CARLA)
    corrected = make_send_request(id="C0001", corrects=third.id, phone="50760000099")
    taken = await singles.take(corrected)
    # What takes the place of a correction is none itself.
    await singles.take(dataclasses.replace(retry_of(taken.send, user=CARLA), replaces=None))

    assert await world.store.replaced(batch.id) == {
        first.request.batch_line,
        third.request.batch_line,
    }
    progress = await world.progress(batch.id)
    # The one that is left, and the other rejected one.
    assert (progress.replaced, progress.not_sent) == (2, 2)
    assert (await singles.get(taken.send.id)).request.corrects == third.id


async def test_what_whatsapp_makes_wait_a_day_is_counted_apart(world: ListWorld) -> None:
    frequent = dataclasses.replace(REJECTED, vendor_message="131049: healthy ecosystem")
    batch, (first, *_) = await ended(world, frequent, REJECTED, SENT, frequent)
    singles = Scene(world.database).store

    progress = await world.progress(batch.id)
    assert (progress.not_sent, progress.resting, progress.may_go_again) == (3, 2, 1)

    # One goes on as a send of its own.
    await singles.take(make_send_request(id="C0001", corrects=first.id, phone="50760000099"))
    progress = await world.progress(batch.id)
    assert (progress.not_sent, progress.resting, progress.may_go_again) == (2, 1, 1)

    yesterday = datetime.now(UTC) - timedelta(hours=25)
    earlier = sa.update(sends).values(ended=yesterday)
    await world.database.write(lambda connection: connection.execute(earlier))
    progress = await world.progress(batch.id)
    assert (progress.not_sent, progress.resting) == (2, 0)


async def test_lists_of_what_did_not_go_out_are_found_however_many_came_since(
    world: ListWorld,
) -> None:
    first = await world.store.create(request())
    for number in range(3):
        again = dataclasses.replace(
            request(f"AGAIN-{number}"), retries=first.id if number else BatchId("other"), file=None
        )
        await world.store.create(again)

    found = await world.store.retries_of(first.id)

    assert {each.id for each in found} == {"AGAIN-1", "AGAIN-2"}


@pytest.mark.parametrize(
    ("query", "index"),
    [(select_replaced, "sends_corrections"), (select_retries, "batches_again")],
)
def test_sqlite_finds_them_without_going_through_all(
    sqlite_url: str, query: Callable[[BatchId], "sa.Select[Any]"], index: str
) -> None:
    engine = open_engine(sqlite_url)
    text = query(BatchId("x")).compile(engine, compile_kwargs={"literal_binds": True})

    with engine.connect() as connection:
        plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
    engine.dispose()

    assert any(index in each for each in plan)
