"""Sends that wait for their moment, or for a second person."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot import time_zones
from bot.events import Kind
from bot.repositories import SendChange, Told
from bot.sends import (
    LATE,
    Send,
    SendAt,
    SendId,
    Status,
    Taken,
)
from bot.store.database import Database
from bot.store.tables import sends
from bot.times import resolve
from tests.builders import ALICE, make_send_request
from tests.fakes import NOON, FakeRuns
from tests.unit.store.scene import Scene, TwiceDatabase, V

BEN = "U0BEN000001"
CARLA = "U0CARLA0001"
HOUR = timedelta(hours=1)
NEW = SendId("V0002")
LAST_RULES = "2020a"


def at(instant: datetime) -> SendAt:
    zone = time_zones.find("America/Panama")
    assert zone
    wall = instant.astimezone(zone).replace(tzinfo=None)
    return SendAt(instant, wall, zone.key, time_zones.version())


async def plan(scene: Scene, *, after: timedelta = HOUR, **changes: Any) -> Send:
    """Take one for a moment, and tell it as its run would."""
    request = make_send_request(send_at=at(scene.clock.now() + after), **changes)
    send = (await scene.store.take(request)).send
    await scene.store.told(send, "C1", "1.1")
    return await scene.store.get(send.id)


async def ask_to_approve(scene: Scene, **changes: Any) -> Send:
    send = (await scene.store.take(make_send_request(needs_approval=True, **changes))).send
    await scene.store.told(send, "C1", "1.1")
    return await scene.store.get(send.id)


async def kinds(scene: Scene, send_id: SendId = V) -> list[tuple[str, str, str]]:
    events = await scene.store.timeline(send_id)
    return [(each.kind, each.actor, each.why) for each in events if each.kind is not Kind.TOLD]


async def test_a_scheduled_one_is_nobodys_until_its_moment(scene: Scene) -> None:
    send = await plan(scene)

    assert send.status is Status.SCHEDULED
    assert not send.is_open
    assert await scene.due() == []
    scene.clock.pass_by(HOUR.total_seconds())
    assert await scene.due() == [V]


async def test_it_is_told_at_once(scene: Scene) -> None:
    await scene.store.take(make_send_request(send_at=at(NOON + HOUR)))

    assert await scene.due() == [V]


async def test_it_is_tried_for_so_long_from_its_moment_on(scene: Scene) -> None:
    send = await plan(scene, after=timedelta(days=3))

    assert send.give_up_at == NOON + timedelta(days=3, hours=6)


async def test_what_was_planned_is_kept_to_the_letter(scene: Scene) -> None:
    wanted = at(NOON + HOUR)

    send = await plan(scene)

    assert send.request.send_at == wanted


async def test_it_goes_out_at_its_moment_once(scene: Scene) -> None:
    send = await plan(scene)
    scene.clock.pass_by(HOUR.total_seconds())
    (send,) = await scene.store.take_up(await scene.store.due(10))

    fired = await scene.store.fire(send)
    again = await scene.store.fire(send)

    assert fired.status is again.status is Status.QUEUED
    assert fired.due_at is None
    assert [each for each in await kinds(scene) if each[2] == "due"] == [("changed", "bot", "due")]


async def test_it_does_not_go_out_before(scene: Scene) -> None:
    send = await plan(scene)
    await scene.store.take_up(await scene.store.due(10))

    assert (await scene.store.fire(send)).status is Status.SCHEDULED


async def test_who_lost_it_to_another_process_does_nothing(scene: Scene) -> None:
    send = await plan(scene)
    scene.clock.pass_by(HOUR.total_seconds())
    other = scene.store_of(FakeRuns("other"))
    await other.take_up(await other.due(10))

    assert (await scene.store.fire(send)).status is Status.SCHEDULED


async def test_a_late_one_asks_and_is_due_no_more(scene: Scene) -> None:
    await plan(scene)
    scene.clock.pass_by(3 * HOUR.total_seconds())
    (send,) = await scene.store.take_up(await scene.store.due(10))

    asked = await scene.store.ask_late(send)

    assert (asked.status, asked.reason, asked.due_at) == (Status.SCHEDULED, LATE, None)
    assert asked.is_open
    await scene.store.told(asked, "C1", "1.1")
    assert await scene.due() == []


@pytest.mark.parametrize("is_late", [False, True])
async def test_a_person_sends_it_now(scene: Scene, *, is_late: bool) -> None:
    await plan(scene)
    if is_late:
        scene.clock.pass_by(3 * HOUR.total_seconds())
        (send,) = await scene.store.take_up(await scene.store.due(10))
        await scene.store.ask_late(send)

    assert await scene.store.send_now(V, user=BEN)

    send = await scene.store.get(V)
    assert (send.status, send.due_at, send.reason) == (Status.QUEUED, None, "")
    assert send.give_up_at == scene.clock.now() + timedelta(hours=6)
    assert await scene.due() == [V]
    assert not send.waits  # for nothing but its turn


@pytest.mark.parametrize("needs_approval", [False, True])
async def test_a_person_cancels_it(scene: Scene, *, needs_approval: bool) -> None:
    await plan(scene, needs_approval=needs_approval)

    assert await scene.store.cancel(V, user=ALICE)
    assert not await scene.store.cancel(V, user=BEN)

    send = await scene.store.get(V)
    assert (send.status, send.decided_by, send.due_at) == (Status.CANCELLED, ALICE, None)
    assert not await scene.store.send_now(V, user=ALICE)


async def test_what_nobody_approved_is_not_sent_now(scene: Scene) -> None:
    await ask_to_approve(scene)

    assert not await scene.store.send_now(V, user=ALICE)
    assert await scene.status() is Status.AWAITING_APPROVAL


async def test_who_approves_lets_it_go_out(scene: Scene) -> None:
    await ask_to_approve(scene)

    assert await scene.store.approve(V, user=BEN)
    assert not await scene.store.approve(V, user=CARLA)
    assert not await scene.store.decline(V, user=CARLA)

    send = await scene.store.get(V)
    assert (send.status, send.approved_by, send.due_at) == (Status.QUEUED, BEN, None)
    assert await scene.due() == [V]
    assert ("approved", BEN, "approved") in await kinds(scene)


async def test_an_approved_one_waits_for_its_moment(scene: Scene) -> None:
    await plan(scene, needs_approval=True)

    await scene.store.approve(V, user=BEN)

    send = await scene.store.get(V)
    assert (send.status, send.due_at) == (Status.SCHEDULED, NOON + HOUR)


async def test_one_approved_after_its_moment_goes_out_at_once(scene: Scene) -> None:
    await plan(scene, needs_approval=True)
    scene.clock.pass_by(1.5 * HOUR.total_seconds())

    assert await scene.store.approve(V, user=BEN)

    assert await scene.status() is Status.QUEUED


@pytest.mark.parametrize(
    ("after", "ends"),
    [(None, 8 * HOUR), (HOUR, 2 * HOUR), (timedelta(days=2), 8 * HOUR)],
    ids=["at once", "soon", "later"],
)
async def test_the_time_to_approve_ends(
    scene: Scene, after: timedelta | None, ends: timedelta
) -> None:
    send_at = at(NOON + after) if after else None
    await ask_to_approve(scene, send_at=send_at)

    scene.clock.pass_by(ends.total_seconds() - 1)
    assert await scene.due() == []
    scene.clock.pass_by(1)

    assert not await scene.store.approve(V, user=BEN)
    (send,) = await scene.store.take_up(await scene.store.due(10))
    expired = await scene.store.expire(send)
    assert (expired.status, expired.reason) == (Status.CANCELLED, "approval.expired")


async def test_a_refusal_ends_it_with_what_was_written(scene: Scene) -> None:
    await ask_to_approve(scene)

    assert await scene.store.decline(V, user=BEN, note="Not before Monday")
    assert not await scene.store.approve(V, user=CARLA)

    send = await scene.store.get(V)
    assert (send.status, send.reason) == (Status.CANCELLED, "approval.refused")
    assert (send.decided_by, send.note) == (BEN, "Not before Monday")
    assert "Monday" not in str(await scene.store.timeline(V))


async def test_a_refusal_that_comes_late_is_kept(scene: Scene) -> None:
    await ask_to_approve(scene)
    scene.clock.pass_by(9 * HOUR.total_seconds())
    (send,) = await scene.store.take_up(await scene.store.due(10))
    await scene.store.expire(send)

    assert not await scene.store.decline(V, user=BEN)

    assert ("refused", BEN, "approval.refused") in await kinds(scene)
    assert (await scene.store.get(V)).reason == "approval.expired"


async def test_the_changed_one_takes_its_place_and_its_card(scene: Scene) -> None:
    await plan(scene)
    request = make_send_request(id=NEW, send_at=at(NOON + 2 * HOUR), changed_from=V)

    taken = await scene.store.take_instead(request)

    assert taken
    assert (taken.how, taken.send.card_ts) == (Taken.NEW, "1.1")
    old = await scene.store.get(V)
    assert (old.status, old.reason, old.is_open, old.card_ts) == (
        Status.CANCELLED,
        "changed",
        False,
        "",
    )
    assert await scene.due() == [NEW]


async def test_what_goes_out_already_is_not_changed(scene: Scene) -> None:
    await plan(scene)
    await scene.store.send_now(V, user=ALICE)

    taken = await scene.store.take_instead(make_send_request(id=NEW, changed_from=V))

    assert taken is None
    with pytest.raises(LookupError):
        await scene.store.get(NEW)


@pytest.mark.parametrize("deed", ["send_now", "cancel", "approve", "decline"])
async def test_a_decision_whose_answer_is_lost_is_made_once(database: Database, deed: str) -> None:
    scene = Scene(database)
    needs = deed in {"approve", "decline"}
    await (ask_to_approve if needs else plan)(scene)
    scene.store = scene.store_of(scene.runs, database=TwiceDatabase(database.engine))

    assert await getattr(scene.store, deed)(V, user=BEN)

    decided = [each for each in await kinds(scene) if each[1] == BEN]
    assert len(decided) == 1


async def test_a_duplicate_is_judged_by_when_it_is_due(scene: Scene) -> None:
    await plan(scene, after=timedelta(days=30))
    window = timedelta(hours=24)

    now = await scene.store.take(make_send_request(id=NEW), Told(window))
    same_day = make_send_request(id=SendId("V3"), send_at=at(NOON + timedelta(days=30, hours=2)))
    then = await scene.store.take(same_day, Told(window))

    assert now.how is Taken.NEW
    assert (then.how, then.send.id) == (Taken.DUPLICATE, V)


async def test_what_it_replaces_is_no_duplicate(scene: Scene) -> None:
    await plan(scene)
    request = make_send_request(id=NEW, send_at=at(NOON + 2 * HOUR), changed_from=V)

    taken = await scene.store.take_instead(request, Told(timedelta(hours=24)))

    assert taken
    assert taken.how is Taken.NEW


async def test_new_rules_of_its_zone_move_the_instant_and_say_so(scene: Scene) -> None:
    send = await plan(scene)
    # As if the zone had been an hour further east when it was planned.
    with scene.engine.begin() as connection:
        moved = {"send_at": NOON, "due_at": NOON, "send_at_rules": LAST_RULES}
        connection.execute(sa.update(sends).values(moved))

    assert await scene.store.compute_anew() == 1
    assert await scene.store.compute_anew() == 0

    now = await scene.store.get(V)
    assert (now.request.send_at, now.due_at) == (send.request.send_at, NOON + HOUR)
    assert now.is_open  # its card has another time
    assert ("moved", "bot", "zone_rules") in await kinds(scene)


async def test_new_rules_that_move_nothing_are_not_said(scene: Scene) -> None:
    await plan(scene)
    with scene.engine.begin() as connection:
        connection.execute(sa.update(sends).values(send_at_rules=LAST_RULES))

    assert await scene.store.compute_anew() == 0

    now = await scene.store.get(V)
    assert now.request.send_at
    assert now.request.send_at.rules == time_zones.version()
    assert not now.is_open


async def test_undo_is_a_pause_in_the_row(scene: Scene) -> None:
    store = scene.store_of(scene.runs, undo=timedelta(seconds=10))

    send = (await store.take(make_send_request())).send

    assert send.can_be_undone
    assert await scene.due() == []
    scene.clock.pass_by(10)
    assert await scene.due() == [V]


async def test_a_scheduled_one_has_no_such_pause(scene: Scene) -> None:
    store = scene.store_of(scene.runs, undo=timedelta(seconds=10))

    send = (await store.take(make_send_request(send_at=at(NOON + HOUR)))).send

    assert not send.can_be_undone


async def test_what_is_planned_is_listed_by_its_moment(scene: Scene) -> None:
    await plan(scene, id=SendId("V3"), after=3 * HOUR)
    await plan(scene, id=SendId("V1"))
    await plan(scene, id=SendId("V2"), user=BEN, after=2 * HOUR)
    await scene.take("V4")

    mine = await scene.store.planned(ALICE, 10)
    everybodys = await scene.store.planned("", 10)

    assert [each.id for each in mine] == ["V1", "V3"]
    assert [each.id for each in everybodys] == ["V1", "V2", "V3"]


def test_the_instant_is_that_of_the_wall_time() -> None:
    zone = time_zones.find("America/Panama")
    assert zone
    kept = at(NOON)
    assert resolve(kept.wall, zone).instant == kept.instant


async def test_what_waits_is_counted_for_one_person_and_for_all(scene: Scene) -> None:
    await plan(scene)
    await ask_to_approve(scene, id=NEW, key="another", user=BEN)
    await scene.store.take(make_send_request(id=SendId("V0003"), key="a third"))

    assert await scene.store.count_planned(ALICE) == 1
    assert await scene.store.count_planned("") == 2


async def test_a_change_says_whether_it_is_about_something_that_waits_or_waited(
    scene: Scene,
) -> None:
    await plan(scene)
    await scene.store.take(make_send_request(id=NEW, key="another", user=BEN))

    taken = await scene.store.whose_changed(0)
    await scene.store.cancel(V, user=CARLA)
    cancelled = await scene.store.whose_changed(max(taken))

    assert set(taken.values()) >= {SendChange(ALICE, is_planned=True), SendChange(BEN)}
    assert list(cancelled.values()) == [SendChange(ALICE, is_planned=True)]


async def test_who_asked_is_whoever_asked_for_any_that_it_takes_the_place_of(scene: Scene) -> None:
    await ask_to_approve(scene)
    changed = make_send_request(id=NEW, user=BEN, changed_from=V, needs_approval=True)
    await scene.store.take_instead(changed)
    again = make_send_request(id=SendId("V0003"), user=CARLA, replaces=NEW)
    await scene.store.take(again)

    assert await scene.store.requesters(V) == {ALICE}
    assert await scene.store.requesters(NEW) == {ALICE, BEN}
    assert await scene.store.requesters(SendId("V0003")) == {ALICE, BEN, CARLA}
    assert await scene.store.requesters(SendId("V0000")) == frozenset()


async def test_what_it_is_asked_of_is_kept(scene: Scene) -> None:
    send = await ask_to_approve(scene, approval_mark="0123456789abcdef")

    assert send.request.approval_mark == "0123456789abcdef"


async def test_a_change_with_other_contents_is_not_taken_for_the_same(scene: Scene) -> None:
    await plan(scene)
    request = make_send_request(id=NEW, key="form", send_at=at(NOON + 2 * HOUR), changed_from=V)
    await scene.store.take_instead(request)

    same = await scene.store.take_instead(request)
    other = await scene.store.take_instead(dataclasses.replace(request, phone="573211234567"))

    assert same
    assert same.how is Taken.AGAIN
    assert other
    assert (other.how, other.send.request.phone) == (Taken.CHANGED, "50761234567")


async def test_who_still_tells_what_was_changed_meanwhile_changes_nothing(scene: Scene) -> None:
    telling = (await scene.store.take(make_send_request(send_at=at(NOON + HOUR)))).send
    request = make_send_request(id=NEW, send_at=at(NOON + 2 * HOUR), changed_from=V)
    await scene.store.take_instead(request)

    await scene.store.card_posted(V, "C1", "1.1")
    await scene.store.told(telling, "C1", "1.1")

    old = await scene.store.get(V)
    assert (old.is_open, old.card_ts, old.reason) == (False, "", "changed")


@pytest.mark.parametrize(
    ("channel", "takes_over"), [("C1", True), ("G1", True), ("D1", False), ("response_url", False)]
)
async def test_a_card_that_only_its_sender_reads_is_not_another_persons(
    scene: Scene, channel: str, *, takes_over: bool
) -> None:
    send = (await scene.store.take(make_send_request(send_at=at(NOON + HOUR)))).send
    await scene.store.told(send, channel, "1.1")
    request = make_send_request(id=NEW, user=CARLA, send_at=at(NOON + 2 * HOUR), changed_from=V)

    taken = await scene.store.take_instead(request)

    assert taken
    assert (taken.send.card_ts == "1.1") is takes_over
    # Else its sender is told that it was changed.
    assert (await scene.store.get(V)).is_open is not takes_over
