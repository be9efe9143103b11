"""An unknown send that a person sends again: its card and its question say what became of it."""

import asyncio

import pytest

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from tests.conftest import TEMPLATE
from tests.journeys.conftest import Journey, payload

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def unknown(journey: Journey, number: str, **where: str) -> tuple[str, Message]:
    """Send what is lost on the way; its id, and the question."""
    journey.world.atom.behave("drops", times=1)
    send_id = await journey.send(f"{TEMPLATE} {number}", **where)
    return send_id, await journey.outcome(send_id, "unknown")


async def press(journey: Journey, question: Message, action: str = "retry") -> None:
    person = journey.person()
    await person.click(question.channel, question.ts, action, confirm=action == "retry")


async def told_once(journey: Journey, old: str) -> None:
    """See that what was decided of the old one, and the new one's outcome, are told once each."""
    new = await journey.retry_of(old)

    def told() -> tuple[int, int]:
        return len(journey.outcomes(old, "failed")), len(journey.outcomes(new))

    await journey.world.slack.until(lambda: all(told()))
    # What is told twice, is told within a moment.
    await asyncio.sleep(1.0)
    assert told() == (1, 1)


async def answered(journey: Journey, question: Message, words: str) -> Message:
    """Wait until a question says what was answered."""
    records = journey.world.slack.workspace.records
    await journey.world.slack.until(lambda: words in records[question.channel, question.ts].text)
    return records[question.channel, question.ts]


@pytest.mark.parametrize(
    ("number", "behaviour", "says"),
    [
        ("+50761230001", "knows", ":white_check_mark: *Sent* on the second try"),
        ("+50761230002", "answers", ":clock3: *Pending* on the second try"),
        ("+50761230003", "rejects", ":no_entry: *Rejected* on the second try"),
        ("+50761230004", "drops", ":warning: *Unconfirmed* on the second try"),
        ("+50761230005", "server_error", ":warning: *Unconfirmed* on the second try"),
    ],
)
async def test_the_card_says_what_became_of_the_second_try(
    journey: Journey, number: str, behaviour: str, says: str
) -> None:
    send_id, question = await unknown(journey, number)
    if behaviour == "knows":
        journey.world.atom.know(number.removeprefix("+"))
    elif behaviour != "answers":
        journey.world.atom.behave(behaviour, times=1)

    await press(journey, question)

    emoji, _, words = says.partition(" ")
    card = await journey.card_says(send_id, words)
    assert card.text.startswith(f"{emoji} *")
    assert "Failed" not in card.text
    assert "alice says that it did not arrive" in card.text
    assert payload(card) == {"send_id": send_id, "status": "failed"}
    await told_once(journey, send_id)


async def test_while_the_second_try_is_under_way_the_card_says_so(journey: Journey) -> None:
    send_id, question = await unknown(journey, "+50761230011")
    journey.world.atom.behave("hangs", times=1)

    await press(journey, question)

    await journey.card_says(send_id, "*Being sent again* on the second")
    await journey.let_go()
    await journey.card_says(send_id, "*Pending* on the second try")


async def test_while_the_second_try_waits_it_is_being_sent_again(journey: Journey) -> None:
    send_id, question = await unknown(journey, "+50761230012")
    journey.world.atom.behave("down")

    await press(journey, question)

    await journey.card_says(send_id, "*Being sent again* on the second")
    new = await journey.held(await journey.retry_of(send_id))
    await journey.person().click(new.channel, new.ts, "cancel")
    await journey.card_says(send_id, "*Cancelled* on the second try")


async def test_every_card_follows_the_last_try(journey: Journey) -> None:
    send_id, question = await unknown(journey, "+50761230013")
    tries = [send_id]
    for _ in range(2):
        journey.world.atom.behave("drops", times=1)
        await press(journey, question)
        tries.append(await journey.retry_of(tries[-1]))
        question = await journey.outcome(tries[-1], "unknown")

    await press(journey, question)

    for each in tries:
        await journey.card_says(each, "*Pending* on try 4")
    last = await journey.retry_of(tries[-1])
    await journey.card_says(last, "*Pending* · alice")


async def test_what_was_said_of_the_second_try_stands_on_the_first_card(journey: Journey) -> None:
    send_id, question = await unknown(journey, "+50761230014")
    journey.world.atom.behave("drops", times=1)
    await press(journey, question)
    second = await journey.outcome(await journey.retry_of(send_id), "unknown")

    await press(journey, second, "resolve_sent")

    await journey.card_says(send_id, "*Sent* on the second try")


async def test_who_reads_alone_reads_it_in_their_language(journey: Journey) -> None:
    send_id, question = await unknown(journey, "+50761230015", channel=seed.SECRET)

    await press(journey, question)

    await journey.card_says(send_id, "*Pendiente* en el segundo intento")
    await answered(journey, question, "no llegó, y se envía de nuevo")
    await told_once(journey, send_id)


@pytest.mark.parametrize(
    ("action", "number", "says"),
    [
        ("resolve_sent", "+50761230021", "it arrived"),
        ("retry", "+50761230022", "it did not arrive, and is sent again"),
    ],
)
async def test_an_answered_question_says_who_answered_what_and_when(
    journey: Journey, action: str, number: str, says: str
) -> None:
    send_id, question = await unknown(journey, number)

    await press(journey, question, action)

    message = await answered(journey, question, says)
    assert "alice answered (<!date^" in message.text
    assert "actions" not in {block["type"] for block in message.blocks}
    status = "sent" if action == "resolve_sent" else "failed"
    assert payload(message) == {"send_id": send_id, "status": status}
    if action == "retry":
        await told_once(journey, send_id)


async def test_a_question_that_stands_twice_is_answered_in_both(journey: Journey) -> None:
    journey.world.atom.behave("drops", times=1)
    # The card, then the question, whose answer is lost.
    journey.world.slack.fail("chat.postMessage", delay=0.01)
    journey.world.slack.fail("chat.postMessage", drop="after")
    send_id = await journey.send(f"{TEMPLATE} +50761230023")
    await journey.world.slack.until(lambda: len(journey.outcomes(send_id, "unknown")) == 2)
    first, second = journey.outcomes(send_id, "unknown")

    await press(journey, first, "resolve_sent")

    for each in (first, second):
        await answered(journey, each, "it arrived")


async def test_a_card_that_is_gone_keeps_no_outcome_back(journey: Journey) -> None:
    send_id, question = await unknown(journey, "+50761230024")
    card = journey.card(send_id)
    assert card is not None
    journey.world.slack.workspace.drop(card)

    await press(journey, question)

    await told_once(journey, send_id)


async def test_a_card_that_slack_does_not_change_now_is_changed_later(journey: Journey) -> None:
    send_id, question = await unknown(journey, "+50761230025")
    journey.world.slack.fail("chat.update", status=503, times=4)

    await press(journey, question)

    await journey.card_says(send_id, "*Pending* on the second try")
    await told_once(journey, send_id)


async def test_a_slack_that_changes_nothing_keeps_no_outcome_back(journey: Journey) -> None:
    send_id, question = await unknown(journey, "+50761230026")
    journey.world.slack.fail("chat.update", "internal_error", times=None)

    await press(journey, question)

    await told_once(journey, send_id)
    journey.world.slack.fail("chat.update", times=0)
