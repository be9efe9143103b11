"""The common case by keyboard, in each language: every key that it takes is counted."""

from dataclasses import dataclass, field

import pytest
from playwright.async_api import Page, expect

from bot.demo.slack import seed
from bot.locales import Translator
from tests.e2e.catalogue import CITA
from tests.e2e.conftest import LOCALES, Stage
from tests.e2e.pages import Workspace
from tests.e2e.pictures import picture

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

MOST = 33  # 37 before the customer's name was asked for once


@dataclass
class Typist:
    """Somebody without a mouse, whose every key counts."""

    page: Page
    count: int = field(default=0)

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text, delay=30)
        self.count += len(text)

    async def press(self, key: str) -> None:
        await self.page.keyboard.press(key)
        self.count += len(key.split("+"))


async def test_an_appointment_is_sent_with_few_keys(named: Stage, translator: Translator) -> None:
    alice = await named.open_in(translator)
    typist = await type_the_command(alice)

    await fill(typist, alice)
    await picture(alice.page, f"keystrokes-{translator.language}")
    await typist.press("Control+Enter")

    await alice.modal.gone()
    await expect(alice.card("Pending")).to_contain_text(CITA.name)
    body = named.world.atom.calls[-1].body
    assert body["clientName"] == body["params"]["client_name"] == "Rosa"
    assert body["params"]["Fecha de cita"] == "3 de mayo de 2026"
    assert typist.count <= MOST


async def type_the_command(window: Workspace) -> Typist:
    """Open the form from the box that has the focus when somebody comes to a channel."""
    await window.page.get_by_test_id("composer").get_by_role("textbox").focus()
    typist = Typist(window.page)
    await typist.type("/")
    await typist.press("Tab")  # Slack completes the command
    await typist.press("Enter")
    await expect(window.modal.input("template")).to_be_focused()
    return typist


async def fill(typist: Typist, window: Workspace) -> None:
    """Choose the template and fill in all that it asks for but its default."""
    await typist.type("ci")
    await expect(window.modal.offered().first).to_have_text(CITA.name)
    await typist.press("Enter")
    await typist.press("Tab")
    await typist.type("61234567")
    await expect(window.modal.preview()).to_be_visible()
    await typist.press("Tab")
    await typist.type("Rosa")
    await typist.press("Tab")
    await typist.type("05032026")
    await expect(window.modal.preview()).to_contain_text("3 de mayo de 2026")


async def test_the_common_form_fits_without_scrolling(named: Stage, translator: Translator) -> None:
    await named.let_read(seed.ALICE, LOCALES[translator.language])
    alice = await named.open()

    modal = await alice.command("recordatorio de cita 6123-4567 client_name=Rosa")

    await expect(modal.block("more")).to_contain_text("Citas")
    await picture(alice.page, f"form-{translator.language}")
    # All that there is to read and to press; below it is nothing but a margin.
    bottom = "each => each.getBoundingClientRect().bottom"
    edge = await modal.root.locator(".modal-body").evaluate(bottom)
    assert await modal.block("more").evaluate(bottom) <= edge


async def test_more_is_a_press_away_and_loses_nothing(named: Stage, translator: Translator) -> None:
    alice = await named.open_in(translator)
    modal = await alice.command("recordatorio de cita 6123-4567")
    await modal.input("param.client_name").fill("Rosa")

    await modal.root.get_by_role("button", name=translator("form.more"), exact=True).click()

    await expect(modal.input("group")).to_have_value("Citas")
    await expect(modal.input("param.client_name")).to_have_value("Rosa")
    await expect(modal.input("client_name")).to_have_attribute(
        "placeholder", translator("form.client_name.same", param="Nombre del cliente")
    )
    await modal.input("group").scroll_into_view_if_needed()
    await picture(alice.page, f"form-more-{translator.language}")
    await modal.input("group").fill("Turnos")
    await modal.input("param.Fecha de cita").fill("2026-05-03")
    await modal.submit()
    await modal.gone()
    await expect(alice.card("Pending")).to_be_visible()
    assert named.world.atom.calls[-1].body["groupName"] == "Turnos"
