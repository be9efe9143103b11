"""A send for later in the browser: by words, in the calendar, changed, sent now; in each language."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Locator, expect

from bot.locales import Translator
from tests.conftest import TEMPLATE
from tests.e2e.conftest import Stage
from tests.e2e.pages import Workspace
from tests.e2e.pictures import picture

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

# In Montevideo, whose clock is never Panama's.
ORDER = f"{TEMPLATE} +59894231234"
TOMORROW = {"en": "tomorrow at 9:15", "es": "mañana a las 9:15", "pt": "amanhã às 9h15"}


def card(alice: Workspace, translator: Translator) -> Locator:
    return alice.page.locator(".message", has_text=translator("status.scheduled").strip("*")).last


async def test_words_at_the_end_are_the_time_by_both_clocks(
    stage: Stage, translator: Translator, english: Translator
) -> None:
    alice = await stage.open_in(translator)

    modal = await alice.command(f"{ORDER} {TOMORROW[translator.language]}")

    line = modal.block("when")
    await expect(line).to_contain_text(translator.place("America/Panama"))
    await expect(line).to_contain_text(translator.place("America/Montevideo"))
    await expect(line).to_contain_text("11:15")
    await picture(alice.page, f"scheduled-form-{translator.language}")
    await modal.root.get_by_role("button", name=translator("form.submit_later"), exact=True).click()
    await modal.gone()

    scheduled = card(alice, english)
    for button in ("send_planned", "change", "cancel"):
        name = english(f"button.{button}")
        await expect(scheduled.get_by_role("button", name=name, exact=True)).to_be_visible()
    await picture(alice.page, f"scheduled-card-{translator.language}")
    assert stage.world.atom.calls == []

    await scheduled.get_by_role("button", name=english("button.change"), exact=True).click()
    await expect(modal.root).to_be_visible()
    later = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}T23:59"
    await modal.root.locator(".moment").fill(later)
    await expect(
        modal.root.get_by_text("23:59").or_(modal.root.get_by_text("11:59"))
    ).to_be_visible()
    await modal.root.get_by_role("button", name=translator("form.submit_later"), exact=True).click()
    await modal.gone()
    await expect(scheduled).to_contain_text(":59")
    await scheduled.get_by_role("button", name=english("button.send_planned"), exact=True).click()
    await expect(alice.card("Pending")).to_be_visible()
    assert len(stage.world.atom.calls) == 1
