"""What goes wrong around a list: processes that die or were taken for dead, races, and clocks."""

import asyncio
import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.bulk.batches import Batch, BatchStatus, ListRow, Mapped, PauseReason, RowKind
from bot.bulk.calls import STALE_SECONDS
from bot.bulk.ports import Looked
from bot.bulk.run_repository import SAME_SENT, Filled, Group
from bot.errors import TooEarly, TryLater
from bot.sends import Outcome, Send, SendRequest, Status
from bot.store.database import Database
from bot.store.tables import batches, sends
from tests.unit.bulk.lists import SENT, USER, ListWorld, clean, report, request, rows

pytestmark = pytest.mark.slow

BEN, ANA = "K7R2-M9T5W", "D5F6-H7J8K"
WINDOW = timedelta(hours=24)


@pytest.fixture
def database(migrated: sa.Engine) -> Iterator[Database]:
    yield from clean(migrated)


@pytest.fixture
def world(database: Database) -> ListWorld:
    return ListWorld(database)


async def press_start(world: ListWorld, batch: Batch, *, with_recent: bool = False) -> None:
    now = await world.store.get(batch.id)
    assert now.checked is not None
    assert await world.store.start(
        batch.id, checked=now.checked, user=USER, with_recent=with_recent, needs_approval=False
    )


async def take_up(world: ListWorld, batch: Batch) -> Batch:
    (due,) = [each for each in await world.store.due(10) if each.id == batch.id]
    taken = await world.store.take_up(due)
    assert taken is not None
    return taken


async def in_the_middle(database: Database, calls: int = 4) -> tuple[ListWorld, Batch]:
    """Kill a process while these calls of its list wait for an answer."""
    killed = ListWorld(database, process="killed")
    batch = await killed.started(*rows(30))

    async def hang(_: SendRequest) -> Outcome:
        await asyncio.Event().wait()
        return SENT

    killed.atom.answer = hang
    run = asyncio.create_task(killed.carry(batch.id))
    await killed.atom.called(calls)
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    return killed, await killed.store.get(batch.id)


async def test_two_lists_of_the_same_file_send_each_row_once(database: Database) -> None:
    world = ListWorld(database, duplicates=WINDOW)
    # Both were looked at before either was started.
    one, other = [await world.checked(*rows(5), batch=each) for each in (BEN, ANA)]
    for batch in (one, other):
        await press_start(world, batch)
    await asyncio.gather(world.carry(one.id), world.carry(other.id))

    assert sorted(world.atom.phones) == [row.phone for row in rows(5)]
    skipped = [
        each
        for batch in (one, other)
        for each in await world.sends(batch.id)
        if each.status == "failed"
    ]
    assert {each.reason for each in skipped} == {SAME_SENT}
    assert len(skipped) == 5


async def test_what_was_chosen_to_go_again_goes_again(database: Database) -> None:
    world = ListWorld(database, duplicates=WINDOW)
    await world.carry((await world.started(*rows(2), batch=BEN)).id)
    again = tuple(dataclasses.replace(row, kind=RowKind.RECENT) for row in rows(2))
    batch = await world.checked(*again, batch=ANA)
    await press_start(world, batch, with_recent=True)
    await forget_the_calls(world)

    await world.carry(batch.id)

    assert len(world.atom.calls) == 4


@pytest.mark.parametrize("decision", ["stop", "pause"])
async def test_calls_of_a_process_that_was_killed_after_stop_or_pause_are_unknown(
    database: Database, decision: str
) -> None:
    _, batch = await in_the_middle(database)
    world = ListWorld(database, process="next")
    assert await getattr(world.store, decision)(batch.id, user=USER)

    now = await world.carry(batch.id)

    counts = (await world.progress(batch.id)).counts
    assert now.status is (BatchStatus.STOPPED if decision == "stop" else BatchStatus.PAUSED)
    assert Status.SENDING not in counts
    assert counts[Status.UNKNOWN] >= 4
    assert now.announced_status == now.status
    assert world.atom.calls == []


async def test_a_list_that_was_killed_in_its_calls_long_ago_asks_first(database: Database) -> None:
    _, batch = await in_the_middle(database)
    late = ListWorld(database, process="next", now=lambda: datetime.now(UTC) + timedelta(days=3))

    now = await late.carry(batch.id)

    assert (now.status, now.reason) == (BatchStatus.PAUSED, PauseReason.LATE)
    assert late.atom.calls == []


