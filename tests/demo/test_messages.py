"""The Web API: messages, membership, response_url, people, limits, faults."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.demo.slack.seed import (
    ALICE,
    BRUNO,
    CARLA,
    EXTERNAL,
    GONE,
    GUEST,
    HELPER,
    PRIVATE,
    SECRET,
    SOPORTE,
    SUPPORT,
    VENTAS,
)
from bot.demo.slack.server import SlackStandIn

Json = dict[str, Any]
World = tuple[SlackStandIn, AsyncApp]
Start = Callable[..., Awaitable[World]]

NOTE = {"event_type": "whatsapp_template", "event_payload": {"send_id": "1"}}


async def error_of(call: Awaitable[object]) -> str:
    with pytest.raises(SlackApiError) as error:
        await call
    return str(error.value.response["error"])


async def test_a_message_can_be_posted_changed_linked_and_deleted(world: World) -> None:
    slack, app = world
    alice = slack.person(ALICE)
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Shown"}}]
    posted = await app.client.chat_postMessage(
        channel="#soporte", text="Read aloud", blocks=blocks, metadata=NOTE
    )
    ts = posted["ts"]
    before = alice.messages(SOPORTE)[0]
    link = await app.client.chat_getPermalink(channel=SOPORTE, message_ts=ts)

    await app.client.chat_update(channel=SOPORTE, ts=ts, text="Changed")
    after = alice.messages(SOPORTE)[0]
    await app.client.chat_delete(channel=SOPORTE, ts=ts)

    assert before.shown == "Shown"
    assert before.metadata == NOTE
    assert (after.text, after.blocks, after.metadata, after.edited) == ("Changed", (), NOTE, True)
    assert link["permalink"].endswith(f"/archives/{SOPORTE}/p{ts.replace('.', '')}")
    assert alice.messages(SOPORTE) == []


async def test_a_thread_hangs_on_its_first_message(world: World) -> None:
    slack, app = world
    client = app.client
    root = (await client.chat_postMessage(channel=SOPORTE, text="root"))["ts"]
    reply = (await client.chat_postMessage(channel=SOPORTE, text="reply", thread_ts=root))["ts"]
    await client.chat_postMessage(
        channel=SOPORTE, text="loud", thread_ts=root, reply_broadcast=True
    )
    link = await client.chat_getPermalink(channel=SOPORTE, message_ts=reply)
    alice = slack.person(ALICE)

    assert [one.text for one in alice.thread(SOPORTE, root)] == ["root", "reply", "loud"]
    assert [one.text for one in alice.messages(SOPORTE)] == ["root", "loud"]
    assert f"thread_ts={root}" in link["permalink"]
    for thread_ts in (reply, "1.000001"):
        call = client.chat_postMessage(channel=SOPORTE, text="x", thread_ts=thread_ts)
        assert await error_of(call) == "thread_not_found"


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        (VENTAS, "not_in_channel"),
        (SECRET, "channel_not_found"),
        ("C0NOWHERE01", "channel_not_found"),
        ("#nowhere", "channel_not_found"),
        (GONE, "channel_not_found"),
        (HELPER, "cannot_dm_bot"),
        ("", "invalid_arguments"),
    ],
)
async def test_where_the_bot_may_not_post(world: World, channel: str, error: str) -> None:
    _, app = world

    assert await error_of(app.client.chat_postMessage(channel=channel, text="x")) == error


async def test_archived_and_left_channels_take_nothing(world: World) -> None:
    slack, app = world
    posted = await app.client.chat_postMessage(channel=PRIVATE, text="x")
    slack.workspace.archive(PRIVATE)
    archived = await error_of(app.client.chat_postMessage(channel=PRIVATE, text="x"))
    update = app.client.chat_update(channel=PRIVATE, ts=posted["ts"], text="y")
    inactive = await error_of(update)
    slack.workspace.archive(PRIVATE, archived=False)
    slack.workspace.remove_bot(PRIVATE)
    slack.workspace.remove_bot(SOPORTE)

    assert (archived, inactive) == ("is_archived", "is_inactive")
    assert await error_of(app.client.chat_postMessage(channel=PRIVATE, text="x")) == (
        "channel_not_found"
    )
    assert await error_of(app.client.chat_postMessage(channel=SOPORTE, text="x")) == (
        "not_in_channel"
    )
    slack.workspace.invite_bot(SOPORTE)
    await app.client.chat_postMessage(channel=SOPORTE, text="x")


async def test_chat_write_public_posts_in_any_public_channel(start: Start, manifest: Json) -> None:
    manifest["oauth_config"]["scopes"]["bot"].append("chat:write.public")
    _, app = await start()

    assert (await app.client.chat_postMessage(channel=VENTAS, text="x"))["ok"]


async def test_a_user_id_is_a_direct_message(start: Start, manifest: Json) -> None:
    manifest["oauth_config"]["scopes"]["bot"].append("im:write")
    slack, app = await start()
    posted = await app.client.chat_postMessage(channel=ALICE, text="hola")
    alice = slack.person(ALICE)

    await app.client.chat_update(channel=posted["channel"], ts=posted["ts"], text="adiós")
    opened = await app.client.conversations_open(users=ALICE)

    assert [one.text for one in alice.dm()] == ["adiós"]
    assert posted["channel"] == alice.dm_channel == opened["channel"]["id"]
    assert slack.person(BRUNO).messages(alice.dm_channel) == []
    update = app.client.chat_update(channel=ALICE, ts=posted["ts"], text="x")
    assert await error_of(update) == "channel_not_found"
    assert await error_of(app.client.conversations_open(users=GONE)) == "user_disabled"
    assert await error_of(app.client.conversations_open(users=HELPER)) == "cannot_dm_bot"


@pytest.mark.parametrize("home", [{"messages_tab_enabled": False}, {}, None])
async def test_without_a_messages_tab_there_is_no_direct_message(
    start: Start, manifest: Json, home: Json | None
) -> None:
    manifest["features"]["app_home"] = home
    _, app = await start()

    call = app.client.chat_postMessage(channel=ALICE, text="x")
    assert await error_of(call) == "messages_tab_disabled"


async def test_the_bot_may_answer_between_two_people_once_it_was_used_there(world: World) -> None:
    slack, app = world
    channel = slack.workspace.direct(ALICE, BRUNO).id

    @app.command("/send")
    async def take(ack: Any) -> None:
        await ack()

    before = await error_of(app.client.chat_postMessage(channel=channel, text="x"))
    await slack.person(ALICE).command(channel, "/send")
    await app.client.chat_postMessage(channel=channel, text="x")

    assert before == "channel_not_found"
    assert slack.calls("slash_commands")[0].payload["channel_name"] == "directmessage"
    assert len(slack.person(BRUNO).messages(channel)) == 1


async def test_only_its_own_messages_can_be_changed(world: World) -> None:
    slack, app = world
    theirs = await slack.person(ALICE).say(SOPORTE, "mine")
    client = app.client
    quiet = await client.chat_postEphemeral(channel=SOPORTE, user=ALICE, text="psst")

    assert await error_of(client.chat_update(channel=SOPORTE, ts=theirs, text="x")) == (
        "cant_update_message"
    )
    assert await error_of(client.chat_delete(channel=SOPORTE, ts=theirs)) == ("cant_delete_message")
    for ts in (quiet["message_ts"], "1.000001"):
        assert await error_of(client.chat_update(channel=SOPORTE, ts=ts, text="x")) == (
            "message_not_found"
        )
        link = client.chat_getPermalink(channel=SOPORTE, message_ts=ts)
        assert await error_of(link) == "message_not_found"


async def test_ephemeral_messages_go_to_members_only(world: World) -> None:
    slack, app = world
    slack.workspace.remove(SOPORTE, CARLA)

    call = app.client.chat_postEphemeral(channel=SOPORTE, user=CARLA, text="x")
    assert await error_of(call) == "user_not_in_channel"
    call = app.client.chat_postEphemeral(channel=VENTAS, user=CARLA, text="x")
    assert await error_of(call) == "not_in_channel"


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({}, "no_text"),
        ({"blocks": "[not json"}, "invalid_blocks_format"),
        ({"blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"blocks": [{"type": "dance"}]}, "invalid_blocks"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        (
            {"text": "x", "metadata": {"event_type": "a", "event_payload": []}},
            "invalid_metadata_format",
        ),
        (
            {"text": "x", "metadata": {"event_type": "a", "event_payload": {"b": {}}}},
            "invalid_metadata_format",
        ),
        (
            {"text": "x", "metadata": {"event_type": "a", "event_payload": {"b": "x" * 17_000}}},
            "metadata_too_large",
        ),
        (
            {
                "blocks": [
                    {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
                    for _ in range(5)
                ]
            },
            "msg_blocks_too_long",
        ),
    ],
)
async def test_messages_that_slack_refuses(world: World, message: Json, error: str) -> None:
    _, app = world
    call = app.client.api_call("chat.postMessage", json={"channel": SOPORTE, **message})

    assert await error_of(call) == error


async def test_long_texts_are_cut_when_posted_and_refused_when_changed(world: World) -> None:
    slack, app = world
    posted = await app.client.chat_postMessage(channel=SOPORTE, text="x" * 50_000)

    assert len(slack.person(ALICE).messages(SOPORTE)[0].text) == 40_000
    update = app.client.chat_update(channel=SOPORTE, ts=posted["ts"], text="x" * 4001)
    assert await error_of(update) == "msg_too_long"


async def command_hook(world: World, channel: str = SOPORTE) -> AsyncWebhookClient:
    """Let Alice use a command and give its response_url."""
    slack, app = world

    @app.command("/send")
    async def take(ack: Any) -> None:
        await ack()

    await slack.person(ALICE).command(channel, "/send")
    return AsyncWebhookClient(slack.calls("slash_commands")[-1].payload["response_url"])


async def test_a_response_url_answers_five_times(world: World) -> None:
    slack, _ = world
    hook = await command_hook(world)
    answers = [await hook.send(text=str(i)) for i in range(6)]

    assert [one.status_code for one in answers] == [200] * 5 + [404]
    assert answers[0].body == "ok"
    assert "used_url" in answers[5].body
    assert len(slack.person(ALICE).ephemerals(SOPORTE)) == 5


async def test_a_response_url_lives_for_thirty_minutes(world: World) -> None:
    slack, _ = world
    hook = await command_hook(world)
    slack.clock.forward(30 * 60 + 1)

    answer = await hook.send(text="late")

    assert answer.status_code == 404
    assert "expired_url" in answer.body


async def test_a_response_url_speaks_in_the_channel_and_in_a_thread(world: World) -> None:
    slack, _ = world
    alice = slack.person(ALICE)
    root = await alice.say(VENTAS, "root")
    hook = await command_hook(world, VENTAS)

    await hook.send_dict({"text": "all", "response_type": "in_channel"})
    more = {"text": "reply", "response_type": "in_channel", "thread_ts": root}
    await hook.send_dict(more)
    nothing_to_delete = await hook.send_dict({"delete_original": True})
    empty = await hook.send_dict({})
    number = await hook.send_dict({"text": 5})
    nowhere = await AsyncWebhookClient(f"{slack.workspace.base_url}/commands/T/1/x").send(text="x")

    assert [one.text for one in alice.messages(VENTAS)] == ["root", "all"]
    assert [one.text for one in alice.thread(VENTAS, root)] == ["root", "reply"]
    assert nothing_to_delete.status_code == 200
    assert (empty.body, number.status_code) == ('{"ok": false, "error": "no_text"}', 400)
    assert (empty.status_code, nowhere.status_code) == (400, 404)


async def test_a_click_can_replace_or_delete_its_message(world: World) -> None:
    slack, app = world
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "elements": [button]}]
    alice = slack.person(ALICE)

    @app.action("go")
    async def clicked(ack: Any, respond: Any) -> None:
        await ack()
        if alice.messages(SOPORTE)[0].edited:
            await respond(delete_original=True)
        else:
            await respond("Changed", blocks=blocks, replace_original=True)

    posted = await app.client.chat_postMessage(channel=SOPORTE, text="x", blocks=blocks)
    await alice.click(SOPORTE, posted["ts"], "go")
    await slack.until(lambda: alice.messages(SOPORTE)[0].text == "Changed")
    await alice.click(SOPORTE, posted["ts"], "go")

    await slack.until(lambda: not alice.messages(SOPORTE))


async def test_people_are_described_as_slack_does(world: World) -> None:
    slack, app = world

    async def about(user: str) -> Json:
        told = await app.client.users_info(user=user, include_locale=True)
        return dict(told["user"])

    assert (await about(ALICE))["locale"] == "es-ES"
    assert (await about(GUEST))["is_restricted"] is True
    assert (await about(HELPER))["is_bot"] is True
    assert (await about(GONE))["deleted"] is True
    outside = await about(EXTERNAL)
    assert outside["team_id"] != (await about(ALICE))["team_id"]
    assert "is_restricted" not in outside
    assert "locale" not in outside
    assert await error_of(app.client.users_info(user="U0NOBODY001")) == "user_not_found"
    members = (await app.client.users_list())["members"]
    assert EXTERNAL not in [one["id"] for one in members]
    slack.workspace.add_person("U0NEW000001", "nueva", is_restricted=True)
    assert (await about("U0NEW000001"))["name"] == "nueva"


async def test_user_groups_belong_to_paid_plans(world: World) -> None:
    slack, app = world
    client = app.client
    (group,) = (await client.usergroups_list(include_users=True))["usergroups"]
    users = (await client.usergroups_users_list(usergroup=SUPPORT))["users"]
    slack.workspace.set_group(SUPPORT, [], disabled=True)
    enabled = (await client.usergroups_list())["usergroups"]
    disabled = await error_of(client.usergroups_users_list(usergroup=SUPPORT))
    slack.workspace.set_plan("free")

    assert group["users"] == users == [ALICE, BRUNO]
    assert group["user_count"] == "2"
    assert enabled == []
    assert disabled == "no_such_subteam"
    assert await error_of(client.usergroups_list()) == "plan_upgrade_required"
    listing = client.usergroups_users_list(usergroup=SUPPORT)
    assert await error_of(listing) == "plan_upgrade_required"


async def test_conversations_need_the_scope_of_their_kind(start: Start, manifest: Json) -> None:
    manifest["oauth_config"]["scopes"]["bot"].append("channels:read")
    _slack, app = await start()
    client = app.client

    inside = (await client.conversations_info(channel=SOPORTE))["channel"]
    outside = (await client.conversations_info(channel=VENTAS))["channel"]
    members = (await client.conversations_members(channel=SOPORTE))["members"]

    assert (inside["is_member"], outside["is_member"]) == (True, False)
    assert ALICE in members
    assert await error_of(client.conversations_info(channel=PRIVATE)) == "missing_scope"
    assert await error_of(client.conversations_info(channel=SECRET)) == "channel_not_found"


async def test_a_direct_message_is_described_by_its_person(start: Start, manifest: Json) -> None:
    manifest["oauth_config"]["scopes"]["bot"] += ["im:read", "team:read"]
    slack, app = await start()

    told = await app.client.conversations_info(channel=slack.person(ALICE).dm_channel)

    assert told["channel"]["user"] == ALICE
    assert (await app.client.team_info())["team"]["id"] == "T0STANDIN01"


async def test_who_the_bot_is(world: World) -> None:
    _, app = world
    client = app.client

    told = await client.auth_test()
    bot = (await client.bots_info(bot=told["bot_id"]))["bot"]

    assert bot["user_id"] == told["user_id"]
    assert "chat:write" in told.headers["X-OAuth-Scopes"]
    assert (await client.api_test(foo="1"))["args"]["foo"] == "1"
    assert await error_of(client.bots_info(bot="B0NOTHING")) == "bot_not_found"


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


async def test_each_method_has_its_tier(world: World) -> None:
    slack, app = world
    for _ in range(20):
        await app.client.usergroups_list()

    with pytest.raises(SlackApiError) as error:
        await app.client.usergroups_list()
    wait = int(error.value.response.headers["Retry-After"])
    slack.clock.forward(wait)

    assert error.value.response["error"] == "ratelimited"
    assert 50 < wait <= 60
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
