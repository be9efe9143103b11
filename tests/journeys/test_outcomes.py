"""What comes back: each of Atom's answers, and what people can do about it."""

import asyncio
from pathlib import Path

import pytest

from bot.demo.slack import seed
from tests.conftest import ANSWER_SECONDS, PHONE, TEMPLATE, open_world
from tests.forked_bots import PATIENCE
from tests.journeys.conftest import COMMAND, Journey, payload
from tests.stopwatch import stopwatch

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_sent_names_the_conversation_in_the_cards_thread(journey: Journey) -> None:
    conversation = journey.world.atom.know("573211234567")

    send_id = await journey.send(f"{TEMPLATE} +573211234567")

    outcome = await journey.outcome(send_id, "sent")
    card = await journey.card_says(send_id, "Sent")
    assert conversation in outcome.text
    assert outcome.thread_ts == card.ts
    assert dict(card.metadata or {})["event_type"] == "whatsapp_template"


async def test_pending_says_what_it_means_and_where_to_look(journey: Journey) -> None:
    send_id = await journey.send()

    outcome = await journey.outcome(send_id, "pending")

    assert "Nothing more will be reported" in outcome.text
    buttons = [block for block in outcome.blocks if block["type"] == "actions"]
    assert buttons[0]["elements"][0]["url"] == "https://app.atomchat.io/"


async def test_the_link_button_is_acknowledged(journey: Journey) -> None:
    send_id = await journey.send()
    outcome = await journey.outcome(send_id, "pending")

    result = await journey.person().click(seed.SOPORTE, outcome.ts, "open_panel")

    assert result.status == 200
    assert not result.trouble


async def test_a_refusal_shows_atoms_own_words_as_text(journey: Journey) -> None:
    journey.world.atom.behave("rejects", times=1)

    send_id = await journey.send()

    outcome = await journey.outcome(send_id, "rejected")
    assert "No hay datos para enviar" in outcome.text
    # The reference stands in Details.
    person = journey.person()
    await person.click(seed.SOPORTE, journey.messages(send_id)[0].ts, "details")
    assert person.view is not None
    assert send_id in person.view.text


async def test_a_refused_token_says_which_one_and_holds_the_queue(journey: Journey) -> None:
    journey.world.atom.behave("unauthorized", times=1)

    first = await journey.send()
    outcome = await journey.outcome(first, "failed")
    second = await journey.send()

    assert "ATOM_TOKEN" in outcome.text
    assert "Seguridad" in outcome.text
    card = await journey.held(second, "on hold")
    assert len(journey.world.atom.calls) == 1
    # So that the other journeys need not wait for the end of the pause.
    await journey.person().click(card.channel, card.ts, "cancel")
    await journey.outcome(second, "cancelled")
    journey.end_pause()


async def test_a_lost_answer_is_unknown_and_a_person_says_that_it_arrived(
    journey: Journey,
) -> None:
    journey.world.atom.behave("drops", times=1)
    send_id = await journey.send()
    outcome = await journey.outcome(send_id, "unknown")

    await journey.person().click(seed.SOPORTE, outcome.ts, "resolve_sent")

    decided = await journey.outcome(send_id, "sent")
    assert "alice answered" in decided.text
    assert "it arrived" in decided.text
    assert decided.ts == outcome.ts
    assert len(journey.world.atom.calls) == 1


async def test_send_again_asks_first_and_makes_a_new_send_that_names_the_old(
    journey: Journey,
) -> None:
    journey.world.atom.behave("server_error", times=1)
    send_id = await journey.send()
    outcome = await journey.outcome(send_id, "unknown")
    person = journey.person()

    await person.click(seed.SOPORTE, outcome.ts, "retry", confirm=False)
    assert len(journey.world.atom.calls) == 1
    await person.click(seed.SOPORTE, outcome.ts, "retry", confirm=True)

    again_id = await journey.retry_of(send_id)
    again = await journey.outcome(again_id, "pending")
    card = journey.card(again_id)
    assert card is not None
    assert send_id in card.text
    assert again.thread_ts == outcome.thread_ts
    await journey.outcome(send_id, "failed")
    assert len(journey.world.atom.calls) == 2


async def test_send_again_pressed_twice_is_one_more_call(journey: Journey) -> None:
    journey.world.atom.behave("server_error", times=1)
    send_id = await journey.send()
    outcome = await journey.outcome(send_id, "unknown")
    person = journey.person()

    await asyncio.gather(
        person.click(seed.SOPORTE, outcome.ts, "retry", confirm=True),
        person.click(seed.SOPORTE, outcome.ts, "retry", confirm=True),
    )

    await journey.outcome(await journey.retry_of(send_id), "pending")
    assert len(journey.world.atom.calls) == 2
    await journey.told(person, seed.SOPORTE, "decidió")


async def test_a_decided_one_has_no_buttons_any_more(journey: Journey) -> None:
    journey.world.atom.behave("server_error", times=1)
    send_id = await journey.send()
    outcome = await journey.outcome(send_id, "unknown")

    await journey.person().click(seed.SOPORTE, outcome.ts, "resolve_sent")

    await journey.outcome(send_id, "sent")
    records = journey.world.slack.workspace.records
    await journey.world.slack.until(
        lambda: all(each["type"] != "actions" for each in records[seed.SOPORTE, outcome.ts].blocks)
    )
    assert payload(records[seed.SOPORTE, outcome.ts]) == {"send_id": send_id, "status": "sent"}


async def test_an_unreachable_atom_is_waited_for_and_the_card_shows_the_next_try(
    journey: Journey,
) -> None:
    journey.world.atom.behave("down")
    send_id = await journey.send()

    await journey.card_says(send_id, "next try at <!date^")
    journey.world.atom.behave("answers")

    await journey.outcome(send_id, "pending")
    assert len(journey.world.atom.calls) == 1


