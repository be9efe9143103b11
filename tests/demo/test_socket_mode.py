"""Socket Mode: how many connections, how long, and what comes again."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.seed import (
    ALICE,
    BRUNO,
    SOPORTE,
)
from bot.demo.slack.server import SlackStandIn
from tests.demo.bare_servers import SECRET
from tests.demo.kinds import Json, Start


async def test_a_websocket_is_replaced_when_slack_asks(start: Start) -> None:
    slack, app = await start(socket=True)

    @app.command("/send")
    async def answer(ack: Any) -> None:
        await ack("still here")

    await slack.disconnect("warning")
    assert (await slack.person(ALICE).command(SOPORTE, "/send")).shown == "still here"
    await slack.disconnect()
    await slack.until(lambda: len(slack.calls("apps.connections.open")) == 2)
    await slack.ready()

    assert (await slack.person(ALICE).command(SOPORTE, "/send")).shown == "still here"


async def test_an_envelope_that_is_not_acknowledged_times_out(start: Start) -> None:
    slack, app = await start(socket=True, deadline=0.1)
    never = asyncio.Event()

    @app.command("/send")
    @app.event("user_change")
    async def slow() -> None:
        await never.wait()

    result = await slack.person(ALICE).command(SOPORTE, "/send")

    assert "operation_timeout" in result.shown


async def acknowledge_all(socket: aiohttp.ClientWebSocketResponse) -> None:
    async for message in socket:
        await socket.send_json({"envelope_id": message.json()["envelope_id"]})


async def test_an_event_that_is_not_acknowledged_comes_again_on_a_websocket(
    manifest: Json,
) -> None:
    # Again and again at once: whoever acknowledges late gets one more.
    slack = await SlackStandIn.start(
        manifest=manifest, signing_secret=SECRET, deadline=0.05, retry_pauses=(0.0,) * 10_000
    )
    client = AsyncWebClient(token="xapp-stand-in", base_url=slack.api_url)
    opened = await client.apps_connections_open(app_token="xapp-stand-in")
    async with aiohttp.ClientSession() as http, http.ws_connect(str(opened["url"])) as socket:
        await socket.receive_json()
        slack.workspace.deactivate(BRUNO)
        first, second = await socket.receive_json(), await socket.receive_json()
        await socket.send_bytes(b"not text")
        await socket.send_str("not json")
        await socket.send_json({"envelope_id": "unknown"})
        await socket.send_json({"envelope_id": second["envelope_id"]})
        acknowledging = asyncio.create_task(acknowledge_all(socket))
        await slack.settled()
        acknowledging.cancel()

    assert "retry_attempt" not in first
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert first["payload"] == second["payload"]
    assert first["accepts_response_payload"] is False
    await slack.close()


async def test_ten_websockets_and_no_more(manifest: Json) -> None:
    slack = await SlackStandIn.start(manifest=manifest, signing_secret=SECRET)
    client = AsyncWebClient(token="xapp-stand-in", base_url=slack.api_url)
    async with aiohttp.ClientSession() as http:
        sockets = []
        hello: Json = {}
        for _ in range(10):
            opened = await client.apps_connections_open(app_token="xapp-stand-in")
            sockets.append(await http.ws_connect(str(opened["url"])))
            hello = await sockets[-1].receive_json()
        with pytest.raises(SlackApiError, match="too_many_websockets"):
            await client.apps_connections_open(app_token="xapp-stand-in")
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(f"{slack.workspace.base_url}/link?ticket=none")
        await slack.close()
        for socket in sockets:
            await socket.close()

    assert hello["num_connections"] == 10


@pytest.mark.parametrize("way", ["used", "old", "refused"])
@pytest.mark.usefixtures("still")
async def test_an_address_opens_one_websocket_within_half_a_minute(
    manifest: Json, way: str
) -> None:
    slack = await SlackStandIn.start(manifest=manifest, signing_secret=SECRET)
    client = AsyncWebClient(token="xapp-stand-in", base_url=slack.api_url)
    url = str((await client.apps_connections_open(app_token="xapp-stand-in"))["url"])
    async with aiohttp.ClientSession() as http:
        if way == "used":
            await (await http.ws_connect(url)).close()
        elif way == "old":
            slack.clock.forward(30)
        else:
            slack.refuse_sockets()
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await http.ws_connect(url)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(url)
        another = str((await client.apps_connections_open(app_token="xapp-stand-in"))["url"])
        slack.clock.forward(29)
        await (await http.ws_connect(another)).close()

    assert refused.value.status == 403
    await slack.close()
