"""Cards that are drawn once more, and the cards of the tries before."""

import dataclasses
from typing import Any

import pytest

from bot.demo.slack import seed
from bot.sends import SendId, Status
from tests.builders import make_send
from tests.unit.slack.notifications.notifier_scene import Scene, status_of


@pytest.mark.parametrize(
    "code",
    [
        "cannot_reply_to_message",
        "restricted_action_thread_locked",
        "restricted_action_non_threadable_channel",
        "thread_not_found",
        "access_denied",
        "never_heard_of",
    ],
)
async def test_what_has_no_thread_gets_a_card_at_the_top_with_its_own(
    scene: Scene, code: str, answers: tuple[str, list[dict[str, Any]]]
) -> None:
    parent = await scene.slack.person(seed.ALICE).say(seed.SOPORTE, "her number")
    scene.slack.workspace.locked[seed.SOPORTE, parent] = code
    scene.moves_to(thread=parent, answers=answers[0])
    scene.end()

    card = await scene.tell()

    assert [(one.channel, one.ts) for one in scene.cards] == [(seed.SOPORTE, card.ts)]
    assert [one.thread_ts for one in scene.outcomes] == [card.ts]
    assert answers[1] == []


async def test_an_outcome_draws_the_cards_of_the_tries_before_it_once(scene: Scene) -> None:
    scene.end(Status.UNKNOWN)
    await scene.tell()
    old = dataclasses.replace(scene.send, status=Status.FAILED, reason="not_arrived")
    scene.others = [dataclasses.replace(old, decided_by=seed.CARLA)]
    scene.send = make_send(id=SendId("V0001-again-1"), replaces=old.id)
    scene.end(Status.SENT)
    before = len(scene.calls)

    await scene.tell()

    assert scene.calls[before:] == ["update", "postMessage", "postMessage"]
    assert "*Sent* on the second try" in scene.cards[0].text
    assert status_of(scene.cards[0]) == "failed"
