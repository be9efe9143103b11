"""Where an outcome goes when Slack refuses a place."""

from typing import Any

import pytest

from bot.demo.slack import seed
from bot.errors import TryLater
from bot.sends import Arrival, Card, Status
from bot.slack.notifications import redraw
from bot.slack.platform.client import SlackRefused, TokenRefused
from tests.messages import button_actions
from tests.unit.slack.notifications.notifier_scene import DM, Scene, status_of
from tests.unit.slack.slack_refusals import ELSEWHERE, LATER, TOKEN_WIDE


@pytest.mark.parametrize("code", ELSEWHERE)
async def test_whatever_slack_refuses_in_a_thread_stands_at_the_top_of_the_channel(
    scene: Scene, code: str
) -> None:
    parent = await scene.slack.person(seed.ALICE).say(seed.SOPORTE, "her number")
    scene.moves_to(thread=parent)
    scene.end()
    scene.slack.fail("chat.postMessage", code)

    await scene.tell()

    (card,) = scene.cards
    assert (card.channel, card.thread_ts) == (seed.SOPORTE, None) or card.thread_ts == card.ts


@pytest.mark.parametrize("code", ELSEWHERE)
async def test_whatever_slack_refuses_in_a_channel_is_answered_in_private(
    scene: Scene, code: str, answers: tuple[str, list[dict[str, Any]]]
) -> None:
    url, bodies = answers
    scene.moves_to(answers=url)
    scene.end()
    scene.slack.fail("chat.postMessage", code)

    card = await scene.tell()

    assert scene.messages == []
    assert len(bodies) == 2
    assert "50761234567" in bodies[0]["text"]
    assert "<#C0SOPORTE01>" in bodies[1]["text"]
    assert card == Card("response_url", "")


@pytest.mark.parametrize("code", ELSEWHERE)
async def test_whatever_slack_refuses_in_a_channel_comes_by_direct_message(
    scene: Scene, code: str
) -> None:
    scene.end()
    scene.slack.fail("chat.postMessage", code)

    card = await scene.tell()

    assert [one.channel for one in scene.messages] == [DM, DM]
    assert card.channel == DM
    assert "<#C0SOPORTE01>" in scene.outcomes[0].text


@pytest.mark.parametrize("code", TOKEN_WIDE)
async def test_what_slack_says_of_the_token_ends_the_try_at_once(
    scene: Scene, code: str, answers: tuple[str, list[dict[str, Any]]]
) -> None:
    scene.moves_to(answers=answers[0])
    scene.end()
    scene.slack.fail("chat.postMessage", code)

    with pytest.raises(TokenRefused):
        await scene.tell()

    assert scene.calls == ["postMessage"]
    assert answers[1] == []


@pytest.mark.parametrize("code", LATER)
async def test_what_slack_puts_off_goes_nowhere_else(scene: Scene, code: str) -> None:
    scene.end()
    scene.slack.fail("chat.postMessage", code)

    with pytest.raises(TryLater):
        await scene.tell()

    assert scene.calls == ["postMessage"]


async def test_what_needs_buttons_comes_by_direct_message_rather_than_in_private(
    scene: Scene, answers: tuple[str, list[dict[str, Any]]]
) -> None:
    scene.moves_to(seed.SECRET, answers=answers[0])
    scene.wait()
    await scene.show()
    (card,) = scene.cards
    assert (card.channel, button_actions(card)) == (DM, ["send_now", "cancel"])
    scene.end(Status.UNKNOWN)

    await scene.tell()

    assert answers[1] == []
    assert button_actions(scene.outcomes[0]) == [
        "resolve_sent",
        "retry",
        "resolve_not_sent",
        "open_panel",
    ]
    assert len(scene.cards) == 1


async def test_a_call_that_takes_long_is_taken_in_private_and_told_there(
    scene: Scene, answers: tuple[str, list[dict[str, Any]]]
) -> None:
    scene.moves_to(seed.SECRET, answers=answers[0])
    scene.change(status=Status.SENDING)
    await scene.show()
    assert [body.get("metadata") for body in answers[1]] == [None]
    scene.end()

    await scene.tell()

    assert len(answers[1]) == 2
    assert scene.messages == []


async def test_with_nowhere_to_go_the_refusal_is_raised(scene: Scene) -> None:
    scene.end()
    scene.slack.fail("chat.postMessage", "is_archived", times=None)

    with pytest.raises(SlackRefused, match="refused"):
        await scene.tell()


async def test_where_not_even_a_direct_message_goes_it_is_answered_in_private(
    scene: Scene, answers: tuple[str, list[dict[str, Any]]]
) -> None:
    scene.moves_to(answers=answers[0])
    scene.end(Status.UNKNOWN)
    scene.slack.fail("chat.postMessage", "is_archived", times=None)

    await scene.tell()

    assert len(answers[1]) == 1


async def test_a_card_that_was_deleted_is_replaced_at_the_top_of_the_channel(scene: Scene) -> None:
    scene.wait()
    await scene.show()
    (old,) = scene.cards
    scene.slack.workspace.drop(old)
    scene.end()

    card = await scene.tell()

    assert [one.ts for one in scene.cards] == [card.ts]
    assert scene.outcomes[0].thread_ts == card.ts


