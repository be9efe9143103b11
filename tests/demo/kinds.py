"""What the tests of the stand-in for Slack hand about."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.demo.slack.server import Options, SlackStandIn

# Three seconds, as Slack has it, are less than a busy machine may stand still.
PATIENT: Options = {"deadline": 60.0, "trigger_life": 60.0}
Json = dict[str, Any]
World = tuple[SlackStandIn, AsyncApp]
Start = Callable[..., Awaitable[World]]
Build = Callable[..., Json]
Serve = Callable[[AsyncApp, Json], None]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def error_of(call: Awaitable[object]) -> str:
    with pytest.raises(SlackApiError) as error:
        await call
    return str(error.value.response["error"])
