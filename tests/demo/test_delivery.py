"""How things reach the bot: signed, once, and again where Slack tries again."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.demo.slack.errors import Impossible
from bot.demo.slack.seed import (
    ALICE,
    BRUNO,
    EXTERNAL,
    GONE,
    HELPER,
    SHARED,
    SOPORTE,
    VENTAS,
)
from bot.demo.slack.server import SlackStandIn
from tests.demo.bare_servers import SECRET, serving
from tests.demo.kinds import PATIENT, Json, Start, World


async def test_every_request_is_signed(manifest: Json) -> None:
    verifier = SignatureVerifier(SECRET)
    good: list[bool] = []

    async def check(request: web.Request) -> web.Response:
        good.append(verifier.is_valid_request(await request.read(), dict(request.headers)))
        return web.Response()

    runner, url = await serving(check)
    slack = await SlackStandIn.start(manifest=manifest, signing_secret=SECRET, **PATIENT)
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
    slack = await SlackStandIn.start(manifest=manifest, signing_secret=SECRET, **PATIENT)
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
    slack = await SlackStandIn.start(manifest=manifest, signing_secret=SECRET, **PATIENT)
    slack.connect(url)
    slack.workspace.deactivate(BRUNO)
    # Once its answer is noted, the next try waits for its time: not before.
    await slack.until(lambda: len(slack.calls("user_change")) == 2)
    slack.clock.forward(60)
    await slack.until(lambda: len(slack.calls("user_change")) == 3)
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
    slack = await SlackStandIn.start(manifest=manifest, signing_secret=SECRET, **PATIENT)
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