async def test_a_list_that_is_paused_while_its_rows_become_sends_ends_with_all_of_them(
    world: ListWorld,
) -> None:
    batch = await world.started(*rows(30))
    taken = await take_up(world, batch)
    assert await world.store.fill(taken, 10) is Filled.MORE
    await world.store.pause(batch.id, user=USER)
    assert await world.store.fill(taken, 10) is Filled.NOT_RUNNING
    await world.store.resume(batch.id, user=USER)
    assert not await world.store.finish(taken)
    await world.store.release(batch.id)

    assert (await world.carry(batch.id)).status is BatchStatus.DONE
    assert len(world.atom.calls) == 30


async def test_who_read_for_a_mapping_that_was_said_anew_writes_nothing(world: ListWorld) -> None:
    made = await world.store.create(request(ANA))
    reading = await take_up(world, made)
    # Somebody else reads it meanwhile, a person says which column is what, and it is read again.
    other = ListWorld(world.database, process="other")
    other.reader.rows = rows(3)
    again = await take_up(other, made)
    await other.carrier.carry(again)
    await other.store.release(made.id)
    await press_start(other, made)

    looked = Looked(BatchStatus.CHECKED, report(*rows(1)), rows(1))
    assert not await world.store.looked_at(reading, looked)
    assert (await other.carry(made.id)).status is BatchStatus.DONE
    assert len(other.atom.calls) == 3


async def test_a_mapping_makes_what_is_read_at_this_moment_void(world: ListWorld) -> None:
    batch = await world.checked(*rows(1))
    assert await world.store.map(batch.id, Mapped({"phone": 1}), user=USER)
    reading = await take_up(world, batch)
    looked = Looked(BatchStatus.CHECKED, report(*rows(1)), rows(1))
    assert await world.store.looked_at(reading, looked)
    # The answer of that commit was lost, and a person said something else before it is tried again.
    assert await world.store.map(batch.id, Mapped({"phone": 2}), user=USER)

    assert not await world.store.looked_at(reading, looked)
    assert (await world.store.get(batch.id)).status is BatchStatus.READING


async def test_a_process_that_was_taken_for_dead_interrupts_nobody(database: Database) -> None:
    slow = ListWorld(database, process="slow")
    batch = await slow.started(*rows(3))
    mine = await take_up(slow, batch)
    other = ListWorld(database, process="other")
    theirs = await take_up(other, batch)
    await other.store.fill(theirs, 10)
    group = await other.store.claim(batch.id, await other.store.next(batch.id, 3))
    assert isinstance(group, Group)

    assert await slow.store.interrupt(mine) == 0
    assert (await slow.progress(batch.id)).count(Status.SENDING) == len(group.sends)


async def test_a_fault_of_ours_in_a_call_makes_it_unknown_and_the_list_ends(
    world: ListWorld,
) -> None:
    batch = await world.started(*rows(3))

    async def broken(_: SendRequest) -> Outcome:
        raise RuntimeError("a fault of ours")

    world.atom.answer = broken

    assert (await world.carry(batch.id)).status is BatchStatus.DONE
    assert (await world.progress(batch.id)).counts == {Status.UNKNOWN: 3}


