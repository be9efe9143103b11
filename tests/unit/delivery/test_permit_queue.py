"""When a call may begin: in a pause, as a probe, and in line for a permit."""

import asyncio
import dataclasses
from collections.abc import Callable

import pytest
from typing_extensions import override

from bot.delivery.pauses import TOKEN_PAUSE
from bot.delivery.permit_queue import PermitQueue
from bot.delivery.ports import Claimed
from bot.errors import BotError, NotAllowed, TryLater, Unclear
from bot.sends import Outcome, Send, SendId, Status
from bot.store.rate_limit import Permit
from tests.builders import make_send
from tests.fakes import FakeClock, FakeDeliveryRepository
from tests.unit.delivery.scene import GAVE_UP, REFUSED, SENT, UNREACHABLE, scene


async def test_a_refused_token_holds_the_queue() -> None:
    made = scene(REFUSED)

    await made.attempt()

    assert made.sends.outcomes == [REFUSED]
    assert made.rate_limit.paused == [TOKEN_PAUSE]


@pytest.mark.parametrize(
    "answer",
    [
        SENT,
        Outcome(Status.PENDING, "pending"),
        Outcome(Status.REJECTED, "rejected"),
        Outcome(Status.UNKNOWN, "server_error"),
        Unclear("no_answer"),
    ],
)
async def test_only_a_refused_token_holds_the_queue(answer: Outcome | Unclear) -> None:
    made = scene(answer)

    await made.attempt()

    assert made.rate_limit.paused == []
    assert made.rate_limit.resumed == 0


async def test_while_the_queue_is_on_hold_nothing_is_called() -> None:
    made = scene(SENT, claims=(TryLater("atom.held", after=42),))

    assert await made.pause() == 42
    assert made.atom.statuses == []
    assert made.sends.send.reason == "atom.held"


async def test_a_hold_that_begins_while_a_send_waits_for_its_permit_is_kept() -> None:
    made = scene(SENT, claims=(3.0, TryLater("atom.held", after=42)))

    assert await made.pause() == 42
    assert made.clock.slept == [3.0]
    assert made.atom.statuses == []


PROBE = Permit(0.0, is_probe=True)


@pytest.mark.parametrize("answer", [SENT, Outcome(Status.REJECTED, "rejected")])
async def test_a_probe_that_gets_through_releases_the_queue(answer: Outcome) -> None:
    made = scene(answer, claims=(PROBE,))

    await made.attempt()

    assert made.sends.outcomes == [answer]
    assert made.rate_limit.resumed == 1


async def test_a_probe_that_is_refused_holds_the_queue_again_and_waits_on() -> None:
    made = scene(REFUSED, claims=(PROBE,))

    assert await made.pause() == TOKEN_PAUSE
    assert made.rate_limit.paused == [TOKEN_PAUSE]
    assert made.rate_limit.resumed == 0
    assert made.sends.outcomes == []
    assert (made.sends.send.status, made.sends.send.reason) == (Status.QUEUED, "atom.held")


async def test_a_call_under_way_as_another_is_refused_the_token_waits_when_it_is_too() -> None:
    made = scene(REFUSED)
    made.rate_limit.is_paused = True

    assert await made.pause() == TOKEN_PAUSE
    assert made.sends.outcomes == []
    assert made.sends.send.reason == "atom.held"


async def test_one_refused_for_hours_is_given_up_in_its_time() -> None:
    made = scene(*[REFUSED] * 500)
    made.rate_limit.is_paused = True
    for _ in range(500):
        send = await made.attempt()
        if send.next_try is None:
            break
        made.clock.pass_by((send.next_try - made.clock.now()).total_seconds())

    assert made.sends.outcomes == [GAVE_UP]
    assert made.clock.monotonic() == pytest.approx(6 * 3600)


@pytest.mark.parametrize(
    ("answer", "claim", "told"),
    [
        (REFUSED, Permit(0.0), ["refused"]),
        (REFUSED, PROBE, ["refused"]),
        (SENT, PROBE, ["taken"]),
        (Outcome(Status.REJECTED, "rejected"), PROBE, ["taken"]),
        (SENT, Permit(0.0), []),
        (Outcome(Status.UNKNOWN, "server_error"), PROBE, []),
        (UNREACHABLE, PROBE, []),
        (Unclear("no_answer"), PROBE, []),
    ],
)
async def test_the_admins_are_told_of_a_refused_token_and_when_it_is_taken_again(
    answer: Outcome | BotError, claim: Permit, told: list[str]
) -> None:
    made = scene(answer, claims=(claim,))

    await made.attempt()

    assert made.alerts.told == told


@pytest.mark.parametrize("answer", [UNREACHABLE, Unclear("no_answer")])
async def test_a_probe_that_reaches_nobody_releases_nothing(answer: BotError) -> None:
    made = scene(answer, claims=(PROBE,))

    await made.attempt()

    assert made.rate_limit.resumed == 0


