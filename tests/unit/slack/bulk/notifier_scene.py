"""A list, Slack, and who tells people of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.bulk.batches import Batch, BatchStatus, Progress
from bot.demo.slack.messages import Message
from bot.demo.slack.server import SlackStandIn
from bot.demo.slack.workspace import TEAM
from bot.locales import Translations, Translator
from bot.policy.people import Policy, Workspace
from bot.repositories import ApprovalQuestion
from bot.sends import Card, SendId
from bot.slack import manifest
from bot.slack.bulk.approval_requests import ListApprovalRequests
from bot.slack.bulk.lookup import ListLookup
from bot.slack.bulk.notifier import SlackBatchNotifier
from bot.slack.bulk.posting import ListPosting
from bot.slack.bulk.telling import Files, Telling
from bot.slack.platform.client import open_slack
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.uploads import NamedFile
from bot.templates import Template
from tests.builders import make_template
from tests.builders.batches import BATCH_ID, make_batch
from tests.fakes import NOON
from tests.fakes.batches import FakeBatches

DM = "D0ALICE0001"


@dataclass
class Questions:
    """What people were asked, and still stands."""

    kept: dict[str, ApprovalQuestion] = field(default_factory=dict)

    async def of(self, send_id: SendId) -> tuple[ApprovalQuestion, ...]:
        return tuple(self.kept.values())

    async def posted(self, question: ApprovalQuestion) -> None:
        self.kept.setdefault(question.user, question)

    async def closed(self, question: ApprovalQuestion) -> None:
        del self.kept[question.user]


@dataclass
class Given:
    """What was handed over; `raises` is what hinders it."""

    files: list[tuple[str, str, str]] = field(default_factory=list)
    raises: list[Exception] = field(default_factory=list)

    async def send(self, user: str, name: str, content: bytes | Path, comment: str) -> None:
        if self.raises:
            raise self.raises.pop(0)
        self.files.append((user, name, comment))

    async def problems(self, batch: Batch, translator: Translator) -> NamedFile:
        return NamedFile(f"problems.{translator.language}.csv", b"")

    async def outcomes(self, batch: Batch, translator: Translator) -> NamedFile:
        return NamedFile(f"outcomes.{translator.language}.csv", b"")


@dataclass
class Scene:
    """What a test changes, and what people see."""

    slack: SlackStandIn
    batches: FakeBatches
    notifier: SlackBatchNotifier
    questions: Questions
    given: Given
    directory: SlackDirectory

    @property
    def batch(self) -> Batch:
        return self.batches.lists[BATCH_ID]

    def now(self, status: BatchStatus, progress: Progress | None = None, **changes: Any) -> Batch:
        """Let the list stand otherwise; its card stays where it is."""
        kept = {}
        if BATCH_ID in self.batches.lists:
            kept = {"card_channel": self.batch.card_channel, "card_ts": self.batch.card_ts}
        return self.batches.put(make_batch(status, **kept, **changes), progress)

    async def tell(
        self, status: BatchStatus, progress: Progress | None = None, **more: Any
    ) -> Card:
        """Let the list stand so, and tell it, as a run does."""
        card = await self.notifier.tell(self.now(status, progress, **more))
        self.batches.change(BATCH_ID, card_channel=card.channel, card_ts=card.ts)
        return card

    async def shown(self) -> None:
        """Wait until no card is to be drawn any more."""
        await self.slack.until(lambda: not self.notifier._tasks)  # noqa: SLF001 - nobody else asks

    @property
    def messages(self) -> list[Message]:
        found = self.slack.workspace.records.values()
        return [one for one in found if one.bot_id and not one.ephemeral]

    @property
    def cards(self) -> list[Message]:
        """Every card: it begins with its title, and calls nobody."""
        return [one for one in self.messages if "* → clients.xlsx ·" in one.text]

    @property
    def replies(self) -> list[Message]:
        return [one for one in self.messages if one not in self.cards]

    def calls(self, method: str) -> int:
        kinds = [one.kind for one in self.slack.traffic if one.direction == "from_bot"]
        return kinds.count(f"chat.{method}")

    async def delete(self, message: Message) -> None:
        self.slack.workspace.records.pop((message.channel, message.ts))

    def may_approve(self, *listed: str) -> None:
        self.directory.policy = Policy(frozenset(), frozenset(), frozenset(listed))


@asynccontextmanager
async def open_scene(least_pause: float = 0.05, pause_each: float = 0.0) -> AsyncIterator[Scene]:
    slack = await SlackStandIn.start(
        manifest=manifest.build(""), signing_secret="", rate_limits=False
    )
    async with open_slack("xoxb-stand-in", slack.api_url, seconds=5) as client:
        batches, questions, given = FakeBatches(), Questions(), Given()
        directory = SlackDirectory(client, Workspace(TEAM), Policy(frozenset(), frozenset()))

        async def template(_: str) -> Template | None:
            return make_template()

        lookup = ListLookup(batches, directory, Translations("en"), template, lambda: NOON)
        posting = ListPosting(client, batches, lookup)
        approvals = ListApprovalRequests(posting, questions, directory)
        telling = Telling(posting, approvals, Files(given, given))
        notifier = SlackBatchNotifier(
            posting, batches, telling, least_pause=least_pause, pause_each=pause_each
        )
        yield Scene(slack, batches, notifier, questions, given, directory)
        await notifier.close(patience=0.0)
    await slack.close()


def status_of(message: Message) -> object:
    match message.metadata:
        case {"event_payload": {"status": status}}:
            return status
    return None
