"""A list's rows on both databases: each called at most once, each with an outcome, at the rate."""

import asyncio
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.bulk.batches import Batch, BatchStatus, PauseReason, RowKind
from bot.bulk.run_repository import Filled, Group
from bot.errors import NotAllowed, TooEarly, TryLater, Unclear
from bot.sends import Outcome, Send, SendRequest, Status
from bot.store.database import Database
from tests.unit.bulk.lists import SENT, USER, ListWorld, clean, rows

pytestmark = pytest.mark.slow

REJECTED = Outcome(Status.REJECTED, "rejected", vendor_message="No hay datos para enviar")
BAD_NUMBER = Outcome(Status.REJECTED, "rejected", vendor_message="Invalid phoneNumber")
TOKEN = Outcome(Status.FAILED, "token", http_status=401, pauses_queue=True)


@pytest.fixture
def database(migrated: sa.Engine) -> Iterator[Database]:
    yield from clean(migrated)


@pytest.fixture
def world(database: Database) -> ListWorld:
    return ListWorld(database)


async def test_every_row_is_called_once_and_the_list_is_done(world: ListWorld) -> None:
    batch = await world.started(*rows(30))

    batch = await world.carry(batch.id)

    assert batch.status is BatchStatus.DONE
    assert sorted(world.atom.phones) == [row.phone for row in rows(30)]
    assert (await world.progress(batch.id)).counts == {Status.SENT: 30}
    assert world.notifier.told == [BatchStatus.READING, BatchStatus.CHECKED, BatchStatus.DONE]
    # Rows are no business of the sweep of single sends.
    assert {(each.status, each.told) for each in await world.sends(batch.id)} == {("sent", "sent")}


async def test_nothing_is_sent_before_start(world: ListWorld) -> None:
    batch = await world.checked(*rows(3))
    await world.carry(batch.id)

    assert world.atom.calls == []
    assert await world.sends(batch.id) == []


async def test_only_good_rows_go_out_and_recent_ones_if_that_was_chosen(world: ListWorld) -> None:
    found = (
        *rows(2),
        *rows(1, first=10, kind=RowKind.WRONG),
        *rows(1, first=11, kind=RowKind.DUPLICATE),
        *rows(1, first=12, kind=RowKind.RECENT),
        *rows(1, first=13, kind=RowKind.REFUSED),
    )
    batch = await world.checked(*found)
    await world.store.start(
        batch.id, user=USER, checked=batch.checked, with_recent=True, needs_approval=False
    )

    await world.carry(batch.id)

    assert sorted(world.atom.phones) == ["50760000002", "50760000003", "50760000012"]


async def test_start_pressed_twice_starts_once(world: ListWorld) -> None:
    batch = await world.checked(*rows(1))
    pressed = [
        world.store.start(
            batch.id, user=USER, checked=batch.checked, with_recent=False, needs_approval=False
        )
        for _ in range(5)
    ]

    assert sum(await asyncio.gather(*pressed)) == 1


async def test_a_paused_list_calls_nobody_until_it_is_resumed(world: ListWorld) -> None:
    batch = await world.started(*rows(40))

    async def answer(_: SendRequest) -> Outcome:
        if len(world.atom.calls) == 5:
            assert await world.store.pause(batch.id, user=USER)
        return SENT

    world.atom.answer = answer
    paused = await world.carry(batch.id)
    called = len(world.atom.calls)

    assert paused.status is BatchStatus.PAUSED
    assert called < 40
    await world.carry(batch.id)
    assert len(world.atom.calls) == called
    assert await world.store.resume(batch.id, user=USER)
    assert (await world.carry(batch.id)).status is BatchStatus.DONE
    assert len(world.atom.phones) == len(set(world.atom.phones)) == 40


