"""Telling: once, when there is something to say, and never what may stay behind untrue."""

import asyncio
import dataclasses
import logging
from typing import Any

import pytest

from bot.demo.slack import seed
from bot.errors import TryLater
from bot.sends import Card, Status
from bot.slack.notifications import cards
from bot.slack.platform.client import Unanswered
from tests.messages import button_actions
from tests.unit.slack.notifications.notifier_scene import DM, ENDS, FINAL, SOON, Scene, status_of
from tests.unit.slack.slack_refusals import NOT_UPDATED

LONG = 60.0  # seconds; longer than a busy machine stands still


@pytest.mark.parametrize("status", FINAL)
async def test_the_common_send_is_a_card_and_a_reply(scene: Scene, status: Status) -> None:
    scene.notifier.begin(scene.send)
    scene.end(status)

    card = await scene.tell()

    await asyncio.sleep(2 * SOON)
    assert scene.calls == ["postMessage", "postMessage"]
    (shown,) = scene.cards
    (outcome,) = scene.outcomes
    assert (card.channel, card.ts) == (shown.channel, shown.ts)
    assert status_of(shown) == status_of(outcome) == status
    assert outcome.thread_ts == shown.ts
    # Whoever carries the send writes it down together with what was told.
    assert scene.places == []
    assert scene.reads == 0


@pytest.mark.parametrize("end", ENDS)
async def test_what_takes_long_is_shown_and_its_card_becomes_the_outcomes(
    scene: Scene, end: Status
) -> None:
    scene.notifier.begin(scene.send)
    scene.change(status=Status.SENDING)
    await scene.slack.until(lambda: [status_of(one) for one in scene.cards] == ["sending"])
    await scene.shown()
    scene.end(end)

    await scene.tell()

    (card,) = scene.cards
    (outcome,) = scene.outcomes
    assert status_of(card) == status_of(outcome) == end
    assert outcome.thread_ts == card.ts
    assert scene.places == [(card.channel, card.ts)]


async def test_until_its_place_is_known_a_card_says_nothing_that_may_change(scene: Scene) -> None:
    scene.wait()
    scene.slack.fail("chat.update", delay=0.3)

    scene.notifier.show(scene.send)

    await scene.slack.until(lambda: scene.cards)
    assert scene.cards[0].metadata is None
    assert scene.contradictions() == []
    await scene.shown()
    assert status_of(scene.cards[0]) == "queued"
    assert button_actions(scene.cards[0]) == ["send_now", "cancel"]


async def test_a_second_wait_changes_the_card_of_the_first(scene: Scene) -> None:
    scene.wait()
    await scene.show()
    scene.change(tries=2)

    await scene.show()

    (card,) = scene.cards
    assert "Tries so far: 2;" in card.text
    assert scene.calls == ["postMessage", "update", "update"]


async def test_shows_that_wait_in_line_are_one(scene: Scene) -> None:
    scene.wait()
    scene.slack.fail("chat.postMessage", delay=0.2)
    scene.notifier.show(scene.send)
    await scene.slack.until(lambda: scene.reads)

    for _ in range(50):
        scene.notifier.show(scene.send)

    await scene.shown()
    assert scene.calls == ["postMessage", "update", "update"]


@pytest.mark.slow
@pytest.mark.parametrize("slow", ["chat.postMessage", "chat.update"])
@pytest.mark.parametrize("end", ENDS)
async def test_a_show_under_way_never_has_the_last_word(
    scene: Scene, end: Status, slow: str
) -> None:
    scene.wait()
    scene.slack.fail(slow, delay=0.4)
    scene.notifier.show(scene.send)
    # The post is under way, or it is there and the update is.
    await scene.slack.until(lambda: scene.reads == (1 if slow == "chat.postMessage" else 2))
    scene.end(end)

    await scene.tell()
    await scene.shown()

    assert [status_of(one) for one in scene.cards] == [end]
    assert [status_of(one) for one in scene.outcomes] == [end]
    # What was posted too late to be true is left for the outcome to draw.
    assert scene.calls.count("update") == (1 if slow == "chat.postMessage" else 3)


async def test_a_show_that_comes_after_the_outcome_shows_nothing(scene: Scene) -> None:
    before = scene.send
    scene.end()
    await scene.tell()

    scene.notifier.show(before)
    scene.notifier.begin(before)
    await asyncio.sleep(2 * SOON)
    await scene.shown()

    assert scene.calls == ["postMessage", "postMessage"]


