"""Every error that Slack documents for what tells: what the sender sees, and that it comes once."""

import asyncio

import pytest

from bot.demo.slack import seed
from bot.demo.slack.documented_errors import ERRORS
from tests.conftest import TEMPLATE
from tests.journeys.conftest import Journey
from tests.unit.slack.slack_refusals import ELSEWHERE, LATER, NOT_UPDATED, TOKEN_WIDE

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

POST, UPDATE = "chat.postMessage", "chat.update"
NUMBER = f"{TEMPLATE} +50761234590"


async def in_private(journey: Journey, before: int, count: int) -> None:
    """Wait until the sender alone was told so often."""
    person = journey.person()
    await journey.world.slack.until(lambda: len(person.ephemerals(seed.SOPORTE)) >= before + count)


async def calm(journey: Journey) -> None:
    """Wait until nothing is told any more: what is told twice, is told within a moment."""
    traffic = -1
    while traffic != (traffic := len(journey.world.slack.traffic)):  # noqa: ASYNC110 - silence
        await asyncio.sleep(1.5)


async def test_whatever_refuses_the_channel_is_told_in_private_once(journey: Journey) -> None:
    person = journey.person()
    for code in ELSEWHERE:
        before = len(person.ephemerals(seed.SOPORTE))
        journey.world.slack.fail(POST, code)

        send_id = await journey.send(NUMBER)

        await in_private(journey, before, 2)
        taken, outcome = person.ephemerals(seed.SOPORTE)[before:]
        assert "50761234590" in taken.text, code
        assert "Pendiente" in outcome.text, code
        assert ("Invítame" in taken.text) is (code in {"not_in_channel", "channel_not_found"}), code
        assert [one for one in journey.messages(send_id) if not one.ephemeral] == [], code
    told = len(person.ephemerals(seed.SOPORTE))
    await calm(journey)
    assert len(person.ephemerals(seed.SOPORTE)) == told


async def test_what_refuses_a_thread_gets_a_card_at_the_top_and_one_outcome(
    journey: Journey,
) -> None:
    sent = {}
    for code in ELSEWHERE:
        person = journey.person()
        ts = await person.say(seed.SOPORTE, "su número es +50761234590")
        await person.message_shortcut("send_from_message", seed.SOPORTE, ts)
        await person.fill("template", TEMPLATE)
        journey.world.slack.fail(POST, code)
        sent[code] = await journey.press_send(person)
        await journey.outcome(sent[code], "pending")

    await calm(journey)

    for code, send_id in sent.items():
        (outcome,) = journey.outcomes(send_id)
        card = journey.card(send_id)
        assert card is not None, code
        assert card.thread_ts in {None, card.ts}, code
        assert (outcome.channel, outcome.ephemeral) == (seed.SOPORTE, False), code


@pytest.mark.parametrize("codes", [TOKEN_WIDE, LATER], ids=["token", "later"])
async def test_what_passes_is_told_in_the_channel_once(journey: Journey, codes: list[str]) -> None:
    sent = {}
    for code in codes:
        journey.world.slack.fail(POST, code)
        sent[code] = await journey.send(NUMBER)
        await journey.outcome(sent[code], "pending")

    await calm(journey)

    for code, send_id in sent.items():
        (outcome,) = journey.outcomes(send_id)
        card = journey.card(send_id)
        assert card is not None, code
        assert (outcome.channel, outcome.thread_ts) == (seed.SOPORTE, card.ts), code


@pytest.mark.parametrize("code", ["token_revoked", "missing_scope", "invalid_auth"])
async def test_a_token_that_stays_refused_is_answered_in_private_once(
    journey: Journey, code: str
) -> None:
    person = journey.person()
    before = len(person.ephemerals(seed.SOPORTE))
    journey.world.slack.fail(POST, code, times=None)

    await journey.send(NUMBER)

    await in_private(journey, before, 1)
    await calm(journey)
    journey.world.slack.fail(POST, times=0)
    await calm(journey)
    assert len(person.ephemerals(seed.SOPORTE)) == before + 1


def refused_updates(journey: Journey) -> dict[str, set[str]]:
    """Return with what Slack refused to change each message, by its time."""
    found: dict[str, set[str]] = {}
    for call in journey.world.slack.calls(UPDATE):
        match call.answer:
            case {"error": str(code)}:
                found.setdefault(str(call.payload["ts"]), set()).add(code)
    return found


async def test_whatever_refuses_an_update_the_outcome_comes_once(journey: Journey) -> None:
    codes = {*NOT_UPDATED, *TOKEN_WIDE, *LATER}
    journey.world.atom.behave("down")
    sent = [await journey.send(NUMBER) for _ in codes]
    cards = {each: (await journey.card_says(each, "next try")).ts for each in sent}
    for code in codes:
        journey.world.slack.fail(UPDATE, code)

    journey.world.atom.behave("answers")

    # One that meets several of them comes after as many pauses.
    await journey.world.slack.until(
        lambda: all(journey.outcomes(each, "pending") for each in sent), timeout=120.0
    )
    await calm(journey)
    journey.world.slack.fail(UPDATE, times=0)
    await calm(journey)
    assert {each: len(journey.outcomes(each)) for each in sent} == dict.fromkeys(sent, 1)
    refused = refused_updates(journey)
    assert {code for found in refused.values() for code in found} == codes
    for each in sent:
        # What was refused for a moment, or until somebody mends the app, is made up for.
        if refused.get(cards[each], set()).isdisjoint(NOT_UPDATED):
            await journey.card_says(each, "Pending")


async def test_nothing_is_told_in_a_way_that_only_who_is_there_can_see(journey: Journey) -> None:
    # So that none of its errors can keep an outcome back.
    assert ERRORS["chat.postEphemeral"]
    send_id = await journey.send(NUMBER)
    await journey.outcome(send_id, "pending")

    assert journey.world.slack.calls("chat.postEphemeral") == []
