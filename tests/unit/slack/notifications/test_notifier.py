"""Telling: once, when there is something to say, and never what may stay behind untrue."""

import asyncio
import dataclasses
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.demo.slack.server import SlackStandIn
from bot.errors import TryLater
from bot.locales import Translations
from bot.sends import Card, Origin, Send, SendId, Status
from bot.slack import manifest
from bot.slack.notifications import cards, redraw
from bot.slack.notifications.notifier import SlackNotifier
from bot.slack.platform.client import SlackRefused, TokenRefused, Unanswered, open_slack
from tests.fakes import NOON, make_send
from tests.unit.slack.slack_refusals import ELSEWHERE, LATER, NOT_UPDATED, TOKEN_WIDE

SOON = 0.05  # seconds, in place of the one after which a card is shown
DM = "D0ALICE0001"
ENDS = {
    Status.SENT: {"reason": "sent", "conversation": "d771f70755a1"},
    Status.PENDING: {"reason": "pending"},
    Status.REJECTED: {"reason": "rejected", "said": "No hay datos"},
    Status.FAILED: {"reason": "gave_up"},
    Status.CANCELLED: {"reason": "cancelled", "decided_by": seed.ALICE},
    Status.UNKNOWN: {"reason": "no_answer"},
}
FINAL = [status for status in ENDS if status is not Status.UNKNOWN]


@dataclass
class Scene:
    """One send's row, Slack, and who tells."""

    slack: SlackStandIn
    announcer: SlackNotifier
    send: Send
    answers: list[dict[str, Any]]  # what came through the response_url
    places: list[tuple[str, str]] = field(default_factory=list)
    others: list[Send] = field(default_factory=list)  # the other tries of the same
    reads: int = 0

    async def get(self, send_id: SendId) -> Send:
        assert send_id == self.send.id
        self.reads += 1
        return self.send

    async def card_posted(self, send_id: SendId, channel: str, ts: str) -> None:
        assert send_id == self.send.id
        self.places.append((channel, ts))
        self.change(card_channel=channel, card_ts=ts)

    async def question_posted(self, send_id: SendId, channel: str, ts: str) -> None:
        assert send_id == self.send.id
        self.change(question_channel=channel, question_ts=ts)

    async def tries(self, _send_id: SendId) -> tuple[Send, ...]:
        return (*self.others, self.send)

    def change(self, **changes: Any) -> None:
        self.send = dataclasses.replace(self.send, **changes)

    def moves_to(self, channel: str = seed.SOPORTE, *, thread: str = "", answers: str = "") -> None:
        request = dataclasses.replace(self.send.request, origin=Origin(channel, thread, answers))
        self.change(request=request)

    def end(self, status: Status = Status.PENDING) -> None:
        self.change(status=status, next_try=None, **ENDS[status])

    def wait(self) -> None:
        self.change(status=Status.QUEUED, tries=1, next_try=NOON, reason="atom.unreachable")

    async def tell(self) -> Card:
        """Tell, and write down that it was told, as delivery does."""
        told = self.send.status
        card = await self.announcer.tell(self.send)
        self.change(card_channel=card.channel, card_ts=card.ts, told=told)
        return card

    async def show(self) -> None:
        self.announcer.show(self.send)
        await self.shown()

    async def shown(self) -> None:
        """Wait until nothing is being shown."""
        await self.slack.until(lambda: not self.announcer.is_showing)

    @property
    def messages(self) -> list[Message]:
        """Every message of the bot, in every channel."""
        found = self.slack.workspace.records.values()
        return [one for one in found if one.bot_id and not one.ephemeral]

    @property
    def cards(self) -> list[Message]:
        return [one for one in self.messages if " · template `" in one.text]

    @property
    def outcomes(self) -> list[Message]:
        return [one for one in self.messages if " · template `" not in one.text]

    @property
    def calls(self) -> list[str]:
        kinds = [one.kind for one in self.slack.traffic if one.direction == "from_bot"]
        return [kind.removeprefix("chat.") for kind in kinds]

    def contradictions(self) -> list[str]:
        """Name the cards that say anything but how the row stands."""
        words = Translations("en").shared
        said = {words(f"status.{status}") for status in Status}
        true = words(f"status.{self.send.status}")
        return [
            card.text
            for card in self.cards
            if any(status in card.text for status in said - {true})
            or (card.metadata is not None and status_of(card) != self.send.status)
        ]


def status_of(message: Message) -> object:
    match message.metadata:
        case {"event_payload": {"status": status}}:
            return status
    return None


def buttons(message: Message) -> list[str]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row]


