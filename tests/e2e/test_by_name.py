"""Templates by name in the browser, in each language: chosen, filled in, seen, sent."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from bot.locales import Translator
from tests.e2e.catalogue import CITA, ENTREGA, FICHA, MANY, PAGO
from tests.e2e.conftest import Stage
from tests.e2e.pages import COMMAND
from tests.e2e.pictures import picture

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

MONDAY = "3 de mayo de 2026"
LONG = "Transportes y mudanzas Rápido del Istmo."  # forty characters


async def test_command_two_letters_phone_three_values_enter(
    named: Stage, translator: Translator
) -> None:
    alice = await named.open_in(translator)
    keyboard = alice.page.keyboard
    await keyboard.type(COMMAND)
    await keyboard.press("Enter")
    await expect(alice.modal.field(translator("form.template.choose.label"))).to_be_focused()
    await picture(alice.page, f"by-name-empty-{translator.language}")

    await alice.modal.choose("en", ENTREGA.name)
    # Nobody waits for the fields: they come while the number is typed.
    await keyboard.press("Tab")
    await keyboard.type("6123-4567", delay=20)
    await expect(alice.modal.preview()).to_be_visible()
    await expect(alice.modal.input("phone")).to_be_focused()
    for value in ("Rosa Pérez", "A-1042", "Luis"):
        await keyboard.press("Tab")
        await keyboard.type(value)
    await expect(alice.modal.preview()).to_contain_text("con Luis. Gracias.")
    await picture(alice.page, f"by-name-form-{translator.language}")
    await keyboard.press("Enter")

    await alice.modal.gone()
    await expect(alice.card("Pending")).to_contain_text(ENTREGA.name)
    assert named.world.atom.calls[-1].body == {
        "templateId": ENTREGA.id,
        "phoneNumber": "50761234567",
        "clientName": "Rosa Pérez",
        "assign": False,
        "params": {"Nombre": "Rosa Pérez", "Pedido": "A-1042", "Mensajero": "Luis"},
    }


async def test_a_day_and_a_choice_need_no_mouse_either(
    named: Stage, translator: Translator
) -> None:
    alice = await named.open_in(translator)
    keyboard = alice.page.keyboard
    await alice.command()
    await alice.modal.choose("ci", CITA.name)
    await keyboard.press("Tab")
    await keyboard.type("6123-4567")
    await expect(alice.modal.preview()).to_be_visible()
    await keyboard.press("Tab")
    await keyboard.type("Rosa")
    await keyboard.press("Tab")
    await keyboard.type("05032026", delay=50)
    await keyboard.press("Tab")
    await keyboard.press("Tab")  # past the button that opens the calendar
    await keyboard.type("cos")

    await expect(alice.modal.preview()).to_contain_text(f"su cita es el {MONDAY} en Costa")
    await picture(alice.page, f"by-name-kinds-{translator.language}")
    await keyboard.press("Control+Enter")

    await alice.modal.gone()
    await expect(alice.card("Pending")).to_contain_text(CITA.name)
    assert named.world.atom.calls[-1].body["groupName"] == "Citas"
    assert named.world.atom.calls[-1].body["params"] == {
        "client_name": "Rosa",
        "Fecha de cita": MONDAY,
        "Sede": "Costa",
    }


async def test_the_message_is_drawn_as_whatsapp_shows_it(
    named: Stage, translator: Translator
) -> None:
    alice = await named.open_in(translator)
    modal = await alice.command("recordatorio de cita 6123-4567")
    preview = modal.preview()

    await expect(modal.block("preview")).to_contain_text(translator("form.preview"))
    await expect(preview.locator("code")).to_have_text(["[Nombre del cliente]", "[Fecha de cita]"])
    await expect(preview.get_by_text("Hola", exact=True)).to_have_css("font-weight", "700")
    await expect(preview.get_by_text("Su cita", exact=True)).to_have_css("font-weight", "700")
    await expect(preview.get_by_text("Le esperamos")).to_have_css("font-style", "italic")
    await expect(preview.get_by_text(", su cita es el")).to_have_css("font-style", "normal")
    await expect(preview).to_have_css("border-left-style", "solid")
    await picture(alice.page, f"by-name-missing-{translator.language}")


async def test_the_message_changes_while_one_types_and_when_one_leaves(
    named: Stage, translator: Translator
) -> None:
    alice = await named.open_in(translator)
    modal = await alice.command("recordatorio de cita 6123-4567")

    await modal.input("param.client_name").press_sequentially("Ros")
    await expect(modal.preview()).to_contain_text("Hola Ros, su cita")
    await expect(modal.input("param.client_name")).to_be_focused()
    await modal.input("param.client_name").press_sequentially("a")
    await modal.input("param.client_name").press("Tab")
    await expect(modal.preview()).to_contain_text("Hola Rosa, su cita")
    await modal.input("param.Fecha de cita").fill("2026-05-03")
    await expect(modal.preview()).to_contain_text(MONDAY)
    await modal.input("param.Sede").select_option("Costa")

    await expect(modal.preview()).to_contain_text("en Costa")
    await expect(modal.preview().locator("code")).to_have_count(0)


async def test_thirty_values_are_asked_for_and_shown(named: Stage, translator: Translator) -> None:
    alice = await named.open_in(translator)
    keyboard = alice.page.keyboard
    modal = await alice.command("ficha 6123-4567")
    await expect(modal.preview().locator("code")).to_have_count(len(MANY))
    await modal.input(f"param.{MANY[0].name}").focus()

    for number, _ in enumerate(MANY):
        await keyboard.type(f"v{number}")
        await keyboard.press("Tab")

    await expect(modal.preview().locator("code")).to_have_count(0)
    await expect(modal.preview()).to_contain_text("v28, v29. Gracias.")
    await picture(alice.page, f"by-name-thirty-{translator.language}")
    await modal.submit()
    await modal.gone()
    await expect(alice.card("Pending")).to_contain_text(FICHA.name)
    assert len(named.world.atom.calls[-1].body["params"]) == len(MANY)


async def test_another_template_keeps_what_it_also_asks_for(
    named: Stage, translator: Translator
) -> None:
    alice = await named.open_in(translator)
    modal = await alice.command("recordatorio de cita 6123-4567")
    await modal.input("param.client_name").fill("Rosa")
    await modal.input("template").focus()

    await modal.choose("pa", PAGO.name)

    await expect(modal.preview()).to_contain_text("Hola Rosa: debe [Monto]")
    await expect(modal.input("template")).to_be_focused()
    await expect(modal.input("param.client_name")).to_have_value("Rosa")
    await expect(modal.input("phone")).to_have_value("6123-4567")
    await expect(modal.block("more")).to_contain_text("Cobros")
    # At once: it would go by itself.
    assert await alice.page.locator("#toast p").count() == 0
    await picture(alice.page, f"by-name-switched-{translator.language}")


async def test_back_at_a_template_stands_what_was_typed_last(
    named: Stage, english: Translator
) -> None:
    alice = await named.open_in(english)
    modal = await alice.command("recordatorio de cita 6123-4567 client_name=Rosa")
    await modal.input("param.client_name").fill("Ros")
    await modal.input("template").focus()
    await modal.choose("pa", PAGO.name)
    await expect(modal.preview()).to_contain_text("debe")
    await modal.input("param.client_name").fill("Ana")
    await modal.input("template").focus()

    await modal.choose("ci", CITA.name)

    await expect(modal.preview()).to_contain_text("Hola Ana")
    await expect(modal.input("param.client_name")).to_have_value("Ana")


async def test_no_character_is_lost_while_the_form_is_drawn_anew(
    named: Stage, english: Translator
) -> None:
    alice = await named.open_in(english)
    keyboard = alice.page.keyboard
    modal = await alice.command("entrega 6123-4567 Nombre=Rosa Pedido=A-1042")
    field = modal.input("param.Mensajero")
    await field.focus()
    before = await modal.root.get_attribute("data-hash") or ""

    await keyboard.type(LONG[:8], delay=20)
    await expect(modal.root).not_to_have_attribute("data-hash", before)
    # The pauses let the bot draw, and what it draws comes while the next letters are typed.
    for start in range(8, len(LONG), 8):
        await keyboard.type(LONG[start : start + 8], delay=20)
        await asyncio.sleep(0.31)
    await expect(field).to_have_value(LONG)
    await keyboard.press("Enter")

    await modal.gone()
    await expect(alice.card("Pending")).to_be_visible()
    assert named.world.atom.calls[-1].body["params"]["Mensajero"] == LONG


async def test_enter_before_the_menu_is_answered_chooses_nothing(
    named: Stage, english: Translator
) -> None:
    alice = await named.open_in(english)
    modal = await alice.command()
    await alice.page.keyboard.type("ci")
    await expect(modal.offered().first).to_have_text(CITA.name)

    is_pressed = asyncio.Event()

    async def late(route: Route) -> None:
        await is_pressed.wait()
        await route.continue_()

    await alice.page.route("**/ui/suggest", late)
    await modal.input("template").fill("pa")
    await alice.page.keyboard.press("Enter")
    is_pressed.set()

    await expect(modal.offered()).to_have_text([PAGO.name])
    await expect(modal.block("preview")).to_have_count(0)
    await alice.page.keyboard.press("Enter")
    await expect(modal.preview()).to_contain_text("debe [Monto]")
