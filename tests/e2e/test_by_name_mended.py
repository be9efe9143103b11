"""Templates by name in the browser, where something is wrong or unclear: said, mended, sent."""

import asyncio

import pytest
from playwright.async_api import expect

from bot.demo.slack import seed
from bot.locales import Translator
from tests.e2e.catalogue import ENTREGA, PAGO
from tests.e2e.conftest import Stage
from tests.e2e.pages import read
from tests.e2e.pictures import picture

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

VALUES = "Nombre=Rosa Pedido=A-1042 Mensajero=Luis"
BARE = "ZyXwVuTsRqPoNmLkJiHg"


async def test_a_mistyped_name_is_asked_about_and_one_press_chooses(
    named: Stage, translator: Translator
) -> None:
    alice = await named.open_in(translator)
    modal = await alice.command(f"entrrega en camnio 6123-4567 {VALUES}")
    asked = translator("form.did_you_mean", name="entrrega en camnio")
    await expect(modal.root).to_contain_text(read(asked))
    await picture(alice.page, f"by-name-meant-{translator.language}")

    await modal.root.get_by_role("button", name=ENTREGA.name).click()

    await expect(modal.preview()).to_have_text(
        "Hola Rosa, su pedido A-1042 sale hoy con Luis. Gracias."
    )
    await expect(modal.root).not_to_contain_text(read(asked))
    await modal.submit()
    await modal.gone()
    await expect(alice.card("Pending")).to_contain_text(ENTREGA.name)
    assert named.world.atom.calls[-1].body["templateId"] == ENTREGA.id


async def test_an_unknown_name_is_said_and_what_was_typed_waits(
    named: Stage, translator: Translator
) -> None:
    alice = await named.open_in(translator)
    modal = await alice.command("zzz 6123-4567 client_name=Rosa")
    said = translator("form.no_such_template", name="zzz")
    await expect(modal.root).to_contain_text(read(said))
    await picture(alice.page, f"by-name-unknown-{translator.language}")
    await modal.input("template").focus()

    await modal.choose("pa", PAGO.name)

    await expect(modal.preview()).to_contain_text("Hola Rosa")
    await expect(modal.root).not_to_contain_text(read(said))


async def test_a_bad_value_is_named_at_its_field_and_corrected(
    named: Stage, translator: Translator
) -> None:
    alice = await named.open_in(translator)
    modal = await alice.command("recordatorio de pago 6123-4567 monto=25.50")
    await modal.input("param.client_name").fill("Rosa      Pérez")
    await expect(modal.preview()).to_contain_text("Rosa Pérez")
    await modal.submit()
    error = modal.error("param.client_name")
    await expect(error).to_have_text(translator("param.spaces", name="Nombre del cliente"))
    await expect(modal.input("param.client_name")).to_be_focused()
    await picture(alice.page, f"by-name-wrong-{translator.language}")

    await alice.page.keyboard.press("Control+A")
    await alice.page.keyboard.type("Rosa Pérez")
    await alice.page.keyboard.press("Enter")

    await modal.gone()
    await expect(alice.card("Pending")).to_contain_text(PAGO.name)
    assert named.world.atom.calls[-1].body["params"]["client_name"] == "Rosa Pérez"
    assert named.world.atom.calls[-1].body["assign"] is True


async def test_what_is_wrong_stays_said_after_a_hasty_enter(
    named: Stage, english: Translator
) -> None:
    alice = await named.open_in(english)
    modal = await alice.command("recordatorio de pago 6123-4567 monto=25.50")
    await modal.input("param.client_name").press_sequentially("Rosa      Pérez")

    await alice.page.keyboard.press("Enter")

    await expect(modal.error("param.client_name")).to_be_visible()
    # Longer than the bot waits before it draws the message.
    await asyncio.sleep(1.5)
    assert await modal.error("param.client_name").is_visible()


