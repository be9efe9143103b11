"""How things reach the bot: signed, once, again where Slack tries again, over HTTP and Socket Mode."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.errors import Impossible
from bot.demo.slack.seed import (
    ALICE,
    BRUNO,
    EXTERNAL,
    GONE,
    HELPER,
    SHARED,
    SOPORTE,
    SUPPORT,
    VENTAS,
)
from bot.demo.slack.server import SlackStandIn

Json = dict[str, Any]
World = tuple[SlackStandIn, AsyncApp]
Start = Callable[..., Awaitable[World]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SECRET = "stand-in-signing-secret"


async def serving(handler: Handler) -> tuple[web.AppRunner, str]:
    """Serve one bare handler in place of a Bolt app."""
    server = web.Application()
    server.router.add_post("/", handler)
    runner = web.AppRunner(server, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/"


async def test_every_request_is_signed(manifest: Json) -> None:
    verifier = SignatureVerifier(SECRET)
    good: list[bool] = []

    async def check(request: web.Request) -> web.Response:
        good.append(verifier.is_valid_request(await request.read(), dict(request.headers)))
        return web.Response()

    runner, url = await serving(check)
    slack = await SlackStandIn.start(manifest=manifest, signing_secret=SECRET)
    slack.connect(url)
    person = slack.person(ALICE)

    await person.command(SOPORTE, "/send", "ñandú & co")
    await person.global_shortcut("anywhere")
    await person.open_home()

    assert good == [True, True, True]
    await slack.close()
    await runner.cleanup()


async def test_a_bot_that_knows_another_secret_is_not_ready(start: Start) -> None:
    slack, _ = await start()
    other = AsyncApp(token="xoxb-stand-in", signing_secret="another secret")
    runner = web.AppRunner(other.web_app("/"))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.connect(f"http://127.0.0.1:{runner.addresses[0][1]}/")

    with pytest.raises(AssertionError, match="not ready"):
        await slack.ready(timeout=0.2)
    await runner.cleanup()


async def test_nothing_listening_is_not_ready(manifest: Json) -> None:
    slack = await SlackStandIn.start(manifest=manifest, signing_secret=SECRET)
    slack.connect("http://127.0.0.1:9/")

    with pytest.raises(AssertionError, match="not ready"):
        await slack.ready(timeout=0.2)
    await slack.close()


async def test_a_port_that_is_taken_is_an_error(world: World, manifest: Json) -> None:
    slack, _ = world

    with pytest.raises(OSError, match="address already in use"):
        await SlackStandIn.start(manifest=manifest, signing_secret=SECRET, port=slack.port)


async def test_a_page_can_wait_for_the_next_change(world: World) -> None:
    slack, _ = world
    changes = slack.workspace.changes
    before = changes.revision

    waiting = asyncio.create_task(changes.wait(before, at_most=5))
    await slack.person(ALICE).say(SOPORTE, "hola")
    after = await waiting

    assert after > before
    assert await changes.wait(before, at_most=5) == after
    assert await changes.wait(after, at_most=0.01) == after


async def test_a_broken_json_answer_is_trouble(manifest: Json, modal: Any) -> None:
    async def broken(_: web.Request) -> web.Response:
        return web.Response(text="{not json", content_type="application/json")

    runner, url = await serving(broken)
    slack = await SlackStandIn.start(manifest=manifest, signing_secret=SECRET)
    slack.connect(url)
    alice = slack.person(ALICE)
    slack.workspace.views.open(slack.workspace.views.trigger(ALICE), modal())

    result = await alice.submit()

    assert "{not json" in result.trouble
    await slack.close()
    await runner.cleanup()


async def test_only_loopback_is_served(manifest: Json) -> None:
    with pytest.raises(ValueError, match="loopback"):
        await SlackStandIn.start(manifest=manifest, signing_secret=SECRET, host="0.0.0.0")


async def test_a_command_carries_what_slack_sends(either: World) -> None:
    slack, app = either
    got: list[Json] = []

    @app.command("/send")
    async def take(ack: Any, body: Json) -> None:
        got.append(body)
        await ack()

    await slack.person(ALICE).command(SOPORTE, "/send", "order +50761234567")

    (body,) = got
    assert body["text"] == "order +50761234567"
    assert body["channel_id"] == SOPORTE
    assert body["channel_name"] == "soporte"
    assert body["user_id"] == ALICE
    assert body["is_enterprise_install"] == "false"
    assert "thread_ts" not in body


async def test_commands_with_escaping_get_ids(world: World) -> None:
    slack, app = world
    got: list[str] = []

    @app.command("/raw")
    async def take(ack: Any, body: Json) -> None:
        got.append(body["text"])
        await ack()

    typed = "@bruno @nobody #ventas #privado #nowhere https://a.example"
    await slack.person(ALICE).command(SOPORTE, "/raw", typed)

    assert got == [
        "<@U0BRUNO0001|bruno> @nobody <#C0VENTAS001|ventas> <#C0PRIVADO01|> #nowhere "
        "<https://a.example>"
    ]


async def test_an_answer_is_shown_to_the_person_alone(either: World) -> None:
    slack, app = either

    @app.command("/send")
    async def answer(ack: Any) -> None:
        await ack("Just for you")

    alice, bruno = slack.person(ALICE), slack.person(BRUNO)
    result = await alice.command(SOPORTE, "/send")

    assert result.shown == "Just for you"
    assert result.message is not None
    assert result.message.ephemeral
    assert [one.text for one in alice.ephemerals(SOPORTE)] == ["Just for you"]
    assert bruno.ephemerals() == []
    assert alice.messages(SOPORTE) == []


async def test_an_answer_in_channel_is_shown_to_all(world: World) -> None:
    slack, app = world

    @app.command("/send")
    async def answer(ack: Any) -> None:
        await ack("For all", response_type="in_channel")

    await slack.person(ALICE).command(SOPORTE, "/send", "x")

    shown = [one.text for one in slack.person(BRUNO).messages(SOPORTE)]
    assert shown == ["/send x", "For all"]


async def test_an_answer_that_slack_cannot_show_fails(world: World) -> None:
    slack, app = world

    @app.command("/send")
    async def answer(ack: Any) -> None:
        await ack(text="x", blocks=[{"type": "section"}])

    result = await slack.person(ALICE).command(SOPORTE, "/send")

    assert result.shown == '/send failed with the error "invalid_blocks"'


async def test_commands_that_slack_refuses_itself(world: World) -> None:
    slack, _ = world
    alice = slack.person(ALICE)
    ts = await alice.say(SOPORTE, "hola")

    unknown = await alice.command(SOPORTE, "/nothing")
    threaded = await alice.command(SOPORTE, "/send", thread_ts=ts)
    outside = await slack.person(EXTERNAL).command(SHARED, "/send")

    assert "/nothing is not a valid command" in unknown.shown
    assert threaded.shown == "/send is not supported in threads. Sorry!"
    assert "not a valid command" in outside.shown
    assert not slack.calls("slash_commands")


async def test_what_a_person_cannot_do_is_an_error_of_the_test(world: World) -> None:
    slack, _ = world
    alice = slack.person(ALICE)
    (whisper,) = [slack.workspace.post(slack.workspace.by_bot(SOPORTE, "x"))]

    with pytest.raises(Impossible):
        slack.person("U0NOBODY001")
    with pytest.raises(Impossible):
        await slack.person(GONE).command(SOPORTE, "/send")
    with pytest.raises(Impossible):
        await slack.person(HELPER).open_home()
    with pytest.raises(Impossible):
        await slack.person("U0CARLA0001").command("C0PRIVADO01", "/send")
    with pytest.raises(Impossible):
        await alice.global_shortcut("on_message")
    with pytest.raises(Impossible):
        await alice.message_shortcut("on_message", SOPORTE, "1.2")
    with pytest.raises(Impossible):
        await alice.click(SOPORTE, whisper.ts, "nothing")
    with pytest.raises(Impossible):
        await slack.person(EXTERNAL).global_shortcut("anywhere")
    slack.workspace.archive(VENTAS)
    with pytest.raises(Impossible):
        await alice.say(VENTAS, "hola")


async def test_shortcuts_carry_what_slack_sends(either: World) -> None:
    slack, app = either
    got: dict[str, Json] = {}

    @app.shortcut("anywhere")
    @app.shortcut("on_message")
    async def take(ack: Any, body: Json) -> None:
        got[body["type"]] = body
        await ack()

    alice = slack.person(ALICE)
    root = await alice.say(SOPORTE, "tel <tel:+50761234567|+507 6123-4567> & <b>")
    reply = await slack.person(BRUNO).say(SOPORTE, "ok", thread_ts=root)
    await alice.global_shortcut("anywhere", channel=SOPORTE)
    await alice.message_shortcut("on_message", SOPORTE, reply)
    threaded = got.pop("message_action")
    await alice.message_shortcut("on_message", SOPORTE, root)

    assert "channel" not in got["shortcut"]
    assert "response_url" not in got["shortcut"]
    assert threaded["message"]["thread_ts"] == root
    assert threaded["message"]["parent_user_id"] == ALICE
    text = got["message_action"]["message"]["text"]
    assert text == "tel <tel:+50761234567|+507 6123-4567> &amp; &lt;b&gt;"


async def test_without_interactivity_there_are_no_shortcuts_and_no_clicks(
    start: Start, manifest: Json
) -> None:
    manifest["settings"]["interactivity"]["is_enabled"] = False
    slack, app = await start()
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    blocks: list[Json] = [{"type": "divider"}, {"type": "actions", "elements": [button]}]
    posted = await app.client.chat_postMessage(channel=SOPORTE, text="x", blocks=blocks)
    alice = slack.person(ALICE)

    with pytest.raises(Impossible):
        await alice.global_shortcut("anywhere")
    with pytest.raises(Impossible):
        await alice.click(SOPORTE, posted["ts"], "other")
    clicked = await alice.click(SOPORTE, posted["ts"], "go")

    assert "not configured" in clicked.shown


async def test_a_shortcut_that_fails_is_trouble(start: Start, manifest: Json) -> None:
    slack, app = await start()

    @app.shortcut("anywhere")
    async def broken() -> None:
        raise RuntimeError

    result = await slack.person(ALICE).global_shortcut("anywhere")

    assert result.trouble == "dispatch_failed"


async def test_ephemeral_messages_have_buttons_but_no_shortcuts(world: World) -> None:
    slack, app = world
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    got: list[Json] = []

    @app.action("go")
    async def clicked(ack: Any, body: Json, respond: Any) -> None:
        got.append(body)
        await ack()
        await respond(delete_original=True)

    blocks = [{"type": "actions", "block_id": "b", "elements": [button]}]
    posted = await app.client.chat_postEphemeral(
        channel=SOPORTE, user=ALICE, text="x", blocks=blocks
    )
    alice = slack.person(ALICE)
    with pytest.raises(Impossible):
        await alice.message_shortcut("on_message", SOPORTE, posted["message_ts"])
    await alice.click(SOPORTE, posted["message_ts"], "go")

    await slack.until(lambda: not alice.ephemerals())
    assert got[0]["container"]["is_ephemeral"] is True
    assert "message" not in got[0]


async def test_menus_in_messages_and_people_of_other_workspaces(world: World) -> None:
    slack, app = world
    options = [{"text": {"type": "plain_text", "text": "One"}, "value": "1"}]
    select = {"type": "static_select", "action_id": "pick", "options": options}
    menu = {"type": "overflow", "action_id": "menu", "options": options}
    dialog_text = {"type": "plain_text", "text": "Sure"}
    dialog = dict.fromkeys(("title", "text", "confirm", "deny"), dialog_text)
    button = {"type": "button", "action_id": "go", "text": dialog_text, "confirm": dialog}
    got: list[Json] = []

    @app.action("pick")
    @app.action("menu")
    @app.action("go")
    async def clicked(ack: Any, body: Json) -> None:
        got.append(body)
        await ack()

    blocks = [{"type": "actions", "block_id": "b", "elements": [select, menu, button]}]
    root = await app.client.chat_postMessage(channel=SHARED, text="root")
    ts = root["ts"]
    posted = await app.client.chat_postMessage(
        channel=SHARED, text="x", blocks=blocks, thread_ts=ts
    )
    eva = slack.person(EXTERNAL)

    await eva.click(SHARED, posted["ts"], "pick", value="One")
    await eva.click(SHARED, posted["ts"], "menu", value="1")
    declined = await eva.click(SHARED, posted["ts"], "go", confirm=False)

    assert got[0]["user"]["team_id"] == "T0OTHER0001"
    assert got[0]["team"]["id"] == "T0STANDIN01"
    assert got[0]["state"]["values"]["b"]["pick"]["selected_option"]["value"] == "1"
    assert got[0]["container"]["thread_ts"] == ts
    assert got[1]["actions"][0]["selected_option"]["value"] == "1"
    assert not declined.reached_bot


async def test_home_is_opened_published_and_seen(either: World) -> None:
    slack, app = either
    seen: list[bool] = []

    @app.event("app_home_opened")
    async def publish(event: Json, client: AsyncWebClient) -> None:
        seen.append("view" in event)
        text = {"type": "plain_text", "text": "Sends"}
        view = {"type": "home", "blocks": [{"type": "header", "text": text}]}
        await client.views_publish(user_id=event["user"], view=view)

    alice = slack.person(ALICE)
    await alice.open_home()
    await slack.until(lambda: alice.home)
    await alice.open_home()
    await slack.until(lambda: len(seen) == 2)
    await alice.open_messages_tab()

    assert alice.home is not None
    assert alice.home.text == "Sends"
    assert seen[:2] == [False, True]
    view = {"type": "home", "blocks": []}
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await app.client.views_publish(user_id=ALICE, view=view, hash="1.x")
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await app.client.views_publish(user_id=BRUNO, view=view, hash="1.x")


async def test_without_a_home_tab_nothing_can_be_published(start: Start, manifest: Json) -> None:
    manifest["features"]["app_home"]["home_tab_enabled"] = False
    manifest["settings"]["event_subscriptions"]["bot_events"] = []
    slack, app = await start()

    result = await slack.person(ALICE).open_home()

    assert not result.reached_bot
    with pytest.raises(SlackApiError, match="not_enabled"):
        await app.client.views_publish(user_id=ALICE, view={"type": "home", "blocks": []})


async def test_events_tell_of_changes_in_the_workspace(either: World) -> None:
    slack, app = either
    got: list[Json] = []

    @app.event("user_change")
    @app.event("subteam_updated")
    @app.event("subteam_members_changed")
    async def take(event: Json) -> None:
        got.append(event)

    slack.workspace.deactivate(BRUNO)
    slack.workspace.set_group(SUPPORT, [ALICE, "U0CARLA0001"])
    await slack.settled()

    await slack.until(lambda: len(got) == 3)
    told = {one["type"]: one for one in got}
    assert told["user_change"]["user"]["deleted"] is True
    assert told["subteam_updated"]["subteam"]["users"] == [ALICE, "U0CARLA0001"]
    assert told["subteam_members_changed"]["added_users"] == ["U0CARLA0001"]
    assert told["subteam_members_changed"]["removed_users"] == [BRUNO]


async def test_events_without_their_scope_are_not_sent(start: Start, manifest: Json) -> None:
    manifest["oauth_config"]["scopes"]["bot"].remove("users:read")
    slack, _ = await start()

    slack.workspace.deactivate(BRUNO)
    await slack.settled()

    assert not slack.calls("user_change")


async def test_an_event_is_tried_three_times_more(manifest: Json) -> None:
    got: list[tuple[str, str | None, str | None]] = []

    async def fail(request: web.Request) -> web.Response:
        body = await request.json()
        headers = request.headers
        number, reason = headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")
        got.append((body["event_id"], number, reason))
        if len(got) == 3:
            raise web.HTTPFound("/elsewhere")
        return web.Response(status=500)

    runner, url = await serving(fail)
    slack = await SlackStandIn.start(manifest=manifest, signing_secret=SECRET)
    slack.connect(url)
    slack.workspace.deactivate(BRUNO)
    await slack.until(lambda: len(got) == 2)
    slack.clock.forward(60)
    await slack.until(lambda: len(got) == 3)
    slack.clock.forward(300)
    await slack.settled()

    assert len({event_id for event_id, _, _ in got}) == 1
    assert [rest for _, *rest in got] == [
        [None, None],
        ["1", "http_error"],
        ["2", "http_error"],
        ["3", "too_many_redirects"],
    ]
    await slack.close()
    await runner.cleanup()


async def test_no_retry_is_heeded(manifest: Json) -> None:
    async def fail(_: web.Request) -> web.Response:
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    runner, url = await serving(fail)
    slack = await SlackStandIn.start(manifest=manifest, signing_secret=SECRET)
    slack.connect(url)
    slack.workspace.deactivate(BRUNO)
    await slack.settled()

    assert len(slack.calls("user_change")) == 1
    await slack.close()
    await runner.cleanup()


async def test_over_http_the_manifest_must_name_the_urls(
    manifest: Json, start: Start, serve_form: Any, modal: Any, field: Any
) -> None:
    del manifest["settings"]["interactivity"]["message_menu_options_url"]
    del manifest["settings"]["event_subscriptions"]["request_url"]
    del manifest["features"]["slash_commands"][1]["url"]
    slack, app = await start()
    alice = slack.person(ALICE)
    search = {"type": "external_select", "action_id": "x", "min_query_length": 0}
    serve_form(app, modal(field("template", search)))
    await alice.command(SOPORTE, "/send")
    await slack.until(lambda: alice.view)

    raw = await alice.command(SOPORTE, "/raw")
    home = await alice.open_home()

    assert "dispatch_failed" in raw.shown
    assert home.status is None
    with pytest.raises(Impossible, match="message_menu_options_url"):
        await alice.suggest("template")


async def test_without_any_connection_a_command_fails_at_once(manifest: Json) -> None:
    slack = await SlackStandIn.start(manifest=manifest, signing_secret=SECRET)

    result = await slack.person(ALICE).command(SOPORTE, "/send")
    slack.workspace.deactivate(BRUNO)

    assert 'error "dispatch_failed"' in result.shown
    assert not slack.calls("user_change")
    await slack.close()


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


async def test_an_event_that_is_not_acknowledged_comes_again_on_a_websocket(
    manifest: Json,
) -> None:
    slack = await SlackStandIn.start(manifest=manifest, signing_secret=SECRET, deadline=0.05)
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
        await slack.settled()

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


async def test_secrets_do_not_stand_in_the_traffic(world: World) -> None:
    slack, app = world

    await app.client.auth_test()
    await app.client.api_call(
        "chat.postMessage", json={"channel": SOPORTE, "text": "xoxb-stand-in"}
    )

    assert slack.traffic[-1].method == "chat.postMessage"
    assert slack.traffic[-1].payload["text"] == "***"
    assert all("xoxb-stand-in" not in str(one) for one in slack.traffic)


async def test_waiting_in_vain_tells_what_was_there(
    world: World, serve_form: Any, modal: Any
) -> None:
    slack, app = world
    serve_form(app, modal())
    alice = slack.person(ALICE)
    await alice.say(SOPORTE, "hola")
    await alice.command(SOPORTE, "/send")
    await slack.until(lambda: alice.view)

    with pytest.raises(AssertionError, match="hola") as error:
        await slack.until(lambda: False, timeout=0.05)

    assert "modal of U0ALICE0001: 'Title'" in str(error.value)
    assert "views.open -> 200" in str(error.value)
