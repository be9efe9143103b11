"""The stand-in catches what would break a bot in front of real Slack."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.seed import ALICE, SOPORTE
from bot.demo.slack.server import SlackStandIn

Json = dict[str, Any]
World = tuple[SlackStandIn, AsyncApp]
Start = Callable[..., Awaitable[World]]
Build = Callable[..., Json]


async def refusal(world: World, view: Json) -> SlackApiError:
    """Open a view from a command and give Slack's refusal."""
    slack, app = world
    caught: list[SlackApiError] = []

    @app.command("/send")
    async def open_it(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        with pytest.raises(SlackApiError) as error:
            await client.views_open(trigger_id=body["trigger_id"], view=view)
        caught.append(error.value)

    await slack.person(ALICE).command(SOPORTE, "/send")
    await slack.until(lambda: caught)
    assert slack.person(ALICE).view is None
    return caught[0]


def messages_of(error: SlackApiError) -> list[str]:
    assert error.response["error"] == "invalid_arguments"
    return list(error.response["response_metadata"]["messages"])


async def test_an_acknowledgement_after_the_deadline_is_a_time_out(start: Start) -> None:
    slack, app = await start(deadline=0.1)
    never = asyncio.Event()

    @app.command("/send")
    async def slow() -> None:
        await never.wait()

    result = await slack.person(ALICE).command(SOPORTE, "/send")

    assert result.shown == '/send failed with the error "operation_timeout"'
    assert result.status is None


async def slept(*, seconds: float) -> float:
    """Sleep for so long, and say how long that was here: a busy machine is late for everything."""
    began = time.monotonic()
    await asyncio.sleep(seconds)
    return time.monotonic() - began


async def test_the_deadline_is_three_seconds() -> None:
    slack = await SlackStandIn.start(
        manifest={
            "display_information": {"name": "x"},
            "features": {"slash_commands": [{"command": "/send", "url": "https://bot.example"}]},
            "oauth_config": {"scopes": {"bot": ["commands"]}},
        },
        signing_secret="stand-in-signing-secret",
    )

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(never, "127.0.0.1", 0)
    slack.connect(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")

    result, three = await asyncio.gather(
        slack.person(ALICE).command(SOPORTE, "/send"), slept(seconds=3.0)
    )

    assert "operation_timeout" in result.shown
    assert 2.9 < result.seconds < three + 0.5
    server.close()
    await server.wait_closed()
    await slack.close()


async def test_a_title_of_25_characters(world: World, modal: Build) -> None:
    error = await refusal(world, modal(title={"type": "plain_text", "text": "x" * 25}))

    assert messages_of(error) == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]


async def test_an_input_without_a_submit_button(world: World, modal: Build, field: Build) -> None:
    view = modal(field("phone"))
    del view["submit"]

    error = await refusal(world, view)

    assert "must define `submit`" in messages_of(error)[0]


async def test_two_equal_block_ids(world: World, modal: Build, field: Build) -> None:
    error = await refusal(world, modal(field("phone"), field("phone")))

    assert messages_of(error) == [
        "[ERROR] block_id already exists: phone [json-pointer:/view/blocks/1/block_id]"
    ]


async def test_an_option_of_76_characters(world: World, modal: Build, field: Build) -> None:
    option = {"text": {"type": "plain_text", "text": "x" * 76}, "value": "a"}
    select = {"type": "static_select", "action_id": "pick", "options": [option]}

    error = await refusal(world, modal(field("a"), field("template", select)))

    assert messages_of(error) == [
        "[ERROR] must be less than 76 characters "
        "[json-pointer:/view/blocks/1/element/options/0/text/text]"
    ]


async def test_a_trigger_used_twice(world: World, modal: Build, field: Build) -> None:
    slack, app = world
    errors: list[str] = []

    @app.command("/send")
    async def twice(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(field("a")))
        with pytest.raises(SlackApiError) as error:
            await client.views_open(trigger_id=body["trigger_id"], view=modal(field("a")))
        errors.append(error.value.response["error"])

    await slack.person(ALICE).command(SOPORTE, "/send")

    await slack.until(lambda: errors)
    assert errors == ["exchanged_trigger_id"]


async def test_a_trigger_after_three_seconds(start: Start, modal: Build, field: Build) -> None:
    slack, app = await start(is_patient=False)
    errors: list[str] = []

    @app.command("/send")
    async def slow(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        slack.clock.forward(3.1)
        with pytest.raises(SlackApiError) as error:
            await client.views_open(trigger_id=body["trigger_id"], view=modal(field("a")))
        errors.append(error.value.response["error"])

    await slack.person(ALICE).command(SOPORTE, "/send")

    await slack.until(lambda: errors)
    assert errors == ["expired_trigger_id"]


async def test_a_trigger_that_was_never_given(world: World, modal: Build) -> None:
    _, app = world

    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await app.client.views_open(trigger_id="1.2.3", view=modal())


async def test_an_invalid_view_does_not_spend_the_trigger(world: World, modal: Build) -> None:
    slack, app = world

    @app.command("/send")
    async def again(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        with pytest.raises(SlackApiError):
            await client.views_open(trigger_id=body["trigger_id"], view={"type": "modal"})
        await client.views_open(trigger_id=body["trigger_id"], view=modal())

    await slack.person(ALICE).command(SOPORTE, "/send")

    view = await slack.until(lambda: slack.person(ALICE).view)
    assert view.title == "Title"


async def test_a_message_of_51_blocks(world: World) -> None:
    _, app = world

    with pytest.raises(SlackApiError) as error:
        await app.client.chat_postMessage(
            channel=SOPORTE, text="x", blocks=[{"type": "divider"}] * 51
        )

    assert error.value.response["error"] == "invalid_blocks"
    assert error.value.response["errors"] == [
        "no more than 50 items allowed [json-pointer:/blocks]"
    ]


async def test_a_missing_scope(start: Start, manifest: Json) -> None:
    manifest["oauth_config"]["scopes"]["bot"] = ["commands", "users:read"]
    _, app = await start(manifest=manifest)

    with pytest.raises(SlackApiError) as error:
        await app.client.chat_postMessage(channel=SOPORTE, text="x")

    assert error.value.response["error"] == "missing_scope"
    assert error.value.response["needed"] == "chat:write"
    assert error.value.response["provided"] == "commands,users:read"


async def test_an_answer_that_fails_is_shown_as_such(world: World) -> None:
    slack, app = world

    @app.command("/send")
    async def broken() -> None:
        raise RuntimeError

    result = await slack.person(ALICE).command(SOPORTE, "/send")

    assert result.shown == '/send failed with the error "dispatch_failed"'
    assert result.status == 500