async def test_a_call_waits_for_the_moment_of_its_permit() -> None:
    made = scene(SENT, claims=(Permit(0.5),))

    await made.attempt()

    assert made.clock.slept == [0.5]
    assert made.sends.outcomes == [SENT]


async def test_a_send_without_a_permit_waits_for_one_and_a_stop_need_not_wait_for_it() -> None:
    made = scene(SENT, claims=(0.5, 0.2, Permit(0.0)))

    await made.attempt()

    assert made.clock.slept == [0.5, 0.2, 0.0]
    assert made.idled == 3  # for its place in the line, and twice for a permit
    assert made.sends.outcomes == [SENT]


async def test_who_loses_the_right_while_a_send_waits_for_its_permit_sends_nothing() -> None:
    made = scene(claims=(30.0,), refusals=(None, NotAllowed("refused.not_listed")))

    await made.attempt()

    assert made.sends.outcomes == [Outcome(Status.FAILED, "refused.not_listed")]
    assert made.atom.statuses == []


async def test_a_send_whose_time_is_up_when_its_permit_comes_is_not_called() -> None:
    made = scene(claims=(7 * 3600.0,))

    await made.attempt()

    assert made.sends.outcomes == [GAVE_UP]
    assert made.atom.statuses == []


class CrowdRepository(FakeDeliveryRepository):
    """Many sends of which each has its permit when it asks for the second time."""

    def __init__(self) -> None:
        super().__init__(make_send(), now=FakeClock().now)
        self.asked: list[SendId] = []

    @override
    async def get(self, send_id: SendId) -> Send:
        return make_send(Status.CANCELLED, id=send_id)

    @override
    async def claim(self, send_id: SendId) -> Claimed | float | None:
        self.asked.append(send_id)
        await asyncio.sleep(0)
        return 1.0 if self.asked.count(send_id) == 1 else None


class SpacedRepository(CrowdRepository):
    """One permit a second, the first after five, for whoever asks when it is there."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self.permits: list[float] = []
        self._passed = now

    @override
    async def claim(self, send_id: SendId) -> Claimed | float | None:
        now = self._passed()
        await asyncio.sleep(0)
        wait = (self.permits[-1] + 1.0 if self.permits else 5.0) - now
        if wait > 0:
            return wait
        self.permits.append(now)
        return None


async def test_those_that_wait_for_a_permit_are_served_in_their_order() -> None:
    made = scene()
    repository = CrowdRepository()
    delivery = dataclasses.replace(
        made.delivery, sends=repository, sleep=lambda _: asyncio.sleep(0)
    )
    sends = [make_send(id=SendId(f"V{number}")) for number in range(4)]

    await delivery.queue.enter(SendId("V9"))
    runs = asyncio.gather(*map(delivery.attempt, sends))
    await asyncio.sleep(0)
    delivery.queue.leave()
    await runs

    assert repository.asked == ["V0", "V0", "V1", "V1", "V2", "V2", "V3", "V3"]


async def test_nobody_waits_in_the_line_and_then_once_more_for_what_was_said_before_it() -> None:
    """Ten that asked at the same moment were told the same moment, five seconds away."""
    made = scene()
    slept: list[float] = []
    sends = [make_send(id=SendId(f"V{number}")) for number in range(10)]

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    repository = SpacedRepository(lambda: sum(slept))
    await asyncio.gather(
        *map(dataclasses.replace(made.delivery, sends=repository, sleep=sleep).attempt, sends)
    )

    assert repository.permits == pytest.approx(list(range(5, 15)))


async def test_a_line_goes_on_behind_one_that_cannot_be_checked_any_more() -> None:
    made = scene(SENT, claims=(1.0,), refusals=(None, TryLater("slack.limited", after=30)))
    await made.attempt()

    send = await made.attempt()

    assert send.status is Status.SENT
    assert not made.delivery.queue.is_taken


async def test_who_is_cancelled_in_the_line_waits_no_longer() -> None:
    made = scene(SENT)
    repository = CrowdRepository()
    delivery = dataclasses.replace(made.delivery, sends=repository)
    await delivery.queue.enter(SendId("V9"))
    run = asyncio.create_task(delivery.attempt(make_send(id=SendId("V1"))))
    await asyncio.sleep(0)

    delivery.ended(SendId("V1"))

    assert (await run).status is Status.CANCELLED
    assert repository.asked == []


async def test_a_turn_that_came_as_the_run_was_stopped_goes_to_the_next() -> None:
    queue = PermitQueue()
    await queue.enter(SendId("V1"))
    second = asyncio.create_task(queue.enter(SendId("V2")))
    third = asyncio.create_task(queue.enter(SendId("V3")))
    await asyncio.sleep(0)

    queue.leave()
    second.cancel()

    assert await asyncio.wait_for(third, 5.0)
    queue.leave()
    assert not queue.is_taken