async def test_a_waiting_send_can_be_cancelled(journey: Journey) -> None:
    journey.world.atom.behave("down")
    send_id = await journey.send()
    card = await journey.held(send_id)

    await journey.person().click(card.channel, card.ts, "cancel")

    outcome = await journey.outcome(send_id, "cancelled")
    assert "nothing went out" in outcome.text
    journey.world.atom.behave("answers")
    card = await journey.card_says(send_id, "Cancelled")
    assert "actions" not in {block["type"] for block in card.blocks}
    await asyncio.sleep(1.0)
    assert len(journey.outcomes(send_id)) == 1
    assert journey.world.atom.calls == []


async def test_too_many_requests_is_waited_for(journey: Journey) -> None:
    journey.world.atom.behave("too_many", times=1, retry_after=1)

    send_id = await journey.send()

    await journey.outcome(send_id, "pending")
    assert len(journey.world.atom.calls) == 2


async def test_in_a_channel_without_the_bot_the_outcome_comes_in_private(
    journey: Journey,
) -> None:
    person = journey.person()
    before = len(person.ephemerals(seed.SECRET))
    send_id = await journey.send(channel=seed.SECRET)

    def told() -> bool:
        new = person.ephemerals(seed.SECRET)[before:]
        return any("<#C0SECRETO01>" in one.shown for one in new)

    await journey.world.slack.until(told)
    assert [one["id"] for one in await journey.world.history()].count(send_id) == 1


async def test_after_half_an_hour_a_closed_channels_outcome_comes_by_direct_message(
    journey: Journey,
) -> None:
    journey.world.atom.behave("down")
    send_id = await journey.send(channel=seed.SECRET)
    journey.world.slack.clock.forward(1801)
    journey.world.atom.behave("answers")

    outcome = await journey.outcome(send_id, "pending")

    assert outcome.channel == journey.person().dm_channel
    assert "<#C0SECRETO01>" in outcome.shown


async def test_an_unknown_one_of_a_closed_channel_keeps_its_buttons_in_a_direct_message(
    journey: Journey,
) -> None:
    journey.world.atom.behave("drops", times=1)
    send_id = await journey.send(channel=seed.SECRET)

    outcome = await journey.outcome(send_id, "unknown")

    assert outcome.channel == journey.person().dm_channel
    assert not outcome.ephemeral


async def test_slack_down_only_delays_the_telling(journey: Journey) -> None:
    journey.world.slack.fail("chat.postMessage", status=503, times=3)

    send_id = await journey.send()

    await journey.outcome(send_id, "pending")
    assert len(journey.world.atom.calls) == 1
    assert journey.card(send_id) is not None


async def test_nothing_of_what_atom_says_comes_alive(journey: Journey) -> None:
    journey.world.atom.behave(
        "rejects", times=1, message="<!channel> <@U0ALICE0001> https://example.com\n*Sent*"
    )

    send_id = await journey.send()

    outcome = await journey.outcome(send_id, "rejected")
    assert "<!channel>" not in outcome.text
    assert "&lt;!channel&gt;" in outcome.text
    quotes = [block for block in outcome.blocks if block["type"] == "rich_text"]
    assert quotes[0]["elements"][0]["elements"][0]["type"] == "text"


async def test_history_tells_what_was_sent(journey: Journey) -> None:
    send_id = await journey.send(f"{TEMPLATE} {PHONE}")
    await journey.outcome(send_id, "pending")

    rows = {row["id"]: row for row in await journey.world.history()}

    row = rows[send_id]
    assert (row["status"], row["phone"], row["template"]) == ("pending", "50761234567", TEMPLATE)
    assert (row["user"], row["channel"]) == (seed.ALICE, seed.SOPORTE)


async def test_a_direct_message_is_in_the_persons_own_language(journey: Journey) -> None:
    journey.world.atom.behave("drops", times=1)
    send_id = await journey.send(channel=seed.SECRET)

    outcome = await journey.outcome(send_id, "unknown")

    assert "Puede que haya salido" in outcome.text
    await journey.card_says(send_id, "Sin confirmar")


async def test_what_is_sent_again_from_a_direct_message_goes_on_in_its_thread(
    journey: Journey,
) -> None:
    journey.world.atom.behave("drops", times=1)
    person = journey.person()
    ts = await person.say(seed.SECRET, "su número es +50761234567")
    await person.message_shortcut("send_from_message", seed.SECRET, ts)
    await person.fill("template", TEMPLATE)
    send_id = await journey.press_send(person)
    outcome = await journey.outcome(send_id, "unknown")

    await person.click(person.dm_channel, outcome.ts, "retry", confirm=True)

    again = await journey.outcome(await journey.retry_of(send_id), "pending")
    assert (again.channel, again.thread_ts) == (outcome.channel, outcome.thread_ts)


async def test_what_was_asked_for_by_direct_message_needs_no_excuse(journey: Journey) -> None:
    person = journey.person()
    await person.global_shortcut("send_global")
    await person.fill("template", TEMPLATE)
    await person.fill("phone", PHONE)
    send_id = await journey.press_send(person)

    outcome = await journey.outcome(send_id, "pending")

    assert "<#" not in outcome.text


async def test_a_slow_slack_gets_an_answer_of_ours_within_its_three_seconds(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with open_world(tmp_path, sqlite_url, deadline=PATIENCE) as world:
        await world.start()
        world.slack.fail("views.open", delay=6.0)

        async with stopwatch() as watch:
            result = await world.person().command(seed.SOPORTE, COMMAND, "")

    assert result.seconds < ANSWER_SECONDS + watch.late
    assert "operation_timeout" not in result.shown
    assert "Slack" in result.shown
