"""A notifier in front of the stand-in for Slack."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.demo.slack.server import SlackStandIn
from bot.locales import Translations
from bot.slack import manifest
from bot.slack.notifications.notifier import SlackNotifier
from bot.slack.platform.client import open_slack
from tests.builders import make_send
from tests.unit.slack.notifications.notifier_scene import SOON, Scene, name_of, no_locale


@pytest.fixture
async def answers() -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """A response_url that takes everything."""
    bodies: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        bodies.append(await request.json())
        return web.Response(text="ok")

    application = web.Application()
    application.router.add_post("/commands", take)
    async with TestServer(application) as server:
        yield str(server.make_url("/commands")), bodies


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    slack = await SlackStandIn.start(
        manifest=manifest.build(""), signing_secret="", rate_limits=False
    )
    async with open_slack("xoxb-stand-in", slack.api_url, seconds=5) as client:
        # Two that need each other: the row is read by whoever tells.
        made = Scene(slack, None, make_send(), [])  # type: ignore[arg-type]
        made.notifier = SlackNotifier(
            client, made, Translations("en"), no_locale, name_of, show_after=SOON
        )
        yield made
        await made.notifier.close(patience=0.0)
    await slack.close()
