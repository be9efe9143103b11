"""Telling the people what became of a send: once, again after pauses that grow, and not for ever."""

import dataclasses
import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import pytest

from bot.delivery import Delivery
from bot.delivery.deadlines import Deadlines
from bot.delivery.pauses import TELL_TRIES
from bot.errors import BotError, Refused, TryLater
from bot.sends import Send, Status
from bot.slack.platform.client import SlackRefused, TokenRefused
from tests.builders import make_send
from tests.fakes import (
    FakeAlerts,
    FakeAtom,
    FakeClock,
    FakeDeliveryRepository,
    FakeNotifier,
    FakeRateLimit,
)

T = TypeVar("T")

DAY = 86_400.0
REFUSED = Refused("slack.refused", code="invalid_auth")
LIMITED = TryLater("slack.limited")


@dataclass
class Scene:
    """A delivery that has something to tell."""

    sends: FakeDeliveryRepository
    notifier: FakeNotifier
    clock: FakeClock

    async def tell(self) -> float | None:
        """Try once; return after how many seconds it is tried again."""
        clock = self.clock
        delivery = Delivery(
            sends=self.sends,
            rate_limit=FakeRateLimit(),
            notifier=self.notifier,
            alerts=FakeAlerts(),
            may_send=_anybody,
            gateway=FakeAtom(self.sends),
            now=clock.now,
            sleep=clock.sleep,
            idle=_idle,
            deadlines=Deadlines(timedelta(hours=6), clock.monotonic),
        )
        await delivery.tell(self.sends.send)
        next_try = self.sends.send.next_try
        return None if next_try is None else (next_try - clock.now()).total_seconds()

    async def tell_on(self, times: int) -> list[float]:
        """Try so many times, each when it is due; return the pauses."""
        pauses = []
        for _ in range(times):
            pause = await self.tell()
            assert pause is not None
            pauses.append(pause)
            self.clock.pass_by(pause)
        return pauses


async def _idle(wait: Awaitable[T]) -> T:
    return await wait


async def _anybody(_: object) -> None:
    """Let everything pass."""


def scene(*refusals: BotError, send: Send | None = None) -> Scene:
    clock = FakeClock()
    send = send or make_send(Status.SENT, ended=clock.now())
    return Scene(FakeDeliveryRepository(send, now=clock.now), FakeNotifier(*refusals), clock)


async def test_what_was_told_is_written_down_with_the_card_s_place() -> None:
    made = scene()

    await made.tell()

    send = made.sends.send
    assert (send.announced_status, send.card_channel, send.card_ts) == (
        "sent",
        "C0SOPORTE01",
        "1.2",
    )
    assert not send.is_open


async def test_what_is_decided_while_it_is_told_stays_to_be_told() -> None:
    made = scene(send=make_send(Status.UNKNOWN))
    before = made.sends.send
    made.sends.send = dataclasses.replace(before, status=Status.SENT)

    await made.sends.told(before, "C0SOPORTE01", "1.2")

    assert (made.sends.send.announced_status, made.sends.send.is_open) == ("unknown", True)


async def test_slack_that_can_not_be_reached_is_asked_again_after_pauses_up_to_a_minute() -> None:
    made = scene(*[LIMITED] * 9)

    pauses = await made.tell_on(9)

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert made.sends.send.announced_status == ""


async def test_a_pause_that_slack_asks_for_is_kept() -> None:
    assert await scene(TryLater("slack.limited", after=90)).tell() == 90


async def test_slack_that_can_not_be_reached_is_never_given_up() -> None:
    made = scene(*[LIMITED] * 2000)

    await made.tell_on(2000)
    made.clock.pass_by(30 * DAY)

    assert await made.tell() is None
    assert [send.id for send in made.notifier.told] == ["V0001"]


async def test_what_slack_refuses_is_told_again_after_pauses_up_to_an_hour() -> None:
    made = scene(*[REFUSED] * 15)

    pauses = await made.tell_on(15)

    assert pauses[:5] == [1, 2, 4, 8, 16]
    assert pauses[-3:] == [3600] * 3


async def test_what_slack_refuses_for_a_day_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    made = scene(*[REFUSED] * 100)
    with caplog.at_level(logging.ERROR):
        while (pause := await made.tell()) is not None:
            made.clock.pass_by(pause)

    assert DAY <= made.clock.monotonic() < DAY + 3600
    assert not made.sends.send.is_open
    assert made.notifier.told == []
    assert [record.getMessage() for record in caplog.records].count("never told") == 1
    assert made.sends.given_up == ["invalid_auth"]


@pytest.mark.parametrize(
    "refusal", [SlackRefused("channel_not_found"), TokenRefused("account_inactive")]
)
async def test_a_place_that_is_gone_for_good_is_not_asked_for_ever(refusal: SlackRefused) -> None:
    """Also the direct message, which is the last place that is tried."""
    made = scene(*[refusal] * 100)
    while (pause := await made.tell()) is not None:
        made.clock.pass_by(pause)

    assert made.sends.given_up == [refusal.code]
    assert made.sends.send.tell_tries < 50


async def test_what_was_given_up_keeps_its_card() -> None:
    made = scene(
        REFUSED,
        send=make_send(Status.SENT, tell_tries=TELL_TRIES, card_channel="C1", card_ts="3.4"),
    )
    made.clock.pass_by(2 * DAY)

    await made.tell()

    send = made.sends.send
    assert (send.announced_status, send.card_channel, send.card_ts) == ("sent", "C1", "3.4")


@pytest.mark.parametrize("ago", [DAY, 365 * DAY])
async def test_before_some_tries_nothing_is_given_up_whatever_the_clock_says(ago: float) -> None:
    made = scene(*[REFUSED] * (TELL_TRIES + 1))
    made.clock.jump(ago)

    await made.tell_on(TELL_TRIES)

    assert made.sends.send.is_open
    assert await made.tell() is None
    assert not made.sends.send.is_open


async def test_a_day_begins_when_the_outcome_was_known() -> None:
    late = make_send(Status.SENT, tell_tries=TELL_TRIES)
    made = scene(REFUSED, send=late)
    made.clock.pass_by(2 * DAY)
    made.sends.send = dataclasses.replace(late, ended=made.clock.now())

    assert await made.tell() is not None
    assert made.sends.send.is_open


async def test_whoever_refused_is_named_in_the_log_and_no_number_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = scene(REFUSED)

    with caplog.at_level(logging.INFO):
        await made.tell()

    (record,) = caplog.records
    assert record.getMessage() == "can't tell"
    assert record.__dict__["slack_error"] == "invalid_auth"
    assert made.sends.send.request.phone not in str(record.__dict__)
