"""Each screen as a picture, for the README (`make screenshots`) and for eyes."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize, expect

from bot.demo import seed
from bot.demo.page import welcome
from tests.conftest import TEMPLATE
from tests.e2e.conftest import SHOTS, Stage
from tests.e2e.pages import COMMAND, Workspace

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

LARGEST = 150_000  # bytes
SIZE: ViewportSize = {"width": 960, "height": 560}
ORDER = f'{TEMPLATE} 6123-4567 client="Ana María" Fecha="3 de mayo"'


async def look(stage: Stage, user: str = seed.ALICE) -> Workspace:
    """Open a furnished workspace in a window that makes a good picture."""
    welcome.furnish(stage.world.slack.workspace)
    return await stage.open(user, SIZE)


async def picture(page: Page, name: str) -> None:
    """Keep a picture of what is on the screen, with nothing moving or blinking."""
    await asyncio.to_thread(SHOTS.mkdir, exist_ok=True)
    path = SHOTS / f"{name}.png"
    await page.mouse.move(500, 15)
    await page.screenshot(path=path, animations="disabled", caret="hide")
    assert await asyncio.to_thread(_size, path) < LARGEST


def _size(path: Path) -> int:
    return path.stat().st_size


async def test_the_form_and_its_errors(stage: Stage) -> None:
    alice = await look(stage)
    modal = await alice.command(ORDER)
    await picture(alice.page, "form")

    await modal.fill("Phone number", "call me")
    await modal.fill("Parameters", "Fecha")
    await modal.submit()
    await expect(modal.error("phone")).to_be_visible()
    await picture(alice.page, "errors")

    await modal.fill("Phone number", "50755667788")
    await modal.fill("Parameters", "Fecha=3 de mayo")
    await modal.submit()
    await expect(modal.root).to_contain_text("Panama")
    await picture(alice.page, "warning")


async def test_the_thread(stage: Stage) -> None:
    alice = await look(stage)
    await alice.send(f'{TEMPLATE} {welcome.KNOWN[0]} client="Ana María" Fecha="3 de mayo"')

    thread = await alice.open_thread(alice.card("Sent"))

    await expect(thread).to_contain_text("existing conversation")
    await picture(alice.page, "thread")


async def test_unknown_and_its_question(stage: Stage) -> None:
    alice = await look(stage)
    await alice.let_atom("takes the message, then drops the connection")
    await alice.send(ORDER)
    thread = await alice.open_thread(alice.card("Unknown"))
    await expect(thread.get_by_role("button", name="It arrived")).to_be_visible()
    await picture(alice.page, "unknown")

    await thread.get_by_role("button", name="send again").click()

    await expect(alice.page.get_by_test_id("confirm")).to_be_visible()
    await picture(alice.page, "confirm")


async def test_the_waiting_card(stage: Stage) -> None:
    alice = await look(stage)
    await alice.let_atom("is down")
    await alice.send(ORDER)

    await expect(alice.card("Queued")).to_contain_text("next try at")

    await picture(alice.page, "waiting")
    await alice.card("Queued").get_by_role("button", name="Cancel").click()
    await expect(alice.card("Cancelled")).to_be_visible()


async def test_a_refusal_and_the_wire(stage: Stage) -> None:
    diego = await look(stage, seed.DIEGO)
    await diego.say(COMMAND)
    await expect(diego.alone().last).to_contain_text("@carla")
    await picture(diego.page, "refused")

    await diego.page.get_by_test_id("panel-toggle").click()

    await expect(diego.page.get_by_test_id("panel")).to_be_visible()
    await picture(diego.page, "wire")


async def test_it_works_from_900_pixels_on(stage: Stage) -> None:
    alice = await look(stage)
    await alice.page.set_viewport_size({"width": 900, "height": 560})
    await alice.send(ORDER)

    await alice.open_thread(alice.card("Pending"))

    wide = await alice.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 900
    await picture(alice.page, "narrow")
