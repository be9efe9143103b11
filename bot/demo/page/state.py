"""What one person sees of the workspace, as JSON for the page. Pure."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

from bot.demo.slack.errors import Json
from bot.demo.slack.files import File
from bot.demo.slack.manifest import App
from bot.demo.slack.messages import Channel, Message
from bot.demo.slack.people import User
from bot.demo.slack.views import View
from bot.demo.slack.workspace import BOT_USER, TEAM, TEAM_NAME, Workspace
from bot.demo.traffic import Record

SHORTCUT_FIELDS = ("name", "type", "callback_id", "description")
COMMAND_FIELDS = ("command", "description", "usage_hint")
WIRE_ROWS = 300


@dataclasses.dataclass(frozen=True, slots=True)
class AppFeatures:
    """What the app puts into Slack's menus, as the manifest names it."""

    description: str
    commands: Sequence[Json]
    shortcuts: Sequence[Json]

    @classmethod
    def from_manifest(cls, manifest: Json) -> "AppFeatures":
        features = manifest.get("features") or {}
        return cls(
            str(manifest["display_information"].get("description", "")),
            [only(one, COMMAND_FIELDS) for one in features.get("slash_commands") or ()],
            [only(one, SHORTCUT_FIELDS) for one in features.get("shortcuts") or ()],
        )


def only(told: Json, fields: Iterable[str]) -> Json:
    """Keep some fields of an object; what is missing is empty."""
    return {name: told.get(name, "") for name in fields}


def seen(workspace: Workspace, offer: AppFeatures, user_id: str, notes: Mapping[str, str]) -> Json:
    """Tell everything that stands on this person's screen; `notes` describe people."""
    me = workspace.people[user_id]
    channels = visible(workspace, user_id)
    home = workspace.views.home(user_id)
    newest = newest_private(workspace)
    return {
        "workspace": {"name": TEAM_NAME, "is_guest": me.team_id != TEAM},
        "me": user_id,
        "people": {
            one.id: person(one, notes) | {"private_ts": newest.get(one.id, "")}
            for one in workspace.people.values()
        },
        "groups": {one.id: one.handle for one in workspace.groups.values()},
        "channels": [channel(one, user_id) for one in channels],
        "messages": messages(workspace, user_id, channels),
        "modals": [view(one) for one in workspace.views.stack(user_id)],
        "home": view(home) if home else None,
        "app": app(workspace.app, offer, me),
    }


def visible(workspace: Workspace, user_id: str) -> list[Channel]:
    """Give the channels that a person can read; direct messages only with the app."""
    found = [one for one in workspace.channels.values() if workspace.sees(user_id, one)]
    return [one for one in found if one.kind != "im" or BOT_USER in one.members]


def newest_private(workspace: Workspace) -> dict[str, str]:
    """Say when each person last got something that nobody else sees; never what."""
    newest: dict[str, str] = {}
    for one in workspace.messages:
        place = workspace.channels[one.channel]
        is_direct = place.kind == "im" and BOT_USER in place.members
        readers = {one.only_for} if one.only_for else place.members if is_direct else set()
        for user in readers - {one.user}:
            newest[user] = max(newest.get(user, ""), one.ts)
    return newest


def person(user: User, notes: Mapping[str, str]) -> Json:
    """Describe someone for names, avatars and the switch between people."""
    if user.is_bot:
        kind = "app"
    elif user.team_id != TEAM:
        kind = "outside"
    else:
        kind = "guest" if user.is_restricted else "member"
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name or user.name,
        "kind": kind,
        "deleted": user.deleted,
        "note": notes.get(user.id, ""),
    }


def channel(one: Channel, user_id: str) -> Json:
    """Describe a channel for the sidebar and its header."""
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "shared": one.shared,
        "archived": one.archived,
        "is_member": user_id in one.members,
        "has_bot": BOT_USER in one.members,
        "members": len(one.members),
    }


def messages(
    workspace: Workspace, user_id: str, channels: Iterable[Channel]
) -> dict[str, list[Json]]:
    """Give the messages of each channel, the oldest first, others' ephemeral ones left out."""
    told: dict[str, list[Json]] = {one.id: [] for one in channels}
    for one in sorted(workspace.messages, key=lambda each: each.ts):
        if one.channel in told and one.only_for in {None, user_id}:
            files = [file(workspace.files[file_id]) for file_id in one.files]
            told[one.channel].append(message(one) | {"files": files})
    return told


def file(one: File) -> Json:
    """Describe a file under a message; one that lies elsewhere has an address of its own."""
    return {
        "id": one.id,
        "name": one.name,
        "size": one.size,
        "kind": one.payload("").get("pretty_type", ""),
        "deleted": one.is_deleted,
        "external": one.mode == "external",
    }


def message(one: Message) -> Json:
    """Describe a message as the page draws it."""
    return {
        "ts": one.ts,
        "user": one.user,
        "text": one.text,
        "blocks": list(one.blocks),
        "thread_ts": one.thread_ts,
        "ephemeral": one.ephemeral,
        "broadcast": one.broadcast,
    }


def view(one: View) -> Json:
    """Describe a modal or a home tab with what stands in its fields."""
    return {
        "id": one.id,
        "hash": one.hash,
        "title": one.title,
        "submit": one.submit,
        "close": (one.spec.get("close") or {}).get("text"),
        "blocks": list(one.blocks),
        "values": one.values,
        "errors": dict(one.errors),
        "trouble": one.trouble,
    }


def app(one: App, offer: AppFeatures, me: User) -> Json:
    """Describe the app; people of other workspaces have none of its menus."""
    is_offered = "commands" in one.scopes and me.team_id == TEAM
    return {
        "user": BOT_USER,
        "name": one.bot_name,
        "description": offer.description,
        "home_tab": one.home_tab,
        "messages_tab": one.messages_tab,
        "commands": list(offer.commands) if is_offered else [],
        "shortcuts": list(offer.shortcuts) if is_offered and one.interactive else [],
    }


def wire(records: Sequence[Record]) -> list[Json]:
    """List what went over the wire, the newest last; `n` asks for the whole of one."""
    first = max(0, len(records) - WIRE_ROWS)
    # Nobody wants to read how often we asked whether the bot is up yet.
    heard = [
        (n, one)
        for n, one in enumerate(records[first:], first)
        if one.status is not None or one.kind != "url_verification"
    ]
    return [
        {
            "n": n,
            "direction": one.direction,
            "kind": one.kind,
            "status": one.status,
            "ok": worked(one),
            "ms": round(one.seconds * 1000),
            "at": one.at,
        }
        for n, one in heard
    ]


def worked(one: Record) -> bool:
    """Say whether a request went well; answers carry `ok` (Slack) or `success` (Atom) in them."""
    told = one.answer if isinstance(one.answer, dict) else {}
    is_good = bool(told.get("ok", True)) and bool(told.get("success", True))
    # Nothing but a 200 counts between Slack and the bot; Atom was seen to answer 202.
    return is_good and one.status in ({200, 202} if one.direction == "to_atom" else {200})


def whole(one: Record) -> Json:
    """Give one request and its answer; secrets were masked when they were recorded."""
    return {"request": one.payload, "answer": one.answer}
