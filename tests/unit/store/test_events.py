"""What happened to a send is written down with it: once, and whatever changed it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.events import BOT, Event, Kind, Source
from bot.retries import retry_of
from bot.sends import Outcome, Send, SendId, Status
from bot.store.send_table import find
from bot.store.tables import events as table
from bot.store.tables import sends
from bot.store.transitions import Transition
from tests.builders import ALICE, CARLA, make_send_request
from tests.fakes.clock import NOON
from tests.fakes.runs import FakeRuns
from tests.unit.store.scene import SENT, UNKNOWN, Scene, TwiceDatabase, V

PENDING = Outcome(Status.PENDING, "pending")


def short(event: Event) -> tuple[str, str, str, str, str]:
    return event.kind, event.actor, event.before, event.after, event.why


async def told(scene: Scene, send_id: SendId = V) -> list[tuple[str, str, str, str, str]]:
    return [short(each) for each in await scene.store.timeline(send_id)]


async def test_a_send_s_whole_life_is_its_timeline(scene: Scene) -> None:
    await scene.take()
    await scene.claim()
    scene.clock.pass_by(60)
    send = await scene.settle(SENT)
    await scene.store.told(send, "C0SOPORTE01", "1.2")

    assert await told(scene) == [
        ("taken", ALICE, "", "queued", ""),
        ("changed", BOT, "queued", "sending", ""),
        ("changed", BOT, "sending", "sent", "sent"),
        ("told", BOT, "", "sent", ""),
    ]
    events = await scene.store.timeline(V)
    assert [each.at - NOON for each in events] == [timedelta(seconds=s) for s in (0, 0, 60, 60)]
    assert {(each.send, each.source) for each in events} == {(V, Source(process="this"))}


async def test_a_person_s_decision_names_the_person(unknown: Scene) -> None:
    await unknown.store.resolve_sent(V, user=CARLA)
    await unknown.store.resolve_sent(V, user=ALICE)

    assert (await told(unknown))[3:] == [("decided", CARLA, "unknown", "sent", "arrived")]


async def test_what_is_sent_again_begins_a_timeline_of_its_own(unknown: Scene) -> None:
    new = await unknown.store.send_again(retry_of(await unknown.store.get(V), user=CARLA))

    assert new is not None
    assert (await told(unknown))[-1] == ("decided", CARLA, "unknown", "failed", "not_arrived")
    assert await told(unknown, new) == [("taken", CARLA, "", "queued", "retry")]


async def test_what_a_sender_was_warned_of_is_kept(scene: Scene) -> None:
    await scene.store.take(make_send_request(overrode=("phone.unusual",)))
    await scene.store.take(make_send_request(overrode=("phone.unusual",)))

    assert await told(scene) == [
        ("taken", ALICE, "", "queued", ""),
        ("overrode", ALICE, "", "", "phone.unusual"),
    ]


async def test_a_wait_is_told_once_for_each_reason(scene: Scene) -> None:
    await scene.take()
    for reason in ("slack.unreachable", "slack.unreachable", "slack.limited"):
        await scene.store.postpone(await scene.store.get(V), next_try=NOON, reason=reason)
        (found,) = await scene.store.due(10)
        await scene.store.take_up([found])

    assert (await told(scene))[1:] == [
        ("postponed", BOT, "", "queued", "slack.unreachable"),
        ("postponed", BOT, "", "queued", "slack.limited"),
    ]


async def test_every_call_that_nothing_came_of_is_told(scene: Scene) -> None:
    await scene.take()
    for _ in range(2):
        claim = await scene.claim()
        await scene.store.postpone(
            claim, next_try=NOON, reason="atom.unreachable", claim=claim.claim
        )
        (found,) = await scene.store.due(10)
        await scene.store.take_up([found])

    called = ("changed", BOT, "queued", "sending", "")
    back = ("postponed", BOT, "sending", "queued", "atom.unreachable")
    assert (await told(scene))[1:] == [called, back] * 2


async def test_an_answer_that_comes_late_says_what_it_was_before(unknown: Scene) -> None:
    send = await unknown.store.get(V)

    await unknown.store.settle(send, SENT, claim=send.claim)

    assert (await told(unknown))[-1] == ("changed", BOT, "unknown", "sent", "sent")


async def test_what_nobody_could_be_told_is_kept_with_slack_s_reason(scene: Scene) -> None:
    await scene.take()
    await scene.claim()
    send = await scene.settle(SENT)

    await scene.store.not_told(send, reason="channel_not_found")

    assert (await told(scene))[-1] == ("not_told", BOT, "", "sent", "channel_not_found")
    assert not (await scene.store.get(V)).is_open


async def test_what_is_committed_twice_is_one_event(scene: Scene) -> None:
    twice = scene.store_of(scene.runs, database=TwiceDatabase(scene.engine))
    await twice.take(make_send_request())
    claimed = await twice.claim(V)
    assert claimed is not None
    assert not isinstance(claimed, float)
    send = await twice.settle(claimed.send, UNKNOWN, claim=claimed.send.claim)
    await twice.told(send, "C0SOPORTE01", "1.2")
    await twice.send_again(retry_of(send, user=CARLA))

    kinds = [each.kind for each in await scene.store.timeline(V)]
    assert kinds == [Kind.TAKEN, Kind.CHANGED, Kind.CHANGED, Kind.TOLD, Kind.DECIDED]


async def test_what_is_not_done_leaves_no_event(scene: Scene) -> None:
    await scene.take()
    other = scene.store_of(FakeRuns("other"))

    await other.claim(V)
    await other.refuse(await scene.store.get(V), Outcome(Status.FAILED, "gave_up"))
    await scene.store.resolve_sent(V, user=CARLA)

    assert len(await told(scene)) == 1


def test_a_change_that_no_send_may_make_is_refused() -> None:
    with pytest.raises(ValueError, match="a send that is sent never becomes queued"):
        Transition(Status.SENT, after=Status.QUEUED, values={})


async def test_an_outcome_that_no_send_may_have_is_refused(scene: Scene) -> None:
    await scene.take()
    claimed = await scene.claim()

    with pytest.raises(ValueError, match="sending never becomes cancelled"):
        await scene.store.settle(
            claimed, Outcome(Status.CANCELLED, "cancelled"), claim=claimed.claim
        )

    assert await scene.status() is Status.SENDING


def doing(scene: Scene, send: Send) -> dict[str, Callable[[], Awaitable[object]]]:
    """Name what can be tried with a send, whether or not that may be done now."""
    store, claim = scene.store, send.claim
    ends = {"sent": SENT, "pending": PENDING, "unknown": UNKNOWN}
    return {
        "claim": lambda: store.claim(V),
        **{what: partial(store.settle, send, end, claim=claim) for what, end in ends.items()},
        "refuse": lambda: store.refuse(send, Outcome(Status.FAILED, "gave_up")),
        "wait": lambda: store.postpone(send, next_try=NOON, reason="slack.limited", claim=claim),
        "told": lambda: store.told(send, "C0SOPORTE01", "1.2"),
        "cancel": lambda: store.cancel(V, user=CARLA),
        "arrived": lambda: store.resolve_sent(V, user=CARLA),
        "again": lambda: store.send_again(retry_of(send, user=CARLA)),
    }


async def do(scene: Scene, what: str, *, stale: Send | None = None) -> Send:
    """Do one of these as somebody who last read the send before; return it as it is then."""
    await doing(scene, stale or await scene.store.get(V))[what]()
    await scene.store.take_up(await scene.store.due(10))
    return await scene.store.get(V)


DOING = [
    "claim",
    "sent",
    "pending",
    "unknown",
    "refuse",
    "wait",
    "told",
    "cancel",
    "arrived",
    "again",
]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.sampled_from(DOING), st.booleans()), min_size=3, max_size=10))
def test_the_events_lead_to_where_a_send_stands(
    scene: Scene, steps: list[tuple[str, bool]]
) -> None:
    """Whatever is done, in whatever order: each status change is there, once, and may be made."""

    async def live() -> list[Event]:
        await scene.take()
        send = await scene.store.get(V)
        for what, is_stale in steps:
            send = await do(scene, what, stale=send if is_stale else None)
        return list(await scene.store.timeline(V))

    with scene.engine.begin() as connection:
        for each in (table, sends):
            connection.execute(sa.delete(each))
    moves = [each for each in asyncio.run(live()) if each.before]

    at = Status.QUEUED
    for move in moves:
        assert move.before == at
        assert at.may_become(Status(move.after))
        at = Status(move.after)
    with scene.engine.connect() as connection:
        send = find(connection, V)
    assert send is not None
    assert send.status is at


async def test_several_processes_write_one_event_for_what_one_of_them_did(scene: Scene) -> None:
    await scene.take()
    stores = [scene.store_of(scene.runs) for _ in range(6)]

    await asyncio.gather(*(each.claim(V) for each in stores))

    assert len(await told(scene)) == 2


async def test_one_of_which_an_older_version_wrote_nothing_has_no_timeline(scene: Scene) -> None:
    await scene.take()
    with scene.engine.begin() as connection:
        connection.execute(sa.delete(table))

    assert await told(scene) == []
    await scene.claim()
    assert await told(scene) == [("changed", BOT, "queued", "sending", "")]
