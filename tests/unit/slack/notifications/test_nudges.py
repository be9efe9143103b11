"""Whom the bot asks whether a pending send arrived, how, and what comes of Slack's refusals."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.blockkit import check_blocks
from bot.errors import TryLater
from bot.locales import LANGUAGES, Translations, load
from bot.policy.people import Policy, Right
from bot.sends import Arrival, Send, SendId, Status
from bot.slack.notifications import nudge_view
from bot.slack.notifications.nudges import TRIES, Nudges
from bot.slack.platform.client import SlackRefused, Unanswered
from bot.slack.platform.directory import SlackDirectory
from tests.builders import ALICE, make_send
from tests.builders.people import FULL, HERE
from tests.fakes import FakeClock, FakeSlack

EN = load("en")
MONDAY = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)  # ten o'clock in Panama
MORNING = datetime(2026, 5, 5, 14, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BEN = "U0BEN000001"


def waiting(number: int = 1, **changes: Any) -> Send:
    given: dict[str, Any] = {"nudge_at": MONDAY, "reason": "pending", "ended": MONDAY}
    return make_send(Status.PENDING, id=SendId(f"V{number:04}"), **(given | changes))


@dataclass
class FakeStore:
    """What waits, and what was written down of it."""

    sends: dict[str, Send] = field(default_factory=dict)
    asked_about: list[list[str]] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    moved: dict[str, datetime] = field(default_factory=dict)
    taken_by_others: set[str] = field(default_factory=set)

    async def whom_to_ask(self, limit: int) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.request.user for each in self.sends.values()))[:limit]

    async def to_ask_about(self, user: str, *, within: timedelta) -> tuple[Send, ...]:
        return tuple(each for each in self.sends.values() if each.request.user == user)

    async def claim_nudges(self, found: Sequence[Send]) -> tuple[str, tuple[Send, ...]]:
        return "ours", tuple(each for each in found if each.id not in self.taken_by_others)

    async def asked(self, sends: Sequence[Send], claim: str) -> None:
        assert claim == "ours"
        self.asked_about.append([each.id for each in sends])

    async def never_asked(self, sends: Sequence[Send], claim: str) -> None:
        assert claim == "ours"
        self.given_up += [each.id for each in sends]

    async def ask_later(self, sends: Sequence[Send], claim: str, moment: datetime) -> None:
        assert claim == "ours"
        self.moved |= {each.id: moment for each in sends}

    async def move_nudges(self, sends: Sequence[Send], moment: datetime) -> None:
        self.moved |= {each.id: moment for each in sends}


class NudgeSlack(FakeSlack):
    """Slack with room for messages."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: list[dict[str, Any]] = []
        self.refuses: list[Exception] = []

    async def chat_postMessage(self, **message: Any) -> dict[str, Any]:  # noqa: N802 - Slack's
        if self.refuses:
            raise self.refuses.pop(0)
        assert check_blocks(message["blocks"]) == []
        self.posted.append(message)
        return {"ok": True, "channel": "D1", "ts": "1.1"}


@dataclass
class Scene:
    """Who asks, what waits, Slack, and a clock."""

    slack: NudgeSlack = field(default_factory=NudgeSlack)
    store: FakeStore = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=lambda: FakeClock(MONDAY))
    tz: str = "America/Panama"

    def __post_init__(self) -> None:
        for user in (ALICE, BEN):
            self.slack.users[user] = {**FULL, "id": user, "tz": self.tz, "locale": "en-US"}
        client = cast(AsyncWebClient, self.slack)
        policy = Policy(frozenset({ALICE, BEN}), frozenset())
        self.directory = SlackDirectory(client, HERE, policy, "America/Panama")
        self.nudges = Nudges(
            client,
            self.store,
            self.directory,
            Translations("en"),
            nudge=timedelta(days=1),
            now=self.clock.now,
        )

    def wait(self, *sends: Send) -> None:
        self.store.sends = {each.id: each for each in sends}


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def test_up_to_three_are_asked_about_one_by_one(scene: Scene) -> None:
    scene.wait(*(waiting(number) for number in range(3)))

    await scene.nudges.look()

    assert scene.store.asked_about == [["V0000"], ["V0001"], ["V0002"]]
    assert [each["channel"] for each in scene.slack.posted] == [ALICE] * 3


async def test_more_are_asked_about_in_one_message(scene: Scene) -> None:
    scene.wait(*(waiting(number) for number in range(4)))

    await scene.nudges.look()

    assert scene.store.asked_about == [["V0000", "V0001", "V0002", "V0003"]]
    (message,) = scene.slack.posted
    assert message["text"].startswith(EN("nudge.many", count=4))


async def test_very_many_fit_into_messages_that_slack_takes(scene: Scene) -> None:
    scene.wait(*(waiting(number, template_name="<&>" * 25) for number in range(45)))

    await scene.nudges.look()

    assert [len(each) for each in scene.store.asked_about] == [20, 20, 5]
    assert len(scene.slack.posted) == 3


async def test_what_comes_due_soon_is_waited_for_if_that_makes_many(scene: Scene) -> None:
    later = [waiting(number, nudge_at=MONDAY + timedelta(minutes=30)) for number in range(1, 4)]
    scene.wait(waiting(0), *later)

    await scene.nudges.look()
    before = [*scene.store.asked_about]
    scene.clock.pass_by(1800)
    await scene.nudges.look()

    assert before == []
    assert [len(each) for each in scene.store.asked_about] == [4]


