"""A stand-in, and a tiny Bolt app that it talks to, over HTTP or over Socket Mode."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.server import SlackStandIn
from tests.demo.kinds import PATIENT

SECRET = "stand-in-signing-secret"
BOT_TOKEN, APP_TOKEN = "xoxb-stand-in", "xapp-stand-in"
URL = "https://bot.example/slack/events"
EVENTS = ["app_home_opened", "user_change", "subteam_updated", "subteam_members_changed"]

Json = dict[str, Any]
Start = Callable[..., Awaitable[tuple[SlackStandIn, AsyncApp]]]


@pytest.fixture
def manifest() -> Json:
    """The manifest of an app with one of everything."""
    return {
        "display_information": {"name": "Templates"},
        "features": {
            "bot_user": {"display_name": "templates"},
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "slash_commands": [
                {"command": "/send", "description": "Send", "url": URL},
                {"command": "/raw", "description": "Raw", "url": URL, "should_escape": True},
            ],
            "shortcuts": [
                {"name": "S", "type": "global", "callback_id": "anywhere", "description": "S"},
                {"name": "S", "type": "message", "callback_id": "on_message", "description": "S"},
            ],
        },
        "oauth_config": {
            "scopes": {
                "bot": [
                    "commands",
                    "chat:write",
                    "files:read",
                    "files:write",
                    "usergroups:read",
                    "users:read",
                ]
            }
        },
        "settings": {
            "event_subscriptions": {"request_url": URL, "bot_events": EVENTS},
            "interactivity": {
                "is_enabled": True,
                "request_url": URL,
                "message_menu_options_url": URL,
            },
        },
    }


@pytest.fixture
async def start(manifest: Json) -> AsyncIterator[Start]:
    """Start a stand-in (with what settings a test wants) and an app that is ready for it."""
    async with contextlib.AsyncExitStack() as stack:

        async def begin(
            *, socket: bool = False, is_patient: bool = True, **settings: Any
        ) -> tuple[SlackStandIn, AsyncApp]:
            given: Json = {"manifest": manifest, "signing_secret": SECRET}
            given |= {**PATIENT, **settings} if is_patient else settings
            slack = await SlackStandIn.start(**given)
            stack.push_async_callback(slack.close)
            client = AsyncWebClient(token=BOT_TOKEN, base_url=slack.api_url)
            app = AsyncApp(client=client, signing_secret=SECRET)
            if socket:
                handler = AsyncSocketModeHandler(app, APP_TOKEN)
                await handler.connect_async()
                stack.push_async_callback(handler.close_async)
            else:
                runner = web.AppRunner(app.web_app("/slack/events"), shutdown_timeout=0.05)
                await runner.setup()
                stack.push_async_callback(runner.cleanup)
                await web.TCPSite(runner, "127.0.0.1", 0).start()
                slack.connect(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
            await slack.ready()
            return slack, app

        yield begin


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time pass for the stand-in but what a test lets pass: a busy machine takes its own."""
    monkeypatch.setattr("bot.demo.clock.time", SimpleNamespace(time=lambda: 1_800_000_000.0))


@pytest.fixture
async def world(start: Start) -> tuple[SlackStandIn, AsyncApp]:
    """A stand-in and an app over HTTP."""
    return await start()


@pytest.fixture(params=["http", "socket"])
async def either(request: pytest.FixtureRequest, start: Start) -> tuple[SlackStandIn, AsyncApp]:
    """A stand-in and an app, over HTTP and then over Socket Mode."""
    return await start(socket=request.param == "socket")


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def field(block_id: str, element: Json | None = None, **more: Any) -> Json:
    element = element or {"type": "plain_text_input", "action_id": "value"}
    return {"type": "input", "block_id": block_id, "label": plain("L"), "element": element, **more}


@pytest.fixture
def modal() -> Callable[..., Json]:
    """Build a modal with a submit button from blocks."""

    def build(*blocks: Json, **more: Any) -> Json:
        view = {"type": "modal", "callback_id": "form", "title": plain("Title")}
        return {**view, "submit": plain("Send"), "blocks": list(blocks), **more}

    return build


@pytest.fixture(name="field")
def field_builder() -> Callable[..., Json]:
    """Build an input block, of plain text if no element is given."""
    return field


@pytest.fixture
def serve_form() -> Callable[[AsyncApp, Json], None]:
    """Let an app open a view on /send."""

    def serve(app: AsyncApp, view: Json) -> None:
        @app.command("/send")
        async def open_it(ack: Any, body: Json, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=view)

    return serve
