"""The main job in the browser: command, form, card, thread."""

import pytest
from playwright.async_api import expect

from bot.demo.slack import seed
from tests.conftest import TEMPLATE
from tests.e2e.conftest import Stage

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ORDER = f'{TEMPLATE} 6123-4567 client="Ana María" Fecha="3 de mayo"'


async def test_an_agent_sends_a_template_and_sees_what_became_of_it(stage: Stage) -> None:
    alice = await stage.open()

    await alice.send(ORDER)

    card = alice.card("Pending")
    await expect(card).to_contain_text("•••• 4567")
    thread = await alice.open_thread(card)
    await expect(thread).to_contain_text("Nothing more will be reported here")
    assert stage.world.atom.calls[-1].body["phoneNumber"] == "50761234567"
    assert "50761234567" not in await card.inner_text()


async def test_a_known_number_is_sent_on_its_conversation(stage: Stage) -> None:
    conversation = stage.world.atom.know("573211234567")
    alice = await stage.open()

    await alice.send(f"{TEMPLATE} +573211234567")

    thread = await alice.open_thread(alice.card("Sent"))
    await expect(thread).to_contain_text(conversation)


async def test_the_whole_number_is_shown_to_the_sender_alone(stage: Stage) -> None:
    alice = await stage.open()
    bruno = await stage.open(seed.BRUNO)

    await alice.send(ORDER)
    await expect(bruno.card("Pending")).to_be_visible()

    await alice.say("/whatsapp-template recent")

    await expect(alice.alone().last).to_contain_text("+507 6123-4567")
    await expect(alice.alone()).to_have_count(1)
    await expect(bruno.page.get_by_text("+507 6123-4567")).to_have_count(0)


async def test_every_bad_field_is_named_under_it_and_corrected(stage: Stage) -> None:
    alice = await stage.open()
    modal = await alice.command()
    await modal.fill("Template id", "too short")
    await modal.fill("Phone number", "call me")
    await modal.fill("Parameters", "no equals")

    await modal.submit()

    await expect(modal.error("template")).to_contain_text("letters, digits, _ and -")
    await expect(modal.error("phone")).to_contain_text("no letters")
    await expect(modal.error("params")).to_contain_text("Line 1")
    await expect(modal.field("Template id")).to_have_value("too short")
    await modal.fill("Template id", TEMPLATE)
    await modal.fill("Phone number", "6123-4567")
    await modal.fill("Parameters", "Fecha=3 de mayo")
    await modal.submit()
    await modal.gone()
    await expect(alice.card("Pending")).to_be_visible()