async def test_an_outcome_that_can_t_be_written_leaves_an_unknown_row(
    world: ListWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = await world.started(*rows(3))
    settle, failed = world.store.settle, list[Send]()

    async def once(send: Send, outcome: Outcome) -> None:
        if not failed:
            failed.append(send)
            raise RuntimeError("a fault of ours")
        await settle(send, outcome)

    monkeypatch.setattr(world.store, "settle", once)

    assert (await world.carry(batch.id)).status is BatchStatus.DONE
    assert (await world.progress(batch.id)).counts == {Status.SENT: 2, Status.UNKNOWN: 1}


async def test_rows_that_waited_over_a_long_pause_are_tried_anew(world: ListWorld) -> None:
    batch = await world.started(*rows(3))

    async def refuse(_: SendRequest) -> Outcome:
        return Outcome(Status.FAILED, "token", http_status=401, pauses_queue=True)

    world.atom.answer = refuse
    await world.carry(batch.id)
    # The pause was longer than a row is tried.
    past = datetime.now(UTC) - timedelta(hours=1)
    await world.database.write(lambda c: c.execute(sa.update(sends).values(give_up_at=past)))
    world.atom.answer = None
    assert await world.store.resume(batch.id, user=USER)

    await world.carry(batch.id)

    assert (await world.progress(batch.id)).counts == {Status.SENT: 3}


async def test_while_atom_is_unreachable_the_list_waits_and_does_not_try_row_by_row(
    world: ListWorld,
) -> None:
    batch = await world.started(*rows(60))

    async def down(_: SendRequest) -> Outcome:
        raise TryLater("atom.unreachable")

    world.atom.answer = down
    run = asyncio.create_task(world.carry(batch.id))
    await asyncio.sleep(2.0)
    tried = len(world.atom.calls)
    world.atom.answer = None
    await run

    # Three until it was noticed, those that left before, and one after each ever longer pause:
    # of a group that was claimed together the others do not leave any more.
    assert tried < 20
    assert (await world.progress(batch.id)).counts == {Status.SENT: 60}


async def test_stop_is_heard_while_nobody_can_say_who_may(world: ListWorld) -> None:
    batch = await world.started(*rows(5))
    asked = asyncio.Event()

    async def unknown(_: Batch) -> PauseReason:
        asked.set()
        raise TryLater("slack.unreachable")

    world.why_paused = unknown
    run = asyncio.create_task(world.carry(batch.id))
    await asked.wait()
    assert await world.store.stop(batch.id, user=USER)

    async with asyncio.timeout(60.0):
        await run

    assert (await world.store.get(batch.id)).status is BatchStatus.STOPPED
    assert world.atom.calls == []


async def test_what_was_asked_long_ago_is_asked_anew_before_the_call(
    world: ListWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.bulk.look_ahead.JUDGED_SECONDS", 0.2)
    world = ListWorld(world.database, rate=5.0)
    batch = await world.started(*rows(4))
    asked: list[int] = []

    async def count(send: Send) -> None:
        asked.append(send.request.batch_line)

    world.may_send = count
    await world.carry(batch.id)

    assert len(world.atom.calls) == 4
    # The last ones of a page waited for their permits for longer than an answer holds.
    assert len(asked) > 4


async def test_a_call_whose_moment_is_long_past_does_not_leave(
    world: ListWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = await world.started(*rows(2))
    leave, now, late = world.parts.pacer.leave, world.parts.pacer.now, [True]
    passed: list[float] = []

    async def stopped(moment: float) -> None:
        await leave(moment)
        if late:
            late.clear()
            # As if this process had been stopped, and went on.
            passed.append(2 * STALE_SECONDS)

    monkeypatch.setattr(world.parts.pacer, "leave", stopped)
    monkeypatch.setattr(world.parts.pacer, "now", lambda: now() + (passed.pop() if passed else 0.0))
    await world.carry(batch.id)

    assert len(world.atom.calls) == len(set(world.atom.phones)) == 2
    # One was put back, and left at a later moment.
    assert sorted(each.tries for each in await world.sends(batch.id)) == [0, 1]


async def test_a_clock_that_was_ahead_keeps_no_row_waiting(world: ListWorld) -> None:
    batch = await world.started(*rows(2))
    taken = await take_up(world, batch)
    await world.store.fill(taken, 10)
    ahead = datetime.now(UTC) + timedelta(hours=5)
    await world.database.write(
        lambda c: c.execute(sa.update(sends).values(updated=ahead, next_try=ahead))
    )
    later = sa.update(batches).values(updated=ahead, next_try=ahead, runner="")
    await world.database.write(lambda c: c.execute(later))

    assert (await world.carry(batch.id)).status is BatchStatus.DONE


async def test_permits_for_rows_that_can_t_be_called_are_for_others(world: ListWorld) -> None:
    batch = await world.started(*rows(3))
    taken = await take_up(world, batch)
    await world.store.fill(taken, 10)
    page = await world.store.next(batch.id, 3)
    # Somebody called their numbers a moment ago.
    await world.database.write(
        lambda c: c.execute(
            sa.update(sends).values(status="sent", told="sent", updated=datetime.now(UTC))
        )
    )

    group = await world.store.claim(batch.id, page)
    after = await world.database.write(world.rate_limit.permit)

    assert group == Group(())
    assert not isinstance(after, float)
    assert after.wait == 0.0


async def correct(world: ListWorld, batch: Batch, line: int) -> None:
    """Let somebody correct a row's number, and send that by itself."""
    (old,) = [each for each in await world.sends(batch.id) if each.batch_line == line]
    corrected = dict(old._mapping) | {  # noqa: SLF001 - a row of SQLAlchemy's
        "id": "X2X5-X6X7X",
        "request_key": "corrected",
        "corrects": old.id,
        "batch": "",
        "canonical": "50769999999",
        "status": "sent",
        "told": "sent",
    }
    await world.database.write(lambda c: c.execute(sa.insert(sends).values(corrected)))


async def refused(world: ListWorld, *found: ListRow) -> Batch:
    """Run a list of which Atom refuses every row."""

    async def refuse(_: SendRequest) -> Outcome:
        return Outcome(Status.REJECTED, "rejected", vendor_message="No hay datos para enviar")

    batch = await world.started(*found, batch=BEN)
    world.atom.answer = refuse
    await world.carry(batch.id)
    world.atom.calls.clear()
    world.atom.answer = None
    return batch


async def again(world: ListWorld, before: Batch, name: str, *found: ListRow) -> Batch:
    """Let what is left of a list be looked at as a list of its own."""
    world.reader.rows = found
    asked = dataclasses.replace(request(name), file=None, retries=before.id)
    made = await world.store.create(asked)
    return await world.carry(made.id)


async def test_a_row_that_was_sent_again_by_itself_does_not_go_out_with_the_new_list(
    world: ListWorld,
) -> None:
    first = await refused(world, *rows(3))
    second = await again(world, first, ANA, *rows(3))
    # After the new list's dry run.
    await correct(world, first, 2)
    await forget_the_calls(world)
    await press_start(world, second)

    await world.carry(second.id)

    assert sorted(world.atom.phones) == [row.phone for row in rows(3)[1:]]
    # Nor with any list that is made of that one.
    assert await world.store.replaced(second.id) == {2}


async def test_a_row_that_is_corrected_while_it_waits_in_a_new_list_does_not_go_out(
    world: ListWorld,
) -> None:
    first = await refused(world, *rows(3))
    second = await again(world, first, ANA, *rows(3))
    await forget_the_calls(world)
    await press_start(world, second)
    taken = await take_up(world, second)
    assert await world.store.fill(taken, 10) is Filled.ALL
    await correct(world, first, 2)
    await world.store.release(second.id)

    await world.carry(second.id)

    assert sorted(world.atom.phones) == [row.phone for row in rows(3)[1:]]


async def test_what_did_not_arrive_goes_out_with_the_new_list(database: Database) -> None:
    world = ListWorld(database, duplicates=WINDOW)
    first = await world.started(*rows(2), batch=BEN)

    async def unclear(_: SendRequest) -> Outcome:
        return Outcome(Status.UNKNOWN, "no_answer")

    world.atom.answer = unclear
    await world.carry(first.id)
    world.atom.calls.clear()
    world.atom.answer = None
    assert await world.store.decide_unknown(first.id, arrived=False, user=USER) == 2
    second = await again(world, first, ANA, *rows(2))
    await forget_the_calls(world)
    await press_start(world, second)

    await world.carry(second.id)

    assert len(world.atom.calls) == 2
    assert len(await world.store.said_lost(second.id)) == 2


async def test_one_row_in_quiet_hours_puts_no_other_to_sleep(world: ListWorld) -> None:
    batch = await world.started(*rows(2))
    taken = await take_up(world, batch)
    await world.store.fill(taken, 10)
    quiet, _ = await world.store.next(batch.id, 2)
    night = datetime.now(UTC) + timedelta(hours=9)
    await world.store.postpone(quiet, next_try=night, reason="quiet.hours")

    due = await world.store.next_moment(batch.id)

    assert due is not None
    assert due <= datetime.now(UTC)


async def test_a_number_that_was_called_a_moment_ago_does_not_put_its_list_to_sleep(
    world: ListWorld,
) -> None:
    batch = await world.started(*rows(2))
    night = datetime.now(UTC) + timedelta(hours=9)

    async def quiet(send: Send) -> None:
        if send.request.batch_line == 2:
            raise TooEarly("quiet.hours", until=night)
        # As if somebody had sent to the other one's number by hand.
        await world.store.postpone(send, next_try=datetime.now(UTC), reason="")

    world.may_send = quiet
    await world.carry(batch.id)

    assert world.atom.phones == [rows(2)[1].phone]


async def forget_the_calls(world: ListWorld) -> None:
    """Let the six seconds pass that WhatsApp asks for between two messages to one number."""
    long_ago = sa.update(sends).values(updated=datetime(2026, 1, 1, tzinfo=UTC))
    await world.database.write(lambda c: c.execute(long_ago))
