"""What every gesture needs: who sits there, how their payloads begin, what Slack shows them."""

import dataclasses
from collections.abc import Mapping

from bot.demo.slack.delivery import VERIFICATION, AppResponse, Deliveries, Kind
from bot.demo.slack.errors import Impossible, Json
from bot.demo.slack.input_values import with_untouched
from bot.demo.slack.messages import Channel, Message
from bot.demo.slack.people import User
from bot.demo.slack.response_urls import ResponseUrls
from bot.demo.slack.views import View
from bot.demo.slack.workspace import APP_ID, BOT_ID, DOMAIN, TEAM, Workspace

TROUBLE = "We had some trouble connecting. Try again?"
NOT_CONFIGURED = "This app is not configured to handle interactive responses."
SLACKBOT = "USLACKBOT"


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """What came of a gesture, as the person sees it."""

    status: int | None = None
    seconds: float = 0.0
    reached_bot: bool = False
    shown: str = ""
    """Every text that the person sees at once, Slack's own errors too."""
    message: Message | None = None
    errors: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Under which block which words stand: from Slack's client or from the bot."""
    closed: bool = False
    trouble: str = ""
    view: View | None = None
    """The modal on top afterwards."""


class PersonBase:
    """One person's place at Slack's client."""

    def __init__(
        self, user_id: str, workspace: Workspace, deliveries: Deliveries, hooks: ResponseUrls
    ) -> None:
        if user_id not in workspace.people:
            raise Impossible(f"there is no {user_id} here, only: {', '.join(workspace.people)}")
        self.id = user_id
        self.workspace = workspace
        self._deliveries = deliveries
        self._hooks = hooks

    @property
    def user(self) -> User:
        return self.workspace.people[self.id]

    @property
    def views(self) -> list[View]:
        """The open modals, the one on top last."""
        return self.workspace.views.stack(self.id)

    @property
    def view(self) -> View | None:
        """The modal on top."""
        return self.views[-1] if self.views else None

    @property
    def home(self) -> View | None:
        return self.workspace.views.home(self.id)

    def _active(self) -> None:
        if self.user.deleted or self.user.is_bot:
            raise Impossible(f"{self.id} is deactivated or a bot: they have no client")

    def _channel(self, channel_id: str) -> Channel:
        channel = self.workspace.channels.get(channel_id)
        if channel is None or not self.workspace.sees(self.id, channel):
            raise Impossible(f"{self.id} does not see a channel {channel_id}")
        return channel

    def _writable(self, channel_id: str) -> Channel:
        self._active()
        channel = self._channel(channel_id)
        if self.id not in channel.members or channel.archived:
            raise Impossible(f"{self.id} cannot write in {channel_id}: no member, or archived")
        return channel

    def _top(self) -> View:
        """Give what the person looks at: the modal on top, else the home tab."""
        view = self.view or self.home
        if view is None:
            raise Impossible(f"{self.id} has no modal open and no home tab")
        return view

    def _who(self) -> Json:
        name = self.user.name
        return {"id": self.id, "username": name, "name": name, "team_id": self.user.team_id}

    def _payload(self, kind: str) -> Json:
        """Begin an interaction's payload with what all of them have."""
        return {
            "type": kind,
            "team": {"id": TEAM, "domain": DOMAIN},
            "user": self._who(),
            "api_app_id": APP_ID,
            "token": VERIFICATION,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _view_payload(self, view: View) -> Json:
        told = view.payload(TEAM, APP_ID, BOT_ID)
        values = with_untouched(view.values, self.workspace.untouched_files)
        return told | {"state": {"values": values}}

    async def _interact(self, payload: Json) -> AppResponse:
        return await self._send("interactive", payload)

    async def _send(self, kind: Kind, payload: Json) -> AppResponse:
        return await self._deliveries.send(kind, payload)

    def _from_slack(self, channel: str, words: str) -> Message:
        """Show words of Slack itself, to this person only."""
        ts = self.workspace.ts()
        return self.workspace.put(Message(channel, ts, SLACKBOT, words, only_for=self.id))

    def _result(self, answer: AppResponse, **more: object) -> Result:
        facts: Json = {"status": answer.status, "seconds": answer.seconds, "reached_bot": True}
        return Result(**{**facts, "view": self.view, **more})

    @property
    def _stamp(self) -> str:
        return self.workspace.ts()