async def test_a_thread_that_was_locked_meanwhile_is_left_for_a_new_card(scene: Scene) -> None:
    parent = await scene.slack.person(seed.ALICE).say(seed.SOPORTE, "her number")
    scene.moves_to(thread=parent)
    scene.wait()
    await scene.show()
    scene.end()
    scene.slack.fail("chat.postMessage", "restricted_action_thread_locked")

    card = await scene.tell()

    assert scene.contradictions() == []
    assert scene.outcomes[0].thread_ts == card.ts
    assert {one.thread_ts for one in scene.cards} == {parent, card.ts}


async def test_in_a_channel_without_threads_the_outcome_stands_beside_its_card(
    scene: Scene,
) -> None:
    scene.end()
    # The card is taken, only the reply is not.
    scene.slack.fail("chat.postMessage", delay=0.01)
    scene.slack.fail("chat.postMessage", "restricted_action_non_threadable_channel")

    await scene.tell()

    assert len(scene.cards) == 1
    assert [(one.channel, one.thread_ts) for one in scene.outcomes] == [(seed.SOPORTE, None)]


@pytest.mark.parametrize("code", [*TOKEN_WIDE, *LATER])
async def test_what_may_pass_is_waited_for_some_times_and_the_outcome_is_told_once(
    scene: Scene, code: str
) -> None:
    scene.wait()
    await scene.show()
    scene.end()
    scene.slack.fail("chat.update", code, times=None)
    tries = redraw.TOKEN_TRIES if code in TOKEN_WIDE else redraw.TRIES
    for number in range(tries):
        scene.change(tell_tries=number)
        with pytest.raises((TryLater, TokenRefused)):
            await scene.tell()
    assert scene.outcomes == []

    scene.change(tell_tries=tries)
    await scene.tell()

    assert [status_of(one) for one in scene.outcomes] == ["pending"]


@pytest.mark.parametrize("code", TOKEN_WIDE)
async def test_what_slack_goes_on_to_say_of_the_token_leaves_the_way_that_needs_none(
    scene: Scene, code: str, answers: tuple[str, list[dict[str, Any]]]
) -> None:
    url, bodies = answers
    scene.moves_to(answers=url)
    scene.end()
    scene.change(tell_tries=1)
    scene.slack.fail("chat.postMessage", code, times=None)

    await scene.tell()

    assert len(bodies) == 1
    assert "<#C0SOPORTE01>" in bodies[0]["text"]
    assert "nvit" not in bodies[0]["text"]


async def test_a_card_that_stands_is_not_left_untrue_for_a_token(
    scene: Scene, answers: tuple[str, list[dict[str, Any]]]
) -> None:
    scene.moves_to(answers=answers[0])
    scene.wait()
    await scene.show()
    scene.end()
    scene.change(tell_tries=5)
    scene.slack.fail("chat.postMessage", "token_revoked")

    with pytest.raises(TokenRefused):
        await scene.tell()

    assert answers[1] == []


@pytest.mark.parametrize("code", ELSEWHERE)
async def test_the_bot_asks_for_an_invitation_only_where_that_helps(
    scene: Scene, code: str, answers: tuple[str, list[dict[str, Any]]]
) -> None:
    url, bodies = answers
    scene.moves_to(answers=url)
    scene.end()
    scene.slack.fail("chat.postMessage", code)

    await scene.tell()

    helps = code in {"not_in_channel", "channel_not_found"}
    assert ("Invite me" in bodies[0]["text"]) is helps


@pytest.mark.parametrize("status", [Status.PENDING, Status.UNKNOWN, Status.CANCELLED])
async def test_what_could_not_be_written_down_is_not_posted_twice(
    scene: Scene, status: Status
) -> None:
    scene.end(status)
    first = await scene.notifier.tell(scene.send)
    scene.change(card_channel="", card_ts="")  # as if no write had gone through

    again = await scene.notifier.tell(scene.send)

    assert again == first
    assert (len(scene.cards), len(scene.outcomes)) == (1, 1)


async def test_what_is_new_is_told_on_the_card_that_stands(scene: Scene) -> None:
    scene.end(Status.UNKNOWN)
    first = await scene.notifier.tell(scene.send)
    scene.change(card_channel="", card_ts="")
    scene.end(Status.PENDING)

    again = await scene.notifier.tell(scene.send)

    assert again == first
    assert (len(scene.cards), len(scene.outcomes)) == (1, 2)
    assert status_of(scene.cards[0]) == "pending"


@pytest.mark.parametrize("arrival", list(Arrival))
async def test_what_the_sender_says_of_a_pending_one_stands_on_its_card_alone(
    scene: Scene, arrival: Arrival
) -> None:
    scene.end()
    await scene.tell()

    scene.change(arrival=arrival, decided_by=seed.ALICE)
    await scene.tell()

    (card,) = scene.cards
    assert (
        f"Alice says that it {'arrived' if arrival is Arrival.ARRIVED else 'did not'}" in card.text
    )
    assert "*Pending*" in card.text
    assert status_of(card) == Status.PENDING
    assert len(scene.outcomes) == 1
    assert "Alice says" not in scene.outcomes[0].text
