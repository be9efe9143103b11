"""A second pair of eyes: what needs one goes out once, if somebody else says yes in time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from bot.locales import load
from bot.retries import retry_key
from bot.sends import SendId
from bot.slack.approvals import REASON
from bot.slack.notifications import buttons
from bot.slack.platform import action_ids
from tests.conftest import World
from tests.journeys.approval_scene import APPROVERS, ASKS, EN, TYPED, Scene
from tests.journeys.conftest import Journey, open_world

ES, PT = load("es"), load("pt")
pytestmark = pytest.mark.asyncio(loop_scope="module")
SENDERS = f"{seed.ALICE},{seed.SUPPORT}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("approvals")
    settings = {"APPROVERS": APPROVERS, "SENDERS": SENDERS}
    async with open_world(folder, f"sqlite:///{folder}/bot.db", settings=settings) as made:
        await made.keep(ASKS)
        await made.start()
        yield made


@pytest.fixture
def scene(journey: Journey) -> Scene:
    return Scene(journey)


async def test_it_is_asked_where_the_approvers_are_and_says_what_about(scene: Scene) -> None:
    send_id = await scene.ask()

    (question,) = scene.asked(send_id)
    assert question.channel == seed.SOPORTE
    assert f"<@{seed.BRUNO}>, <@{seed.DIEGO}>" in question.text
    assert "•••• 4567" in question.text
    assert "61234567" not in question.shown
    assert "Hola ••••, lo esperamos." in question.shown
    assert "Rosa" not in question.shown
    assert scene.calls() == 0
    await scene.press(seed.BRUNO, question, buttons.APPROVE)
    await scene.journey.outcome(send_id, "pending")


async def test_one_yes_is_one_call_and_stands_where_it_was_asked(scene: Scene) -> None:
    send_id = await scene.ask()
    (question,) = scene.asked(send_id)

    await scene.press(seed.BRUNO, question, buttons.APPROVE)

    await scene.journey.outcome(send_id, "pending")
    await scene.says(send_id, "approval.answered.approved", user="bruno")
    await scene.asked_no_more(send_id)
    assert scene.calls() == 1
    await scene.journey.card_says(send_id, EN("card.approved", user="bruno"))
    row = next(each for each in await scene.journey.world.history() if each["id"] == send_id)
    assert row["approved_by"] == seed.BRUNO


async def test_who_needs_none_is_not_made_to_wait(scene: Scene) -> None:
    send_id = await scene.journey.send(TYPED, seed.LUCIA)

    await scene.journey.outcome(send_id, "pending")
    assert scene.calls() == 1
    assert scene.in_thread(send_id) == []


async def test_a_refusal_with_a_reason_ends_it_and_is_read_in_the_thread(scene: Scene) -> None:
    send_id = await scene.ask()
    (question,) = scene.asked(send_id)
    diego = scene.journey.person(seed.DIEGO)

    await scene.press(seed.DIEGO, question, buttons.REFUSE)
    assert diego.view is not None
    assert diego.view.callback_id == "refuse_approval"
    await diego.fill(REASON, "Not before <Monday>")
    result = await diego.submit()

    assert result.closed
    outcome = await scene.journey.outcome(send_id, "cancelled")
    assert "Not before" in outcome.shown
    assert f"<@{seed.ALICE}>" in outcome.text
    stands = await scene.says(send_id, "approval.answered.refused", user="diego")
    assert "Not before" in stands.shown
    await scene.asked_no_more(send_id)
    assert scene.calls() == 0


async def test_what_nobody_decides_ends_and_is_asked_again_with_one_press(scene: Scene) -> None:
    send_id = await scene.ask()
    scene.let_expire(send_id)
    outcome = await scene.journey.outcome(send_id, "cancelled")
    await scene.says(send_id, "approval.answered.expired")
    assert scene.calls() == 0

    await scene.press(seed.ALICE, outcome, buttons.ASK_AGAIN)
    again = await scene.journey.world.send_id(retry_key(SendId(send_id)))
    await scene.journey.world.slack.until(lambda: bool(scene.asked(again)))
    (question,) = scene.asked(again)
    assert "Hola ••••" in question.shown
    await scene.press(seed.ALICE, outcome, buttons.ASK_AGAIN)
    await scene.told(seed.ALICE, seed.SOPORTE, ES("approval.asked_again"))
    await scene.press(seed.BRUNO, question, buttons.APPROVE)

    await scene.journey.outcome(again, "pending")
    assert scene.calls() == 1


async def test_the_requester_may_cancel_and_every_copy_says_so(scene: Scene) -> None:
    send_id = await scene.ask()
    (question,) = scene.asked(send_id)
    card = scene.journey.card(send_id)
    assert card

    await scene.press(seed.ALICE, card, buttons.CANCEL)

    await scene.journey.outcome(send_id, "cancelled")
    await scene.says(send_id, "approval.answered.cancelled", user="alice")
    assert scene.calls() == 0
    assert question.ts == scene.in_thread(send_id)[0].ts


async def test_a_change_asks_anew_and_the_old_question_says_so(scene: Scene) -> None:
    old = await scene.ask()
    (question,) = scene.asked(old)
    card = scene.journey.card(old)
    assert card
    carla = scene.journey.person(seed.CARLA)  # an admin: then both have asked for it

    await scene.press(seed.CARLA, card, action_ids.RESCHEDULE)
    assert carla.view is not None
    await carla.fill("param.client_name", "Rosa Elena")
    new = await scene.journey.press_send(carla)

    await scene.journey.world.slack.until(lambda: bool(scene.asked(new)))
    (asked,) = scene.asked(new)
    assert "Hola ••••" in asked.shown
    await scene.asked_no_more(old)
    record = scene.journey.world.slack.workspace.records[question.channel, question.ts]
    assert EN("approval.answered.changed", user="carla") in record.text
    await scene.press(seed.BRUNO, asked, buttons.APPROVE)
    await scene.journey.outcome(new, "pending")
    assert scene.calls() == 1


async def test_who_only_approves_decides_on_home_too(scene: Scene) -> None:
    """Diego may send nothing."""
    send_id = await scene.ask()
    diego = scene.journey.person(seed.DIEGO)
    await diego.open_home()
    await scene.journey.world.slack.until(lambda: diego.home is not None)
    assert diego.home is not None
    assert EN("refused.not_listed") in diego.home.text

    await diego.click_in_view(buttons.REFUSE, block_id=f"decide.{send_id}")
    assert diego.view is not None
    assert (await diego.submit()).closed

    await scene.journey.outcome(send_id, "cancelled")
    gone = EN("home.approvals")
    await scene.journey.world.slack.until(
        lambda: diego.home is not None and gone not in diego.home.text
    )
    assert scene.calls() == 0


async def test_home_follows_what_others_ask_and_decide(scene: Scene) -> None:
    bruno = scene.journey.person(seed.BRUNO)
    await bruno.open_home()

    def lists(send_id: str) -> bool:
        blocks = bruno.home.blocks if bruno.home else ()
        return any(each.get("block_id") == f"decide.{send_id}" for each in blocks)

    send_id = await scene.ask()
    await scene.journey.world.slack.until(lambda: lists(send_id))
    (question,) = scene.asked(send_id)
    await scene.press(seed.DIEGO, question, buttons.APPROVE)

    await scene.journey.world.slack.until(lambda: not lists(send_id))


async def test_nobody_approves_their_own(scene: Scene) -> None:
    send_id = await scene.ask(seed.BRUNO)
    (question,) = scene.asked(send_id)
    assert f"<@{seed.DIEGO}>" in question.text
    assert f"<@{seed.BRUNO}>" not in question.text

    for action in (buttons.APPROVE, buttons.REFUSE):
        await scene.press(seed.BRUNO, question, action)
        await scene.told(seed.BRUNO, seed.SOPORTE, PT("refused.own_approval"))

    assert scene.asked(send_id) == [question]
    assert scene.calls() == 0
    await scene.press(seed.DIEGO, question, buttons.APPROVE)
    await scene.journey.outcome(send_id, "pending")


@pytest.mark.parametrize("action", [buttons.APPROVE, buttons.REFUSE])
@pytest.mark.parametrize(
    ("user", "words"),
    [
        (seed.LUCIA, f"<@{seed.BRUNO}>, <@{seed.DIEGO}>"),  # a sender
        (seed.CARLA, f"<@{seed.BRUNO}>, <@{seed.DIEGO}>"),  # an admin
        (seed.GUEST, EN("refused.guest")),
    ],
)
async def test_who_may_not_is_told_and_decides_nothing(
    scene: Scene, user: str, words: str, action: str
) -> None:
    send_id = await scene.ask()
    (question,) = scene.asked(send_id)

    await scene.press(user, question, action)

    await scene.told(user, seed.SOPORTE, words)
    assert scene.journey.person(user).view is None
    assert scene.asked(send_id) == [question]
    assert scene.calls() == 0
    card = scene.journey.card(send_id)
    assert card
    await scene.press(seed.ALICE, card, buttons.CANCEL)
    await scene.journey.outcome(send_id, "cancelled")


async def test_two_at_once_make_one_decision_and_one_call(scene: Scene) -> None:
    send_id = await scene.ask()
    (question,) = scene.asked(send_id)

    await asyncio.gather(
        scene.press(seed.BRUNO, question, buttons.APPROVE),
        scene.press(seed.DIEGO, question, buttons.APPROVE),
    )

    await scene.journey.outcome(send_id, "pending")
    row = next(each for each in await scene.journey.world.history() if each["id"] == send_id)
    (late,) = {seed.BRUNO, seed.DIEGO} - {row["approved_by"]}
    words = (PT if late == seed.BRUNO else EN)(
        "approval.decided.approved", user=f"<@{row['approved_by']}>"
    )
    await scene.told(late, seed.SOPORTE, words)
    assert scene.calls() == 1


async def test_who_is_elsewhere_is_asked_by_direct_message(scene: Scene) -> None:
    send_id = await scene.ask(channel=seed.PRIVATE)  # Bruno is in it, Diego is not

    questions = {each.channel: each for each in scene.asked(send_id)}
    diego = scene.journey.person(seed.DIEGO)
    assert set(questions) == {seed.PRIVATE, diego.dm_channel}
    assert "+507 6123-4567" in questions[diego.dm_channel].text
    assert EN("approval.ask.elsewhere", people="diego") in questions[seed.PRIVATE].text
    await scene.press(seed.DIEGO, questions[diego.dm_channel], buttons.APPROVE)

    await scene.journey.outcome(send_id, "pending")
    await scene.says(send_id, "approval.answered.approved", user="diego")
    await scene.asked_no_more(send_id)
    answered = scene.journey.world.slack.workspace.records[
        diego.dm_channel, questions[diego.dm_channel].ts
    ]
    assert EN("approval.answered.approved", user="diego") in answered.text


async def test_home_decides_when_every_message_is_gone(scene: Scene) -> None:
    send_id = await scene.ask()
    (question,) = scene.asked(send_id)
    card = scene.journey.card(send_id)
    assert card
    for each in (card, question):
        del scene.journey.world.slack.workspace.records[each.channel, each.ts]
    bruno = scene.journey.person(seed.BRUNO)
    await bruno.open_home()
    await scene.journey.world.slack.until(lambda: bruno.home is not None)
    assert bruno.home is not None
    assert PT("home.approvals") in bruno.home.text
    assert "Hola Rosa" in bruno.home.text

    await bruno.click_in_view(buttons.APPROVE, block_id=f"decide.{send_id}")

    await scene.journey.outcome(send_id, "pending")
    assert scene.calls() == 1
