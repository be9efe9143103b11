"""Who is asked to approve a send, where, and what stands there afterwards."""

import dataclasses
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from typing_extensions import override

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.demo.slack.server import SlackStandIn
from bot.demo.slack.workspace import TEAM
from bot.errors import TryLater
from bot.locales import Translations
from bot.policy.people import Policy, Workspace
from bot.repositories import ApprovalQuestion
from bot.sends import Send, SendId, Status
from bot.slack import manifest
from bot.slack.notifications import buttons
from bot.slack.notifications.approval_requests import MOST_ASKED, ApprovalRequests
from bot.slack.notifications.redraw import TRIES, CardUpdater
from bot.slack.platform.client import TokenRefused, open_slack
from bot.slack.platform.directory import SlackDirectory
from bot.templates import Template
from tests.builders import make_send, make_template
from tests.fakes.repositories import FakeSends
from tests.messages import button_actions

CARD = {"card_channel": seed.SOPORTE, "card_ts": "1790000000.000100"}
WAITS = make_send(
    Status.AWAITING_APPROVAL,
    needs_approval=True,
    **CARD,
    params=(("client_name", "Rosa"), ("Fecha de cita", "hoy"), ("Sede", "Centro")),
)


@dataclass
class Questions:
    """What stands."""

    kept: dict[str, ApprovalQuestion] = field(default_factory=dict)

    async def of(self, send_id: SendId) -> tuple[ApprovalQuestion, ...]:
        return tuple(self.kept.values())

    async def posted(self, question: ApprovalQuestion) -> None:
        self.kept.setdefault(question.user, question)

    async def closed(self, question: ApprovalQuestion) -> None:
        del self.kept[question.user]


@dataclass
class Sends(FakeSends):
    """One send, and who asked for it."""

    send: Send = WAITS
    asked_by: frozenset[str] = frozenset({seed.ALICE})

    @override
    async def requesters(self, send_id: SendId) -> frozenset[str]:
        return self.asked_by

    @override
    async def get(self, send_id: SendId) -> Send:
        return dataclasses.replace(self.send, request=dataclasses.replace(WAITS.request))


@dataclass
class Scene:
    """Slack, and those who may approve."""

    slack: SlackStandIn
    requests: ApprovalRequests
    questions: Questions
    sends: Sends

    def may_approve(self, *listed: str) -> None:
        self.requests.directory.policy = Policy(frozenset(), frozenset(), frozenset(listed))

    def leaves(self, user: str) -> None:
        channel = self.slack.workspace.channels[seed.SOPORTE]
        members = tuple(each for each in channel.members if each != user)
        self.slack.workspace.add_channel(seed.SOPORTE, channel.name, members)

    @property
    def messages(self) -> list[Message]:
        return [one for one in self.slack.workspace.records.values() if one.bot_id]

    def at(self, user: str) -> list[Message]:
        channel = self.slack.person(user).dm_channel
        return [one for one in self.messages if one.channel == channel]

    @property
    def thread(self) -> list[Message]:
        return [one for one in self.messages if one.channel == seed.SOPORTE]


@pytest.fixture
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    made = manifest.build("")
    for scope in getattr(request, "param", ()):
        made["oauth_config"]["scopes"]["bot"].remove(scope)
    slack = await SlackStandIn.start(manifest=made, signing_secret="", rate_limits=False)
    parent = await slack.person(seed.ALICE).say(seed.SOPORTE, "the card")
    questions = Questions()
    sends = Sends(dataclasses.replace(WAITS, card_ts=parent))
    async with open_slack("xoxb-stand-in", slack.api_url, seconds=5) as client:
        directory = SlackDirectory(client, Workspace(TEAM), Policy(frozenset(), frozenset()))

        async def template(_: str) -> Template | None:
            return make_template()

        words = Translations("en")
        drawing = CardUpdater(client, sends, words, directory.locale, directory.name)
        requests = ApprovalRequests(client, questions, directory, drawing, template)
        yield Scene(slack, requests, questions, sends)
    await slack.close()


