"""The workspace: people, channels, messages, user groups, files. State only, no input or output."""

import dataclasses
import itertools
import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from bot.demo.clock import Changes, Clock
from bot.demo.slack.errors import Json, Refusal
from bot.demo.slack.files import File, Files
from bot.demo.slack.input_values import Untouched
from bot.demo.slack.manifest import App
from bot.demo.slack.messages import Channel, Message
from bot.demo.slack.people import Group, User
from bot.demo.slack.views import Views

TEAM, DOMAIN, TEAM_NAME = "T0STANDIN01", "stand-in", "Stand-in"
APP_ID, BOT_ID, BOT_USER = "A0WABOT0001", "B0WABOT0001", "U0WABOT0001"

Emit = Callable[[str, Json], None]


class Workspace:
    """Everything that Slack remembers; its methods also tell the app what it subscribed to."""

    def __init__(self, app: App, *, trigger_life: float = 3.0) -> None:
        self.app = app
        self.clock = Clock()
        self.changes = Changes()
        self.views = Views(self.clock, self.changes.touch, trigger_life)
        self.people: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.channels: dict[str, Channel] = {}
        self.records: dict[tuple[str, str], Message] = {}
        self.files = Files(self.clock, self.changes.touch)
        # Kinds of blocks that this Slack does not know, so that a test sees what is said instead.
        self.unknown_blocks: set[str] = set()
        self.untouched_files: Untouched = "empty"
        # Threads that take no reply, and what Slack says of them.
        self.locked: dict[tuple[str, str], str] = {}
        self.plan: Literal["free", "pro"] = "pro"
        self.installed = True
        self.base_url = ""
        self.used_in: set[str] = set()
        """Direct messages between people in which the app was used, so it may post there."""
        self.emit: Emit = lambda _event, _body: None
        self._last_ts = 0
        self._date = itertools.count(int(self.clock.now()))

    @property
    def messages(self) -> list[Message]:
        """Every message as it stands now, ephemeral ones too, the oldest first."""
        return list(self.records.values())

    def ts(self) -> str:
        """Make a timestamp that no message has yet."""
        self._last_ts = max(self._last_ts + 1, int(self.clock.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def add_person(self, user_id: str, name: str | None = None, **facts: object) -> User:
        """Let someone join; the facts are those of users.info (is_restricted, team_id, locale …)."""
        known: Json = {"id": user_id, "name": name or user_id.lower(), "team_id": TEAM, **facts}
        user = self.people[user_id] = User(**known)
        if user.team_id == TEAM:
            self.emit("team_join", {"user": user.payload(TEAM)})
        self.changes.touch()
        return user

    def change_person(self, user_id: str, **facts: object) -> User:
        """Change what users.info says of someone, and tell the app (user_change)."""
        now = int(self.clock.now())
        changes: Json = {**facts, "updated": now}
        user = self.people[user_id] = dataclasses.replace(self.people[user_id], **changes)
        self.emit("user_change", {"user": user.payload(TEAM), "cache_ts": now})
        self.changes.touch()
        return user

    def deactivate(self, user_id: str) -> User:
        return self.change_person(user_id, deleted=True)

    def set_group(self, group_id: str, users: Iterable[str], *, disabled: bool = False) -> Group:
        """Make a user group, or change who is in it, and tell the app."""
        old = self.groups.get(group_id)
        now = next(self._date)
        name = group_id.lower()
        group = dataclasses.replace(
            old or Group(group_id, name, name),
            users=tuple(users),
            date_update=now,
            date_delete=now if disabled else 0,
        )
        self.groups[group_id] = group
        kind = "subteam_updated" if old else "subteam_created"
        self.emit(kind, {"subteam": group.payload(TEAM)})
        if old and old.users != group.users:
            self._tell_members(old, group)
        self.changes.touch()
        return group

    def _tell_members(self, old: Group, new: Group) -> None:
        added = [one for one in new.users if one not in old.users]
        removed = [one for one in old.users if one not in new.users]
        body: Json = {"subteam_id": new.id, "team_id": TEAM}
        body |= {"date_previous_update": old.date_update, "date_update": new.date_update}
        body |= {"added_users": added, "added_users_count": len(added)}
        body |= {"removed_users": removed, "removed_users_count": len(removed)}
        self.emit("subteam_members_changed", body)

    def set_plan(self, plan: Literal["free", "pro"]) -> None:
        """Choose the plan: user groups are not part of the free one."""
        self.plan = plan
        self.changes.touch()

    def uninstall(self) -> None:
        """Remove the app: its token is dead from now on."""
        self.installed = False
        self.emit("tokens_revoked", {"tokens": {"oauth": [], "bot": [BOT_USER]}})
        self.emit("app_uninstalled", {})
        self.changes.touch()

    def add_channel(
        self,
        channel_id: str,
        name: str,
        members: Iterable[str] = (),
        *,
        kind: Literal["public", "private", "im"] = "public",
        shared: bool = False,
    ) -> Channel:
        """Make a channel; `shared` makes it one of Slack Connect."""
        made = Channel(channel_id, name, kind, frozenset(members), shared=shared)
        return self._put_channel(made)

    def _put_channel(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        self.changes.touch()
        return channel

    def archive(self, channel_id: str, *, archived: bool = True) -> Channel:
        channel = dataclasses.replace(self.channels[channel_id], archived=archived)
        kind = "channel" if channel.kind == "public" else "group"
        event = f"{kind}_archive" if archived else f"{kind}_unarchive"
        self.emit(event, {"channel": channel_id, "user": next(iter(self.people), "")})
        return self._put_channel(channel)

    def invite(self, channel_id: str, user_id: str) -> Channel:
        old = self.channels[channel_id]
        self.emit("member_joined_channel", self._member(old, user_id))
        return self._put_channel(dataclasses.replace(old, members=old.members | {user_id}))

    def remove(self, channel_id: str, user_id: str) -> Channel:
        old = self.channels[channel_id]
        if user_id == BOT_USER:
            kind = "channel_left" if old.kind == "public" else "group_left"
            self.emit(kind, {"channel": channel_id, "actor_id": next(iter(self.people), "")})
        else:
            self.emit("member_left_channel", self._member(old, user_id))
        return self._put_channel(dataclasses.replace(old, members=old.members - {user_id}))

    def _member(self, channel: Channel, user_id: str) -> Json:
        kind = "C" if channel.kind == "public" else "G"
        return {"user": user_id, "channel": channel.id, "channel_type": kind, "team": TEAM}

    def remove_bot(self, channel_id: str) -> Channel:
        return self.remove(channel_id, BOT_USER)

    def invite_bot(self, channel_id: str) -> Channel:
        return self.invite(channel_id, BOT_USER)

    def direct(self, user_id: str, other: str = BOT_USER) -> Channel:
        """Give the direct message between a person and the bot (or another), made if needed."""
        pair = frozenset({user_id, other})
        for channel in self.channels.values():
            if channel.kind == "im" and channel.members == pair:
                return channel
        name = f"D{user_id[1:]}" if other == BOT_USER else f"D0{secrets.token_hex(4).upper()}"
        return self.add_channel(name, "", pair, kind="im")

    def sees(self, user_id: str, channel: Channel) -> bool:
        """Say whether a person can read a channel: members, and full members what is public."""
        if user_id in channel.members:
            return True
        user = self.people[user_id]
        return channel.kind == "public" and not user.is_restricted and user.team_id == TEAM

    def parent(self, channel_id: str, thread_ts: str) -> Message:
        """Find the message that a thread hangs on; a reply is none."""
        root = self.records.get((channel_id, thread_ts))
        if root is None or root.ephemeral or root.thread_ts not in {None, root.ts}:
            raise Refusal("thread_not_found")
        return root

    def post(self, message: Message) -> Message:
        """Put a new message where people see it, and tell the app if it listens."""
        if message.thread_ts and not message.ephemeral:
            root = self.parent(message.channel, message.thread_ts)
            if root.thread_ts is None:
                self.put(dataclasses.replace(root, thread_ts=root.ts))
        if not message.ephemeral:
            self._tell_message(message)
        return self.put(message)

    def put(self, message: Message) -> Message:
        self.records[message.channel, message.ts] = message
        self.changes.touch()
        return message

    def drop(self, message: Message) -> None:
        self.records.pop((message.channel, message.ts), None)
        self.changes.touch()

    def _tell_message(self, message: Message) -> None:
        channel = self.channels[message.channel]
        if BOT_USER not in channel.members:
            return
        kind = {"public": "channel", "private": "group", "im": "im"}[channel.kind]
        body = self.payload(message) | {"channel": channel.id, "channel_type": kind}
        body |= {"subtype": "file_share"} if message.files else {}
        self.emit(f"message.{kind if kind == 'im' else kind + 's'}", body)
        if f"<@{BOT_USER}>" in message.text:
            self.emit("app_mention", body | {"type": "app_mention"})

    def by_bot(self, channel: str, text: str, blocks: Sequence[Json] = ()) -> Message:
        """Begin a message of the app."""
        ts, content = self.ts(), tuple(blocks)
        return Message(channel, ts, BOT_USER, text, content, bot_id=BOT_ID, app_id=APP_ID)

    def payload(self, message: Message) -> Json:
        root = self.records.get((message.channel, message.thread_ts or ""))
        parent = root.user if root and root.ts != message.ts else None
        told = message.payload(TEAM, parent)
        if message.files:
            told["files"] = [self.files[one].stub(self.base_url) for one in message.files]
            told |= {"upload": False, "display_as_bot": False}
        return told

    def add_file(self, name: str, content: bytes, user_id: str, **facts: object) -> File:
        """Store a file that a person has in hand; the facts are File's (mode, url, size …)."""
        team = self.people[user_id].team_id
        return self.files.add(name, content, **{"user": user_id, "user_team": team, **facts})
