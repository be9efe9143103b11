"""Shortcuts, buttons, menus, Home and events."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.errors import Impossible
from bot.demo.slack.seed import (
    ALICE,
    BRUNO,
    EXTERNAL,
    LUCIA,
    SHARED,
    SOPORTE,
    SUPPORT,
)
from tests.demo.kinds import Json, Start, World


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
    assert told["subteam_members_changed"]["removed_users"] == [BRUNO, LUCIA]


async def test_events_without_their_scope_are_not_sent(start: Start, manifest: Json) -> None:
    manifest["oauth_config"]["scopes"]["bot"].remove("users:read")
    slack, _ = await start()

    slack.workspace.deactivate(BRUNO)
    await slack.settled()

    assert not slack.calls("user_change")
