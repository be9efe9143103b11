"""The app's manifest for Slack, with the least that it needs (docs: app manifest)."""

from typing import Any

from bot.slack.platform.events import EVENTS
from bot.slack.send_form.listeners import COMMAND, FROM_MESSAGE, GLOBAL

# commands: the command and the shortcuts · chat:write: cards and outcomes · users:read and
# usergroups:read: who may send, and the events that say when that changed
SCOPES = ("chat:write", "commands", "usergroups:read", "users:read")


def build(url: str = "") -> dict[str, Any]:
    """Make the manifest: HTTP to `url` (https://…/slack/events), or Socket Mode without one."""
    request = {"url": url} if url else {}
    command = {
        "command": COMMAND,
        "description": "Send a WhatsApp template message",
        "usage_hint": '<template> <phone> name="value" | help',
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
            "description": "Send approved WhatsApp template messages through Atom",
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
                    "name": "Send WhatsApp template",
                    "type": "message",
                    "callback_id": FROM_MESSAGE,
                    "description": "Write to the phone number in this message",
                },
                {
                    "name": "Send WhatsApp template",
                    "type": "global",
                    "callback_id": GLOBAL,
                    "description": "Send a WhatsApp template message",
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