async def test_what_is_wrong_stays_said_while_another_field_is_mended(
    named: Stage, translator: Translator
) -> None:
    alice = await named.open_in(translator)
    modal = await alice.command("recordatorio de pago monto=mucho")
    await modal.input("phone").fill("llamar")
    await modal.input("param.client_name").fill("Rosa")
    await modal.submit()
    await expect(modal.error("phone")).to_be_visible()
    await expect(modal.error("param.Monto")).to_be_visible()
    wrong = await modal.error("phone").inner_text()

    await modal.input("param.Monto").fill("25,5,0")
    await modal.input("param.client_name").fill("Rosa Pérez")
    await expect(modal.preview()).to_contain_text("Rosa Pérez")
    await expect(modal.root).to_contain_text(wrong)
    await picture(alice.page, f"by-name-still-wrong-{translator.language}")
    await expect(modal.root.get_by_text(wrong)).to_have_count(1)
    await modal.input("param.Monto").fill("25,50")
    await modal.input("phone").fill("6123-4567")
    await modal.submit()

    await modal.gone()
    await expect(alice.card("Pending")).to_be_visible()


async def test_a_value_that_was_forgotten_is_asked_for(
    named: Stage, translator: Translator
) -> None:
    alice = await named.open_in(translator)
    modal = await alice.command("recordatorio de cita 6123-4567 client_name=Rosa")

    await modal.submit()

    await expect(modal.error("param.Fecha de cita")).to_be_visible()
    await expect(modal.input("param.Fecha de cita")).to_be_focused()
    assert named.world.atom.calls == []


async def test_an_admin_sends_an_id_outside_of_the_catalogue(
    named: Stage, translator: Translator
) -> None:
    carla = await named.open_in(translator, seed.CARLA)
    keyboard = carla.page.keyboard
    await carla.command()
    await carla.modal.choose(BARE, translator("form.bare_id", id=BARE))
    await keyboard.press("Tab")
    await keyboard.type("6123-4567")
    await expect(carla.modal.input("params")).to_be_visible()
    await keyboard.press("Tab")
    await expect(carla.modal.field(translator("form.params.label"))).to_be_focused()
    await keyboard.type("Fecha=3 de mayo")
    await keyboard.press("Enter")
    await keyboard.type("Sede=Centro")
    await picture(carla.page, f"by-name-bare-{translator.language}")

    await keyboard.press("Control+Enter")

    await carla.modal.gone()
    await expect(carla.card("Pending")).to_contain_text(BARE)
    body = named.world.atom.calls[-1].body
    assert (body["templateId"], body["params"]) == (BARE, {"Fecha": "3 de mayo", "Sede": "Centro"})


async def test_who_is_no_admin_is_offered_no_such_id(named: Stage, translator: Translator) -> None:
    alice = await named.open_in(translator)
    await alice.command()

    await alice.page.keyboard.type(BARE)

    await expect(alice.modal.root.locator("[role=listbox][aria-busy=false]")).to_have_text(
        "Nothing found."
    )


async def test_a_number_that_reads_in_two_ways_is_asked_for(
    named: Stage, translator: Translator
) -> None:
    alice = await named.open_in(translator)
    modal = await alice.command(f"entrega 68250175 {VALUES}")
    await modal.submit()
    await expect(modal.root).to_contain_text(translator("phone.two_readings"))
    await expect(modal.preview()).to_contain_text("A-1042")
    await picture(alice.page, f"by-name-readings-{translator.language}")

    await modal.root.get_by_label(translator.country("PA")).check()
    await modal.submit()

    await modal.gone()
    await expect(alice.card("Pending")).to_contain_text("0175")
    assert named.world.atom.calls[-1].body["phoneNumber"] == "50768250175"


async def test_an_unusual_number_wants_one_more_press(named: Stage, translator: Translator) -> None:
    alice = await named.open_in(translator)
    modal = await alice.command(f"entrega 50755667788 {VALUES}")
    await modal.submit()
    again = modal.root.get_by_role("button", name=translator("form.submit_anyway"))
    await expect(again).to_be_visible()
    await expect(modal.root).to_contain_text(translator.country("PA"))
    await expect(modal.input("param.Pedido")).to_have_value("A-1042")
    await picture(alice.page, f"by-name-unusual-{translator.language}")

    await again.click()

    await modal.gone()
    await expect(alice.card("Pending")).to_contain_text("7788")
    assert named.world.atom.calls[-1].body["params"]["Pedido"] == "A-1042"
