"""What Slack knows of the app: read from its manifest, the file that a real workspace installs."""

import dataclasses
from typing import Self

from bot.demo.slack.errors import Json

EVENT_SCOPES = {
    "user_change": ("users:read",),
    "team_join": ("users:read",),
    "subteam_created": ("usergroups:read",),
    "subteam_updated": ("usergroups:read",),
    "subteam_members_changed": ("usergroups:read",),
    "app_mention": ("app_mentions:read",),
    "channel_archive": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "channel_left": ("channels:read",),
    "group_left": ("groups:read",),
    "group_archive": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
}
"""The scopes of which one is needed for an event; others need none (docs: reference/events)."""


@dataclasses.dataclass(frozen=True, slots=True)
class App:
    """The installed app: what it registered and what it was granted."""

    name: str
    bot_name: str
    scopes: frozenset[str]
    commands: dict[str, Json]
    shortcuts: frozenset[tuple[str, str]]
    events: frozenset[str]
    interactive: bool
    urls: frozenset[str]
    """What the manifest has a request URL for; in HTTP mode nothing else is delivered."""
    home_tab: bool
    messages_tab: bool

    @classmethod
    def from_manifest(cls, manifest: Json) -> Self:
        features = manifest.get("features") or {}
        settings = manifest.get("settings") or {}
        interactivity = settings.get("interactivity") or {}
        home = features.get("app_home") or {}
        name = manifest["display_information"]["name"]
        return cls(
            name=name,
            bot_name=(features.get("bot_user") or {}).get("display_name", name),
            scopes=frozenset(manifest["oauth_config"]["scopes"]["bot"]),
            commands={one["command"]: one for one in features.get("slash_commands") or ()},
            shortcuts=frozenset(
                (one["callback_id"], one["type"]) for one in features.get("shortcuts") or ()
            ),
            events=frozenset((settings.get("event_subscriptions") or {}).get("bot_events") or ()),
            interactive=bool(interactivity.get("is_enabled")),
            urls=urls_of(settings),
            home_tab=bool(home.get("home_tab_enabled")),
            messages_tab=bool(home.get("messages_tab_enabled")),
        )

    def has_url(self, kind: str, payload: Json) -> bool:
        """Say whether the manifest tells where to deliver this over HTTP."""
        if kind == "slash_commands":
            return bool(self.commands[payload["command"]].get("url"))
        return kind in self.urls or payload["type"] == "url_verification"

    def hears(self, event: str) -> bool:
        """Say whether an event is subscribed to and one of the scopes it needs was granted."""
        needed = EVENT_SCOPES.get(event, ())
        return event in self.events and (not needed or not self.scopes.isdisjoint(needed))


def urls_of(settings: Json) -> frozenset[str]:
    """Name what the manifest's settings have a request URL for."""
    interactivity = settings.get("interactivity") or {}
    found = {
        "interactive": interactivity.get("request_url"),
        "block_suggestion": interactivity.get("message_menu_options_url"),
        "events_api": (settings.get("event_subscriptions") or {}).get("request_url"),
    }
    return frozenset(name for name, url in found.items() if url)
