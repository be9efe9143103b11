"""The Web API: messages, and where the bot may post them."""

from typing import Any

import pytest

from bot.demo.slack.seed import (
    ALICE,
    BRUNO,
    CARLA,
    GONE,
    HELPER,
    PRIVATE,
    SECRET,
    SOPORTE,
    VENTAS,
)
from tests.demo.kinds import Json, Start, World, error_of

NOTE = {"event_type": "whatsapp_template", "event_payload": {"send_id": "1"}}


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
