"""What a send leaves in its channel, and what its buttons do for whom."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.locales import load
from tests.conftest import TEMPLATE, World
from tests.journeys.conftest import Journey, is_card, open_world, payload

EN = load("en")
pytestmark = pytest.mark.asyncio(loop_scope="module")
POSTS = ("chat.postMessage", "chat.postEphemeral", "response_url")
MENTION = re.compile(r"<@(\w+)>")
BUTTONS = ("details", "correct", "send_now", "resolve_not_sent")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A bot with somebody who approves, and sends nothing."""
    folder = tmp_path_factory.mktemp("cards")
    settings = {"APPROVERS": seed.DIEGO}
    async with open_world(folder, f"sqlite:///{folder}/bot.db", settings=settings) as made:
        await made.start()
        yield made


def left(journey: Journey, number: str) -> tuple[int, int, int]:
    """Count the cards, the replies and the private messages about a number, whole or masked."""
    found = journey.world.slack.workspace.records.values()
    about = [one for one in found if one.bot_id and number[-4:] in one.text and not one.ephemeral]
    cards = [one for one in about if is_card(one)]
    places = {one.ts for one in cards}
    replies = [one for one in found if one.thread_ts in places and one.ts not in places]
    private = [one for one in found if one.bot_id and one.ephemeral and number[-4:] in one.text]
    return len(cards), len(replies), len(private)


def called(journey: Journey, since: int) -> list[str]:
    """Name whom the bot's new messages call, once for each message; changes call nobody."""
    posts = [one for one in journey.world.slack.traffic[since:] if one.kind in POSTS]
    return [user for one in posts for user in sorted(set(MENTION.findall(str(one.payload))))]


async def unknown(journey: Journey, number: str) -> tuple[str, Message]:
    """Send what is lost on the way; its id, and its card."""
    journey.world.atom.behave("drops", times=1)
    send_id = await journey.send(f"{TEMPLATE} {number}")
    await journey.outcome(send_id, "unknown")
    return send_id, await journey.card_says(send_id, "Unconfirmed")


async def rejected(journey: Journey, number: str) -> tuple[str, Message]:
    journey.world.atom.behave("rejects", times=1)
    send_id = await journey.send(f"{TEMPLATE} {number}")
    await journey.outcome(send_id, "rejected")
    return send_id, await journey.card_says(send_id, "Rejected")


@pytest.mark.parametrize(
    ("behaviour", "number", "press", "end", "calls"),
    [
        ("answers", "+50761231101", "", "pending", []),
        ("sent", "+50761231107", "", "sent", []),
        ("rejects", "+50761231102", "", "rejected", [seed.ALICE]),
        ("drops", "+50761231103", "", "unknown", [seed.ALICE]),
        ("drops", "+50761231104", "resolve_sent", "sent", [seed.ALICE]),
        ("drops", "+50761231105", "resolve_not_sent", "unknown", [seed.ALICE]),
        ("down", "+50761231106", "cancel", "cancelled", []),
    ],
)
async def test_a_send_leaves_one_card_one_reply_and_nothing_in_private(
    journey: Journey, behaviour: str, number: str, press: str, end: str, calls: list[str]
) -> None:
    since = len(journey.world.slack.traffic)
    journey.world.atom.behave(behaviour)
    send_id = await journey.send(f"{TEMPLATE} {number}")
    if press == "cancel":
        card = await journey.held(send_id)
        await journey.person().click(card.channel, card.ts, press)
    elif press:
        card = await journey.card_says(send_id, "Unconfirmed")
        await journey.outcome(send_id, "unknown")
        await journey.person().click(card.channel, card.ts, press)

    await journey.outcome(send_id, end)
    if press == "resolve_not_sent":
        await journey.card_says(send_id, "alice says that it did not arrive")

    await journey.card_says(send_id, EN(f"status.{end}"))
    assert left(journey, number) == (1, 1, 0)
    assert called(journey, since) == calls