async def test_members_of_the_channel_are_called_in_the_thread(scene: Scene) -> None:
    scene.may_approve(seed.BRUNO, seed.DIEGO, seed.ALICE, seed.GUEST)

    await scene.requests.ask(scene.sends.send)

    (question,) = scene.messages
    assert question.thread_ts == scene.sends.send.card_ts
    assert f"<@{seed.BRUNO}>, <@{seed.DIEGO}>:" in question.text
    assert not any(each in question.text for each in (seed.ALICE, seed.GUEST, "61234567"))
    assert button_actions(question) == [buttons.APPROVE, buttons.REFUSE]
    assert [*scene.questions.kept] == [""]


async def test_a_group_is_asked_as_the_people_in_it(scene: Scene) -> None:
    scene.may_approve(seed.SUPPORT)

    await scene.requests.ask(scene.sends.send)

    (question,) = scene.messages
    assert f"<@{seed.BRUNO}>, <@{seed.LUCIA}>:" in question.text
    assert "subteam" not in question.text


async def test_others_are_asked_by_direct_message_in_their_language(scene: Scene) -> None:
    scene.leaves(seed.BRUNO)
    scene.may_approve(seed.BRUNO)

    await scene.requests.ask(scene.sends.send)

    (asked,), (told,) = scene.at(seed.BRUNO), scene.thread
    assert "pede aprovação" in asked.text
    assert "+507 6123-4567" in asked.text
    assert button_actions(asked)[:2] == [buttons.APPROVE, buttons.REFUSE]
    # In the thread it is only said: nobody there could press.
    assert "direct message: bruno" in told.text
    assert button_actions(told) == []
    assert [*scene.questions.kept] == [seed.BRUNO, ""]


@pytest.mark.parametrize("scene", [("channels:read", "groups:read")], indirect=True)
async def test_without_the_scope_everybody_is_asked_by_direct_message(scene: Scene) -> None:
    scene.may_approve(seed.BRUNO, seed.DIEGO)

    await scene.requests.ask(scene.sends.send)

    assert [len(scene.at(each)) for each in (seed.BRUNO, seed.DIEGO)] == [1, 1]
    assert button_actions(scene.thread[0]) == []


async def test_everybody_else_may_decide_where_all_may(scene: Scene) -> None:
    scene.may_approve("*")

    await scene.requests.ask(scene.sends.send)

    (question,) = scene.messages
    assert "Anybody else here can decide." in question.text
    assert button_actions(question)[:2] == [buttons.APPROVE, buttons.REFUSE]


async def test_of_many_only_some_are_asked(scene: Scene) -> None:
    many = [f"U0MANY{number:05}" for number in range(MOST_ASKED + 5)]
    for user in many:
        scene.slack.workspace.add_person(user, user.lower())
    scene.may_approve(*many)

    await scene.requests.ask(scene.sends.send)

    assert sum(len(scene.at(each)) for each in many) == MOST_ASKED


async def test_asked_twice_is_asked_once(scene: Scene) -> None:
    scene.may_approve(seed.BRUNO, seed.DIEGO)

    for _ in range(2):
        await scene.requests.ask(scene.sends.send)

    assert len(scene.messages) == 1


async def test_whoever_was_asked_before_a_pause_is_not_asked_again(scene: Scene) -> None:
    for user in (seed.BRUNO, seed.DIEGO):
        scene.leaves(user)
    scene.may_approve(seed.BRUNO, seed.DIEGO)
    scene.questions.kept[seed.BRUNO] = ApprovalQuestion(scene.sends.send.id, seed.BRUNO, "D", "1")
    scene.slack.fail("chat.postMessage")
    with pytest.raises(TryLater):
        await scene.requests.ask(scene.sends.send)

    await scene.requests.ask(scene.sends.send)

    assert [len(scene.at(each)) for each in (seed.BRUNO, seed.DIEGO)] == [0, 1]
    assert "direct message: bruno, diego" in scene.thread[0].text


