"""Who may approve or refuse a list, and what stands of it afterwards."""

from typing import Any

import pytest

from bot.bulk.batches import BatchStatus
from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.locales import load
from bot.policy.people import Policy
from bot.repositories import ApprovalQuestion
from bot.sends import SendId
from bot.slack.bulk import approval_view, buttons
from bot.slack.bulk.approval_view import Asked
from bot.slack.notifications import buttons as of_sends
from tests.builders.batches import make_batch, make_report
from tests.unit.slack.bulk.press_scene import WORDS, Stage

EN, PT = load("en"), load("pt")
S = BatchStatus


async def asked(stage: Stage, **changes: Any) -> Message:
    """Let the question stand in the channel."""
    batch = stage.batches.put(make_batch(S.AWAITING_APPROVAL, **changes))
    shown = await stage.lookup.shown(batch)
    question = approval_view.ask(shown, Asked(here=(seed.BRUNO,)), WORDS.shared)
    message = await stage.post_message(question.arguments())
    key = SendId(buttons.as_asked(batch.id))
    await stage.questions.posted(ApprovalQuestion(key, "", message.channel, message.ts))
    return message


def now(stage: Stage, message: Message) -> str:
    return stage.slack.workspace.records[message.channel, message.ts].text


async def test_an_approver_lets_it_go_on(stage: Stage) -> None:
    question = await asked(stage)

    await stage.press(seed.BRUNO, question, of_sends.APPROVE)

    assert stage.decided == [("approve", seed.BRUNO)]
    assert stage.shows.shown == [stage.batch.id]
    await stage.slack.until(lambda: "Approved by" in now(stage, question))
    assert stage.questions.kept == {}


async def test_an_approver_refuses_it_with_a_reason(stage: Stage) -> None:
    question = await asked(stage)
    bruno = stage.person(seed.BRUNO)
    await stage.press(seed.BRUNO, question, of_sends.REFUSE)
    assert bruno.view is not None

    await bruno.fill("reason", "Not this week")
    await bruno.submit()

    assert stage.decided == [("decline", seed.BRUNO)]
    assert stage.batch.note == "Not this week"
    await stage.slack.until(lambda: "Not approved by" in now(stage, question))


@pytest.mark.parametrize("action", [of_sends.APPROVE, of_sends.REFUSE])
@pytest.mark.parametrize(
    ("user", "words"),
    [
        (seed.DIEGO, "You can't approve or refuse this."),
        (seed.LUCIA, ""),
        (seed.GUEST, ""),
    ],
)
async def test_nobody_else_decides(stage: Stage, user: str, words: str, action: str) -> None:
    question = await asked(stage)

    told = await stage.hears(user, question, action)

    assert told
    assert words in told
    assert stage.decided == []
    assert stage.person(user).view is None


@pytest.mark.parametrize(
    "changes",
    [
        {"user": seed.BRUNO},
        {"started_by": seed.BRUNO},
        {"prepared_by": (seed.CARLA, seed.BRUNO)},
    ],
    ids=["sender", "starter", "who said which column is which"],
)
@pytest.mark.parametrize("action", [of_sends.APPROVE, of_sends.REFUSE])
async def test_nobody_approves_their_own(
    stage: Stage, changes: dict[str, Any], action: str
) -> None:
    question = await asked(stage, **changes)

    told = await stage.hears(seed.BRUNO, question, action)

    assert PT("refused.own_approval") in told
    assert stage.decided == []


async def test_the_right_is_asked_for_at_the_press(stage: Stage) -> None:
    question = await asked(stage)
    stage.directory.policy = Policy(frozenset({seed.BRUNO}), frozenset(), frozenset({seed.CARLA}))

    told = await stage.hears(seed.BRUNO, question, of_sends.APPROVE)

    assert f"<@{seed.CARLA}>" in told
    assert stage.decided == []


@pytest.mark.parametrize(
    "report", [make_report(), make_report(mark="0123456789abcdef")], ids=["fingerprint", "mark"]
)
async def test_another_text_than_the_one_that_was_asked_about_is_not_approved(
    stage: Stage, report: Any
) -> None:
    question = await asked(stage, report=report)
    stage.template_becomes(body="Otra cosa, {{client_name}}.")

    told = await stage.hears(seed.BRUNO, question, of_sends.APPROVE)

    assert PT("approval.text_is_other") in told
    assert stage.decided == []


@pytest.mark.parametrize("action", [of_sends.APPROVE, of_sends.REFUSE])
@pytest.mark.parametrize(
    ("status", "changes", "key"),
    [
        (S.RUNNING, {"approved_by": seed.CARLA}, "approved"),
        (S.STOPPED, {"decided_by": seed.CARLA, "reason": "refused"}, "refused"),
        (S.STOPPED, {"reason": "approval.expired"}, "expired"),
        (S.STOPPED, {"decided_by": seed.ALICE}, "cancelled"),
    ],
)
async def test_the_second_one_is_told_what_stands(
    stage: Stage, action: str, status: BatchStatus, changes: dict[str, str], key: str
) -> None:
    question = await asked(stage)
    until = stage.batch.approve_until
    stage.batches.change(stage.batch.id, status=status, approve_until=until, **changes)

    told = await stage.hears(seed.BRUNO, question, action)

    by = changes.get("approved_by") or changes.get("decided_by", "")
    assert PT(f"approval.decided.{key}", user=f"<@{by}>") in told
    assert stage.decided == []
    # The question that stood there is answered.
    await stage.slack.until(lambda: stage.questions.kept == {})


async def test_a_reason_that_comes_too_late_changes_nothing(stage: Stage) -> None:
    question = await asked(stage)
    bruno = stage.person(seed.BRUNO)
    await stage.press(seed.BRUNO, question, of_sends.REFUSE)
    stage.batches.change(stage.batch.id, status=S.RUNNING, approved_by=seed.CARLA)

    result = await bruno.submit()

    assert PT("approval.decided.approved", user=f"<@{seed.CARLA}>") in str(result.errors)
    assert stage.decided == []


async def test_a_button_of_a_send_is_left_to_others(stage: Stage) -> None:
    question = await asked(stage)
    message = await stage.post_message(
        {
            "text": "a send",
            "blocks": [
                {
                    "type": "actions",
                    "elements": [
                        {
                            "type": "button",
                            "action_id": of_sends.APPROVE,
                            "text": {"type": "plain_text", "text": "Approve"},
                            "value": "V0001",
                        }
                    ],
                }
            ],
        },
        channel=question.channel,
    )

    told = await stage.hears(seed.BRUNO, message, of_sends.APPROVE)

    assert PT("button.send_gone") in told
    assert stage.decided == []
