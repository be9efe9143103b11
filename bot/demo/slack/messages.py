"""Where people talk and what was said there."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from bot.demo.slack.blocks import visible_text
from bot.demo.slack.errors import Json

# What a client has already turned into Slack's markup stays as it is.
MARKUP = re.compile(r"(<(?:[@#!]|tel:|mailto:|https?:)[^<>]*>)")


def escape(typed: str) -> str:
    """Write text as Slack stores it: the three control characters as entities."""
    parts = MARKUP.split(typed)
    # Every second part is markup.
    for i in range(0, len(parts), 2):
        parts[i] = parts[i].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(parts)


@dataclasses.dataclass(frozen=True, slots=True)
class Channel:
    """A public or private channel, or a direct message."""

    id: str
    name: str
    kind: Literal["public", "private", "im"]
    members: frozenset[str] = frozenset()
    archived: bool = False
    shared: bool = False

    @property
    def payload_name(self) -> str:
        """The name a slash command's payload carries, which hides the real one outside #public."""
        return {"public": self.name, "private": "privategroup", "im": "directmessage"}[self.kind]

    def payload(self, bot_user: str) -> Json:
        told: Json = {
            "id": self.id,
            "is_channel": self.kind == "public",
            "is_group": False,
            "is_im": self.kind == "im",
            "is_private": self.kind != "public",
            "is_archived": self.archived,
            "is_ext_shared": self.shared,
        }
        if self.kind == "im":
            return told | {"user": next(iter(sorted(self.members - {bot_user})), bot_user)}
        return told | {
            "name": self.name,
            "is_member": bot_user in self.members,
            "num_members": len(self.members),
        }


@dataclasses.dataclass(frozen=True, slots=True)
class Message:
    """One message as it stands now; an edit makes a new one with the same ts."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: Sequence[Json] = ()
    thread_ts: str | None = None
    metadata: Mapping[str, object] | None = None
    edited: bool = False
    only_for: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    broadcast: bool = False
    files: Sequence[str] = ()
    """The ids of the files that it carries."""

    @property
    def ephemeral(self) -> bool:
        return self.only_for is not None

    @property
    def shown(self) -> str:
        """Everything a person can read in it; with blocks, the text is only for notifications."""
        return visible_text(self.blocks) if self.blocks else self.text

    def payload(self, team_id: str, parent_user: str | None = None) -> Json:
        told: Json = {"user": self.user, "type": "message", "ts": self.ts}
        if self.bot_id:
            told |= {"bot_id": self.bot_id, "app_id": self.app_id}
        told |= {"text": self.text, "team": team_id}
        if self.thread_ts:
            told["thread_ts"] = self.thread_ts
            if parent_user:
                told["parent_user_id"] = parent_user
        if self.blocks:
            told["blocks"] = list(self.blocks)
        if self.metadata:
            told["metadata"] = dict(self.metadata)
        if self.edited:
            told["edited"] = {"user": self.user, "ts": self.ts}
        return told
