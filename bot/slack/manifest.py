"""The app's manifest for Slack, with the least that it needs (docs: app manifest)."""

from typing import Any

from bot.locales import load
from bot.slack.bulk import ids
from bot.slack.platform.events import EVENTS
from bot.slack.send_form.listeners import COMMAND, FROM_MESSAGE, GLOBAL

# commands: the command and the shortcuts · chat:write: cards and outcomes · users:read and
# usergroups:read: who may send, and the events that say when that changed · channels:read and
# groups:read: who of those that may approve a send is in its channel, to be asked there ·
# files:read and files:write: a list comes as a file, and its results go back as one
SCOPES = (
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:read",
    "usergroups:read",
    "users:read",
)


def build(url: str = "", language: str = "en") -> dict[str, Any]:
    """Make the manifest: HTTP to `url` (https://…/slack/events), or Socket Mode without one.

    Its `language` is the whole workspace's: Slack shows everybody the same names.
    """
    words = load(language)
    request = {"url": url} if url else {}
    command = {
        "command": COMMAND,
        "description": words("manifest.command"),
        "usage_hint": words("manifest.usage_hint"),
        "should_escape": False,
    }
    events: dict[str, Any] = {"bot_events": sorted(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if url:
        events["request_url"] = url
        interactivity |= {"request_url": url, "message_menu_options_url": url}
    return {
        "display_information": {
            "name": "WhatsApp templates",
            "description": words("manifest.description"),
            "background_color": "#075E54",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                # Without it nobody can be written to: Slack has the tab switched off.
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "WhatsApp templates", "always_online": True},
            "slash_commands": [command | request],
            "shortcuts": [
                {
                    "name": words("manifest.shortcut"),
                    "type": "message",
                    "callback_id": FROM_MESSAGE,
                    "description": words("manifest.on_message"),
                },
                {
                    "name": words("manifest.bulk"),
                    "type": "message",
                    "callback_id": ids.FROM_MESSAGE,
                    "description": words("manifest.bulk_on_message"),
                },
                {
                    "name": words("manifest.shortcut"),
                    "type": "global",
                    "callback_id": GLOBAL,
                    "description": words("manifest.anywhere"),
                },
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }
