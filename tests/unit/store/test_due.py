"""What is to be done is found by whoever looks, and taken up by one."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.sends import Outcome, Periods, Send, SendId, Status
from bot.store.clock import Clock
from bot.store.database import Database
from bot.store.sends import SendStore
from bot.store.tables import sends
from tests.builders import ALICE
from tests.fakes import NOON, FakeRuns
from tests.unit.store.scene import SENT, UNKNOWN, Scene, TwiceDatabase, V

HOUR = timedelta(hours=1)


async def postpone(scene: Scene, seconds: float, send_id: SendId = V) -> Send:
    send = await scene.store.get(send_id)
    next_try = scene.clock.now() + timedelta(seconds=seconds)
    return await scene.store.postpone(send, next_try=next_try, reason="atom.unreachable")


async def tell(scene: Scene, send_id: SendId = V) -> None:
    await scene.store.told(await scene.store.get(send_id), "C0SOPORTE01", "1.2")


async def test_what_was_taken_is_due_at_once(scene: Scene) -> None:
    await scene.take()

    (found,) = await scene.store.due(10)

    assert (found.id, found.status, found.runner, found.runs) == (V, Status.QUEUED, "this", 1)
    assert found.late == timedelta()


async def test_what_waits_is_due_when_its_pause_is_over(scene: Scene) -> None:
    await scene.take()
    await postpone(scene, 60)

    before = await scene.due()
    scene.clock.pass_by(60)

    assert before == []
    assert await scene.due() == [V]


async def test_a_call_that_has_begun_is_due_for_whoever_finds_its_process_dead(
    scene: Scene,
) -> None:
    await scene.take()
    await scene.claim()

    (found,) = await scene.store.due(10)

    assert (found.status, found.runner) == (Status.SENDING, "this")


@pytest.mark.parametrize("outcome", [SENT, UNKNOWN])
async def test_an_outcome_is_due_until_it_is_told(scene: Scene, outcome: Outcome) -> None:
    await scene.take()
    await scene.claim()
    await scene.settle(outcome)

    before = await scene.due()
    await tell(scene)

    assert before == [V]
    assert await scene.due() == []


async def test_what_was_told_is_remembered_and_nobody_carries_it(unknown: Scene) -> None:
    await tell(unknown)

    send = await unknown.store.get(V)
    assert (send.announced_status, send.card_channel, send.card_ts) == (
        "unknown",
        "C0SOPORTE01",
        "1.2",
    )
    assert (send.runner, send.is_open) == ("", False)
    assert unknown.runs.looked == 0


async def test_what_slack_would_not_take_is_due_after_a_pause(unknown: Scene) -> None:
    next_try = NOON + timedelta(seconds=30)

    await unknown.store.tell_later(await unknown.store.get(V), next_try=next_try)

    send = await unknown.store.get(V)
    assert (send.next_try, send.tell_tries, send.runner) == (next_try, 1, "")
    assert await unknown.due() == []
    unknown.clock.pass_by(30)
    assert await unknown.due() == [V]


async def test_nobody_tells_for_another_process(unknown: Scene) -> None:
    send = await unknown.store.get(V)
    other = unknown.store_of(FakeRuns("other"))

    await other.tell_later(send, next_try=NOON + HOUR)
    await other.told(send, "C1", "9.9")

    assert await unknown.store.get(V) == send


async def test_what_is_decided_while_it_is_told_is_due_at_once(unknown: Scene) -> None:
    send = await unknown.store.get(V)
    await unknown.store.resolve_sent(V, user=ALICE)
    unknown.runs.looked = 0

    await unknown.store.told(send, "C0SOPORTE01", "1.2")

    now = await unknown.store.get(V)
    assert (now.status, now.announced_status) == (Status.SENT, "")
    assert await unknown.due() == [V]
    assert unknown.runs.looked == 1


async def test_what_is_decided_while_telling_fails_need_not_wait(unknown: Scene) -> None:
    send = await unknown.store.get(V)
    await unknown.store.resolve_sent(V, user=ALICE)
    unknown.runs.looked = 0

    await unknown.store.tell_later(send, next_try=NOON + HOUR)

    assert await unknown.due() == [V]
    assert unknown.runs.looked == 1


@pytest.mark.parametrize("ahead", [timedelta(seconds=10), HOUR, timedelta(days=400)])
async def test_a_pause_that_a_clock_ahead_wrote_is_over_when_the_clock_is_right(
    scene: Scene, ahead: timedelta
) -> None:
    await scene.take()
    scene.clock.jump(ahead.total_seconds())
    await postpone(scene, 60)

    scene.clock.jump(-ahead.total_seconds())

    assert await scene.due() == [V]


async def test_a_pause_to_tell_that_a_clock_ahead_wrote_is_over_too(unknown: Scene) -> None:
    unknown.clock.jump(3600)
    send = await unknown.store.get(V)
    await unknown.store.tell_later(send, next_try=unknown.clock.now() + timedelta(seconds=60))

    unknown.clock.jump(-3600)

    assert await unknown.due() == [V]


async def test_what_is_due_longest_comes_first_and_no_more_than_was_asked_for(
    scene: Scene,
) -> None:
    """What came while it waited does not go before what waited."""
    await scene.take("V1")
    await postpone(scene, 60, SendId("V1"))
    scene.clock.pass_by(30)
    await scene.take("V2")
    scene.clock.pass_by(60)
    await scene.take("V3")

    assert await scene.due() == ["V2", "V1", "V3"]
    assert [each.id for each in await scene.store.due(2)] == ["V2", "V1"]


async def test_what_is_taken_up_is_carried_from_now_on(scene: Scene) -> None:
    await scene.take("V1", "V2")
    other = scene.store_of(FakeRuns("other"))

    taken = await other.take_up(await other.due(10))

    assert [(send.id, send.runner, send.runs) for send in taken] == [
        ("V1", "other", 2),
        ("V2", "other", 2),
    ]
    assert taken == tuple([await scene.store.get(send.id) for send in taken])


async def test_of_two_processes_at_once_one_takes_up(scene: Scene) -> None:
    names = [f"V{number}" for number in range(20)]
    await scene.take(*names)
    found = await scene.store.due(100)
    stores = [scene.store_of(FakeRuns(f"process {number}")) for number in range(4)]

    taken = await asyncio.gather(*(store.take_up(found) for store in stores))

    won = [send for each in taken for send in each]
    assert sorted(send.id for send in won) == sorted(names)
    assert won == [await scene.store.get(send.id) for send in won]


async def test_what_was_found_long_ago_is_not_taken_up(scene: Scene) -> None:
    await scene.take("V1", "V2")
    found = await scene.store.due(10)
    await postpone(scene, 60, SendId("V1"))
    await scene.store.cancel(SendId("V2"), user=ALICE)
    await tell(scene, SendId("V2"))

    assert await scene.store_of(FakeRuns("other")).take_up(found) == ()


async def test_what_was_taken_up_and_the_answer_lost_is_found_again(scene: Scene) -> None:
    await scene.take()
    runs = FakeRuns("other")
    twice = scene.store_of(runs, database=TwiceDatabase(scene.engine))

    taken = await twice.take_up(await twice.due(10))

    assert taken == ()
    (found,) = await scene.store.due(10)
    assert found.runner == "other"
    assert len(await scene.store_of(runs).take_up([found])) == 1


async def test_whoever_took_it_up_may_call_and_the_one_before_may_not(scene: Scene) -> None:
    await scene.take()
    other = scene.store_of(FakeRuns("other"))
    await other.take_up(await other.due(10))

    assert await scene.store.claim(V) is None
    assert await other.claim(V) is not None


async def test_a_process_that_ends_leaves_what_has_not_begun_to_others_at_once(
    scene: Scene,
) -> None:
    await scene.take("V1", "V2", "V3", "V4")
    await scene.claim(SendId("V2"))
    await scene.claim(SendId("V3"))
    await scene.settle(SENT, SendId("V3"))
    other = scene.store_of(FakeRuns("other"))
    await other.take_up([each for each in await other.due(10) if each.id == "V4"])

    await scene.store.hand_over()

    runners = {each.id: each.runner for each in await scene.store.due(10)}
    assert runners == {"V1": "", "V2": "this", "V3": "", "V4": "other"}


async def test_what_is_open_is_found_by_its_index(database: Database) -> None:
    on_sqlite = database.engine.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN" if on_sqlite else "EXPLAIN"
    seen: list[tuple[str, Any]] = []

    def note(_c, _cursor, statement, parameters, _context, _many):
        if statement.startswith("SELECT sends."):
            seen.append((statement, parameters))

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        await Scene(database).store.due(10)
        await Scene(database).store.ending_in("4567", user="", limit=5)
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)

    with database.engine.connect() as connection:
        if not on_sqlite:
            # The table is too small for it to be worth while otherwise.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plans = [
            str(connection.exec_driver_sql(f"{explain} {statement}", parameters).all())
            for statement, parameters in seen
        ]

    assert "sends_due" in plans[0]
    assert "sends_open" in plans[1]
    assert "sends_last_digits" in plans[2]


async def test_between_processes_the_database_s_clock_counts(scene: Scene) -> None:
    """On PostgreSQL; a SQLite file has one process, and so one clock."""
    wrong = Clock(scene.clock.now)
    store = SendStore(
        scene.database, rate_limit=scene.rate_limit(), periods=Periods(HOUR), clock=wrong
    )

    await store.due(10)

    with scene.engine.connect() as connection:
        truth = connection.scalar(sa.select(sa.func.current_timestamp()))
    if scene.engine.dialect.name == "sqlite":
        assert wrong.now() == NOON
    else:
        assert truth is not None
        assert abs(wrong.now() - truth) < timedelta(seconds=30)


def test_what_the_sweep_looks_for_is_what_is_open() -> None:
    """The same words in the query, in the index, and in `Send.is_open`."""
    (index,) = (index for index in sends.indexes if index.name == "sends_open")

    assert str(index.dialect_options["sqlite"]["where"]) == "told <> status"


async def test_what_waited_for_the_end_of_a_hold_is_due_when_it_ends_and_nothing_else(
    scene: Scene,
) -> None:
    await scene.take("V1", "V2")
    later = NOON + timedelta(seconds=60)
    for name, reason in (("V1", "atom.held"), ("V2", "atom.unreachable")):
        send = await scene.store.get(SendId(name))
        await scene.store.postpone(send, next_try=later, reason=reason)

    await scene.store.resume()

    assert await scene.due() == ["V1"]
    assert scene.runs.looked == 1


@pytest.mark.parametrize("newer", ["parked", "paused", "", "SENT"])
async def test_what_only_a_newer_version_knows_holds_nobody_up(scene: Scene, newer: str) -> None:
    await scene.take("V1", "V2")
    with scene.engine.begin() as connection:
        connection.execute(
            sa.update(sends).where(sends.c.id == "V1").values(status=newer, told="?")
        )

    assert await scene.due() == ["V2"]
