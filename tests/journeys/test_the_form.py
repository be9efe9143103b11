"""The form: what opens it, what is filled in, what is wrong said in place."""

import pytest

from bot.demo.slack import seed
from tests.conftest import ANSWER_SECONDS, PHONE, TEMPLATE
from tests.journeys.conftest import COMMAND, Journey
from tests.stopwatch import stopwatch

pytestmark = pytest.mark.asyncio(loop_scope="module")

HANGS = 60.0  # seconds; nobody in Slack waits for Atom


async def test_the_bare_command_opens_an_empty_form(journey: Journey) -> None:
    person = await journey.open("")

    assert person.view is not None
    assert person.view.callback_id == "send"
    blocks = [block["block_id"] for block in person.view.blocks]
    assert blocks == ["template", "phone", "params", "client_name", "more"]


async def test_the_commands_words_fill_the_form_in_any_order(journey: Journey) -> None:
    text = f'assign=yes client="Ana María" name="two words" {PHONE} group=Citas {TEMPLATE}'

    send_id = await journey.send(text)

    await journey.outcome(send_id, "pending")
    assert journey.world.atom.calls[-1].body == {
        "templateId": TEMPLATE,
        "phoneNumber": "50761234567",
        "clientName": "Ana María",
        "groupName": "Citas",
        "assign": True,
        "params": {"name": "two words"},
    }


async def test_a_command_with_the_word_payload_works_too(journey: Journey) -> None:
    send_id = await journey.send(f'{TEMPLATE} {PHONE} note="my payload= here"')

    await journey.outcome(send_id, "pending")
    assert journey.world.atom.calls[-1].body["params"] == {"note": "my payload= here"}


async def test_the_customer_gets_the_text_and_not_slacks_escapes(journey: Journey) -> None:
    send_id = await journey.send(f'{TEMPLATE} {PHONE} note="Tom & Ana <VIP> a=b"')

    await journey.outcome(send_id, "pending")
    assert journey.world.atom.calls[-1].body["params"] == {"note": "Tom & Ana <VIP> a=b"}


async def test_words_without_a_field_are_shown_and_not_lost(journey: Journey) -> None:
    person = await journey.open(f"{TEMPLATE} hola {PHONE}")

    assert person.view is not None
    assert "hola" in person.view.text


async def test_help_answers_in_private_with_examples(journey: Journey) -> None:
    result = await journey.person().command(seed.SOPORTE, COMMAND, "help")

    assert f"{COMMAND} {TEMPLATE} +507 6123-4567" in result.shown
    assert result.message is not None
    assert result.message.ephemeral
    assert journey.person().view is None


async def test_every_bad_field_is_named_at_once_and_corrected_in_place(journey: Journey) -> None:
    person = await journey.open("")
    await person.fill("template", "too short")
    await person.fill("phone", "call me")
    await person.fill("params", "no equals\nempty=\nok=1")

    result = await person.submit()

    assert set(result.errors) == {"template", "phone", "params"}
    assert "1" in result.errors["params"]
    await person.fill("template", TEMPLATE)
    await person.fill("phone", PHONE)
    await person.fill("params", "ok=1")
    send_id = await journey.press_send(person)
    await journey.outcome(send_id, "pending")


async def test_an_empty_value_is_named_with_its_parameter(journey: Journey) -> None:
    person = await journey.open(f"{TEMPLATE} {PHONE}")
    await person.fill("params", "Fecha=\nHora=10     30")

    result = await person.submit()

    assert "Fecha" in result.errors["params"]
    assert "Hora" in result.errors["params"]


async def test_a_number_that_is_only_possible_is_shown_before_it_goes(journey: Journey) -> None:
    person = await journey.open(f"{TEMPLATE} 50755667788")

    result = await person.submit()

    assert not result.closed
    assert person.view is not None
    assert "+507 55667788" in person.view.text
    assert "Panamá" in person.view.text
    assert journey.world.atom.calls == []
    send_id = await journey.press_send(person)
    await journey.outcome(send_id, "pending")
    assert journey.world.atom.calls[-1].body["phoneNumber"] == "50755667788"


async def test_a_warning_that_was_seen_counts_for_that_number_only(journey: Journey) -> None:
    person = await journey.open(f"{TEMPLATE} 50755667788")
    await person.submit()
    await person.fill("phone", "50755667789")

    result = await person.submit()

    assert not result.closed
    assert "+507 55667789" in (person.view.text if person.view else "")