@pytest.fixture
async def answers() -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """A response_url that takes everything."""
    bodies: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        bodies.append(await request.json())
        return web.Response(text="ok")

    application = web.Application()
    application.router.add_post("/commands", take)
    async with TestServer(application) as server:
        yield str(server.make_url("/commands")), bodies


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    slack = await SlackStandIn.start(
        manifest=manifest.build(""), signing_secret="", rate_limits=False
    )
    async with open_slack("xoxb-stand-in", slack.api_url, seconds=5) as client:
        # Two that need each other: the row is read by whoever tells.
        made = Scene(slack, None, make_send(), [])  # type: ignore[arg-type]
        made.announcer = SlackNotifier(client, made, Translations("en"), no_locale, show_after=SOON)
        yield made
        await made.announcer.close(patience=0.0)
    await slack.close()


async def no_locale(_user: str) -> str:
    return ""


@pytest.mark.parametrize("status", FINAL)
async def test_the_common_send_is_a_card_and_a_reply(scene: Scene, status: Status) -> None:
    scene.announcer.begin(scene.send)
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
    scene.announcer.begin(scene.send)
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

    scene.announcer.show(scene.send)

    await scene.slack.until(lambda: scene.cards)
    assert scene.cards[0].metadata is None
    assert scene.contradictions() == []
    await scene.shown()
    assert status_of(scene.cards[0]) == "queued"
    assert buttons(scene.cards[0]) == ["cancel"]


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
    scene.announcer.show(scene.send)
    await scene.slack.until(lambda: scene.reads)

    for _ in range(50):
        scene.announcer.show(scene.send)

    await scene.shown()
    assert scene.calls == ["postMessage", "update", "update"]


@pytest.mark.parametrize("slow", ["chat.postMessage", "chat.update"])
@pytest.mark.parametrize("end", ENDS)
async def test_a_show_under_way_never_has_the_last_word(
    scene: Scene, end: Status, slow: str
) -> None:
    scene.wait()
    scene.slack.fail(slow, delay=0.4)
    scene.announcer.show(scene.send)
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

    scene.announcer.show(before)
    scene.announcer.begin(before)
    await asyncio.sleep(2 * SOON)
    await scene.shown()

    assert scene.calls == ["postMessage", "postMessage"]


async def test_told_by_another_process_meanwhile_the_card_is_put_right(scene: Scene) -> None:
    scene.wait()
    await scene.show()
    scene.slack.fail("chat.update", delay=0.2)
    updates = len(scene.slack.calls("chat.update"))
    scene.announcer.show(scene.send)
    await scene.slack.until(lambda: scene.reads > 3)
    scene.end()
    scene.change(told=Status.PENDING)

    await scene.shown()

    assert len(scene.slack.calls("chat.update")) == updates + 2
    assert [status_of(one) for one in scene.cards] == ["pending"]


async def test_a_run_that_begins_while_its_send_is_shown_finds_the_card(scene: Scene) -> None:
    scene.wait()
    read_before = scene.send
    await scene.show()
    scene.announcer.begin(read_before)
    ended = dataclasses.replace(read_before, status=Status.PENDING, reason="pending")
    scene.end()

    await scene.announcer.tell(ended)

    assert [status_of(one) for one in scene.cards] == ["pending"]


async def test_only_who_carries_the_send_tells_its_outcome(scene: Scene) -> None:
    scene.announcer.begin(scene.send)
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
        scene.announcer.show(scene.send)
        await asyncio.sleep(0.2)
        await scene.announcer.close(patience=0.0)
    else:
        telling = asyncio.create_task(scene.tell())
        await asyncio.sleep(0.2)
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


async def test_a_decision_changes_the_card_and_is_told_in_its_thread(scene: Scene) -> None:
    scene.end(Status.UNKNOWN)
    await scene.tell()
    assert buttons(scene.outcomes[0]) == ["resolve_sent", "retry", "open_panel"]
    scene.change(status=Status.SENT, reason="arrived", decided_by=seed.CARLA)

    await scene.tell()

    (card,) = scene.cards
    assert status_of(card) == "sent"
    assert [one.thread_ts for one in scene.outcomes] == [card.ts, card.ts]


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
    assert (card.channel, buttons(card)) == (DM, ["cancel"])
    scene.end(Status.UNKNOWN)

    await scene.tell()

    assert answers[1] == []
    assert buttons(scene.outcomes[0]) == ["resolve_sent", "retry", "open_panel"]
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
    scene.announcer.show(scene.send)
    scene.announcer.begin(scene.send)

    await scene.announcer.close(patience=2.0)

    assert [status_of(one) for one in scene.cards] == ["queued"]
    await asyncio.sleep(2 * SOON)
    scene.announcer.show(scene.send)
    scene.announcer.begin(scene.send)
    await asyncio.sleep(2 * SOON)
    assert scene.calls == ["postMessage", "update"]


async def test_on_the_way_out_nobody_waits_longer_than_told(scene: Scene) -> None:
    scene.wait()
    scene.slack.fail("chat.postMessage", delay=2.0)
    scene.announcer.show(scene.send)
    await scene.slack.until(lambda: scene.reads)
    began = asyncio.get_running_loop().time()

    await scene.announcer.close(patience=0.1)

    assert asyncio.get_running_loop().time() - began < 1.5
    assert not scene.announcer.is_showing


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
