"""The files.* methods: what a file is, and the three steps of an upload."""

import dataclasses
import re

from bot.demo.slack import file_sharing
from bot.demo.slack.call import Call
from bot.demo.slack.errors import Json, Refusal
from bot.demo.slack.files import Upload
from bot.demo.slack.messages import Channel
from bot.demo.slack.posting import TEXT_CUT, written
from bot.demo.slack.workspace import BOT_USER, TEAM

CONVERSATION = re.compile(r"[CGDZ][A-Z0-9]{8,}")
UNKNOWN_YET: Json = {"mimetype": "", "filetype": "", "pretty_type": "", "shares": {}}
"""Slack answers before it has looked at a file, and before it has shared it."""


def info(call: Call) -> Json:
    """files.info."""
    file = call.workspace.files.get(call.need("file"))
    if file is None or not file_sharing.reads(call.workspace, BOT_USER, file):
        raise Refusal("file_not_found")
    if file.is_deleted:
        raise Refusal("file_deleted")
    return {"file": file_sharing.told(call.workspace, file)}


def get_upload_url(call: Call) -> Json:
    """files.getUploadURLExternal."""
    name = call.need("filename")
    length = call.need("length")
    if not length.isdecimal():
        raise Refusal("invalid_arguments", "[ERROR] must provide an integer [json-pointer:/length]")
    if length == "0":
        raise Refusal("missing_argument")
    upload = call.workspace.files.announce(name, int(length))
    url = f"{call.workspace.base_url}/upload/v1/{upload.ticket}"
    return {"upload_url": url, "file_id": upload.file_id}


def complete_upload(call: Call) -> Json:
    """files.completeUploadExternal: shared in a conversation, or private without one."""
    uploads = _uploads(call)
    place = _place(call)
    blocks: list[Json] = []
    text = call.text("initial_comment")
    if call.args.get("blocks") and not text:
        blocks, text = written(call)
    if place and (wait := call.limits.wait_to_post(place.id)):
        raise Refusal("ratelimited", retry_after=wait)
    files = call.workspace.files
    done = [files.complete(one, title, BOT_USER, TEAM) for one, title in uploads]
    if place:
        draft = call.workspace.by_bot(place.id, text[:TEXT_CUT], blocks)
        ids = tuple(one.id for one in done)
        thread = call.text("thread_ts") or None
        shared = dataclasses.replace(draft, files=ids, thread_ts=thread)
        file_sharing.share(call.workspace, shared)
    base = call.workspace.base_url
    return {"files": [one.payload(base) | UNKNOWN_YET for one in done]}


def _uploads(call: Call) -> list[tuple[Upload, str]]:
    call.need("files")
    listed = call.structure("files")
    if not isinstance(listed, list) or not listed:
        raise Refusal("invalid_arguments", "[ERROR] must provide an array [json-pointer:/files]")
    found: list[tuple[Upload, str]] = []
    for one in listed:
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            raise Refusal("invalid_arguments", "[ERROR] missing required field: id")
        upload = call.workspace.files.uploaded(one["id"])
        if upload is None:
            raise Refusal("file_not_found")
        found.append((upload, str(one.get("title") or "")))
    return found


def _place(call: Call) -> Channel | None:
    """Find where the files go: a conversation's id, never a person's or a name."""
    if call.text("channels"):
        raise Refusal("invalid_arguments", "[ERROR] the stand-in knows channel_id alone")
    wanted = call.text("channel_id")
    if not wanted:
        return None
    if not CONVERSATION.fullmatch(wanted):
        words = "input must match regex pattern: ^[CGDZ][A-Z0-9]{8,}$"
        raise Refusal("invalid_arguments", f"[ERROR] {words} [json-pointer:/channel_id]")
    channel = call.channel("channel_id")
    if channel.archived:
        raise Refusal("is_archived")
    # chat:write.public does not help here.
    if BOT_USER not in channel.members:
        raise Refusal("not_in_channel")
    if thread := call.text("thread_ts"):
        if error := call.workspace.locked.get((channel.id, thread)):
            raise Refusal(error)
        call.workspace.parent(channel.id, thread)
    return channel
