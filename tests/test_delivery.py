"""The life of a send: what is tried again, what never is, and who is told."""

import dataclasses
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.delivery import HOLD, Delivery, Slot, deliver, pause_before
from bot.errors import BotError, NotAllowed, TryLater, Unclear
from bot.sends import Outcome, Send, SendId, Status
from tests.fakes import FakeAtom, FakeBook, FakeClock, FakePace, FakeSteps, make_send

V = SendId("V0001")
SENT = Outcome(Status.SENT, "sent", conversation="abc")
REFUSED = Outcome(Status.FAILED, "token", holds_queue=True)
UNREACHABLE = TryLater("atom.unreachable")


@dataclass
class Scene:
    """A delivery among fakes."""

    book: FakeBook
    pace: FakePace
    atom: FakeAtom
    clock: FakeClock
    refusals: list[BotError | None] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    async def may_send(self, send: Send) -> None:
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            raise refusal

    async def attempt(self) -> float | None:
        return await self.delivery().attempt(V)

    def delivery(self) -> Delivery:
        return Delivery(
            book=self.book,
            pace=self.pace,
            may_send=self.may_send,
            call=self.atom.call,
            begin=lambda _send: self.shown.append("begin"),
            show=lambda _send: self.shown.append("show"),
            now=self.clock.now,
            sleep=self.clock.sleep,
        )


def scene(
    *answers: Outcome | BotError,
    send: Send | None = None,
    slots: tuple[Slot | BotError, ...] = (),
    refusals: tuple[BotError | None, ...] = (),
) -> Scene:
    clock = FakeClock()
    book = FakeBook(send or make_send(), now=clock.now)
    return Scene(book, FakePace(*slots), FakeAtom(book, *answers), clock, list(refusals))


async def test_a_send_is_tried_until_something_is_known_and_then_told() -> None:
    steps = FakeSteps(1.0, 2.0, None)

    await deliver(V, steps)

    assert steps.done == [
        "attempt V0001",
        "pause 1",
        "attempt V0001",
        "pause 2",
        "attempt V0001",
        "tell V0001",
    ]


async def test_a_send_that_ends_at_once_is_told_at_once() -> None:
    steps = FakeSteps(None)

    await deliver(V, steps)

    assert steps.done == ["attempt V0001", "tell V0001"]


async def test_a_pause_of_no_seconds_is_not_an_end() -> None:
    steps = FakeSteps(0.0, None)

    await deliver(V, steps)

    assert steps.done.count("attempt V0001") == 2


async def test_what_atom_says_is_written_down() -> None:
    made = scene(SENT)

    pause = await made.attempt()

    assert pause is None
    assert made.book.outcomes == [SENT]


async def test_a_call_is_claimed_before_it_is_made() -> None:
    made = scene(SENT)

    await made.attempt()

    assert made.atom.statuses == [Status.SENDING]


async def test_what_somebody_cancelled_meanwhile_is_not_called() -> None:
    made = scene(SENT)
    made.book.meanwhile = Status.CANCELLED

    pause = await made.attempt()

    assert pause is None
    assert made.atom.statuses == []
    assert made.book.outcomes == []


async def test_what_another_process_calls_right_now_is_looked_at_again_later() -> None:
    made = scene(SENT)
    made.book.meanwhile = Status.SENDING

    pause = await made.attempt()

    assert pause == HOLD
    assert made.atom.statuses == []
    assert made.book.outcomes == []


async def test_a_call_that_an_earlier_run_began_is_never_repeated() -> None:
    made = scene(SENT, send=make_send(Status.SENDING))

    pause = await made.attempt()

    assert pause is None
    assert made.atom.statuses == []
    assert made.book.outcomes == [Outcome(Status.UNKNOWN, "interrupted")]


@pytest.mark.parametrize("status", [status for status in Status if status.ends])
async def test_what_has_ended_is_left_alone(status: Status) -> None:
    made = scene(SENT, send=make_send(status))

    pause = await made.attempt()

    assert (pause, made.atom.statuses, made.book.outcomes) == (None, [], [])


async def test_an_unclear_call_is_unknown_and_never_repeated() -> None:
    made = scene(Unclear("no_answer"))

    first = await made.attempt()
    second = await made.attempt()

    assert first is second is None
    assert len(made.atom.statuses) == 1
    assert made.book.outcomes == [Outcome(Status.UNKNOWN, "no_answer")]


async def test_what_surely_did_not_go_out_waits_its_turn_again() -> None:
    made = scene(UNREACHABLE)

    pause = await made.attempt()

    assert pause == 1.0
    assert made.book.send.status is Status.QUEUED
    assert made.book.send.reason == "atom.unreachable"
    assert made.book.send.next_try == made.clock.now() + timedelta(seconds=1)


async def test_the_pauses_grow_from_a_second_to_a_minute() -> None:
    made = scene(*[UNREACHABLE] * 9)

    pauses = []
    for _ in range(9):
        pauses.append(await made.attempt() or 0.0)
        made.clock.pass_by(pauses[-1])

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


@pytest.mark.parametrize("number", [7, 100, 100_000])
def test_no_pause_is_longer_than_a_minute(number: int) -> None:
    assert pause_before(number) == 60.0


async def test_a_pause_that_atom_asks_for_is_kept() -> None:
    made = scene(TryLater("atom.too_many", after=600))

    assert await made.attempt() == 600