async def test_digits_with_two_readings_are_asked_for_by_country(journey: Journey) -> None:
    # A mobile in Panama, and a whole number of the Cook Islands (+682).
    person = await journey.open(f"{TEMPLATE} 68250175")
    result = await person.submit()
    assert not result.closed

    await person.fill("phone_reading", "50768250175")
    send_id = await journey.press_send(person)

    await journey.outcome(send_id, "pending")
    assert journey.world.atom.calls[-1].body["phoneNumber"] == "50768250175"


async def test_a_local_number_is_read_with_its_country_and_shown_whole_to_its_sender_alone(
    journey: Journey,
) -> None:
    alone = len(journey.person().ephemerals())
    send_id = await journey.send(f"{TEMPLATE} 6123-4567")

    await journey.outcome(send_id, "pending")
    assert all("6123" not in one.text for one in journey.messages(send_id))
    assert len(journey.person().ephemerals()) == alone
    recent = await journey.person().command(seed.SOPORTE, "/whatsapp-template", "recent")
    assert "+507 6123-4567" in recent.shown
    card = journey.card(send_id)
    assert card is not None
    assert "•••• 4567" in card.text


async def test_the_message_shortcut_finds_the_number_and_answers_in_the_thread(
    journey: Journey,
) -> None:
    person = journey.person()
    ts = await person.say(seed.SOPORTE, f"Rosa quiere su cita, tel {PHONE}, pedido 20261122")

    await person.message_shortcut("send_from_message", seed.SOPORTE, ts)
    assert person.view is not None
    assert "|Rosa quiere su cita, tel" in person.view.text
    await person.fill("template", TEMPLATE)
    send_id = await journey.press_send(person)

    outcome = await journey.outcome(send_id, "pending")
    card = journey.card(send_id)
    assert card is not None
    assert card.thread_ts == ts
    assert outcome.thread_ts == ts
    assert journey.world.atom.calls[-1].body["phoneNumber"] == "50761234567"


async def test_the_global_shortcut_asks_for_a_channel(journey: Journey) -> None:
    person = journey.person()

    await person.global_shortcut("send_global", channel=seed.SOPORTE)
    await person.fill("template", TEMPLATE)
    await person.fill("phone", PHONE)
    await person.fill("channel", seed.PRIVATE)
    send_id = await journey.press_send(person)

    outcome = await journey.outcome(send_id, "pending")
    assert outcome.channel == seed.PRIVATE


async def test_without_a_channel_the_outcome_comes_by_direct_message(journey: Journey) -> None:
    person = journey.person()

    await person.global_shortcut("send_global")
    await person.fill("template", TEMPLATE)
    await person.fill("phone", PHONE)
    send_id = await journey.press_send(person)

    outcome = await journey.outcome(send_id, "pending")
    assert outcome.channel == person.dm_channel


async def test_a_second_changed_submit_of_a_taken_form_is_told_so(journey: Journey) -> None:
    person = await journey.open(f"{TEMPLATE} {PHONE}")
    view = person.view
    assert view is not None
    await journey.press_send(person)
    # As if Slack had not got the bot's answer: the form stays, and is changed.
    journey.world.slack.workspace.views.put(view)
    journey.world.slack.workspace.views.stacks[seed.ALICE] = [view.id]
    await person.fill("client_name", "Rosa")

    result = await person.submit()

    assert "template" in result.errors
    await journey.outcome(await journey.world.send_id(view.id), "pending")
    assert len(journey.world.atom.calls) == 1


async def test_the_same_form_four_times_at_once_is_one_call(journey: Journey) -> None:
    person = await journey.open(f"{TEMPLATE} {PHONE}")
    assert person.view is not None
    view_id = person.view.id

    results = await person.submit(times=4)

    assert all(result.closed for result in results)
    await journey.outcome(await journey.world.send_id(view_id), "pending")
    assert len(journey.world.atom.calls) == 1


async def test_with_atom_hanging_the_form_still_opens_and_closes_at_once(
    journey: Journey,
) -> None:
    journey.world.atom.behave("hangs")
    before = len(journey.world.slack.traffic)

    async with stopwatch() as watch:
        person = await journey.open(f"{TEMPLATE} {PHONE}")
        first = await journey.press_send(person)
        second = await journey.send(f"{TEMPLATE} {PHONE}")

    # Slack's own limit is three seconds for each of these four requests.
    new = journey.world.slack.traffic[before:]
    answers = [one.seconds for one in new if one.direction == "to_bot"]
    assert len(answers) == 4
    assert max(answers) < ANSWER_SECONDS + watch.late
    # Every connection ends, and with it the calls that hang.
    await journey.world.slack.until(lambda: len(journey.world.atom.calls) == 2)
    journey.world.atom.behave("down")
    await journey.outcome(first, "unknown")
    await journey.outcome(second, "unknown")


