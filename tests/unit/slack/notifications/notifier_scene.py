"""One send's row, Slack, and who tells."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import override

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.demo.slack.server import SlackStandIn
from bot.locales import Translations
from bot.sends import Card, Origin, Send, SendId, Status
from bot.slack.notifications.notifier import SlackNotifier
from tests.fakes import NOON
from tests.fakes.repositories import FakeSends

SOON = 0.05  # seconds, in place of the one after which a card is shown
DM = "D0ALICE0001"
ENDS = {
    Status.SENT: {"reason": "sent", "conversation": "d771f70755a1"},
    Status.PENDING: {"reason": "pending"},
    Status.REJECTED: {"reason": "rejected", "vendor_message": "No hay datos"},
    Status.FAILED: {"reason": "gave_up"},
    Status.CANCELLED: {"reason": "cancelled", "decided_by": seed.ALICE},
    Status.UNKNOWN: {"reason": "no_answer"},
}
FINAL = [status for status in ENDS if status is not Status.UNKNOWN]


@dataclass
class Scene(FakeSends):
    """One send's row, Slack, and who tells."""

    slack: SlackStandIn
    notifier: SlackNotifier
    send: Send
    answers: list[dict[str, Any]]  # what came through the response_url
    places: list[tuple[str, str]] = field(default_factory=list)
    others: list[Send] = field(default_factory=list)  # the other tries of the same
    reads: int = 0

    @override
    async def get(self, send_id: SendId) -> Send:
        assert send_id == self.send.id
        self.reads += 1
        return self.send

    @override
    async def card_posted(self, send_id: SendId, channel: str, ts: str) -> None:
        assert send_id == self.send.id
        self.places.append((channel, ts))
        self.change(card_channel=channel, card_ts=ts)

    @override
    async def question_posted(self, send_id: SendId, channel: str, ts: str) -> None:
        assert send_id == self.send.id
        self.change(question_channel=channel, question_ts=ts)

    @override
    async def tries(self, send_id: SendId) -> tuple[Send, ...]:
        return (*self.others, self.send)

    def change(self, **changes: Any) -> None:
        self.send = dataclasses.replace(self.send, **changes)

    def moves_to(self, channel: str = seed.SOPORTE, *, thread: str = "", answers: str = "") -> None:
        request = dataclasses.replace(self.send.request, origin=Origin(channel, thread, answers))
        self.change(request=request)

    def end(self, status: Status = Status.PENDING) -> None:
        self.change(status=status, next_try=None, **ENDS[status])

    def wait(self) -> None:
        self.change(status=Status.QUEUED, tries=1, next_try=NOON, reason="atom.unreachable")

    async def tell(self) -> Card:
        """Tell, and write down that it was told, as delivery does."""
        told = self.send.status
        card = await self.notifier.tell(self.send)
        self.change(card_channel=card.channel, card_ts=card.ts, announced_status=told)
        return card

    async def show(self) -> None:
        self.notifier.show(self.send)
        await self.shown()

    async def slack_hangs(self, method: str = "chat.postMessage") -> None:
        """Wait until Slack has each request that was to go wrong."""
        waiting = self.slack._api._faults[method]  # noqa: SLF001 - only its answer is ever told of
        await self.slack.until(lambda: not waiting)

    async def shown(self) -> None:
        """Wait until nothing is being shown."""
        await self.slack.until(lambda: not self.is_showing)

    @property
    def is_showing(self) -> bool:
        """Whether a card is being shown, or waits for its turn."""
        return bool(self.notifier._shows)  # noqa: SLF001 - nobody but a test must know it

    @property
    def messages(self) -> list[Message]:
        """Every message of the bot, in every channel."""
        found = self.slack.workspace.records.values()
        return [one for one in found if one.bot_id and not one.ephemeral]

    @property
    def cards(self) -> list[Message]:
        return [one for one in self.messages if "* → •••• " in one.text]

    @property
    def outcomes(self) -> list[Message]:
        return [one for one in self.messages if "* → •••• " not in one.text]

    @property
    def calls(self) -> list[str]:
        kinds = [one.kind for one in self.slack.traffic if one.direction == "from_bot"]
        return [kind.removeprefix("chat.") for kind in kinds]

    def contradictions(self) -> list[str]:
        """Name the cards that say anything but how the row stands."""
        translator = Translations("en").shared
        said = {translator(f"status.{status}") for status in Status}
        true = translator(f"status.{self.send.status}")
        return [
            card.text
            for card in self.cards
            if any(status in card.text for status in said - {true})
            or (card.metadata is not None and status_of(card) != self.send.status)
        ]


def status_of(message: Message) -> object:
    match message.metadata:
        case {"event_payload": {"status": status}}:
            return status
    return None


async def name_of(user: str) -> str:
    return {seed.ALICE: "Alice", seed.CARLA: "Carla"}.get(user, "")


async def no_locale(_user: str) -> str:
    return ""