async def test_a_pause_that_atom_asks_for_does_not_shorten_ours() -> None:
    made = scene(TryLater("atom.too_many", after=0.1))

    assert await made.attempt() == 1.0


async def test_no_pause_goes_beyond_the_moment_of_giving_up() -> None:
    made = scene(TryLater("atom.too_many", after=86_400))

    assert await made.attempt() == 6 * 3600


async def test_it_is_given_up_in_time_and_without_a_call() -> None:
    made = scene(SENT)
    made.clock.pass_by(6 * 3600)

    pause = await made.attempt()

    assert pause is None
    assert made.atom.statuses == []
    assert made.book.outcomes == [Outcome(Status.FAILED, "gave_up")]


async def test_an_unreachable_atom_is_given_up_after_the_time_that_was_set() -> None:
    made = scene(*[UNREACHABLE] * 500)

    while (pause := await made.attempt()) is not None:
        made.clock.pass_by(pause)

    assert made.clock.now() == made.book.send.give_up_at
    assert made.book.outcomes == [Outcome(Status.FAILED, "gave_up")]


async def test_who_may_no_longer_send_is_refused_without_a_call() -> None:
    made = scene(SENT, refusals=(NotAllowed("refused.guest"),))

    pause = await made.attempt()

    assert pause is None
    assert made.atom.statuses == []
    assert made.book.outcomes == [Outcome(Status.FAILED, "refused.guest")]


async def test_whoever_cannot_be_checked_waits() -> None:
    made = scene(SENT, refusals=(TryLater("slack.limited", after=30),))

    pause = await made.attempt()

    assert pause == 30
    assert made.atom.statuses == []
    assert made.book.send.reason == "slack.limited"


async def test_a_refused_token_holds_the_queue() -> None:
    made = scene(REFUSED)

    await made.attempt()

    assert made.book.outcomes == [REFUSED]
    assert made.pace.held == [HOLD]


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

    assert made.pace.held == []
    assert made.pace.released == 0


async def test_while_the_queue_is_on_hold_nothing_is_called() -> None:
    made = scene(SENT, slots=(TryLater("atom.held", after=42),))

    pause = await made.attempt()

    assert pause == 42
    assert made.atom.statuses == []
    assert made.book.send.reason == "atom.held"


async def test_a_hold_that_begins_while_a_send_waits_for_its_slot_is_kept() -> None:
    made = scene(SENT, slots=(Slot(3.0),))
    made.pace.refuses = TryLater("atom.held", after=42)

    pause = await made.attempt()

    assert pause == 42
    assert made.clock.slept == [3.0]
    assert made.atom.statuses == []


async def test_a_probe_calls_although_the_queue_is_on_hold() -> None:
    made = scene(SENT, slots=(Slot(0.0, is_probe=True),))
    made.pace.refuses = TryLater("atom.held", after=42)

    await made.attempt()

    assert made.book.outcomes == [SENT]


async def test_a_probe_that_gets_through_releases_the_queue() -> None:
    made = scene(SENT, slots=(Slot(0.0, is_probe=True),))

    await made.attempt()

    assert made.pace.released == 1


async def test_a_probe_that_is_refused_holds_the_queue_again() -> None:
    made = scene(REFUSED, slots=(Slot(0.0, is_probe=True),))

    await made.attempt()

    assert made.pace.held == [HOLD]
    assert made.pace.released == 0


async def test_a_probe_that_reaches_nobody_releases_nothing() -> None:
    made = scene(UNREACHABLE, slots=(Slot(0.0, is_probe=True),))

    await made.attempt()

    assert made.pace.released == 0


async def test_a_send_waits_for_its_slot() -> None:
    made = scene(SENT, slots=(Slot(0.5),))

    await made.attempt()

    assert made.clock.slept == [0.5]


async def test_each_try_begins_a_card_and_a_wait_is_shown_at_once() -> None:
    made = scene(UNREACHABLE, SENT)

    await made.attempt()
    made.clock.pass_by(1.0)
    await made.attempt()

    assert made.shown == ["begin", "show", "begin"]


async def test_who_loses_the_right_while_a_send_waits_for_its_slot_sends_nothing() -> None:
    made = scene(slots=(Slot(30.0),), refusals=(None, NotAllowed("refused.not_listed")))

    pause = await made.attempt()

    assert pause is None
    assert made.book.outcomes == [Outcome(Status.FAILED, "refused.not_listed")]
    assert made.atom.statuses == []


async def test_a_send_whose_time_is_up_when_its_slot_comes_is_not_called() -> None:
    made = scene(slots=(Slot(7 * 3600.0),))

    await made.attempt()

    assert made.book.outcomes == [Outcome(Status.FAILED, "gave_up")]
    assert made.atom.statuses == []


async def test_a_probe_whose_answer_is_lost_releases_nothing() -> None:
    made = scene(Unclear("no_answer"), slots=(Slot(0.0, is_probe=True),))

    await made.attempt()

    assert made.pace.released == 0


async def test_a_send_that_is_taken_up_in_the_middle_of_its_pause_waits_for_its_end() -> None:
    made = scene()
    made.book.send = dataclasses.replace(
        made.book.send, tries=3, next_try=made.clock.now() + timedelta(seconds=4)
    )

    pause = await made.attempt()

    assert pause == 4.0
    assert made.atom.statuses == []
