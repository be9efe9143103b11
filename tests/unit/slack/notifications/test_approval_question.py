"""The question whether a send is approved: Slack takes it, and nothing that others wrote comes alive."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from bot.demo.slack.blockkit import check_blocks
from bot.sends import Send, SendAt, Status
from bot.slack.home import approvals_view
from bot.slack.home.approvals_view import MOST_SHOWN, Waiting
from bot.slack.notifications import approval_question, buttons
from bot.slack.notifications.approval_question import Question
from tests.builders import ALICE, CARLA, make_send, make_template
from tests.fakes import NOON
from tests.unit.slack.notifications.card_scene import EACH_LANGUAGE, EN, OURS, WORDS, texts, typed

BEN = "U0BEN000001"
NAMES = {ALICE: "Alice", CARLA: "Carla"}
PARAMS = (("client_name", "Rosa"), ("Fecha de cita", "hoy"), ("Sede", "Centro"))
WAITS = make_send(
    Status.AWAITING_APPROVAL,
    needs_approval=True,
    params=PARAMS,
    due_at=NOON + timedelta(hours=8),
)
LATER = SendAt(NOON + timedelta(days=1), NOON.replace(tzinfo=None), "America/Panama", "2026a")
TEMPLATE = make_template()
ENDS: list[dict[str, Any]] = [
    {"status": Status.QUEUED, "approved_by": CARLA},
    {"status": Status.CANCELLED, "reason": "approval.refused", "decided_by": CARLA, "note": "No"},
    {"status": Status.CANCELLED, "reason": "approval.expired"},
    {"status": Status.CANCELLED, "reason": "cancelled", "decided_by": ALICE},
    {"status": Status.CANCELLED, "reason": "changed", "decided_by": ALICE},
]
QUESTIONS = [
    Question(WAITS, TEMPLATE, here=(BEN,)),
    Question(WAITS, TEMPLATE, elsewhere=(CARLA,)),
    Question(WAITS, None, here=(BEN,) * 10, elsewhere=(CARLA,), is_open=True),
    Question(WAITS, TEMPLATE, is_private=True),
]


@EACH_LANGUAGE
@pytest.mark.parametrize("question", QUESTIONS)
def test_slack_takes_every_question(question: Question, language: str) -> None:
    message = approval_question.ask(question, WORDS[language], NAMES)

    assert check_blocks(message.arguments()["blocks"]) == []
    assert "Alice" in message.text
    # Its values are not for a whole channel.
    assert ("Centro" in str(message.blocks)) is question.is_private


@EACH_LANGUAGE
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.get("reason", "approved"))
def test_slack_takes_every_answer(end: dict[str, Any], language: str) -> None:
    send = dataclasses.replace(WAITS, **end)

    message = approval_question.answered(send, WORDS[language], NAMES)

    assert check_blocks(message.arguments()["blocks"]) == []
    assert not any(block["type"] == "actions" for block in message.blocks)


def test_a_channel_reads_four_digits_and_an_approver_in_private_all() -> None:
    in_channel, in_private = (approval_question.ask(QUESTIONS[n], EN, NAMES).text for n in (0, 3))

    assert "•••• 4567" in in_channel
    assert "61234567" not in in_channel.replace("-", "")
    assert "+507 6123-4567" in in_private


def test_it_says_when_it_would_go_out() -> None:
    later = dataclasses.replace(WAITS, request=dataclasses.replace(WAITS.request, send_at=LATER))

    assert str(int(LATER.instant.timestamp())) in approval_question.when(later, EN)
    assert str(int((NOON + timedelta(hours=8)).timestamp())) in approval_question.when(WAITS, EN)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        (QUESTIONS[0], [buttons.APPROVE, buttons.REFUSE]),
        (QUESTIONS[1], []),
        (QUESTIONS[3], [buttons.APPROVE, buttons.REFUSE, buttons.DETAILS]),
    ],
)
def test_buttons_stand_where_somebody_may_press_them(question: Question, wanted: list[str]) -> None:
    message = approval_question.ask(question, EN, NAMES)

    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    named = [element["action_id"] for row in rows for element in row]
    assert named == wanted


@given(name=typed, note=typed, value=typed)
def test_nothing_that_others_wrote_comes_alive(name: str, note: str, value: str) -> None:
    request = dataclasses.replace(
        WAITS.request, template_name=name, params=(("client_name", value),)
    )
    send = dataclasses.replace(WAITS, request=request, note=note, decided_by=CARLA)
    refused = dataclasses.replace(send, status=Status.CANCELLED, reason="approval.refused")

    asked = approval_question.ask(Question(send, None, here=(BEN,)), EN, {ALICE: name})
    answered = approval_question.answered(refused, EN, {CARLA: name})

    for message in (asked, answered):
        for text in (message.text, *texts(message.blocks)):
            assert "<" not in OURS.sub("", text)


def waiting(count: int) -> list[Send]:
    return [
        dataclasses.replace(WAITS, request=dataclasses.replace(WAITS.request, id=f"V{number:04}"))  # type: ignore[arg-type]
        for number in range(count)
    ]


@EACH_LANGUAGE
def test_home_has_room_for_what_waits(language: str) -> None:
    shown = Waiting(waiting(MOST_SHOWN), is_more=True, templates={TEMPLATE.id: TEMPLATE})

    blocks = approvals_view.draw(shown, WORDS[language])

    assert check_blocks(blocks) == []
    assert len(blocks) <= 25
    assert approvals_view.draw(Waiting(), WORDS[language]) == []
