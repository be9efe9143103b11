"""Each screen as a picture, for the README (`make screenshots`) and for eyes.

`SHOTS_LANGUAGE` is the language of the bot and of all who look, `SHOTS_WIDTH` the windows' width.
"""

import os
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import ViewportSize, expect

from bot.demo.page import first_messages
from bot.demo.slack import seed
from bot.locales import load
from bot.templates.toml_file import read
from tests.e2e.conftest import LOCALES, RaiseStage, Stage
from tests.e2e.list_page import ListPage, answer
from tests.e2e.pages import COMMAND, Workspace
from tests.e2e.pages import read as as_read
from tests.e2e.pictures import picture

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

LANGUAGE = os.environ.get("SHOTS_LANGUAGE", "en")
WIDTH = int(os.environ.get("SHOTS_WIDTH", "0"))  # 0: each picture's own
WORDS = load(LANGUAGE)


def sized(width: int, height: int) -> ViewportSize:
    """Give a window's size, in the width that was asked for."""
    return {"width": WIDTH or width, "height": height}


SIZE = sized(960, 560)
# As high as what they show: the form down to its message, Home down to its third template.
FORM = sized(960, 750)
HOME = sized(960, 690)
CATALOGUE = Path(seed.__file__).parents[1] / "templates.toml"
ORDER = 'recordatorio de cita 6123-4567 client_name="Ana María" fecha="3/5/2026"'


@pytest_asyncio.fixture(loop_scope="session")
async def demo(raise_stage: RaiseStage) -> Stage:
    """A stage with the catalogue of the demo."""
    templates = read(CATALOGUE.read_text())
    return await raise_stage(templates=templates, settings={"LANGUAGE": LANGUAGE})


async def look(stage: Stage, user: str = seed.ALICE, size: ViewportSize = SIZE) -> Workspace:
    """Open a furnished workspace in a window that makes a good picture."""
    first_messages.furnish(stage.world.slack.workspace)
    await stage.let_read(user, LOCALES[LANGUAGE])
    return await stage.open(user, size)


def status(name: str) -> str:
    """Say a status as it reads on a card."""
    return as_read(WORDS(f"status.{name}"))


def until(key: str, value: str) -> str:
    """Give a sentence up to a value, as it reads on the page."""
    start, _, _ = WORDS.sentences[key][0].partition("{" + value + "}")
    return as_read(start.replace("{emoji} ", "")).rstrip(" `")


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
    await expect(carla.card(status("sent"))).to_be_visible()
    await carla.send("recordatorio de cita 6123-4567 client_name=Rosa fecha=2026-05-03")
    await expect(carla.card(status("pending"))).to_be_visible()

    await carla.go_to(demo.world.slack.app.bot_name)

    home = carla.page.get_by_test_id("home")
    await expect(home).to_contain_text(WORDS("home.add_template"))
    await expect(home).to_contain_text("Aviso a todos los clientes")
    await picture(carla.page, "home")


async def test_the_form_and_its_errors(demo: Stage) -> None:
    alice = await look(demo)
    modal = await alice.command(ORDER)

    await modal.input("phone").fill("call me")
    await modal.input("param.client_name").fill("Ana      María")
    await modal.submit()
    await expect(modal.error("phone")).to_be_visible()
    await picture(alice.page, "errors")

    await modal.input("phone").fill("50755667788")
    await modal.input("param.client_name").fill("Ana María")
    await modal.submit()
    await expect(modal.root).to_contain_text(WORDS.country("PA"))
    await picture(alice.page, "warning")


async def test_the_thread(demo: Stage) -> None:
    alice = await look(demo)
    await alice.send(ORDER.replace("6123-4567", first_messages.KNOWN[0]))

    thread = await alice.open_thread(alice.card(status("sent")))

    await expect(thread).to_contain_text(until("outcome.sent", "conversation"))
    await picture(alice.page, "thread")


async def test_five_sends_and_the_details_of_one(demo: Stage) -> None:
    alice = await look(demo, size=sized(1280, 800))
    for number in range(3):
        await alice.send(ORDER.replace("6123-4567", f"6123-457{number}"))
    await alice.send(ORDER.replace("6123-4567", first_messages.KNOWN[0]))
    # All of these are called: the next one is the one that is refused.
    await demo.called(4)
    demo.world.atom.behave("rejects", times=1)
    await alice.send(ORDER.replace("6123-4567", "6123-4579"))
    card = alice.card(status("rejected"))
    await expect(card.get_by_role("button", name=WORDS("button.correct"))).to_be_visible()
    await picture(alice.page, "cards")

    await card.get_by_role("button", name=WORDS("button.details")).click()

    await expect(alice.modal.root).to_contain_text(WORDS("details.timeline"))
    await picture(alice.page, "details")


async def test_unknown_and_its_question(demo: Stage) -> None:
    alice = await look(demo)
    await alice.let_atom("takes the message, then drops the connection")
    await alice.send(ORDER)
    thread = await alice.open_thread(alice.card(status("unknown")))
    await expect(
        thread.get_by_role("button", name=WORDS("button.resolve_sent")).last
    ).to_be_visible()
    await picture(alice.page, "unknown")

    await thread.get_by_role("button", name=WORDS("button.retry")).last.click()

    await expect(alice.page.get_by_test_id("confirm")).to_be_visible()
    await picture(alice.page, "confirm")


async def test_the_waiting_card(demo: Stage) -> None:
    alice = await look(demo)
    await alice.let_atom("is down")
    await alice.send(ORDER)

    card = alice.card(status("queued"))
    await expect(card).to_contain_text(WORDS("waiting.atom.unreachable"))

    await picture(alice.page, "waiting")
    await card.get_by_role("button", name=WORDS("button.cancel")).click()
    await expect(alice.card(status("cancelled"))).to_be_visible()


async def test_a_refusal_and_the_wire(demo: Stage) -> None:
    diego = await look(demo, seed.DIEGO)
    await diego.say(COMMAND)
    await expect(diego.alone().last).to_contain_text("@carla")
    await picture(diego.page, "refused")

    await diego.page.get_by_test_id("panel-toggle").click()

    await expect(diego.page.get_by_test_id("panel")).to_be_visible()
    await picture(diego.page, "wire")


async def test_a_list_that_goes_out(demo: Stage) -> None:
    alice = await look(demo)
    shown = ListPage(alice, WORDS, "citas.csv")
    await alice.command("bulk recordatorio de cita")
    rows = "".join(f"6123-48{at:02};Rosa;3/5/2027\n" for at in range(1, 25))
    await shown.check(f"Teléfono;Nombre;Fecha de la cita\n{rows}")
    await shown.stands("checked")
    answer(demo.world.atom, drops=1, answers=14)
    await shown.press("button.bulk_start", 24, template="Recordatorio de cita")
    await shown.confirm()

    await shown.counts("pending", 14)
    await picture(alice.page, "list")

    await shown.press("button.bulk_stop")
    await shown.confirm()
    await shown.stands("stopped")


async def test_it_works_from_900_pixels_on(demo: Stage) -> None:
    alice = await look(demo)
    await alice.page.set_viewport_size({"width": 900, "height": 560})
    await alice.send(ORDER)

    await alice.open_thread(alice.card(status("pending")))

    wide = await alice.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 900
    await picture(alice.page, "narrow")
