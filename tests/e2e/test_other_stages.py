"""Stages of their own: Socket Mode, a killed bot, a Spanish workspace, a refused token."""

import pytest
from playwright.async_api import expect

from bot.demo.slack import seed
from tests.conftest import PHONE, TEMPLATE
from tests.e2e.conftest import RaiseStage, Stage

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def test_socket_mode_does_the_same_job(raise_stage: RaiseStage) -> None:
    stage = await raise_stage(socket=True)
    alice = await stage.open()

    await alice.send(f'{TEMPLATE} {PHONE} note="payload"')

    thread = await alice.open_thread(alice.card("Pending"))
    await expect(thread).to_contain_text("Nothing more will be reported here")


async def test_a_bot_killed_in_the_middle_of_the_call_says_unknown_when_it_is_back(
    stage: Stage,
) -> None:
    stage.world.atom.behave("hangs", seconds=30)
    alice = await stage.open()
    await alice.send(f"{TEMPLATE} {PHONE}")
    await stage.called(1)

    stage.world.bots[0].kill()
    await stage.world.bots[0].wait()
    await stage.world.start()

    thread = await alice.open_thread(alice.card("Unconfirmed"))
    await expect(thread).to_contain_text("stopped in the middle of the call")
    await expect(thread.get_by_role("button", name="It arrived").last).to_be_visible()
    assert len(stage.world.atom.calls) == 1


async def test_with_the_bot_down_the_page_shows_what_slack_shows(stage: Stage) -> None:
    alice = await stage.open()
    await stage.world.bots[0].stop()

    await alice.say("/whatsapp-template")

    await expect(alice.alone().last).to_contain_text("dispatch_failed")


async def test_a_spanish_workspace_is_spanish_throughout(raise_stage: RaiseStage) -> None:
    stage = await raise_stage(settings={"LANGUAGE": "es"})
    await stage.let_read(seed.ALICE, "es-LA")
    alice = await stage.open()
    modal = await alice.command("corto 6123-4567")

    await modal.fill("Id de la plantilla", "cor/to")
    await modal.submit()
    await expect(modal.error("template")).to_contain_text("letras, dígitos, _ y -")
    await modal.fill("Id de la plantilla", TEMPLATE)
    await modal.root.get_by_role("button", name="Enviar").click()
    await modal.gone()

    thread = await alice.open_thread(alice.card("Pendiente"))
    await expect(thread).to_contain_text("Aquí no habrá más avisos")
    await alice.say("/whatsapp-template recent")
    await expect(alice.alone().last).to_contain_text("Tus últimos envíos")


async def test_a_refused_token_says_which_one_is_meant_and_holds_the_queue(stage: Stage) -> None:
    alice = await stage.open()
    await alice.let_atom("refuses the token")
    await alice.send(f"{TEMPLATE} {PHONE}")

    thread = await alice.open_thread(alice.card("Failed"))
    await expect(thread).to_contain_text("Seguridad")
    await alice.send(f"{TEMPLATE} {PHONE}")
    await expect(alice.card("Queued")).to_contain_text("on hold")
    assert len(stage.world.atom.calls) == 1
