"""What people decide: to stop a send, that an unknown one arrived, or to send it again."""

import asyncio
import dataclasses

import pytest

from bot.repositories import SendChange
from bot.retries import retry_of
from bot.sends import Origin, Outcome, SendId, Status
from tests.builders import ALICE, CARLA, make_send
from tests.fakes import NOON, FakeRuns
from tests.unit.store.scene import REJECTED, SENT, UNKNOWN, Scene, TwiceDatabase, V


async def test_a_person_may_stop_a_send_before_its_call(scene: Scene) -> None:
    await scene.take()

    done = await scene.store.cancel(V, user=CARLA)

    send = await scene.store.get(V)
    assert done
    assert (send.status, send.decided_by, send.ended) == (Status.CANCELLED, CARLA, NOON)
    assert await scene.store.claim(V) is None
    assert (await scene.due(), scene.runs.looked) == ([V], 1)


async def test_a_send_that_waits_may_be_stopped_and_is_told_at_once(scene: Scene) -> None:
    await scene.take()
    later = NOON.replace(year=NOON.year + 1)
    await scene.store.postpone(await scene.store.get(V), next_try=later, reason="atom.unreachable")

    await scene.store.cancel(V, user=CARLA)

    assert (await scene.store.get(V)).next_try is None
    assert await scene.due() == [V]


async def test_after_its_call_it_is_too_late_to_stop_a_send(scene: Scene) -> None:
    await scene.take()
    await scene.claim()

    assert not await scene.store.cancel(V, user=CARLA)
    assert await scene.status() is Status.SENDING


async def test_a_send_is_either_cancelled_or_called(scene: Scene) -> None:
    ids = [SendId(f"V{number}") for number in range(10)]
    await scene.take(*ids)

    for each in ids:
        cancelled, claimed = await asyncio.gather(
            scene.store.cancel(each, user=ALICE), scene.store.claim(each)
        )
        assert cancelled is (claimed is None)


async def test_a_person_may_say_that_an_unknown_one_arrived(unknown: Scene) -> None:
    first = await unknown.store.resolve_sent(V, user=CARLA)
    second = await unknown.store.resolve_sent(V, user=ALICE)

    send = await unknown.store.get(V)
    assert (first, second) == (True, False)
    assert (send.status, send.reason, send.decided_by) == (Status.SENT, "arrived", CARLA)
    assert unknown.runs.looked > 0


async def test_what_was_decided_is_told_although_the_unknown_was_told(unknown: Scene) -> None:
    await unknown.store.told(await unknown.store.get(V), "C0SOPORTE01", "1.2")

    await unknown.store.resolve_sent(V, user=CARLA)

    assert await unknown.due() == [V]


async def test_what_was_decided_is_told_with_new_patience(unknown: Scene) -> None:
    for _ in range(3):
        (found,) = await unknown.store.due(10)
        (send,) = await unknown.store.take_up([found])
        await unknown.store.tell_later(send, next_try=NOON)

    await unknown.store.resolve_sent(V, user=CARLA)

    assert (await unknown.store.get(V)).tell_tries == 0


@pytest.mark.parametrize("outcome", [SENT, REJECTED])
async def test_only_an_unknown_one_is_for_people_to_decide(scene: Scene, outcome: Outcome) -> None:
    await scene.take()
    await scene.claim()
    await scene.settle(outcome)

    assert not await scene.store.resolve_sent(V, user=ALICE)
    assert await scene.store.send_again(retry_of(await scene.store.get(V), user=ALICE)) is None
    assert await scene.status() is outcome.status


async def test_a_send_in_place_of_an_unknown_one_names_it_and_is_begun(unknown: Scene) -> None:
    old = await unknown.store.get(V)

    new_id = await unknown.store.send_again(retry_of(old, user=CARLA))

    assert new_id is not None
    new, decided = await unknown.store.get(new_id), await unknown.store.get(V)
    assert new.request == dataclasses.replace(
        old.request,
        id=new_id,
        key="V0001-again-1",
        user=CARLA,
        replaces=V,
        origin=Origin("C0SOPORTE01", "1.2"),
    )
    assert (decided.status, decided.reason) == (Status.FAILED, "not_arrived")
    assert decided.decided_by == CARLA
    assert unknown.runs.begun == [new]
    assert unknown.runs.looked > 0


async def test_to_send_again_twice_is_to_send_again_once(unknown: Scene) -> None:
    old = await unknown.store.get(V)

    made = await asyncio.gather(
        *(unknown.store.send_again(retry_of(old, user=ALICE)) for _ in range(5))
    )

    assert len([each for each in made if each]) == 1
    assert len(unknown.history()) == 2
    assert len(unknown.runs.begun) == 1


async def test_a_decision_whose_answer_was_lost_was_made(scene: Scene) -> None:
    await scene.take()
    twice = scene.store_of(scene.runs, database=TwiceDatabase(scene.engine))

    assert await twice.cancel(V, user=CARLA)
    assert not await twice.cancel(V, user=ALICE)