async def test_told_by_another_process_meanwhile_the_card_is_put_right(scene: Scene) -> None:
    scene.wait()
    await scene.show()
    scene.slack.fail("chat.update", delay=0.2)
    updates = len(scene.slack.calls("chat.update"))
    scene.notifier.show(scene.send)
    await scene.slack.until(lambda: scene.reads > 3)
    scene.end()
    scene.change(announced_status=Status.PENDING)

    await scene.shown()

    assert len(scene.slack.calls("chat.update")) == updates + 2
    assert [status_of(one) for one in scene.cards] == ["pending"]


async def test_a_run_that_begins_while_its_send_is_shown_finds_the_card(scene: Scene) -> None:
    scene.wait()
    read_before = scene.send
    await scene.show()
    scene.notifier.begin(read_before)
    ended = dataclasses.replace(read_before, status=Status.PENDING, reason="pending")
    scene.end()

    await scene.notifier.tell(ended)

    assert [status_of(one) for one in scene.cards] == ["pending"]


async def test_only_who_carries_the_send_tells_its_outcome(scene: Scene) -> None:
    scene.notifier.begin(scene.send)
    scene.end()

    await asyncio.sleep(2 * SOON)
    await scene.shown()

    assert scene.calls == []


@pytest.mark.parametrize("drop", ["after", "before"])
async def test_a_wait_whose_answer_was_lost_leaves_nothing_untrue(
    scene: Scene, drop: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    scene.wait()
    scene.slack.fail("chat.postMessage", drop=drop)
    await scene.show()
    assert scene.calls == ["postMessage"]
    lost = [one for one in caplog.records if one.message == "may stand twice"]
    assert [vars(one)["send"] for one in lost] == [scene.send.id]

    await scene.show()
    scene.end()
    await scene.tell()

    assert len(scene.cards) == (2 if drop == "after" else 1)
    assert scene.contradictions() == []
    assert [status_of(one) for one in scene.cards].count("pending") == 1
    (outcome,) = scene.outcomes
    assert outcome.thread_ts == scene.send.card_ts


@pytest.mark.parametrize("end", [*ENDS, None])
@pytest.mark.parametrize("what", ["card", "outcome"])
async def test_what_a_stop_cuts_off_is_said_as_well(
    scene: Scene, caplog: pytest.LogCaptureFixture, end: Status | None, what: str
) -> None:
    """Slack may have taken it, and the next process posts it again; without `end` it waits."""
    caplog.set_level(logging.INFO)
    if end is None:
        scene.wait()
    else:
        scene.end(end)
    if what == "outcome" and end is not None:
        scene.slack.fail("chat.postMessage", delay=0.001)
    scene.slack.fail("chat.postMessage", delay=60.0)
    if end is None:
        scene.notifier.show(scene.send)
        await scene.slack_hangs()
        await scene.notifier.close(patience=0.0)
    else:
        telling = asyncio.create_task(scene.tell())
        await scene.slack_hangs()
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)

    lost = [vars(one) for one in caplog.records if one.message == "may stand twice"]

    assert [(one["send"], one["what"]) for one in lost] == [
        (scene.send.id, "card" if end is None else what)
    ]


@pytest.mark.parametrize("end", ENDS)
async def test_an_outcome_whose_answers_were_lost_is_repeated_and_stays_true(
    scene: Scene, end: Status
) -> None:
    scene.end(end)
    scene.slack.fail("chat.postMessage", drop="after", times=2)
    for _ in range(2):
        with pytest.raises(Unanswered):
            await scene.tell()

    await scene.tell()

    assert len(scene.cards) == 3
    assert scene.contradictions() == []
    assert [status_of(one) for one in scene.outcomes] == [end]
    if end is Status.UNKNOWN:
        scene.change(status=Status.SENT, reason="arrived", decided_by=seed.CARLA)
        await scene.tell()
        assert scene.contradictions() == []


async def test_a_card_whose_reply_failed_is_found_by_the_next_try(scene: Scene) -> None:
    scene.end()
    scene.slack.fail("chat.postMessage", delay=0.01)
    scene.slack.fail("chat.postMessage", status=503)
    with pytest.raises(TryLater):
        await scene.tell()
    (card,) = scene.cards
    assert scene.places == [(card.channel, card.ts)]

    assert await scene.tell() == Card(card.channel, card.ts)

    assert [(one.ts, status_of(one)) for one in scene.cards] == [(card.ts, "pending")]
    assert [one.thread_ts for one in scene.outcomes] == [card.ts]


