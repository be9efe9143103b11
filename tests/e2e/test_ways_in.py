"""The other ways in: a message's menu, the shortcuts, a channel that is closed to the bot."""

import pytest
from playwright.async_api import expect

from tests.conftest import PHONE, TEMPLATE
from tests.e2e.conftest import Stage

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def test_a_messages_menu_takes_its_number_and_answers_in_its_thread(stage: Stage) -> None:
    alice = await stage.open()
    await alice.say(f"Rosa quiere su cita, su WhatsApp es {PHONE}")
    message = alice.page.get_by_test_id("message").filter(has_text="Rosa quiere").last

    await alice.message_menu(message, "Send WhatsApp template")
    await expect(alice.modal.field("Phone number")).to_have_value(PHONE)
    await alice.modal.fill("Template id", TEMPLATE)
    await alice.modal.submit()
    await alice.modal.gone()

    thread = await alice.open_thread(message)
    await expect(thread).to_contain_text("Pending · ")
    await expect(thread).to_contain_text("Nothing more will be reported here")


async def test_a_message_with_two_numbers_asks_which_one_is_meant(stage: Stage) -> None:
    alice = await stage.open()
    await alice.say("Llamar a Luis 6123 4567, oficina +507 223-1234")
    message = alice.page.get_by_test_id("message").filter(has_text="Llamar a Luis").last

    await alice.message_menu(message, "Send WhatsApp template")
    await expect(alice.modal.field("Phone number")).to_have_value("")
    question = alice.modal.block("phone_reading")
    await expect(question).to_contain_text("Llamar a Luis")
    await alice.modal.fill("Template id", TEMPLATE)
    await alice.modal.submit()
    await expect(alice.modal.error("phone_reading")).to_be_visible()

    await question.get_by_role("radio").nth(1).check()
    await alice.modal.submit()
    await alice.modal.gone()

    thread = await alice.open_thread(message)
    await expect(thread).to_contain_text("•••• 4567")


async def test_the_global_shortcut_posts_where_the_form_says(stage: Stage) -> None:
    alice = await stage.open()
    await alice.go_to("privado")

    await alice.page.get_by_role("button", name="Shortcuts").click()
    await alice.page.get_by_role("menuitem", name="Send WhatsApp template").click()
    await alice.modal.fill("Template id", TEMPLATE)
    await alice.modal.fill("Phone number", PHONE)
    await alice.modal.submit()
    await alice.modal.gone()

    await expect(alice.card("Pending")).to_be_visible()


@pytest.mark.parametrize("channel", ["ventas", "secreto"])
async def test_in_a_channel_without_the_bot_the_outcome_comes_in_private(
    stage: Stage, channel: str
) -> None:
    alice = await stage.open()
    await alice.go_to(channel)

    await alice.send(f"{TEMPLATE} {PHONE}")

    await expect(alice.alone().last).to_contain_text("Pending")
    await expect(alice.alone().last).to_contain_text(f"I can't write in #{channel}")


async def test_an_unknown_one_of_a_closed_channel_is_decided_by_direct_message(
    stage: Stage,
) -> None:
    stage.world.atom.behave("drops")
    alice = await stage.open()
    await alice.go_to("secreto")

    await alice.send(f"{TEMPLATE} {PHONE}")
    await alice.go_to("WhatsApp templates")
    await alice.page.get_by_role("tab", name="Messages").click()

    thread = await alice.open_thread(alice.card("Unconfirmed"))
    await expect(thread.get_by_role("button", name="It arrived").last).to_be_visible()


async def test_a_person_who_is_in_a_hurry_needs_only_the_keyboard(stage: Stage) -> None:
    alice = await stage.open()
    keyboard = alice.page.keyboard
    await expect(alice.page.get_by_label("Message #soporte")).to_be_focused()

    await keyboard.type(f"/whatsapp-template {TEMPLATE}")
    await keyboard.press("Enter")
    await expect(alice.modal.field("Phone number")).to_be_focused()
    await keyboard.type("6123-4567")
    await keyboard.press("Enter")

    await alice.modal.gone()
    await expect(alice.card("Pending")).to_be_visible()


async def test_escape_closes_the_form_and_sends_nothing(stage: Stage) -> None:
    alice = await stage.open()
    await alice.command(f"{TEMPLATE} {PHONE}")

    await alice.page.keyboard.press("Escape")

    await alice.modal.gone()
    assert stage.world.atom.calls == []


async def test_a_required_field_is_asked_for_before_the_bot_hears(stage: Stage) -> None:
    alice = await stage.open()
    modal = await alice.command()

    await modal.submit()

    await expect(modal.error("template")).to_be_visible()
    await expect(modal.error("phone")).to_be_visible()
    assert stage.world.slack.calls("view_submission") == []


async def test_an_unusual_number_is_shown_and_wants_one_more_press(stage: Stage) -> None:
    alice = await stage.open()
    modal = await alice.command(f"{TEMPLATE} 50755667788 Fecha=hoy")

    await modal.submit()

    await expect(modal.root).to_contain_text("Panama")
    await expect(modal.field("Parameters")).to_have_value("Fecha=hoy")
    await modal.root.get_by_role("button", name="Send anyway").click()
    await modal.gone()
    await expect(alice.card("Pending")).to_contain_text("7788")


async def test_digits_with_two_readings_are_asked_for_by_country(stage: Stage) -> None:
    alice = await stage.open()
    modal = await alice.command(f"{TEMPLATE} 68250175")
    await modal.submit()

    await modal.root.get_by_label("Panama").check()
    await modal.submit()

    await modal.gone()
    await expect(alice.card("Pending")).to_contain_text("0175")
    assert stage.world.atom.calls[-1].body["phoneNumber"] == "50768250175"
