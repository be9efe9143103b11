"""The life of a send until something is known: what is tried again, and what never is."""

from datetime import timedelta

import pytest

from bot.delivery import deliver
from bot.delivery.deadlines import Deadlines
from bot.delivery.pauses import pause_before
from bot.errors import NotAllowed, TooEarly, TryLater, Unclear
from bot.sends import Outcome, SendId, Status
from tests.builders import make_send
from tests.fakes import NOON, FakeClock, FakeSteps
from tests.unit.delivery.scene import GAVE_UP, LONGEST, SENT, UNREACHABLE, Scene, scene


async def test_what_has_come_to_its_end_is_told() -> None:
    steps = FakeSteps(make_send(Status.SENT))

    await deliver(make_send(), steps)

    assert steps.done == ["attempt V0001", "tell V0001 sent"]


async def test_what_waits_is_not_told_and_left_to_the_next_run() -> None:
    steps = FakeSteps(make_send(Status.QUEUED))

    await deliver(make_send(), steps)

    assert steps.done == ["attempt V0001"]


async def test_what_is_told_already_is_not_told_again() -> None:
    steps = FakeSteps(make_send(Status.SENT, announced_status="sent"))

    await deliver(make_send(), steps)

    assert steps.done == ["attempt V0001"]


async def test_what_another_process_took_over_is_told_by_that_one() -> None:
    steps = FakeSteps(make_send(Status.SENT, runner="other"))

    await deliver(make_send(runner="this"), steps)

    assert steps.done == ["attempt V0001"]


async def test_what_atom_says_is_written_down() -> None:
    made = scene(SENT)

    send = await made.attempt()

    assert made.sends.outcomes == [SENT]
    assert send == made.sends.send


async def test_a_call_is_claimed_before_it_is_made() -> None:
    made = scene(SENT)

    await made.attempt()

    assert made.atom.statuses == [Status.SENDING]


async def test_what_somebody_cancelled_meanwhile_is_not_called() -> None:
    made = scene(SENT)
    made.sends.meanwhile = lambda: made.sends.change(status=Status.CANCELLED)

    send = await made.attempt()

    assert send.status is Status.CANCELLED
    assert made.atom.statuses == []
    assert made.sends.outcomes == []


async def test_what_another_process_calls_right_now_is_left_to_it() -> None:
    made = scene(SENT)
    made.sends.meanwhile = lambda: made.sends.change(status=Status.SENDING, runner="other")

    send = await made.attempt()

    assert send.status is Status.SENDING
    assert made.atom.statuses == []
    assert made.sends.outcomes == []


async def test_a_call_that_an_earlier_run_began_is_never_repeated() -> None:
    made = scene(SENT, send=make_send(Status.SENDING, claim="of a dead one"))

    send = await made.attempt()

    assert send.status is Status.UNKNOWN
    assert made.atom.statuses == []
    assert made.sends.outcomes == [Outcome(Status.UNKNOWN, "interrupted")]


@pytest.mark.parametrize("status", [status for status in Status if status.is_final])
async def test_what_has_ended_is_left_alone(status: Status) -> None:
    made = scene(SENT, send=make_send(status))

    send = await made.attempt()

    assert send.status is status
    assert (made.atom.statuses, made.sends.outcomes) == ([], [])


async def test_an_unclear_call_is_unknown_and_never_repeated() -> None:
    made = scene(Unclear("no_answer"))

    await made.attempt()
    await made.attempt()

    assert len(made.atom.statuses) == 1
    assert made.sends.outcomes == [Outcome(Status.UNKNOWN, "no_answer")]


async def test_what_surely_did_not_go_out_waits_its_turn_again() -> None:
    made = scene(UNREACHABLE)

    send = await made.attempt()

    assert (send.status, send.reason) == (Status.QUEUED, "atom.unreachable")
    assert send.next_try == made.clock.now() + timedelta(seconds=1)


async def test_the_pauses_grow_from_a_second_to_a_minute() -> None:
    made = scene(*[UNREACHABLE] * 9)

    pauses = []
    for _ in range(9):
        pauses.append(await made.pause())
        made.clock.pass_by(pauses[-1])

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


@pytest.mark.parametrize("number", [7, 100, 100_000])
def test_no_pause_is_longer_than_a_minute(number: int) -> None:
    assert pause_before(number) == 60.0


async def test_a_pause_that_atom_asks_for_is_kept() -> None:
    assert await scene(TryLater("atom.too_many", after=600)).pause() == 600


async def test_a_pause_that_atom_asks_for_does_not_shorten_ours() -> None:
    assert await scene(TryLater("atom.too_many", after=0.1)).pause() == 1.0


async def test_no_pause_goes_beyond_the_moment_of_giving_up() -> None:
    assert await scene(TryLater("atom.too_many", after=86_400)).pause() == 6 * 3600


async def test_it_is_given_up_in_time_and_without_a_call() -> None:
    made = scene(SENT)
    made.clock.pass_by(6 * 3600)

    await made.attempt()

    assert made.atom.statuses == []
    assert made.sends.outcomes == [GAVE_UP]


async def try_to_the_end(made: Scene) -> None:
    """Try it as often as it waits; no more often than it can in that time."""
    for _ in range(500):
        send = await made.attempt()
        if send.next_try is None:
            return
        made.clock.pass_by((send.next_try - made.clock.now()).total_seconds())