async def test_a_message_with_several_numbers_is_asked_about_and_never_sent_without_a_choice(
    journey: Journey,
) -> None:
    person = journey.person()
    ts = await person.say(seed.SOPORTE, "Llamar a Luis 6123 4567, oficina +507 223-1234")
    await person.message_shortcut("send_from_message", seed.SOPORTE, ts)
    assert person.view is not None
    assert "Llamar a Luis" in person.view.text
    await person.fill("template", TEMPLATE)

    result = await person.submit()

    assert not result.closed
    assert journey.world.atom.calls == []
    await person.fill("phone_reading", "50761234567")
    send_id = await journey.press_send(person)
    await journey.outcome(send_id, "pending")
    assert journey.world.atom.calls[-1].body["phoneNumber"] == "50761234567"


async def test_a_number_of_the_message_is_warned_about_once_it_is_chosen(journey: Journey) -> None:
    person = journey.person()
    ts = await person.say(seed.SOPORTE, "Llamar a Luis 6123 4567, oficina +507 223-1234")
    await person.message_shortcut("send_from_message", seed.SOPORTE, ts)
    await person.fill("template", TEMPLATE)
    await person.fill("phone_reading", "5072231234")

    result = await person.submit()

    assert not result.closed
    assert person.view is not None
    assert "+507 223-1234" in person.view.text
    assert journey.world.atom.calls == []
    send_id = await journey.press_send(person)
    await journey.outcome(send_id, "pending")
    assert journey.world.atom.calls[-1].body["phoneNumber"] == "5072231234"


async def test_another_number_than_those_of_the_message_can_be_typed(journey: Journey) -> None:
    person = journey.person()
    ts = await person.say(seed.SOPORTE, "Luis 6123-4567, oficina 223-1234")
    await person.message_shortcut("send_from_message", seed.SOPORTE, ts)
    await person.fill("template", TEMPLATE)
    await person.fill("phone", "6123-4568")
    await person.fill("phone_reading", "50761234567")
    result = await person.submit()
    assert set(result.errors) == {"phone"}

    await person.fill("phone_reading", "other")
    send_id = await journey.press_send(person)

    await journey.outcome(send_id, "pending")
    assert journey.world.atom.calls[-1].body["phoneNumber"] == "50761234568"


async def test_the_typed_number_may_itself_have_two_readings(journey: Journey) -> None:
    person = journey.person()
    ts = await person.say(seed.SOPORTE, "Luis 6123-4567, oficina 223-1234")
    await person.message_shortcut("send_from_message", seed.SOPORTE, ts)
    await person.fill("template", TEMPLATE)
    await person.fill("phone", "68250175")
    await person.fill("phone_reading", "other")
    result = await person.submit()
    assert not result.closed

    await person.fill("phone_reading", "50768250175")
    send_id = await journey.press_send(person)

    await journey.outcome(send_id, "pending")
    assert journey.world.atom.calls[-1].body["phoneNumber"] == "50768250175"


@pytest.mark.parametrize("text", ["aviso 4/5 6123-4567", "aviso 25.50 6123-4567"])
async def test_a_number_word_of_a_command_reaches_nobody_else(journey: Journey, text: str) -> None:
    person = await journey.open(text.replace("aviso", TEMPLATE))
    assert person.view is not None
    assert text.split()[1] in person.view.text

    send_id = await journey.press_send(person)

    await journey.outcome(send_id, "pending")
    assert journey.world.atom.calls[-1].body["phoneNumber"] == "50761234567"


async def test_emoji_reach_the_customer_as_characters(journey: Journey) -> None:
    text = f'{TEMPLATE} {PHONE} client=":wave::skin-tone-3: Ana" note=":tada: a las 10:30:45"'

    send_id = await journey.send(text)

    await journey.outcome(send_id, "pending")
    body = journey.world.atom.calls[-1].body
    assert body["clientName"] == "👋🏼 Ana"
    assert body["params"] == {"note": "🎉 a las 10:30:45"}


async def test_a_workspaces_own_emoji_is_refused_with_its_code(journey: Journey) -> None:
    person = await journey.open(f"{TEMPLATE} {PHONE} note=:partyparrot: client=:logo: group=:x_y:")

    result = await person.submit()

    assert ":partyparrot:" in result.errors["params"]
    assert ":logo:" in result.errors["client_name"]
    assert ":x_y:" in result.errors["group"]
    assert journey.world.atom.calls == []
