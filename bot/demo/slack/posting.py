"""The chat.* methods: what may be written where, by whom, and how long."""

import dataclasses
import json

from bot.demo.slack.call import Call
from bot.demo.slack.errors import Json, Refusal
from bot.demo.slack.messages import Message
from bot.demo.slack.response_urls import content
from bot.demo.slack.workspace import BOT_USER, DOMAIN

TEXT_CUT, TEXT_EDIT, BLOCKS_SIZE, METADATA_SIZE = 40_000, 4_000, 13_200, 16_000


def written(call: Call) -> tuple[list[Json], str]:
    """Read blocks and text of a chat.* call."""
    text = call.text("text") or call.text("markdown_text")
    blocks = call.structure("blocks", "invalid_blocks_format")
    if blocks is not None and not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    attachments = call.structure("attachments")
    body = {"text": text, "blocks": blocks, "attachments": attachments}
    done, text = content(body, call.workspace.unknown_blocks)
    if len(Message("", "", "", "", tuple(done)).shown) > BLOCKS_SIZE:
        raise Refusal("msg_blocks_too_long")
    return done, text


def metadata(call: Call) -> Json | None:
    """Read message metadata: an event_type and a flat event_payload."""
    told = call.structure("metadata", "invalid_metadata_format")
    if told is None:
        return None
    if not isinstance(told, dict) or set(told) != {"event_type", "event_payload"}:
        raise Refusal("invalid_metadata_format")
    payload = told["event_payload"]
    if not isinstance(told["event_type"], str) or not isinstance(payload, dict):
        raise Refusal("invalid_metadata_format")
    if any(isinstance(one, dict | list) for one in payload.values()):
        raise Refusal("invalid_metadata_format")
    if len(json.dumps(told)) > METADATA_SIZE:
        raise Refusal("metadata_too_large")
    return told


def post(call: Call) -> Json:
    """chat.postMessage."""
    channel = call.place()
    call.open_to_bot(channel)
    blocks, text = written(call)
    told = metadata(call)
    if error := call.workspace.locked.get((channel.id, call.text("thread_ts"))):
        raise Refusal(error)
    if wait := call.limits.wait_to_post(channel.id):
        raise Refusal("ratelimited", retry_after=wait)
    draft = call.workspace.by_bot(channel.id, text[:TEXT_CUT], blocks)
    message = call.workspace.post(
        dataclasses.replace(
            draft,
            thread_ts=call.text("thread_ts") or None,
            metadata=told,
            broadcast=call.flag("reply_broadcast"),
        )
    )
    shown = call.workspace.payload(message)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral."""
    channel = call.channel()
    call.open_to_bot(channel)
    user = call.user("user")
    if user.id not in channel.members or user.deleted:
        raise Refusal("user_not_in_channel")
    blocks, text = written(call)
    draft = call.workspace.by_bot(channel.id, text[:TEXT_CUT], blocks)
    thread = call.text("thread_ts") or None
    message = dataclasses.replace(draft, only_for=user.id, thread_ts=thread)
    return {"message_ts": call.workspace.post(message).ts}


def own(call: Call, error: str) -> Message:
    """Find a message of the app's own; `error` says that it is somebody else's."""
    channel = call.channel()
    message = call.workspace.records.get((channel.id, call.need("ts")))
    if message is None or message.ephemeral:
        raise Refusal("message_not_found")
    if message.user != BOT_USER:
        raise Refusal(error)
    return message


def update(call: Call) -> Json:
    """chat.update: text without blocks removes the blocks; metadata stays unless given."""
    message = own(call, "cant_update_message")
    if call.workspace.channels[message.channel].archived:
        raise Refusal("is_inactive")
    blocks, text = written(call)
    if len(text) > TEXT_EDIT:
        raise Refusal("msg_too_long")
    told = metadata(call) or message.metadata
    new = dataclasses.replace(message, text=text, blocks=tuple(blocks), metadata=told, edited=True)
    call.workspace.put(new)
    shown = call.workspace.payload(new)
    return {"channel": new.channel, "ts": new.ts, "text": text, "message": shown}


def delete(call: Call) -> Json:
    """chat.delete."""
    message = own(call, "cant_delete_message")
    call.workspace.drop(message)
    return {"channel": message.channel, "ts": message.ts}


def permalink(call: Call) -> Json:
    """chat.getPermalink."""
    channel = call.channel()
    ts = call.need("message_ts")
    message = call.workspace.records.get((channel.id, ts))
    if message is None or message.ephemeral:
        raise Refusal("message_not_found")
    return {"channel": channel.id, "permalink": link(message)}


def link(message: Message) -> str:
    """Give a message's address."""
    address = f"https://{DOMAIN}.slack.com/archives/{message.channel}"
    address += f"/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        address += f"?thread_ts={message.thread_ts}&cid={message.channel}"
    return address
