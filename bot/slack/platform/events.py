"""What Slack tells us of changes: people and groups are asked for anew, a lost token is logged."""

import logging
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp

from bot.slack.platform import payloads
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload

logger = logging.getLogger(__name__)

EVENTS = (
    "app_home_opened",  # heard by `home`
    "app_uninstalled",
    "subteam_members_changed",
    "subteam_updated",
    "tokens_revoked",
    "user_change",
)


@dataclass(frozen=True, slots=True)
class Events:
    """The listeners for events; their contents are never trusted, only taken as a hint."""

    directory: SlackDirectory

    def register(self, app: AsyncApp) -> None:
        """Connect the listeners."""
        app.event("user_change")(self.on_user_change)
        app.event("subteam_members_changed")(self.on_members_changed)
        app.event("subteam_updated")(self.on_group_updated)
        app.event("tokens_revoked")(self.on_lost)
        app.event("app_uninstalled")(self.on_lost)

    async def on_user_change(self, event: Payload) -> None:
        """Forget somebody who became a guest, was deactivated, or only changed their picture."""
        self.directory.forget_person(str(payloads.part(event, "user").get("id") or ""))

    async def on_members_changed(self, event: Payload) -> None:
        """Forget a user group that somebody joined or left."""
        self.directory.forget_group(str(event.get("subteam_id") or ""))

    async def on_group_updated(self, event: Payload) -> None:
        """Forget a user group that changed, or was disabled."""
        self.directory.forget_group(str(payloads.part(event, "subteam").get("id") or ""))

    async def on_lost(self, event: Payload) -> None:
        """Log it: nothing can be told to anybody in Slack any more."""
        logger.error("slack access lost", extra={"slack_event": event.get("type")})
