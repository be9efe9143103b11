"""What the demo's page has beside Slack: the wire, the switch of people and of the language."""

import dataclasses

import pytest
from playwright.async_api import Locator, expect

from bot.demo.slack import seed
from tests.conftest import ATOM_TOKEN
from tests.e2e.conftest import Stage
from tests.e2e.pages import COMMAND, Workspace

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ORDER = "bienvenida 6123-4567 nombre=Rosa agente=Alice"
KNOWN = "bienvenida +573211234567 nombre=Rosa agente=Alice"
OTHER = "bienvenida +522221234567 nombre=Rosa agente=Alice"
WELL = "answers: known numbers Sent, new ones Pending"
TO_START_ANEW = 60_000  # milliseconds


def news(workspace: Workspace, name: str) -> Locator:
    """Find what says that somebody else has got something."""
    return workspace.page.get_by_role("button", name=f"New for {name}")


async def test_the_wire_has_what_atom_was_asked_and_what_it_answered(demo: Stage) -> None:
    alice = await demo.open()
    await alice.send(ORDER)
    await expect(alice.card("Pending")).to_be_visible()

    await alice.page.get_by_test_id("panel-toggle").click()
    panel = alice.page.get_by_test_id("panel")
    await panel.get_by_role("button", name="POST /templates").first.click()

    await expect(panel).to_contain_text('"phoneNumber": "50761234567"')
    await expect(panel).to_contain_text('"authorization": "Bearer ***"')
    await expect(panel).to_contain_text('"message": "Pending"')
    await expect(panel).not_to_contain_text(ATOM_TOKEN)


async def test_who_is_switched_to_stands_before_what_they_alone_got(demo: Stage) -> None:
    alice = await demo.open()
    await alice.go_to("ventas")

    await demo.world.person(seed.DIEGO).command(seed.SOPORTE, COMMAND)
    await news(alice, "Diego Rojas").click()

    await alice.sits(seed.DIEGO)
    await expect(alice.page.get_by_test_id("channel-name")).to_contain_text("soporte")
    await expect(alice.alone()).to_contain_text("You don't have permission")
    await expect(news(alice, "Diego Rojas")).to_have_count(0)
    await alice.become(seed.ALICE)
    await expect(alice.alone()).to_have_count(0)
    await expect(news(alice, "Diego Rojas")).to_have_count(0)


async def test_a_private_answer_in_a_thread_is_found_under_its_message(demo: Stage) -> None:
    alice = await demo.open()
    workspace = demo.world.slack.workspace
    root = await demo.world.person(seed.BRUNO).say(seed.SOPORTE, "Who can?")
    reply = workspace.by_bot(seed.SOPORTE, "Only you read this.")
    workspace.post(dataclasses.replace(reply, only_for=seed.ALICE, thread_ts=root))

    await alice.page.get_by_role("button", name="only visible to you").click()

    thread = alice.page.get_by_test_id("thread")
    await expect(thread).to_contain_text("Only you read this.")
    await alice.become(seed.BRUNO)
    await expect(alice.page.get_by_role("button", name="only visible to you")).to_have_count(0)


async def test_the_home_tab_is_that_of_whoever_is_switched_to(demo: Stage) -> None:
    alice = await demo.open()
    await alice.go_to("WhatsApp templates")
    home = alice.page.get_by_test_id("home")
    await expect(home).to_contain_text("Your last sends")

    await alice.become(seed.CARLA)

    await expect(home.get_by_role("button", name="Add a template")).to_be_visible()


async def test_what_waits_for_a_token_goes_out_once_atom_takes_it(demo: Stage) -> None:
    alice = await demo.open()
    await alice.let_atom("refuses the token")
    await alice.send(ORDER)
    await expect(alice.card("Failed")).to_be_visible()
    await alice.send(OTHER)
    await expect(alice.card("Queued")).to_be_visible()
    await expect(news(alice, "Carla Díaz")).to_be_visible()

    await alice.let_atom(WELL)

    await expect(alice.page.get_by_role("alert")).to_contain_text("pressed for Carla Díaz")
    await expect(alice.card("Pending")).to_be_visible()
    await expect(alice.card("Queued")).to_have_count(0)
    await alice.become(seed.CARLA)
    await expect(alice.page.get_by_test_id("channel-name")).to_contain_text("WhatsApp")
    await expect(alice.page.get_by_role("log")).to_contain_text("Atom")


async def test_the_bot_speaks_another_language_and_the_workspace_stays(demo: Stage) -> None:
    alice = await demo.open()
    await alice.send(ORDER)
    await expect(alice.card("Pending")).to_be_visible()

    choice = alice.page.get_by_label("Language of the bot in channels")
    await choice.select_option(label="Español")
    await expect(choice).to_be_disabled()
    await expect(choice).to_be_enabled(timeout=TO_START_ANEW)
    await alice.become(seed.LUCIA)
    await alice.send(KNOWN)

    await expect(alice.card("Enviado")).to_contain_text("Enviado · lucia")
    await expect(alice.card("Pending")).to_be_visible()
    await alice.page.get_by_role("button", name="Shortcuts").click()
    await expect(alice.page.get_by_role("menuitem")).to_contain_text(["plantilla"])
    await alice.page.keyboard.press("Escape")
    await choice.select_option(label="English")
    await expect(choice).to_be_disabled()
    await expect(choice).to_be_enabled(timeout=TO_START_ANEW)
