"""What Slack is asked to post for one send, and what stays when it is slow or loses answers."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.locales import load
from bot.sends import Status
from tests.conftest import PHONE, TEMPLATE, World
from tests.journeys.conftest import Journey, is_card, open_world, payload
from tests.stopwatch import running_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

POST, UPDATE = "chat.postMessage", "chat.update"
SAID = {status: load("en")(f"status.{status}").strip("*") for status in Status}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("posting")
    async with open_world(folder, f"sqlite:///{folder}/bot.db") as made:
        await made.start()
        yield made


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def well(journey: Journey) -> AsyncIterator[None]:
    """A Slack that is well before and after."""
    yield
    for method in (POST, UPDATE):
        journey.world.slack.fail(method, times=0)


def posted(journey: Journey) -> dict[str, int]:
    """Count what the bot asked of Slack in order to show something."""
    kinds = [one.kind for one in journey.world.slack.traffic if one.direction == "from_bot"]
    asked = {kind for kind in kinds if kind.startswith("chat.") or kind == "response_url"}
    return {kind: kinds.count(kind) for kind in asked}


def since(journey: Journey, before: dict[str, int]) -> dict[str, int]:
    counted = {kind: count - before.get(kind, 0) for kind, count in posted(journey).items()}
    return {kind: count for kind, count in counted.items() if count}


def cards(journey: Journey, number: str) -> list[Message]:
    """Find every card of the sends to a number, those whose place was lost among them."""
    found = journey.world.slack.workspace.records.values()
    return [one for one in found if is_card(one) and f"•••• {number[-4:]}" in one.text]


def contradictions(found: list[Message], status: str) -> list[str]:
    """Name the cards that say anything but this status."""
    return [
        card.text
        for card in found
        if any(word in card.text for key, word in SAID.items() if key != status)
        or payload(card).get("status") not in {None, status}
    ]


async def told(journey: Journey, send_id: str) -> None:
    """Wait until nothing more is told of a send: it is written down, and nothing follows."""
    for _ in range(100):
        rows = {row["id"]: row for row in await journey.world.history()}
        if rows[send_id]["status"] not in {"queued", "sending"}:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(1.5)


async def test_the_common_send_is_one_card_and_one_reply(journey: Journey) -> None:
    before = posted(journey)

    send_id = await journey.send()

    await journey.outcome(send_id, "pending")
    await told(journey, send_id)
    assert since(journey, before) == {POST: 2}
    card, outcome = journey.messages(send_id)
    assert payload(card)["status"] == payload(outcome)["status"] == "pending"
    assert outcome.thread_ts == card.ts


async def test_a_call_that_takes_long_is_shown_and_then_brought_up_to_date(
    journey: Journey,
) -> None:
    journey.world.atom.behave("hangs", times=1)
    before = posted(journey)

    send_id = await journey.send()

    await journey.card_says(send_id, "Sending")
    await journey.world.slack.until(lambda: since(journey, before) == {POST: 1, UPDATE: 1})
    await journey.let_go()
    outcome = await journey.outcome(send_id, "pending")
    card = await journey.card_says(send_id, "Pending")
    await told(journey, send_id)
    assert outcome.thread_ts == card.ts
    assert since(journey, before) == {POST: 2, UPDATE: 2}


@pytest.mark.slow
async def test_a_slow_slack_gets_one_card_and_one_outcome_of_each_send(journey: Journey) -> None:
    journey.world.slack.fail(POST, delay=2.5, times=None)
    journey.world.slack.fail(UPDATE, delay=2.5, times=None)
    numbers = [f"+5076123457{digit}" for digit in range(3)]
    sent = [await journey.send(f"{TEMPLATE} {number}") for number in numbers]
    journey.world.atom.behave("hangs", seconds=3.0)
    late = await journey.send(f"{TEMPLATE} +50761234579")

    for send_id in (*sent, late):
        await journey.world.slack.until(
            lambda each=send_id: journey.outcomes(each, "pending")  # type: ignore[misc]
        )

    await told(journey, late)
    for send_id, number in zip((*sent, late), (*numbers, "+50761234579"), strict=True):
        assert len(cards(journey, number)) == 1
        assert len(journey.outcomes(send_id)) == 1
        assert contradictions(cards(journey, number), "pending") == []


@pytest.mark.parametrize("end", ["pending", "cancelled"])
async def test_a_wait_whose_answers_were_lost_leaves_no_card_that_is_untrue(
    journey: Journey, end: str
) -> None:
    number = {"pending": "+50761234581", "cancelled": "+50761234582"}[end]
    journey.world.atom.behave("down")
    journey.world.slack.fail(POST, drop="after", times=2)
    send_id = await journey.send(f"{TEMPLATE} {number}")
    # The first two are lost; the third says more.
    card = await journey.held(send_id)
    assert len(cards(journey, number)) == 3

    if end == "cancelled":
        await journey.person().click(card.channel, card.ts, "cancel")
        journey.world.atom.behave("answers")
    else:
        journey.world.atom.behave("answers")
        journey.let_try(send_id)

    outcome = await journey.outcome(send_id, end)
    await told(journey, send_id)
    assert contradictions(cards(journey, number), end) == []
    assert outcome.thread_ts == card.ts
    assert len(journey.outcomes(send_id)) == 1
    log = journey.world.logs()
    assert log.count(f'"send": "{send_id}", "what": "card"') == 2


@pytest.mark.parametrize(
    ("behaviour", "end"), [("answers", "pending"), ("rejects", "rejected"), ("drops", "unknown")]
)
async def test_an_outcome_whose_answers_were_lost_is_repeated_and_true(
    journey: Journey, behaviour: str, end: str
) -> None:
    number = {"pending": "+50761234583", "rejected": "+50761234584", "unknown": "+50761234585"}[end]
    if behaviour != "answers":
        journey.world.atom.behave(behaviour, times=1)
    journey.world.slack.fail(POST, drop="after", times=2)

    send_id = await journey.send(f"{TEMPLATE} {number}")

    await journey.outcome(send_id, end)
    await told(journey, send_id)
    assert len(cards(journey, number)) == 3
    assert contradictions(cards(journey, number), end) == []
    assert len(journey.outcomes(send_id)) == 1
    if end == "unknown":
        outcome = journey.outcomes(send_id)[0]
        await journey.person().click(seed.SOPORTE, outcome.ts, "resolve_sent")
        await journey.outcome(send_id, "sent")
        await told(journey, send_id)
        assert contradictions(cards(journey, number), "sent") == []


async def test_in_private_it_is_taken_and_told_in_two_answers(journey: Journey) -> None:
    before = posted(journey)
    person = journey.person()
    answers = len(person.ephemerals(seed.SECRET))

    await journey.send(f"{TEMPLATE} {PHONE}", channel=seed.SECRET)

    await journey.world.slack.until(lambda: len(person.ephemerals(seed.SECRET)) >= answers + 2)
    first, second = person.ephemerals(seed.SECRET)[answers:]
    assert "50761234567" in first.text
    assert "<#C0SECRETO01>" in second.shown
    assert since(journey, before) == {POST: 1, "response_url": 2}


@pytest.mark.parametrize("waited", [False, True], ids=["first try", "after a wait"])
async def test_from_the_first_second_of_a_call_on_its_card_says_sending(
    journey: Journey, *, waited: bool
) -> None:
    number = "+50761234587" if waited else "+50761234588"
    if waited:
        journey.world.atom.behave("down")
        send_id = await journey.send(f"{TEMPLATE} {number}")
        await journey.card_says(send_id, "next try")
        journey.world.atom.behave("hangs")
    else:
        journey.world.atom.behave("hangs")
        send_id = await journey.send(f"{TEMPLATE} {number}")
    await journey.world.slack.until(lambda: journey.world.atom.calls)

    await running_for(1.0 + 0.4)

    for _ in range(12):
        (card,) = cards(journey, number)
        assert "*Sending*" in card.text
        assert [block for block in card.blocks if block["type"] == "actions"] == []
        await asyncio.sleep(0.1)
    await journey.let_go()
    await journey.card_says(send_id, "Pending")