async def test_a_stopped_list_cancels_what_was_not_called(world: ListWorld) -> None:
    batch = await world.started(*rows(40))

    async def answer(_: SendRequest) -> Outcome:
        if len(world.atom.calls) == 5:
            assert await world.store.stop(batch.id, user=USER)
        return SENT

    world.atom.answer = answer
    stopped = await world.carry(batch.id)
    counts = (await world.progress(batch.id)).counts

    assert stopped.status is BatchStatus.STOPPED
    assert world.notifier.told[-1] is BatchStatus.STOPPED
    assert counts[Status.SENT] == len(world.atom.calls) < 40
    assert counts[Status.CANCELLED] == 40 - len(world.atom.calls)
    assert not await world.store.resume(batch.id, user=USER)


async def test_what_an_earlier_run_left_in_its_calls_is_unknown_and_never_called_again(
    database: Database,
) -> None:
    killed = ListWorld(database, process="killed")
    batch = await killed.started(*rows(20))

    async def hang(_: SendRequest) -> Outcome:
        if len(killed.atom.calls) >= 4:
            await asyncio.Event().wait()
        return SENT

    killed.atom.answer = hang
    run = asyncio.create_task(killed.carry(batch.id))
    await killed.atom.called(6)
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)

    world = ListWorld(database, process="next")
    # Its process is gone, and another one takes the list up.
    (due,) = await world.store.due(10)
    taken = await world.store.take_up(due)
    assert taken is not None
    await world.carrier.carry(taken)

    counts = (await world.progress(batch.id)).counts
    called = [*killed.atom.phones, *world.atom.phones]
    assert len(called) == len(set(called)) <= 20
    assert counts[Status.UNKNOWN] >= 2
    assert sum(counts.values()) == 20
    assert set(counts) == {Status.SENT, Status.UNKNOWN}
    assert (await world.store.get(batch.id)).status is BatchStatus.DONE


async def test_a_process_that_was_taken_for_dead_claims_no_more(database: Database) -> None:
    slow = ListWorld(database, process="slow")
    batch = await slow.started(*rows(3))
    (due,) = await slow.store.due(10)
    mine = await slow.store.take_up(due)
    assert mine is not None
    assert await slow.store.fill(mine, 10) is Filled.ALL
    page = await slow.store.next(batch.id, 10)
    other = ListWorld(database, process="other")
    (due,) = await other.store.due(10)
    assert await other.store.take_up(due) is not None

    assert await slow.store.claim(batch.id, page) is None
    assert await other.store.take_up(due) is None


async def test_a_late_answer_to_an_interrupted_call_counts_more_than_unknown(
    world: ListWorld,
) -> None:
    batch = await world.started(*rows(1))
    (due,) = await world.store.due(10)
    taken = await world.store.take_up(due)
    assert taken is not None
    await world.store.fill(taken, 10)
    group = await world.store.claim(batch.id, await world.store.next(batch.id, 1))
    assert isinstance(group, Group)
    assert await world.store.interrupt(taken) == 1
    await world.store.settle(group.sends[0], SENT)

    assert (await world.progress(batch.id)).counts == {Status.SENT: 1}


