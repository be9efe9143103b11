"""Where files stand: the messages that carry them, who may read them, and shares held back."""

import dataclasses

from bot.demo.slack.errors import Json
from bot.demo.slack.files import File
from bot.demo.slack.messages import Channel, Message
from bot.demo.slack.workspace import BOT_USER, TEAM, Workspace

LISTS = {"public": "channels", "private": "groups", "im": "ims"}


def shares(workspace: Workspace, file: File) -> list[tuple[Channel, Message]]:
    """Give the messages that carry a file, with where they stand."""
    found = [one for one in workspace.messages if file.id in one.files]
    return [(workspace.channels[one.channel], one) for one in found]


def reads(workspace: Workspace, user_id: str, file: File) -> bool:
    """Say whether somebody may have a file.

    The app may where it is a member, and what somebody gave it in a form: `files:read` is
    for "conversations that the app has been added to", public ones as well.
    """
    if file.user == user_id or (user_id == BOT_USER and file.is_in_form):
        return True
    places = [channel for channel, _ in shares(workspace, file)]
    if user_id == BOT_USER:
        return any(BOT_USER in one.members for one in places)
    return any(workspace.sees(user_id, one) for one in places)


def told(workspace: Workspace, file: File) -> Json:
    """Describe a file as files.info does: with where it was shared."""
    body: Json = file.payload(workspace.base_url)
    body |= {"shares": {}, "channels": [], "groups": [], "ims": []}
    for channel, message in shares(workspace, file):
        one: Json = {"ts": message.ts, "channel_name": channel.name, "team_id": TEAM}
        if message.thread_ts:
            one["thread_ts"] = message.thread_ts
        side = "public" if channel.kind == "public" else "private"
        body["shares"].setdefault(side, {}).setdefault(channel.id, []).append(one)
        if channel.id not in body[LISTS[channel.kind]]:
            body[LISTS[channel.kind]].append(channel.id)
    return body | {"is_public": bool(body["channels"])}


def share(workspace: Workspace, message: Message) -> None:
    """Post a message with files, unless the workspace takes its time, or loses it."""
    if workspace.files.sharing == "at once":
        workspace.post(message)
    elif workspace.files.sharing == "held":
        workspace.files.held.append(message)


def release(workspace: Workspace) -> None:
    """Post what was held back, and hold nothing any more."""
    workspace.files.sharing = "at once"
    held, workspace.files.held = workspace.files.held, []
    for message in held:
        workspace.post(dataclasses.replace(message, ts=workspace.ts()))