async def test_a_decision_changes_the_card_and_stands_in_place_of_the_question(
    scene: Scene,
) -> None:
    scene.end(Status.UNKNOWN)
    await scene.tell()
    assert button_actions(scene.outcomes[0]) == [
        "resolve_sent",
        "retry",
        "resolve_not_sent",
        "open_panel",
    ]
    scene.change(status=Status.SENT, reason="arrived", decided_by=seed.CARLA)

    await scene.tell()

    (card,) = scene.cards
    (outcome,) = scene.outcomes
    assert status_of(card) == status_of(outcome) == "sent"
    assert outcome.thread_ts == card.ts
    assert "Carla answered" in outcome.text


async def test_a_decision_whose_question_is_gone_is_told_in_a_reply(scene: Scene) -> None:
    scene.end(Status.UNKNOWN)
    await scene.tell()
    scene.slack.fail("chat.update", "message_not_found", times=None)
    scene.change(status=Status.SENT, reason="arrived", decided_by=seed.CARLA)

    await scene.tell()

    assert [status_of(one) for one in scene.outcomes] == ["unknown", "sent"]


async def test_what_is_left_is_said_once_more_and_asks_nothing(scene: Scene) -> None:
    scene.end(Status.UNKNOWN)
    await scene.tell()
    scene.change(decided_by=seed.CARLA, announced_status="")

    await scene.tell()

    (card,), (outcome,) = scene.cards, scene.outcomes
    assert status_of(card) == status_of(outcome) == "unknown"
    assert button_actions(card) == button_actions(outcome) == []
    assert "Carla says that it did not arrive" in card.text


async def test_a_show_that_slack_refuses_raises_nothing(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    scene.wait()
    scene.slack.fail("chat.postMessage", "invalid_auth")

    await scene.show()

    assert [one.levelname for one in caplog.records if one.message == "card later"] == ["INFO"]
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


async def test_on_the_way_out_a_card_under_way_is_posted_and_timers_are_dropped(
    scene: Scene,
) -> None:
    scene.wait()
    scene.slack.fail("chat.postMessage", delay=0.2)
    scene.notifier.show(scene.send)
    scene.notifier.begin(scene.send)

    await scene.notifier.close(patience=LONG)

    assert [status_of(one) for one in scene.cards] == ["queued"]
    await asyncio.sleep(2 * SOON)
    scene.notifier.show(scene.send)
    scene.notifier.begin(scene.send)
    await asyncio.sleep(2 * SOON)
    assert scene.calls == ["postMessage", "update"]


async def test_on_the_way_out_nobody_waits_longer_than_told(scene: Scene) -> None:
    scene.wait()
    scene.slack.fail("chat.postMessage", delay=LONG)
    scene.notifier.show(scene.send)
    await scene.slack_hangs()
    began = asyncio.get_running_loop().time()

    await scene.notifier.close(patience=0.1)

    assert asyncio.get_running_loop().time() - began < LONG / 2
    assert not scene.is_showing


async def test_what_is_asked_for_alone_is_told_in_its_persons_words(scene: Scene) -> None:
    scene.moves_to(seed.ALICE)
    scene.end()

    card = await scene.tell()

    assert card.channel == DM
    assert "<#" not in scene.outcomes[0].text
    assert cards.EMOJI[Status.PENDING] in scene.cards[0].text


@pytest.mark.parametrize("code", NOT_UPDATED)
async def test_a_card_that_slack_does_not_change_keeps_no_outcome_back(
    scene: Scene, code: str
) -> None:
    scene.wait()
    await scene.show()
    scene.end()
    scene.slack.fail("chat.update", code, times=None)

    await scene.tell()

    assert [status_of(one) for one in scene.outcomes] == ["pending"]


@pytest.mark.parametrize("status", [Status.SENT, Status.UNKNOWN, Status.QUEUED])
async def test_a_row_of_a_list_posts_nothing_of_its_own(scene: Scene, status: Status) -> None:
    request = dataclasses.replace(scene.send.request, batch="K7R2-M9T5W", batch_line=7)
    scene.change(request=request, status=status, reason="sent")

    scene.notifier.begin(scene.send)
    await scene.show()
    card = await scene.tell()

    await asyncio.sleep(2 * SOON)
    assert card == Card("", "")
    assert scene.messages == []
