"""The confirmation step in the browser: all reasons at once, and one press sends it anyway."""

import os
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from bot.demo.slack import seed
from bot.locales import Translator
from tests.conftest import PHONE, TEMPLATE
from tests.e2e.conftest import LOCALES, SHOTS, RaiseStage, Stage

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ORDER = f"{TEMPLATE} {PHONE}"


def quiet_now() -> str:
    """Give quiet hours in the middle of which it is where the phone is, whenever that is."""
    now, half = datetime.now(ZoneInfo("America/Panama")), timedelta(hours=6)
    return f"{now - half:%H:%M}-{now + half:%H:%M}"


async def test_all_that_speaks_against_it_is_asked_in_one_step(
    raise_stage: RaiseStage, translator: Translator
) -> None:
    settings = {"DUPLICATE_WINDOW": "24h", "QUIET_HOURS": quiet_now()}
    stage = await raise_stage(settings=settings)
    alice = await stage.open_in(translator)
    await stage.let_read(seed.BRUNO, LOCALES[translator.language])
    for reasons in (1, 2):
        modal = await alice.command(ORDER)
        await modal.submit()
        # To wait is chosen already; a duplicate is overridden with the button.
        at_once = modal.root.get_by_label(translator("form.when.now"))
        await expect(at_once).not_to_be_checked()
        await at_once.check()
        name = translator("form.submit" if reasons == 1 else "form.submit_anyway")
        button = modal.root.get_by_role("button", name=name, exact=True)
        await expect(button).to_be_visible()
        said = modal.root.get_by_text(translator.place("America/Panama"))
        await expect(said.first).to_be_visible()
        by_alice = modal.root.get_by_text("@alice")
        await expect(by_alice).to_have_count(reasons - 1)
        if "SHOTS" in os.environ:
            name = f"confirmation-{translator.language}-{reasons}.png"
            await alice.page.screenshot(path=SHOTS / name)
        await button.click()
        await modal.gone()
    await expect(alice.page.get_by_text("took 2 messages")).to_be_visible()


async def test_who_is_not_to_be_contacted_is_refused_with_whom_to_ask(
    stage: Stage, translator: Translator
) -> None:
    alice = await stage.open_in(translator)
    await alice.say(f"/whatsapp-template stop {PHONE}")
    await expect(alice.alone()).to_have_count(1)
    modal = await alice.command(ORDER)

    await modal.submit()

    start = translator("refused.do_not_contact", since="#").partition("#")[0].strip()
    alert = modal.root.locator(".block-alert.is-error")
    await expect(alert).to_contain_text(start)
    await expect(alert).to_contain_text("@carla")
    if "SHOTS" in os.environ:
        await alice.page.screenshot(path=SHOTS / f"refused-{translator.language}.png")
    assert stage.world.atom.calls == []
