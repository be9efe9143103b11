"""What people write is shown as Slack shows it, and never becomes part of the page."""

import pytest
from playwright.async_api import expect

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from tests.e2e.conftest import Stage
from tests.e2e.pages import Workspace

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def shown(stage: Stage, text: str) -> Workspace:
    """Let Carla have written this, and look at it as Alice."""
    workspace = stage.world.slack.workspace
    workspace.post(Message(seed.SOPORTE, workspace.ts(), seed.CARLA, text))
    return await stage.open()


@pytest.mark.parametrize(
    "text",
    [
        "&lt;script&gt;document.title='x'&lt;/script&gt;",
        "&lt;img src=x onerror=document.title='x'&gt;",
        "<javascript:alert(1)|press me>",
        "`<b>` &lt;b&gt;",
    ],
)
async def test_what_looks_like_html_stays_text(stage: Stage, text: str) -> None:
    alice = await shown(stage, text)

    content = alice.page.locator("[data-testid=message] .message-content").last
    await expect(content).to_be_visible()
    assert await content.locator("script, img, b, a").count() == 0
    assert "not Slack" in await alice.page.title()


async def test_bold_and_its_likes_are_drawn(stage: Stage) -> None:
    alice = await shown(stage, "*bold* _italic_ ~gone~ `code` 2*3*4")

    message = alice.page.get_by_test_id("message").last
    await expect(message.locator(".message-content strong, .message-content b")).to_have_text(
        "bold"
    )
    await expect(message.locator("em, i")).to_have_text("italic")
    await expect(message.locator("code")).to_have_text("code")
    await expect(message).to_contain_text("2*3*4")


async def test_people_channels_and_groups_are_named(stage: Stage) -> None:
    alice = await shown(stage, f"<@{seed.BRUNO}> <#{seed.VENTAS}> <!subteam^{seed.SUPPORT}>")

    message = alice.page.get_by_test_id("message").last
    await expect(message).to_contain_text("@bruno")
    await expect(message).to_contain_text("#ventas")


async def test_a_reload_shows_the_same(stage: Stage) -> None:
    alice = await shown(stage, "still here")

    await alice.page.reload()

    await expect(alice.page.get_by_test_id("message").last).to_contain_text("still here")