async def test_a_refused_token_pauses_the_list_and_the_row_waits(world: ListWorld) -> None:
    batch = await world.started(*rows(5))

    async def answer(_: SendRequest) -> Outcome:
        return TOKEN

    world.atom.answer = answer
    paused = await world.carry(batch.id)
    counts = (await world.progress(batch.id)).counts

    assert (paused.status, paused.reason) == (BatchStatus.PAUSED, PauseReason.TOKEN)
    assert counts == {Status.QUEUED: 5}
    assert world.alerts.refused
    # Whoever resumes it has seen to the token: it is tried at once, with one row first.
    world.atom.answer = None
    assert await world.store.resume(batch.id, user=USER)
    assert (await world.carry(batch.id)).status is BatchStatus.DONE
    assert world.alerts.taken == 1
    assert world.woken == 1


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        pytest.param([REJECTED] * 60, PauseReason.REFUSALS, id="twenty in a row"),
        pytest.param([SENT, SENT, REJECTED] * 60, PauseReason.SHARE, id="more than 30 %"),
        pytest.param([SENT, SENT, SENT, REJECTED] * 60, None, id="25 %"),
        pytest.param([BAD_NUMBER] * 60, None, id="bad numbers"),
        pytest.param([*[REJECTED] * 19, SENT] + [SENT] * 60, None, id="nineteen in a row"),
    ],
)
async def test_too_many_refusals_pause_it(
    world: ListWorld, answers: list[Outcome], reason: PauseReason | None
) -> None:
    batch = await world.started(*rows(len(answers)))
    left = iter(answers)

    async def answer(_: SendRequest) -> Outcome:
        return next(left)

    world.atom.answer = answer
    paused = await world.carry(batch.id)

    if reason is None:
        assert paused.status is BatchStatus.DONE
    else:
        assert (paused.status, paused.reason) == (BatchStatus.PAUSED, reason)
        assert len(world.atom.calls) < len(answers)


async def test_a_row_whose_gate_says_no_is_skipped_and_said_so(world: ListWorld) -> None:
    batch = await world.started(*rows(3))

    async def refuse(send: Send) -> None:
        if send.request.batch_line == 3:
            raise NotAllowed("refused.do_not_contact")

    world.may_send = refuse
    await world.carry(batch.id)
    progress = await world.progress(batch.id)

    assert "50760000003" not in world.atom.phones
    assert progress.counts == {Status.SENT: 2, Status.FAILED: 1}
    assert progress.skipped == 1


async def test_a_row_in_quiet_hours_waits_and_the_others_go(world: ListWorld) -> None:
    batch = await world.started(*rows(3))
    until = datetime.now(UTC) + timedelta(hours=3)

    async def quiet(send: Send) -> None:
        if send.request.batch_line == 3:
            raise TooEarly("quiet.hours", until=until)

    world.may_send = quiet
    waiting = await world.carry(batch.id)

    assert waiting.status is BatchStatus.RUNNING
    assert waiting.next_try == until
    assert len(world.atom.calls) == 2
    assert await world.store.due(10) == ()


async def test_what_speaks_against_the_whole_list_pauses_it(world: ListWorld) -> None:
    batch = await world.started(*rows(3))

    async def lost(_: Batch) -> PauseReason:
        return PauseReason.ACCESS

    world.why_paused = lost
    paused = await world.carry(batch.id)

    assert (paused.status, paused.reason) == (BatchStatus.PAUSED, PauseReason.ACCESS)
    assert world.atom.calls == []


async def test_what_surely_did_not_go_out_is_tried_again(world: ListWorld) -> None:
    batch = await world.started(*rows(2))
    failed: list[str] = []

    async def answer(asked: SendRequest) -> Outcome:
        if asked.phone not in failed:
            failed.append(asked.phone)
            raise TryLater("atom.unreachable")
        return SENT

    world.atom.answer = answer
    assert (await world.carry(batch.id)).status is BatchStatus.DONE
    assert len(world.atom.calls) == 4


async def test_what_may_have_gone_out_is_unknown_and_decided_by_a_person(world: ListWorld) -> None:
    batch = await world.started(*rows(4))

    async def answer(_: SendRequest) -> Outcome:
        raise Unclear("no_answer")

    world.atom.answer = answer
    done = await world.carry(batch.id)

    assert done.status is BatchStatus.DONE
    assert (await world.progress(batch.id)).counts == {Status.UNKNOWN: 4}
    assert len(await world.store.with_status(batch.id, Status.UNKNOWN, 10)) == 4
    assert await world.store.decide_unknown(batch.id, arrived=True, user=USER) == 4
    assert await world.store.decide_unknown(batch.id, arrived=False, user=USER) == 0
    assert (await world.progress(batch.id)).counts == {Status.SENT: 4}
    assert len(world.atom.calls) == 4


