"""A second pair of eyes in the browser: asked in the thread, decided there, or on Home."""

import os
from dataclasses import replace

import pytest
from playwright.async_api import Page, expect

from bot.demo.slack import seed
from bot.locales import Translator
from bot.templates import Approval
from tests.conftest import PHONE
from tests.e2e.catalogue import CITA
from tests.e2e.conftest import LOCALES, SHOTS, RaiseStage
from tests.e2e.pages import Workspace

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ASKS = replace(CITA, approval=Approval.ALWAYS)
ORDER = f"recordatorio {PHONE} client_name=Rosa fecha=3/5/2026 sede=Centro"


async def shoot(page: Page, name: str) -> None:
    if "SHOTS" in os.environ:
        await page.screenshot(path=SHOTS / name)


async def test_one_asks_and_another_decides(
    raise_stage: RaiseStage, translator: Translator
) -> None:
    language = translator.language
    settings = {"APPROVERS": seed.BRUNO, "LANGUAGE": language}
    stage = await raise_stage(templates=(ASKS,), settings=settings)
    await stage.let_read(seed.BRUNO, LOCALES[language])
    alice = await stage.open_in(translator)

    await alice.send(ORDER)
    waits = alice.card(translator("status.awaiting_approval").strip("*"))
    await expect(waits).to_be_visible()
    bruno = await stage.open_in(translator, seed.BRUNO)
    await refuse_in_thread(bruno, translator)
    await expect(waits).to_have_count(0)
    assert stage.world.atom.calls == []

    await alice.send(ORDER)
    await expect(waits).to_be_visible()
    await approve_on_home(bruno, translator)
    sent = alice.card(translator("status.pending").strip("*"))
    await expect(sent).to_contain_text(translator("card.approved", user="bruno"))
    await shoot(alice.page, f"approval-approved-{language}.png")
    assert len(stage.world.atom.calls) == 1


async def refuse_in_thread(bruno: Workspace, translator: Translator) -> None:
    """Read the question, and refuse with a reason; both messages of the thread have it then."""
    thread = await bruno.open_thread(bruno.card(translator("status.awaiting_approval").strip("*")))
    await expect(thread.get_by_text("su cita es el ••••")).to_be_visible()
    await shoot(bruno.page, f"approval-asked-{translator.language}.png")
    await thread.get_by_role("button", name=translator("button.refuse")).click()
    await expect(bruno.modal.root).to_be_visible()
    await bruno.modal.input("reason").fill("La cita es el 5")
    await shoot(bruno.page, f"approval-refuse-{translator.language}.png")
    await bruno.modal.submit()
    await bruno.modal.gone()
    await expect(thread.get_by_text("La cita es el 5")).to_have_count(2)
    await expect(thread.get_by_role("button", name=translator("button.approve"))).to_have_count(0)
    await shoot(bruno.page, f"approval-refused-{translator.language}.png")


async def approve_on_home(bruno: Workspace, translator: Translator) -> None:
    """Find it on Home, and approve it there; it is gone from there then."""
    await bruno.go_to("WhatsApp templates")
    heading = bruno.page.get_by_text(translator("home.approvals"))
    await expect(heading).to_be_visible()
    await shoot(bruno.page, f"approval-home-{translator.language}.png")
    await bruno.page.get_by_role("button", name=translator("button.approve")).click()
    await expect(heading).to_have_count(0)
