"""Each screen as a picture, for the README (`make screenshots`) and for eyes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize, expect

from bot.demo.page import first_messages
from bot.demo.slack import seed
from bot.templates.toml_file import read
from tests.e2e.conftest import SHOTS, Stage, guarded, raise_stage
from tests.e2e.pages import COMMAND, Workspace

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

LARGEST = 150_000  # bytes
SIZE: ViewportSize = {"width": 960, "height": 560}
# As high as what they show: the form down to its message, Home down to its third template.
FORM: ViewportSize = {"width": 960, "height": 750}
HOME: ViewportSize = {"width": 960, "height": 690}
CATALOGUE = Path(seed.__file__).parents[1] / "templates.toml"
ORDER = 'recordatorio de cita 6123-4567 client_name="Ana María" fecha="3/5/2026"'


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo_stage(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """A stage with the catalogue of the demo."""
    async for stage in raise_stage(tmp_path_factory.mktemp("demo"), browser, socket=False):
        await stage.world.keep(*read(CATALOGUE.read_text()))
        yield stage


@pytest_asyncio.fixture(loop_scope="session")
async def demo(demo_stage: Stage, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async for each in guarded(demo_stage, request):
        yield each


async def look(stage: Stage, user: str = seed.ALICE, size: ViewportSize = SIZE) -> Workspace:
    """Open a furnished workspace in a window that makes a good picture."""
    first_messages.furnish(stage.world.slack.workspace)
    # Another test may have left them another language.
    stage.world.slack.workspace.change_person(user, locale="en-US")
    await stage.world.slack.settled()
    return await stage.open(user, size)


async def picture(page: Page, name: str) -> None:
    """Keep a picture of what is on the screen, with nothing moving or blinking."""
    await asyncio.to_thread(SHOTS.mkdir, exist_ok=True)
    path = SHOTS / f"{name}.png"
    await page.mouse.move(500, 15)
    await page.screenshot(path=path, animations="disabled", caret="hide")
    assert await asyncio.to_thread(_size, path) < LARGEST


def _size(path: Path) -> int:
    return path.stat().st_size


async def test_the_form_by_name_with_its_message(demo: Stage) -> None:
    alice = await look(demo, size=FORM)
    modal = await alice.command("recordatorio de cita 6123-4567 client_name=Ana")
    await modal.input("param.Fecha de cita").fill("2026-05-03")

    await modal.input("param.Sede").select_option("Costa del Este")

    await expect(modal.preview()).to_contain_text("el 3 de mayo de 2026 en Costa del Este")
    await modal.root.get_by_role("heading").click()
    await picture(alice.page, "form")


async def test_an_admins_home(demo: Stage) -> None:
    carla = await look(demo, seed.CARLA, HOME)
    await carla.send(f"bienvenida {first_messages.KNOWN[0]} nombre=Ana agente=Carla")
    await expect(carla.card("Sent")).to_be_visible()
    await carla.send("recordatorio de cita 6123-4567 client_name=Rosa fecha=2026-05-03")
    await expect(carla.card("Pending")).to_be_visible()

    await carla.go_to("WhatsApp templates")

    home = carla.page.get_by_test_id("home")
    await expect(home).to_contain_text("Add a template")
    await expect(home).to_contain_text("Aviso a todos los clientes")
    await picture(carla.page, "home")


async def test_the_form_and_its_errors(demo: Stage) -> None:
    alice = await look(demo)
    modal = await alice.command(ORDER)

    await modal.fill("Phone number", "call me")
    await modal.input("param.client_name").fill("Ana      María")
    await modal.submit()
    await expect(modal.error("phone")).to_be_visible()
    await picture(alice.page, "errors")

    await modal.fill("Phone number", "50755667788")
    await modal.input("param.client_name").fill("Ana María")
    await modal.submit()
    await expect(modal.root).to_contain_text("Panama")
    await picture(alice.page, "warning")


async def test_the_thread(demo: Stage) -> None:
    alice = await look(demo)
    await alice.send(ORDER.replace("6123-4567", first_messages.KNOWN[0]))

    thread = await alice.open_thread(alice.card("Sent"))

    await expect(thread).to_contain_text("existing conversation")
    await picture(alice.page, "thread")


async def test_five_sends_and_the_details_of_one(demo: Stage) -> None:
    await look(demo)
    demo.world.slack.workspace.change_person(seed.ALICE, locale="es-LA")
    alice = await demo.open(seed.ALICE, {"width": 1280, "height": 800})
    for number in range(3):
        await alice.send(ORDER.replace("6123-4567", f"6123-457{number}"))
    await alice.send(ORDER.replace("6123-4567", first_messages.KNOWN[0]))
    demo.world.atom.behave("rejects", times=1)
    await alice.send(ORDER.replace("6123-4567", "6123-4579"))
    card = alice.card("Rejected")
    await expect(card.get_by_role("button", name="Correct and send again")).to_be_visible()
    await picture(alice.page, "cards")

    await card.get_by_role("button", name="Details").click()

    await expect(alice.modal.root).to_contain_text("Qué pasó")
    await picture(alice.page, "details")


async def test_unknown_and_its_question(demo: Stage) -> None:
    alice = await look(demo)
    await alice.let_atom("takes the message, then drops the connection")
    await alice.send(ORDER)
    thread = await alice.open_thread(alice.card("Unconfirmed"))
    await expect(thread.get_by_role("button", name="It arrived").last).to_be_visible()
    await picture(alice.page, "unknown")

    await thread.get_by_role("button", name="send again").last.click()

    await expect(alice.page.get_by_test_id("confirm")).to_be_visible()
    await picture(alice.page, "confirm")


async def test_the_waiting_card(demo: Stage) -> None:
    alice = await look(demo)
    await alice.let_atom("is down")
    await alice.send(ORDER)

    await expect(alice.card("Queued")).to_contain_text("next try at")

    await picture(alice.page, "waiting")
    await alice.card("Queued").get_by_role("button", name="Cancel").click()
    await expect(alice.card("Cancelled")).to_be_visible()


async def test_a_refusal_and_the_wire(demo: Stage) -> None:
    diego = await look(demo, seed.DIEGO)
    await diego.say(COMMAND)
    await expect(diego.alone().last).to_contain_text("@carla")
    await picture(diego.page, "refused")

    await diego.page.get_by_test_id("panel-toggle").click()

    await expect(diego.page.get_by_test_id("panel")).to_be_visible()
    await picture(diego.page, "wire")


async def test_it_works_from_900_pixels_on(demo: Stage) -> None:
    alice = await look(demo)
    await alice.page.set_viewport_size({"width": 900, "height": 560})
    await alice.send(ORDER)

    await alice.open_thread(alice.card("Pending"))

    wide = await alice.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 900
    await picture(alice.page, "narrow")
