"""One Web API call: its arguments, and the conversation it names."""

import dataclasses
import json

from bot.demo.slack.errors import Json, Refusal
from bot.demo.slack.messages import Channel
from bot.demo.slack.people import User
from bot.demo.slack.rate_limits import Limits
from bot.demo.slack.socket_mode import SocketServer
from bot.demo.slack.workspace import BOT_USER, Workspace

TRUE = frozenset({"1", "true", "True", True})


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    """The arguments, merged from query, form and JSON, and the world they are about."""

    args: Json
    workspace: Workspace
    limits: Limits
    socket: SocketServer

    def text(self, name: str) -> str:
        value = self.args.get(name)
        return "" if value is None else str(value)

    def need(self, name: str) -> str:
        if not self.text(name):
            raise Refusal("invalid_arguments", f"[ERROR] missing required field: {name}")
        return self.text(name)

    def flag(self, name: str) -> bool:
        return self.args.get(name) in TRUE

    def structure(self, name: str, error: str = "invalid_arguments") -> object:
        """Give an argument that is JSON, written as such or as a string (in forms)."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refusal(error) from None

    def user(self, name: str) -> User:
        user = self.workspace.people.get(self.need(name))
        if user is None:
            raise Refusal("user_not_found")
        return user

    def channel(self, name: str = "channel") -> Channel:
        """Find a conversation that the bot can know of: public, or one it is in."""
        wanted = self.need(name)
        channel = self.workspace.channels.get(wanted)
        if channel is None:
            raise Refusal("channel_not_found")
        used = channel.id in self.workspace.used_in
        if channel.kind != "public" and BOT_USER not in channel.members and not used:
            raise Refusal("channel_not_found")
        return channel

    def place(self) -> Channel:
        """Find where to post: a conversation by id or #name, or a person's direct message."""
        wanted = self.need("channel")
        if wanted in self.workspace.people:
            return self._direct(self.workspace.people[wanted])
        if not wanted.startswith("#"):
            return self.channel()
        for channel in self.workspace.channels.values():
            if channel.kind == "public" and channel.name == wanted[1:]:
                return channel
        raise Refusal("channel_not_found")

    def _direct(self, user: User) -> Channel:
        if user.is_bot:
            raise Refusal("cannot_dm_bot")
        if user.deleted:
            raise Refusal("channel_not_found")
        if not self.workspace.app.messages_tab:
            raise Refusal("messages_tab_disabled")
        return self.workspace.direct(user.id)

    def open_to_bot(self, channel: Channel) -> None:
        """Refuse where the bot may not write."""
        if channel.archived:
            raise Refusal("is_archived")
        inside = BOT_USER in channel.members or channel.id in self.workspace.used_in
        anywhere = channel.kind == "public" and "chat:write.public" in self.workspace.app.scopes
        if not inside and not anywhere:
            raise Refusal("not_in_channel")