async def test_a_send_again_whose_answer_was_lost_is_begun(unknown: Scene) -> None:
    twice = unknown.store_of(unknown.runs, database=TwiceDatabase(unknown.engine))

    taken = await twice.send_again(retry_of(await unknown.store.get(V), user=CARLA))

    (send,) = (each for each in unknown.history() if each.request.replaces == V)
    assert send.id == taken


async def test_what_arrived_is_not_sent_again(unknown: Scene) -> None:
    old = await unknown.store.get(V)
    await unknown.store.resolve_sent(V, user=ALICE)

    assert await unknown.store.send_again(retry_of(old, user=ALICE)) is None
    assert len(unknown.history()) == 1


async def test_a_send_can_be_sent_again_more_than_once(unknown: Scene) -> None:
    second = await unknown.store.send_again(retry_of(await unknown.store.get(V), user=ALICE))
    assert second is not None
    await unknown.claim(second)
    await unknown.settle(UNKNOWN, second)

    third = await unknown.store.send_again(retry_of(await unknown.store.get(second), user=ALICE))

    assert third is not None
    assert (await unknown.store.get(third)).request.replaces == second
    assert len({V, second, third}) == 3


async def test_every_try_is_found_from_each_of_them(unknown: Scene) -> None:
    ids = [V]
    for _ in range(3):
        new = await unknown.store.send_again(retry_of(await unknown.store.get(ids[-1]), user=ALICE))
        assert new is not None
        ids.append(new)
        await unknown.claim(new)
        await unknown.settle(UNKNOWN, new)
    await unknown.take("V0001X", "V0002")

    for each in ids:
        assert [found.id for found in await unknown.store.tries(each)] == ids
    assert [found.id for found in await unknown.store.tries(SendId("V0002"))] == ["V0002"]
    assert await unknown.store.tries(SendId("V9999")) == ()


async def test_where_people_were_asked_is_kept(unknown: Scene) -> None:
    await unknown.store.question_posted(V, "D0ALICE0001", "1.3")

    send = await unknown.store.get(V)
    assert (send.question_channel, send.question_ts) == ("D0ALICE0001", "1.3")


async def test_a_process_that_was_taken_for_dead_says_nowhere_where_people_were_asked(
    unknown: Scene,
) -> None:
    other = unknown.store_of(FakeRuns("other"))

    await other.question_posted(V, "D0ALICE0001", "1.3")

    assert (await unknown.store.get(V)).question_ts == ""


@pytest.mark.parametrize(
    ("card", "thread", "expected"),
    [
        (("", ""), "", Origin("C0SOPORTE01")),
        (("", ""), "0.1", Origin("C0SOPORTE01", "0.1")),
        (("C0SOPORTE01", "1.2"), "", Origin("C0SOPORTE01", "1.2")),
        (("C0SOPORTE01", "1.2"), "0.1", Origin("C0SOPORTE01", "0.1")),
        (("D0ALICE", "1.2"), "0.1", Origin("D0ALICE", "1.2")),
    ],
)
def test_it_goes_on_where_the_old_one_was_told(
    card: tuple[str, str], thread: str, expected: Origin
) -> None:
    origin = Origin("C0SOPORTE01", thread)
    old = make_send(Status.UNKNOWN, origin=origin, card_channel=card[0], card_ts=card[1])

    assert retry_of(old, user=CARLA).origin == expected


async def test_whose_sends_changed_is_told_by_the_events_after_one(scene: Scene) -> None:
    await scene.take()
    before = await scene.store.whose_changed(0)
    last = max(before)

    await scene.store.cancel(V, user=CARLA)
    after = await scene.store.whose_changed(last)

    assert set(before.values()) == {SendChange(ALICE)}
    assert list(after.values()) == [SendChange(ALICE)]
    assert await scene.store.whose_changed(max(after)) == {}


async def test_what_is_left_stays_unknown_and_is_told_once_more(unknown: Scene) -> None:
    before = await unknown.store.get(V)

    first = await unknown.store.resolve_not_sent(V, user=CARLA)
    later = [
        await unknown.store.resolve_not_sent(V, user=ALICE),
        await unknown.store.resolve_sent(V, user=ALICE),
    ]

    send = await unknown.store.get(V)
    assert (first, later) == (True, [False, False])
    assert (send.status, send.reason, send.decided_by) == (Status.UNKNOWN, before.reason, CARLA)
    assert send.is_open
    assert await unknown.store.send_again(retry_of(send, user=ALICE)) is None


async def test_a_wait_may_be_ended_by_a_person_but_not_for_a_token(scene: Scene) -> None:
    await scene.take()
    later = NOON.replace(year=NOON.year + 1)
    assert not await scene.store.send_now(V, user=ALICE)

    await scene.store.postpone(await scene.store.get(V), next_try=later, reason="atom.held")
    assert not await scene.store.send_now(V, user=ALICE)
    await scene.store.take_up(await scene.store.due(10))
    assert (await scene.store.get(V)).next_try == later


async def test_what_is_left_while_the_unknown_is_told_is_told_too(unknown: Scene) -> None:
    read = await unknown.store.get(V)
    await unknown.store.resolve_not_sent(V, user=CARLA)

    await unknown.store.told(read, "C1", "1.0")

    assert (await unknown.store.get(V)).is_open
