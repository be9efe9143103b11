"""The Web API: tokens, limits, faults, and every form of arguments."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.seed import (
    ALICE,
    PRIVATE,
    SOPORTE,
    VENTAS,
)
from tests.demo.kinds import Json, Start, World, error_of


async def test_tokens_that_are_not_good(world: World) -> None:
    slack, _app = world

    async def trouble(token: str | None, method: str = "auth.test") -> str:
        client = AsyncWebClient(token=token, base_url=slack.api_url)
        return await error_of(client.api_call(method))

    assert await trouble(None) == "not_authed"
    assert await trouble("xoxb-other") == "invalid_auth"
    assert await trouble("xapp-stand-in") == "not_allowed_token_type"
    assert await trouble("xoxb-stand-in", "apps.connections.open") == "not_allowed_token_type"
    assert await trouble("xoxb-stand-in", "dance.now") == "unknown_method"
    assert slack.traffic[-1].kind == "dance.now"
    slack.workspace.uninstall()
    assert await trouble("xoxb-stand-in") == "token_revoked"


async def test_blocks_can_be_checked_by_the_stand_in(world: World) -> None:
    _, app = world

    async def verdict(**given: object) -> object:
        try:
            answer = await app.client.api_call("blocks.validate", json=given)
        except SlackApiError as error:
            return error.response["error"]
        return answer["ok"]

    divider = {"type": "divider"}
    assert await verdict(blocks=[divider]) is True
    assert await verdict(message={"blocks": [divider]}) is True
    assert await verdict(view={"type": "home", "blocks": [divider]}) is True
    assert await verdict(blocks=[{"type": "dance"}]) == "invalid_blocks"
    assert await verdict(message="text") == "invalid_arguments"
    assert await verdict(view=[]) == "invalid_arguments"
    assert await verdict(view={"type": "modal"}) == "invalid_view"
    assert await verdict(blocks=[divider], view={}, message={"blocks": []}) == "invalid_arguments"


@pytest.mark.usefixtures("still")
async def test_a_channel_takes_a_burst_and_then_one_message_a_second(world: World) -> None:
    slack, _app = world
    client = AsyncWebClient(token="xoxb-stand-in", base_url=slack.api_url, retry_handlers=[])
    for _ in range(10):
        await client.chat_postMessage(channel=SOPORTE, text="x")

    with pytest.raises(SlackApiError) as error:
        await client.chat_postMessage(channel=SOPORTE, text="x")
    await client.chat_postMessage(channel=PRIVATE, text="another channel")
    slack.clock.forward(1)
    await client.chat_postMessage(channel=SOPORTE, text="x")

    assert error.value.response.status_code == 429
    assert error.value.response.headers["Retry-After"] == "1"


@pytest.mark.usefixtures("still")
async def test_each_method_has_its_tier(world: World) -> None:
    slack, app = world
    for _ in range(20):
        await app.client.usergroups_list()

    with pytest.raises(SlackApiError) as error:
        await app.client.usergroups_list()
    wait = int(error.value.response.headers["Retry-After"])
    slack.clock.forward(wait)

    assert error.value.response["error"] == "ratelimited"
    assert wait == 60
    assert (await app.client.usergroups_list())["ok"]


async def test_limits_can_be_switched_off(start: Start) -> None:
    _, app = await start(rate_limits=False)
    for _ in range(25):
        await app.client.usergroups_list()
        await app.client.chat_postMessage(channel=SOPORTE, text="x")


async def test_faults_come_as_often_as_asked(world: World) -> None:
    slack, _ = world
    client = AsyncWebClient(token="xoxb-stand-in", base_url=slack.api_url, retry_handlers=[])
    slack.fail("auth.test", times=1, retry_after=7)
    slack.fail("auth.test", "fatal_error")
    slack.fail("auth.test", delay=0.05)

    with pytest.raises(SlackApiError) as limited:
        await client.auth_test()
    assert await error_of(client.auth_test()) == "fatal_error"
    assert (await client.auth_test())["ok"]
    slack.fail("auth.test", "internal_error", status=503, times=None)
    for _ in range(2):
        assert await error_of(client.auth_test()) == "internal_error"
    slack.fail("auth.test", times=0)
    assert (await client.auth_test())["ok"]
    slack.fail("auth.test", "fatal_error", times=None)
    slack.fail("auth.test", "fatal_error")
    slack.mend()
    assert (await client.auth_test())["ok"]
    slack.fail("auth.test", status=502)
    with pytest.raises(SlackClientError):
        await client.auth_test()

    assert limited.value.response.status_code == 429
    assert limited.value.response.headers["Retry-After"] == "7"
    assert slack.calls("auth.test")[2].seconds >= 0.05


async def test_a_connection_can_be_lost_before_or_after_the_effect(world: World) -> None:
    slack, _ = world
    client = AsyncWebClient(token="xoxb-stand-in", base_url=slack.api_url, retry_handlers=[])
    slack.fail("chat.postMessage", drop=True)
    slack.fail("chat.postMessage", drop="after")

    for text in ("before", "after"):
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel=SOPORTE, text=text)

    assert [one.text for one in slack.person(ALICE).messages(SOPORTE)] == ["after"]


async def test_arguments_come_in_every_form_the_sdk_uses(world: World) -> None:
    slack, _ = world
    form = {"channel": SOPORTE, "blocks": '[{"type": "divider"}]', "token": "xoxb-stand-in"}
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{slack.api_url}chat.postMessage", data=form) as posted:
            good = await posted.json()
        headers = {"Authorization": "Bearer xoxb-stand-in", "Content-Type": "application/json"}
        for raw in (b"", b"{not json"):
            async with http.post(f"{slack.api_url}auth.test", data=raw, headers=headers) as answer:
                assert (await answer.json())["ok"]

    assert good["ok"]
    assert slack.traffic[-3].payload["token"] == "***"


async def test_messages_of_people_reach_an_app_that_listens(start: Start, manifest: Json) -> None:
    manifest["oauth_config"]["scopes"]["bot"] += ["im:history", "app_mentions:read"]
    settings = manifest["settings"]["event_subscriptions"]
    settings["bot_events"] += ["message.im", "app_mention", "message.channels"]
    slack, app = await start()
    got: list[str] = []

    @app.event("message")
    @app.event("app_mention")
    async def take(event: Json) -> None:
        got.append(f"{event['type']} {event['text']}")

    alice = slack.person(ALICE)
    await alice.say(alice.dm_channel, "hola")
    await alice.say(SOPORTE, "<@U0WABOT0001> hola")
    await alice.say(VENTAS, "<@U0WABOT0001> hola")

    await slack.until(lambda: len(got) == 2)
    assert sorted(got) == ["app_mention <@U0WABOT0001> hola", "message hola"]