@pytest.mark.parametrize("user", [seed.ALICE, seed.CARLA])
async def test_a_retry_leaves_a_card_and_a_reply_of_its_own_and_calls_nobody(
    journey: Journey, user: str
) -> None:
    number = f"+5076123112{seed.MEMBERS.index(user)}"
    old, _ = await unknown(journey, number)
    question = await journey.outcome(old, "unknown")
    since = len(journey.world.slack.traffic)

    await journey.person(user).click(question.channel, question.ts, "retry", confirm=True)

    new = await journey.retry_of(old)
    await journey.card_says(new, EN("status.pending"))
    await journey.card_says(old, EN("status.pending"))
    assert (await journey.outcome(old, "failed")).ts == question.ts
    reply, card = await journey.outcome(new, "pending"), journey.card(new)
    assert left(journey, number) == (2, 2, 0)
    assert card is not None
    assert {card.thread_ts, reply.thread_ts} == {question.thread_ts}
    assert called(journey, since) == []


async def test_a_retry_that_is_lost_as_well_asks_whoever_asked_for_it(journey: Journey) -> None:
    old, card = await unknown(journey, "+50761231125")
    since = len(journey.world.slack.traffic)
    journey.world.atom.behave("drops", times=1)

    await journey.person(seed.CARLA).click(card.channel, card.ts, "retry", confirm=True)

    new = await journey.retry_of(old)
    await journey.outcome(new, "unknown")
    await journey.card_says(old, EN("status.unknown"))
    assert left(journey, "+50761231125") == (2, 2, 0)
    assert called(journey, since) == [seed.CARLA]


async def test_what_did_not_arrive_is_left_beside_what_atom_said(journey: Journey) -> None:
    send_id, card = await unknown(journey, "+50761231111")

    await journey.person(seed.CARLA).click(card.channel, card.ts, "resolve_not_sent")

    card = await journey.card_says(send_id, "says that it did not arrive")
    (row,) = [each for each in await journey.world.history() if each["id"] == send_id]
    assert (row["status"], row["decided_by"]) == ("unknown", seed.CARLA)
    assert payload(card)["status"] == "unknown"
    assert [block for block in card.blocks if block["type"] == "actions"] == []
    assert len(journey.world.atom.calls) == 1


async def test_a_waiting_send_is_tried_at_once(journey: Journey) -> None:
    journey.world.atom.behave("down")
    send_id = await journey.send(f"{TEMPLATE} +50761231112")
    card = await journey.held(send_id)
    journey.world.atom.behave("answers")

    await journey.person().click(card.channel, card.ts, "send_now")

    await journey.outcome(send_id, "pending")


async def test_a_rejected_send_is_corrected_in_the_form_as_it_was(journey: Journey) -> None:
    _, card = await rejected(journey, "+50761231113")
    person = journey.person()

    await person.click(card.channel, card.ts, "correct")

    assert person.view is not None
    assert "No salió nada. Atom dice:" in person.view.text
    assert person.view.callback_id == "send"
    new = await journey.press_send(person)
    outcome = await journey.outcome(new, "pending")
    assert outcome.channel == card.channel


@pytest.mark.parametrize("user", [seed.ALICE, seed.CARLA, seed.DIEGO])
async def test_its_sender_admins_and_approvers_see_all_of_a_send(
    journey: Journey, user: str
) -> None:
    _, card = await rejected(journey, "+50761231114")
    invite(journey, user)
    person = journey.person(user)

    await person.click(card.channel, card.ts, "details")

    assert person.view is not None
    assert person.view.callback_id == "details"
    assert "+507 6123-1114" in person.view.text
    assert re.search(r"alice · (requested it|lo solicitó)", person.view.text)


async def test_who_sends_no_more_sees_no_details_even_of_their_own(journey: Journey) -> None:
    send_id = await journey.send(f"{TEMPLATE} +50761231116", user=seed.BRUNO)
    card = await journey.card_says(send_id, "Pending")
    journey.world.slack.workspace.set_group(seed.SUPPORT, [seed.ALICE])
    await journey.world.slack.settled()
    person = journey.person(seed.BRUNO)

    await person.click(card.channel, card.ts, "details")

    await journey.told(person, seed.SOPORTE, load("pt")("refused.not_listed"))
    assert person.view is None