async def test_what_is_not_due_yet_is_not_asked_about(scene: Scene) -> None:
    scene.wait(waiting(0), waiting(1, nudge_at=MONDAY + SECOND))

    await scene.nudges.look()

    assert scene.store.asked_about == [["V0000"]]


async def test_each_person_is_asked_about_their_own(scene: Scene) -> None:
    scene.wait(waiting(0), waiting(1, user=BEN))

    await scene.nudges.look()

    assert [each["channel"] for each in scene.slack.posted] == [ALICE, BEN]


async def test_outside_of_working_hours_it_waits_for_the_morning(scene: Scene) -> None:
    scene.clock.pass_by(9 * 3600)
    scene.wait(waiting(0), waiting(1))

    await scene.nudges.look()

    assert scene.slack.posted == []
    assert scene.store.moved == {"V0000": MORNING, "V0001": MORNING}


@pytest.mark.parametrize("tz", ["", "Mars/Olympus"])
async def test_of_whom_slack_says_no_zone_the_operator_s_counts(tz: str) -> None:
    scene = Scene(tz=tz)
    scene.wait(waiting())

    await scene.nudges.look()

    assert scene.store.asked_about == [["V0001"]]


@pytest.mark.parametrize(
    "facts", [{"deleted": True}, {"is_restricted": True}], ids=["deactivated", "guest"]
)
async def test_who_may_send_nothing_any_more_is_never_asked(
    scene: Scene, facts: dict[str, bool], caplog: pytest.LogCaptureFixture
) -> None:
    scene.slack.users[ALICE] |= facts
    scene.wait(waiting())

    await scene.nudges.look()

    assert scene.slack.posted == []
    assert scene.store.given_up == ["V0001"]
    assert "never asked" in caplog.messages


async def test_where_slack_can_t_say_who_it_is_it_is_tried_later(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_user: str, _right: Right = Right.SEND) -> None:
        raise TryLater("slack.unreachable", after=90.0)

    monkeypatch.setattr(scene.directory, "check", away)
    scene.wait(waiting())

    await scene.nudges.look()

    assert scene.store.moved == {"V0001": MONDAY + 90 * SECOND}


async def test_what_another_process_asks_about_is_left_to_it(scene: Scene) -> None:
    scene.store.taken_by_others = {"V0000", "V0002"}
    scene.wait(*(waiting(number) for number in range(3)))

    await scene.nudges.look()

    assert scene.store.asked_about == [["V0001"]]


@pytest.mark.parametrize(
    ("error", "tries", "seconds"),
    [
        (TryLater("slack.limited", after=30.0), 0, 30),
        (TryLater("slack.unreachable"), 3, 8),
        (Unanswered("slack.unreachable"), 0, 1),
        (SlackRefused("messages_tab_disabled"), 0, 1),
        (SlackRefused("messages_tab_disabled"), 20, 3600),
        (SlackRefused("messages_tab_disabled"), TRIES - 2, 3600),
    ],
)
async def test_a_failure_is_tried_again_after_ever_longer_pauses(
    scene: Scene, error: Exception, tries: int, seconds: int
) -> None:
    scene.slack.refuses = [error]
    scene.wait(waiting(nudge_tries=tries))

    await scene.nudges.look()

    assert (scene.store.asked_about, scene.store.given_up) == ([], [])
    assert scene.store.moved == {"V0001": MONDAY + seconds * SECOND}


async def test_after_a_day_of_refusals_it_is_given_up_and_logged(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.slack.refuses = [SlackRefused("messages_tab_disabled")]
    scene.wait(waiting(nudge_tries=TRIES - 1))

    await scene.nudges.look()

    assert scene.store.given_up == ["V0001"]
    (record,) = [each for each in caplog.records if each.message == "never asked"]
    assert record.__dict__["reason"] == "messages_tab_disabled"
    assert "50761234567" not in str(record.__dict__)


async def test_a_question_that_may_stand_twice_is_logged(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.slack.refuses = [Unanswered("slack.unreachable")]
    scene.wait(waiting())

    await scene.nudges.look()

    assert "may stand twice" in caplog.messages


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 4, 20])
def test_a_question_can_be_read_back_as_what_it_is_about(language: str, count: int) -> None:
    sends = [nudge_view.as_asked(waiting(number)) for number in range(count)]

    message = nudge_view.draw(sends, load(language))

    assert check_blocks([*message.blocks]) == []
    assert nudge_view.ids_in([*message.blocks]) == tuple(each.id for each in sends)
    assert message.metadata is None
    assert "50761234567" not in str(message)


@pytest.mark.parametrize(
    ("send", "expected"),
    [
        (waiting(nudge_at=None, nudges=1), ["nudge_arrived", "nudge_not_arrived", "nudge_remind"]),
        (waiting(nudge_at=None, nudges=3), ["nudge_arrived", "nudge_not_arrived"]),
        (waiting(nudges=1), []),
        (waiting(nudge_at=None, arrival=Arrival.ARRIVED), []),
        (waiting(nudge_at=None, arrival=Arrival.NOT_ARRIVED), ["correct"]),
    ],
)
def test_what_can_be_pressed_follows_what_was_said(send: Send, expected: list[str]) -> None:
    message = nudge_view.draw([send, replace(send, nudge_at=None)], EN)

    block = next((each for each in message.blocks[2:3] if each["type"] == "actions"), None)
    pressed = [each["action_id"] for each in block["elements"]] if block else []
    assert [each for each in pressed if each != "details"] == expected
