"""Pending sends whose senders are to be asked, and what those say: on both databases."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.events import Kind
from bot.sends import (
    Arrival,
    Outcome,
    Periods,
    Send,
    SendId,
    Status,
)
from bot.store.database import Database
from bot.store.sends import SendStore
from tests.builders import ALICE, make_send_request
from tests.fakes import NOON
from tests.unit.store.scene import SENT, Scene, SetClock, TwiceDatabase, V

BEN = "U0BEN000001"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PENDING = Outcome(Status.PENDING, "pending", http_status=200)


def store_of(
    scene: Scene, database: Database | None = None, *, nudge: timedelta = DAY
) -> SendStore:
    """Make the store of a process in which people are asked after a day."""
    return SendStore(
        database or scene.database,
        rate_limit=scene.rate_limit(1e6),
        periods=Periods(timedelta(hours=6), nudge=nudge),
        runs=scene.runs,
        clock=SetClock(scene.clock.now),
    )


async def pending(scene: Scene, name: str = V, *, user: str = ALICE, **changes: Any) -> Send:
    """Take one, call Atom, and tell its sender that it is pending."""
    scene.store = store_of(scene, **changes)
    await scene.store.take(make_send_request(id=SendId(name), key=name, user=user))
    await scene.claim(SendId(name))
    send = await scene.settle(PENDING, SendId(name))
    await scene.store.told(send, "C1", "1.1")
    return await scene.store.get(send.id)


async def ask(scene: Scene, send_id: SendId = V) -> None:
    """Ask about one as the process does that does so."""
    send = await scene.store.get(send_id)
    claim, held = await scene.store.claim_nudges([send])
    assert [each.id for each in held] == [send_id]
    await scene.store.asked(held, claim)


async def kinds(scene: Scene, send_id: SendId = V) -> list[tuple[Kind, str, str]]:
    events = await scene.store.timeline(send_id)
    return [(each.kind, each.actor, each.why) for each in events][3:]


async def test_a_sender_is_to_be_asked_once_it_was_pending_for_so_long(scene: Scene) -> None:
    send = await pending(scene)
    before = await scene.store.whom_to_ask(10)

    scene.clock.pass_by(DAY.total_seconds())

    assert send.nudge_at == NOON + DAY
    assert before == ()
    assert await scene.store.whom_to_ask(10) == (ALICE,)


@pytest.mark.parametrize(("outcome", "nudge"), [(SENT, DAY), (PENDING, timedelta(0))])
async def test_of_all_others_nobody_is_asked(
    scene: Scene, outcome: Outcome, nudge: timedelta
) -> None:
    scene.store = store_of(scene, nudge=nudge)
    await scene.take()
    await scene.claim()

    send = await scene.settle(outcome)

    assert send.nudge_at is None


async def test_nobody_is_asked_before_they_were_told(scene: Scene) -> None:
    scene.store = store_of(scene)
    await scene.take()
    await scene.claim()
    send = await scene.settle(PENDING)
    scene.clock.pass_by(2 * DAY.total_seconds())
    before = await scene.store.whom_to_ask(10)

    await scene.store.told(send, "C1", "1.1")

    assert before == ()
    assert await scene.store.whom_to_ask(10) == (ALICE,)


async def test_who_waits_longest_comes_first_and_what_is_near_is_seen(scene: Scene) -> None:
    await pending(scene, user=BEN)
    scene.clock.pass_by(60)
    await pending(scene, "V0002")
    scene.clock.pass_by(600)
    await pending(scene, "V0003")
    scene.clock.pass_by(DAY.total_seconds() - 600)

    found = await scene.store.to_ask_about(ALICE, within=HOUR)
    now = await scene.store.to_ask_about(ALICE, within=timedelta(0))

    assert await scene.store.whom_to_ask(10) == (BEN, ALICE)
    assert await scene.store.whom_to_ask(1) == (BEN,)
    assert [each.id for each in found] == ["V0002", "V0003"]
    assert [each.id for each in now] == ["V0002"]


async def test_who_claims_first_asks(scene: Scene) -> None:
    send = await pending(scene)
    scene.clock.pass_by(DAY.total_seconds())
    other = store_of(scene)

    claims = await asyncio.gather(
        *(store.claim_nudges([send]) for store in (scene.store, other) * 4)
    )

    held = [claim for claim, found in claims if found]
    assert len(held) == 1
    assert await scene.store.whom_to_ask(10) == ()
    await scene.store.asked([send], held[0])
    now = await scene.store.get(V)
    assert (now.nudges, now.nudge_at) == (1, None)
    assert await kinds(scene) == [(Kind.TOLD, "bot", ""), (Kind.NUDGED, "bot", "")]


async def test_what_a_dead_process_claimed_is_asked_by_another_one_a_while_later(
    scene: Scene,
) -> None:
    send = await pending(scene)
    scene.clock.pass_by(DAY.total_seconds())
    dead, _ = await scene.store.claim_nudges([send])

    scene.clock.pass_by(120)
    (found,) = await scene.store.to_ask_about(ALICE, within=HOUR)
    claim, held = await scene.store.claim_nudges([found])
    await scene.store.asked([send], dead)

    assert [each.id for each in held] == [V]
    assert (await scene.store.get(V)).nudges == 0
    await scene.store.asked(held, claim)
    assert (await scene.store.get(V)).nudges == 1


async def test_it_is_asked_later_after_a_failure_and_never_after_too_many(scene: Scene) -> None:
    send = await pending(scene)
    scene.clock.pass_by(DAY.total_seconds())
    claim, held = await scene.store.claim_nudges([send])

    await scene.store.ask_later(held, claim, scene.clock.now() + HOUR)
    later = await scene.store.get(V)
    claim, held = await scene.store.claim_nudges([later])
    await scene.store.never_asked(held, claim)

    assert (later.nudge_tries, later.nudge_at) == (1, scene.clock.now() + HOUR)
    assert (await scene.store.get(V)).nudge_at is None
    assert (await kinds(scene))[-1] == (Kind.NOT_TOLD, "bot", "nudge")


async def test_it_is_moved_to_another_moment_unless_somebody_asks_just_now(scene: Scene) -> None:
    send = await pending(scene)
    scene.clock.pass_by(DAY.total_seconds())
    moment = scene.clock.now() + 3 * HOUR

    await scene.store.move_nudges([send], moment)
    moved = await scene.store.get(V)
    await scene.store.claim_nudges([moved])
    await scene.store.move_nudges([moved], moment + HOUR)

    assert moved.nudge_at == moment
    assert (await scene.store.get(V)).nudge_at == scene.clock.now() + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("arrival", "why"),
    [(Arrival.ARRIVED, "arrived"), (Arrival.NOT_ARRIVED, "did_not_arrive")],
)
async def test_an_answer_stands_beside_what_atom_said(
    scene: Scene, arrival: Arrival, why: str
) -> None:
    before = await pending(scene)
    await ask(scene)

    is_first = await scene.store.say_arrival(V, arrival, user=ALICE)
    is_second = await scene.store.say_arrival(V, Arrival.ARRIVED, user=ALICE)

    now = await scene.store.get(V)
    assert (is_first, is_second) == (True, False)
    assert (now.status, now.reason, now.http_status) == (Status.PENDING, "pending", 200)
    assert (now.arrival, now.decided_by) == (arrival, ALICE)
    assert now.is_open
    assert await scene.due() == [V]
    assert (await kinds(scene))[-1] == (Kind.DECIDED, ALICE, why)
    assert before.arrival is None


async def test_whoever_answered_is_not_asked_any_more(scene: Scene) -> None:
    send = await pending(scene)
    scene.clock.pass_by(DAY.total_seconds())
    await scene.store.say_arrival(V, Arrival.ARRIVED, user=ALICE)
    await scene.store.told(await scene.store.get(V), "C1", "1.1")

    _, held = await scene.store.claim_nudges([send])

    assert held == ()
    assert await scene.store.whom_to_ask(10) == ()


async def test_two_reminders_can_be_had_and_each_only_after_a_question(scene: Scene) -> None:
    await pending(scene)
    wished = []
    for _ in range(4):
        await ask(scene) if (await scene.store.get(V)).nudge_at else None
        for _ in range(2):
            moment = scene.clock.now() + DAY
            wished.append(await scene.store.remind(V, moment, user=ALICE))

    assert wished == [True, False, True, False, False, False, False, False]
    assert (await scene.store.get(V)).nudges == 3


async def test_nothing_can_be_said_of_what_is_not_pending(scene: Scene) -> None:
    await scene.take()

    assert not await scene.store.say_arrival(V, Arrival.ARRIVED, user=ALICE)
    assert not await scene.store.remind(V, NOON + DAY, user=ALICE)


async def test_what_is_committed_twice_is_done_once(scene: Scene) -> None:
    send = await pending(scene)
    twice = TwiceDatabase(scene.engine)
    store = store_of(scene, twice)

    claim, held = await store.claim_nudges([send])
    await store.asked(held, claim)
    is_reminded = await store.remind(V, NOON + DAY, user=ALICE)
    is_said = await store.say_arrival(V, Arrival.NOT_ARRIVED, user=ALICE)
    twice.close()

    assert [each.id for each in held] == [V]
    assert (is_reminded, is_said) == (True, True)
    assert (await scene.store.get(V)).nudges == 1
    assert [kind for kind, _, _ in await kinds(scene)] == [
        Kind.TOLD,
        Kind.NUDGED,
        Kind.DECIDED,
        Kind.DECIDED,
    ]


async def test_whom_to_ask_is_found_by_its_index(scene: Scene) -> None:
    on_sqlite = scene.engine.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN" if on_sqlite else "EXPLAIN"
    seen: list[tuple[str, Any]] = []

    def note(_c, _cursor, statement, parameters, _context, _many):
        seen.append((statement, parameters))

    sa.event.listen(scene.engine, "before_cursor_execute", note)
    try:
        await scene.store.whom_to_ask(10)
        await scene.store.to_ask_about(ALICE, within=HOUR)
    finally:
        sa.event.remove(scene.engine, "before_cursor_execute", note)

    with scene.engine.connect() as connection:
        if not on_sqlite:
            # The table is too small for it to be worth while otherwise.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plans = [
            str(connection.exec_driver_sql(f"{explain} {statement}", parameters).all())
            for statement, parameters in seen
        ]

    assert ["sends_nudge" in each for each in plans] == [True, True]


async def test_an_old_answer_of_atom_s_that_comes_late_is_asked_about_too(scene: Scene) -> None:
    scene.store = store_of(scene)
    await scene.take()
    claimed = await scene.claim()
    unknown = await scene.store.settle(
        claimed, Outcome(Status.UNKNOWN, "interrupted"), claim=claimed.claim
    )

    send = await scene.store.settle(unknown, PENDING, claim=claimed.claim)

    assert (send.status, send.nudge_at) == (Status.PENDING, NOON + DAY)