async def test_an_action_in_the_details_brings_them_up_to_date(journey: Journey) -> None:
    send_id, card = await unknown(journey, "+50761231115")
    person = journey.person(seed.CARLA)
    await person.click(card.channel, card.ts, "details")

    await person.click_in_view("resolve_sent")

    await journey.outcome(send_id, "sent")
    await journey.world.slack.until(
        lambda: person.view is not None and "resolve_sent" not in str(person.view.blocks)
    )


def invite(journey: Journey, user: str) -> None:
    """Let somebody read the channel."""
    workspace = journey.world.slack.workspace
    if user not in workspace.people:
        workspace.add_person(user, "elena")
    workspace.invite(seed.SOPORTE, user)


async def ready_for(journey: Journey, action: str) -> tuple[str, Message]:
    """Make a card that has this button."""
    number = f"+5076123{1200 + BUTTONS.index(action):04}"
    if action == "send_now":
        journey.world.atom.behave("down")
        send_id = await journey.send(f"{TEMPLATE} {number}")
        return send_id, await journey.held(send_id)
    return await (rejected if action == "correct" else unknown)(journey, number)


@pytest.mark.parametrize("action", BUTTONS)
@pytest.mark.parametrize(
    ("user", "key"),
    [
        (seed.GUEST, "refused.guest"),
        ("U0ELENA0001", "refused.not_listed"),
        (seed.BRUNO, "refused.not_your_send"),
    ],
)
async def test_who_may_not_is_told_why_in_private_and_nothing_happens(
    journey: Journey, user: str, key: str, action: str
) -> None:
    send_id, card = await ready_for(journey, action)
    invite(journey, user)
    person = journey.person(user)
    told = len(person.ephemerals(seed.SOPORTE))
    if action == "details" and key == "refused.not_your_send":
        key = "refused.not_your_details"

    await person.click(card.channel, card.ts, action)

    await journey.world.slack.until(lambda: len(person.ephemerals(seed.SOPORTE)) > told)
    sender = f"<@{seed.ALICE}>"
    sentences = {load(each)(key, sender=sender) for each in ("en", "es", "pt")}
    assert any(each in person.ephemerals(seed.SOPORTE)[-1].text for each in sentences)
    assert person.view is None
    rows = {row["id"]: row for row in await journey.world.history()}
    assert rows[send_id]["decided_by"] in {"", None}
    if action == "send_now":
        await journey.person().click(card.channel, card.ts, "cancel")
        await journey.outcome(send_id, "cancelled")


async def test_a_failed_send_leaves_no_more_than_others(journey: Journey) -> None:
    since = len(journey.world.slack.traffic)
    journey.world.atom.behave("unauthorized", times=1)
    try:
        send_id = await journey.send(f"{TEMPLATE} +50761231108")
        await journey.outcome(send_id, "failed")
        await journey.card_says(send_id, EN("status.failed"))
    finally:
        journey.end_pause()

    assert left(journey, "+50761231108") == (1, 1, 0)
    assert called(journey, since).count(seed.ALICE) == 1


async def test_what_fails_at_the_door_of_the_call_leaves_no_more_than_others(
    journey: Journey,
) -> None:
    since = len(journey.world.slack.traffic)
    journey.world.atom.behave("down")
    send_id = await journey.send(f"{TEMPLATE} +50761231109", user=seed.BRUNO)
    await journey.held(send_id)
    journey.world.slack.workspace.set_group(seed.SUPPORT, [seed.ALICE])
    await journey.world.slack.settled()
    journey.world.atom.behave("answers")
    journey.let_try(send_id)
    await journey.outcome(send_id, "failed")
    await journey.card_says(send_id, EN("status.failed"))

    assert journey.world.atom.calls == []
    assert left(journey, "+50761231109") == (1, 1, 0)
    assert called(journey, since) == [seed.BRUNO]