async def test_who_can_not_be_reached_keeps_nobody_from_being_asked(scene: Scene) -> None:
    for user in (seed.BRUNO, seed.DIEGO):
        scene.leaves(user)
    scene.may_approve(seed.BRUNO, seed.DIEGO)
    scene.slack.fail("chat.postMessage", "restricted_action")

    await scene.requests.ask(scene.sends.send)

    assert [len(scene.at(each)) for each in (seed.BRUNO, seed.DIEGO)] == [0, 1]
    assert "bruno" not in scene.thread[0].text


async def test_it_is_tried_so_often_and_no_more(scene: Scene) -> None:
    scene.may_approve(seed.BRUNO)
    scene.slack.fail("chat.postMessage", times=None)

    with pytest.raises(TryLater):
        await scene.requests.ask(scene.sends.send)
    await scene.requests.ask(dataclasses.replace(scene.sends.send, tell_tries=TRIES))


async def test_a_refused_token_is_told(scene: Scene) -> None:
    scene.may_approve(seed.BRUNO)
    scene.slack.fail("chat.postMessage", "token_revoked")

    with pytest.raises(TokenRefused):
        await scene.requests.ask(scene.sends.send)


IDS = ["approved", "approved for later", "refused", "expired", "cancelled", "changed"]
ANSWERS = [
    ({"status": Status.QUEUED, "approved_by": seed.DIEGO}, "Approved by diego."),
    ({"status": Status.SCHEDULED, "approved_by": seed.DIEGO}, "Approved by diego."),
    (
        {"reason": "approval.refused", "decided_by": seed.DIEGO, "note": "Not <yet>"},
        "Not approved by diego",
    ),
    ({"reason": "approval.expired"}, "Nobody decided in time"),
    ({"reason": "cancelled", "decided_by": seed.ALICE}, "Cancelled by alice"),
    ({"reason": "changed", "decided_by": seed.ALICE}, "Changed by alice"),
]


@pytest.mark.parametrize(("changes", "says"), ANSWERS, ids=IDS)
async def test_every_copy_says_what_was_decided(
    scene: Scene, changes: dict[str, Any], says: str
) -> None:
    scene.leaves(seed.BRUNO)
    scene.may_approve(seed.BRUNO, seed.DIEGO)
    await scene.requests.ask(scene.sends.send)
    decided = dataclasses.replace(scene.sends.send, **{"status": Status.CANCELLED, **changes})

    await scene.requests.follow(decided)

    (thread,) = scene.thread
    assert says in thread.text
    assert ("Not &lt;yet&gt;" in thread.text) == ("note" in changes)
    assert all(button_actions(each) == [] for each in scene.messages)
    assert len(scene.messages) == 2
    assert scene.questions.kept == {}


async def test_one_that_is_gone_is_forgotten(scene: Scene) -> None:
    scene.may_approve(seed.BRUNO)
    await scene.requests.ask(scene.sends.send)
    scene.slack.workspace.drop(scene.messages[0])

    await scene.requests.follow(dataclasses.replace(scene.sends.send, status=Status.CANCELLED))

    assert scene.questions.kept == {}


async def test_what_can_not_be_said_now_is_said_later(scene: Scene) -> None:
    scene.may_approve(seed.BRUNO)
    await scene.requests.ask(scene.sends.send)
    decided = dataclasses.replace(scene.sends.send, status=Status.QUEUED, approved_by=seed.BRUNO)
    scene.slack.fail("chat.update")

    with pytest.raises(TryLater):
        await scene.requests.follow(decided)
    assert [*scene.questions.kept] == [""]
    await scene.requests.follow(decided)

    assert "Approved by" in scene.thread[0].text


async def test_while_it_waits_nothing_is_said(scene: Scene) -> None:
    scene.may_approve(seed.BRUNO)
    await scene.requests.ask(scene.sends.send)

    await scene.requests.follow(scene.sends.send)

    assert [*scene.questions.kept] == [""]