async def test_one_number_is_called_once_in_six_seconds_whichever_list_it_is_in(
    world: ListWorld,
) -> None:
    first = await world.started(*rows(2), batch="K7R2-M9T5W")
    second = await world.started(*rows(2), *rows(1, first=9), batch="D5F6-H7J8K")
    await asyncio.gather(world.carry(first.id), world.carry(second.id))

    by_phone: dict[str, list[float]] = {}
    for moment, phone in world.atom.calls:
        by_phone.setdefault(phone, []).append(moment)
    assert {len(each) for each in by_phone.values()} == {1, 2}
    for moments in by_phone.values():
        assert all(b - a >= 6.0 - 0.5 for a, b in itertools.pairwise(moments))


async def test_a_list_found_running_long_after_its_last_event_asks_first(
    database: Database,
) -> None:
    before = ListWorld(database)
    batch = await before.started(*rows(3))
    late = ListWorld(database, now=lambda: datetime.now(UTC) + timedelta(hours=2))

    paused = await late.carry(batch.id)

    assert (paused.status, paused.reason) == (BatchStatus.PAUSED, PauseReason.LATE)
    assert late.atom.calls == []


async def test_the_rate_is_kept_and_never_exceeded(database: Database) -> None:
    rate, count = 50.0, 150
    world = ListWorld(database, rate=rate)
    batch = await world.started(*rows(count))
    await world.carry(batch.id)

    moments = sorted(moment for moment, _ in world.atom.calls)
    assert len(moments) == count
    # Never asserted of the time it took: only that no second holds more than the rate.
    for start in moments:
        assert sum(start <= each < start + 1.0 for each in moments) <= rate + 1


async def test_a_stop_of_the_process_waits_for_calls_and_begins_none(world: ListWorld) -> None:
    batch = await world.started(*rows(200))
    answered = 0

    async def answer(_: SendRequest) -> Outcome:
        nonlocal answered
        await asyncio.sleep(0.2)
        answered += 1
        return SENT

    world.atom.answer = answer
    run = asyncio.create_task(world.carry(batch.id))
    await world.atom.called(3)
    await world.drain.end(60.0)
    called = len(world.atom.calls)
    await run

    assert answered == called == len(world.atom.calls) < 200
    assert Status.SENDING not in (await world.progress(batch.id)).counts


async def test_nobody_approved_in_time(database: Database) -> None:
    world = ListWorld(database)
    batch = await world.checked(*rows(2))
    await world.store.start(
        batch.id, user=USER, checked=batch.checked, with_recent=False, needs_approval=True
    )
    waiting = await world.carry(batch.id)
    assert waiting.status is BatchStatus.AWAITING_APPROVAL
    assert await world.store.due(10) == ()

    assert await world.store.approve(batch.id, user="U0BRUNO")
    assert not await world.store.decline(batch.id, user="U0CARLA", note="")
    done = await world.carry(batch.id)

    assert done.status is BatchStatus.DONE
    assert {each.approved_by for each in await world.sends(batch.id)} == {"U0BRUNO"}


async def test_two_lists_share_the_rate_fairly(world: ListWorld) -> None:
    count = 120
    one = await world.started(*rows(count), batch="K7R2-M9T5W")
    other = await world.started(*rows(count, first=1000), batch="D5F6-H7J8K")

    await asyncio.gather(world.carry(one.id), world.carry(other.id))

    # When the first of them is through, the other is well on its way: they take turns, though who
    # comes after a stall takes a group of up to a quarter of a second's calls.
    are_of_one = [phone in {row.phone for row in rows(count)} for phone in world.atom.phones]
    last = are_of_one[-1]
    assert are_of_one.count(last) == count
    first_ended = max(place for place, is_one in enumerate(are_of_one) if is_one is not last)
    assert are_of_one[:first_ended].count(last) >= count / 3
