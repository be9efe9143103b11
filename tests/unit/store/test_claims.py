"""A call is claimed once, and settled by its own claim with what is known."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest
import sqlalchemy as sa
from typing_extensions import override

from bot.delivery.ports import Claimed
from bot.errors import TryLater
from bot.sends import Outcome, SendId, Status
from bot.store.database import Database, migrate, open_engine
from bot.store.tables import rate_limit, sends
from tests.builders import ALICE
from tests.fakes import NOON, FakeRuns
from tests.unit.store.scene import REJECTED, SENT, UNKNOWN, Scene, TwiceDatabase, V


def next_at(scene: Scene) -> float:
    with scene.engine.connect() as connection:
        return float(connection.execute(sa.select(rate_limit.c.next_at)).scalar_one())


async def test_a_send_is_claimed_once(scene: Scene) -> None:
    await scene.take()

    first, second = await scene.store.claim(V), await scene.store.claim(V)

    assert isinstance(first, Claimed)
    assert first.send == await scene.store.get(V)
    assert first.send.status is Status.SENDING
    assert first.send.claim
    assert second is None


async def test_of_many_claims_at_once_one_counts(scene: Scene) -> None:
    await scene.take()

    claims = await asyncio.gather(*(scene.store.claim(V) for _ in range(10)))

    assert claims.count(None) == 9


async def test_a_claim_takes_its_permit(scene: Scene) -> None:
    await scene.take()

    await scene.store_of(scene.runs, rate=2.0).claim(V)

    assert next_at(scene) == pytest.approx(scene.clock.seconds() + 0.5, abs=1e-3)


async def test_without_a_permit_nothing_is_claimed(scene: Scene) -> None:
    await scene.take("V1", "V2")
    store = scene.store_of(scene.runs, rate=2.0)
    await store.claim(SendId("V1"))

    wait = await store.claim(SendId("V2"))

    assert wait == pytest.approx(0.5, abs=0.03)
    assert await scene.status(SendId("V2")) is Status.QUEUED


async def test_while_the_queue_is_on_hold_nothing_is_claimed(scene: Scene) -> None:
    await scene.take()
    await scene.rate_limit().pause(60)

    with pytest.raises(TryLater) as raised:
        await scene.store.claim(V)

    assert raised.value.key == "atom.held"
    assert await scene.status() is Status.QUEUED


async def test_a_claim_that_comes_too_late_leaves_the_permit_to_the_next(scene: Scene) -> None:
    await scene.take("V1", "V2")
    await scene.store.cancel(SendId("V1"), user=ALICE)
    store = scene.store_of(scene.runs, rate=0.01)

    late, next_one = await store.claim(SendId("V1")), await store.claim(SendId("V2"))

    assert late is None
    assert isinstance(next_one, Claimed)
    assert next_one.wait == 0.0


async def test_nobody_claims_what_another_process_carries(scene: Scene) -> None:
    await scene.take()

    assert await scene.store_of(FakeRuns("other")).claim(V) is None
    assert await scene.status() is Status.QUEUED


@pytest.mark.parametrize("outcome", [SENT, UNKNOWN, REJECTED])
async def test_what_has_ended_cannot_be_claimed(scene: Scene, outcome: Outcome) -> None:
    await scene.take()
    await scene.claim()
    await scene.settle(outcome)

    assert await scene.store.claim(V) is None


async def test_a_claim_whose_answer_was_lost_counts_when_it_is_repeated(scene: Scene) -> None:
    """At a pace at which it would have to wait for a second permit."""
    await scene.take()
    twice = scene.store_of(scene.runs, rate=0.01, database=TwiceDatabase(scene.engine))

    claimed = await twice.claim(V)

    assert isinstance(claimed, Claimed)
    assert claimed.send == await scene.store.get(V)
    assert next_at(scene) == pytest.approx(scene.clock.seconds() + 100, abs=1e-3)


async def test_a_probe_whose_claim_is_repeated_is_still_a_probe(scene: Scene) -> None:
    await scene.take()
    await scene.rate_limit().pause(60)
    scene.clock.pass_by(60)

    claimed = await scene.store_of(scene.runs, database=TwiceDatabase(scene.engine)).claim(V)

    assert isinstance(claimed, Claimed)
    assert claimed.is_probe


async def test_a_claim_whose_answer_was_lost_is_no_claim_once_it_is_decided(scene: Scene) -> None:
    """The database took the claim, and lost its answer; another process told unknown meanwhile."""
    await scene.take()

    class Interrupted(TwiceDatabase):
        @override
        async def between(self) -> None:
            await scene.settle(UNKNOWN)

    claimed = await scene.store_of(scene.runs, database=Interrupted(scene.engine)).claim(V)

    assert claimed is None
    assert await scene.status() is Status.UNKNOWN


async def test_what_atom_said_is_kept(scene: Scene) -> None:
    await scene.take()
    await scene.claim()
    outcome = dataclasses.replace(SENT, vendor_message="hola", execution_id="e", trace="t;o=1")

    send = await scene.settle(outcome)

    assert send == await scene.store.get(V)
    assert (send.status, send.reason, send.conversation) == (Status.SENT, "sent", "abc")
    assert (send.vendor_message, send.http_status) == ("hola", 200)
    assert (send.execution_id, send.trace) == ("e", "t;o=1")


@pytest.mark.parametrize("known", [SENT, REJECTED, Outcome(Status.PENDING, "pending")])
async def test_what_is_known_is_never_overwritten_by_unknown(scene: Scene, known: Outcome) -> None:
    await scene.take()
    await scene.claim()
    await scene.settle(known)

    send = await scene.settle(UNKNOWN)

    assert send.status is known.status


async def test_what_is_known_is_never_overwritten_by_something_else(scene: Scene) -> None:
    await scene.take()
    await scene.claim()
    await scene.settle(SENT)

    assert (await scene.settle(REJECTED)).status is Status.SENT


async def test_nobody_gives_back_or_settles_a_call_of_somebody_else(scene: Scene) -> None:
    await scene.take()
    first = await scene.claim()
    await scene.store.postpone(first, next_try=NOON, reason="atom.unreachable", claim=first.claim)
    (found,) = await scene.store.due(10)
    await scene.store.take_up([found])
    second = await scene.claim()

    given_back = await scene.store.postpone(
        first, next_try=NOON, reason="atom.unreachable", claim=first.claim
    )
    settled = await scene.store.settle(first, SENT, claim=first.claim)

    assert given_back == settled == second


async def test_a_send_that_was_not_called_is_not_unknown(scene: Scene) -> None:
    await scene.take()

    assert (await scene.settle(UNKNOWN)).status is Status.QUEUED


async def test_what_is_learnt_late_replaces_unknown_and_is_told(unknown: Scene) -> None:
    await unknown.store.told(await unknown.store.get(V), "C0SOPORTE01", "1.2")
    assert await unknown.due() == []

    send = await unknown.settle(SENT)

    assert send.status is Status.SENT
    assert await unknown.due() == [V]


async def test_what_is_learnt_late_does_not_replace_what_a_person_said(unknown: Scene) -> None:
    await unknown.store.resolve_sent(V, user=ALICE)

    assert (await unknown.settle(REJECTED)).status is Status.SENT


async def test_what_is_being_called_or_unknown_is_not_refused_any_more(unknown: Scene) -> None:
    refusal = Outcome(Status.FAILED, "gave_up")
    await unknown.take("V2")
    called = await unknown.claim(SendId("V2"))

    first = await unknown.store.refuse(await unknown.store.get(V), refusal)
    second = await unknown.store.refuse(called, refusal)

    assert (first.status, second.status) == (Status.UNKNOWN, Status.SENDING)


async def test_nobody_refuses_what_another_process_carries(scene: Scene) -> None:
    await scene.take()
    send = await scene.store.get(V)

    left = await scene.store_of(FakeRuns("other")).refuse(send, Outcome(Status.FAILED, "gave_up"))

    assert left == send


async def test_a_refusal_is_kept(scene: Scene) -> None:
    await scene.take()
    send = await scene.store.get(V)

    refused = await scene.store.refuse(send, Outcome(Status.FAILED, "gave_up"))

    assert refused == await scene.store.get(V)
    assert (refused.status, refused.reason, refused.ended) == (Status.FAILED, "gave_up", NOON)


async def test_a_send_that_waits_says_until_when_and_why_and_nobody_carries_it(
    scene: Scene,
) -> None:
    await scene.take()
    due = NOON + timedelta(seconds=4)

    send = await scene.store.postpone(
        await scene.store.get(V), next_try=due, reason="atom.unreachable"
    )

    assert send == await scene.store.get(V)
    assert (send.tries, send.next_try, send.reason) == (1, due, "atom.unreachable")
    assert (send.waits, send.runner) == (True, "")


async def test_a_call_that_reached_nobody_waits_without_its_claim(scene: Scene) -> None:
    await scene.take()
    send = await scene.claim()

    await scene.store.postpone(send, next_try=NOON, reason="atom.unreachable", claim=send.claim)

    waits = await scene.store.get(V)
    assert (waits.status, waits.claim, waits.runner) == (Status.QUEUED, "", "")


async def test_a_postponement_whose_answer_was_lost_counts_once(scene: Scene) -> None:
    await scene.take()
    send = await scene.claim()
    twice = scene.store_of(scene.runs, database=TwiceDatabase(scene.engine))

    await twice.postpone(send, next_try=NOON, reason="atom.unreachable", claim=send.claim)

    assert (await scene.store.get(V)).tries == 1


async def test_what_was_cancelled_meanwhile_waits_for_nothing(scene: Scene) -> None:
    await scene.take()
    send = await scene.store.get(V)
    await scene.store.cancel(V, user=ALICE)

    now = await scene.store.postpone(send, next_try=NOON, reason="atom.unreachable")

    assert (now.status, now.next_try, now.reason) == (Status.CANCELLED, None, "cancelled")
    assert now.runner == "this"


async def test_nobody_postpones_what_another_process_carries(scene: Scene) -> None:
    await scene.take()
    send = await scene.store.get(V)

    now = await scene.store_of(FakeRuns("other")).postpone(send, next_try=NOON, reason="x")

    assert now == send


@pytest.mark.parametrize("count", [1, 3, 8, 80])
async def test_claims_that_wait_for_another_process_keep_nobody_from_writing(
    migrated_url: str, count: int
) -> None:
    """One that was stopped in the middle of its own claim, say."""
    engine = open_engine(migrated_url)
    scene = Scene(Database(engine))
    names = [f"V{number}" for number in range(count)]
    await scene.take(*names)
    with engine.begin() as stopped:
        stopped.execute(sa.select(rate_limit).with_for_update())
        claims = [asyncio.create_task(scene.store.claim(SendId(name))) for name in names]
        await asyncio.sleep(0.2)

        # Raises TryLater if it takes longer than a listener has.
        await scene.take("V-new")
        assert await scene.store.cancel(SendId("V-new"), user=ALICE)

        assert not any(claim.done() for claim in claims)
    assert all(isinstance(each, Claimed) for each in await asyncio.gather(*claims))
    scene.database.close()
    engine.dispose()


async def test_an_outcome_that_waits_for_another_process_keeps_nobody_from_asking_or_claiming(
    postgres_url: str,
) -> None:
    engine = open_engine(postgres_url)
    migrate(engine)
    scene = Scene(Database(engine))
    await scene.take("V-stuck", "V-next")
    claimed = await scene.store.claim(SendId("V-stuck"))
    assert isinstance(claimed, Claimed)
    with engine.begin() as stopped:
        stopped.execute(sa.select(sends).where(sends.c.id == "V-stuck").with_for_update())
        outcome = Outcome(Status.SENT, "sent")
        settled = asyncio.create_task(
            scene.store.settle(claimed.send, outcome, claim=claimed.send.claim)
        )
        await asyncio.sleep(0.2)

        await scene.take("V-new")
        assert isinstance(await scene.store.claim(SendId("V-next")), Claimed)

        assert not settled.done()
    assert (await settled).status is Status.SENT
    scene.database.close()
    engine.dispose()