async def test_an_unreachable_atom_is_given_up_after_the_time_that_was_set() -> None:
    made = scene(*[UNREACHABLE] * 500)

    await try_to_the_end(made)

    assert made.clock.now() == made.sends.send.give_up_at
    assert made.sends.outcomes == [GAVE_UP]


@pytest.mark.parametrize("hours", [-24, -1, 1, 5, 24])
async def test_it_is_given_up_after_that_time_whatever_the_clock_does(hours: float) -> None:
    made = scene(*[UNREACHABLE] * 500)
    await made.attempt()

    made.clock.jump(hours * 3600)
    await try_to_the_end(made)

    assert made.clock.monotonic() == pytest.approx(6 * 3600)
    assert made.sends.outcomes == [GAVE_UP]


async def test_a_clock_that_was_ahead_when_it_was_taken_makes_nobody_wait_longer() -> None:
    taken_ahead = make_send(give_up_at=FakeClock().now() + LONGEST + timedelta(days=30))
    made = scene(*[UNREACHABLE] * 500, send=taken_ahead)

    await try_to_the_end(made)

    assert made.clock.monotonic() == pytest.approx(6 * 3600)
    assert made.sends.outcomes == [GAVE_UP]


async def test_a_send_whose_time_was_up_when_its_claim_was_committed_is_not_called() -> None:
    """The database was away for hours, and let this claim through when it was back."""
    made = scene()
    made.sends.meanwhile = lambda: made.clock.pass_by(7 * 3600)

    await made.attempt()

    assert made.atom.statuses == []
    assert made.sends.outcomes == [GAVE_UP]


def test_of_what_came_to_its_end_no_deadline_is_kept() -> None:
    clock = FakeClock()
    deadlines = Deadlines(LONGEST, clock.monotonic)
    send = make_send()
    assert deadlines.left(send, clock.now()) == 6 * 3600

    clock.jump(3600)
    kept = deadlines.left(send, clock.now())
    deadlines.forget(send.id)
    anew = deadlines.left(send, clock.now())

    assert (kept, anew) == (6 * 3600, 5 * 3600)


def test_deadlines_that_passed_elsewhere_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.deadlines.KEPT_DEADLINES", 2)
    clock = FakeClock()
    deadlines = Deadlines(LONGEST, clock.monotonic)
    for number in range(3):
        deadlines.left(make_send(id=SendId(f"V{number}")), clock.now())
    clock.pass_by(7 * 3600)
    deadlines.left(make_send(id=SendId("V4")), clock.now())

    # As after a restart: what is written down counts, and not what was remembered.
    clock.jump(-7 * 3600)

    assert deadlines.left(make_send(id=SendId("V0")), clock.now()) == 6 * 3600


async def test_what_is_too_early_waits_and_is_given_up_so_much_later() -> None:
    morning = NOON + timedelta(hours=10)
    made = scene(SENT, refusals=(TooEarly("quiet.hours", until=morning),))
    send = await made.attempt()

    assert (send.status, send.next_try, send.reason, send.tries) == (
        Status.QUEUED,
        morning,
        "quiet.hours",
        0,
    )
    assert made.atom.statuses == []
    made.clock.pass_by(10 * 3600)
    assert (await made.attempt()).status is Status.SENT


async def test_another_process_knows_when_it_is_given_up_now() -> None:
    made = scene(SENT, refusals=(None, TooEarly("quiet.hours", until=NOON + timedelta(hours=10))))
    other = made.another()
    assert other.deadlines.left(made.sends.send, made.clock.now()) == 6 * 3600
    made.refusals.pop(0)
    await made.attempt()
    made.clock.pass_by(10 * 3600)

    assert (await other.attempt(made.sends.send)).status is Status.SENT


async def test_who_may_no_longer_send_is_refused_without_a_call() -> None:
    made = scene(SENT, refusals=(NotAllowed("refused.guest"),))

    await made.attempt()

    assert made.atom.statuses == []
    assert made.sends.outcomes == [Outcome(Status.FAILED, "refused.guest")]


async def test_whoever_cannot_be_checked_waits() -> None:
    made = scene(SENT, refusals=(TryLater("slack.limited", after=30),))

    assert await made.pause() == 30
    assert made.atom.statuses == []
    assert made.sends.send.reason == "slack.limited"


async def test_a_send_that_is_cancelled_while_nobody_can_be_checked_stays_cancelled() -> None:
    made = scene(send=make_send(Status.CANCELLED), refusals=(TryLater("slack.limited", after=30),))

    send = await made.delivery.attempt(make_send())

    assert (send.status, send.next_try) == (Status.CANCELLED, None)
    assert made.sends.outcomes == []


async def test_the_card_is_begun_with_the_run_and_shown_when_it_waits() -> None:
    made = scene(UNREACHABLE, SENT)

    await made.attempt()
    waits = made.sends.send
    await made.attempt()

    assert [send.status for send in made.notifier.begun] == [Status.QUEUED] * 2
    assert made.notifier.shown == [waits]


async def test_a_card_that_stands_does_not_say_queued_while_it_is_called() -> None:
    made = scene(SENT, send=make_send(card_channel="C0SOPORTE01", card_ts="1.2"))

    await made.attempt()

    assert [send.status for send in made.notifier.begun] == [Status.QUEUED, Status.SENDING]
