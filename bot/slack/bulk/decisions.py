"""Connects what people decide about lists that are there."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.bulk.batches import BatchId
from bot.bulk.ports import BatchNotifier, BatchRepository
from bot.locales import Translations
from bot.policy.access import Access
from bot.repositories import ApprovalQuestions
from bot.slack.bulk.actions import ListActions
from bot.slack.bulk.approval_requests import ListApprovalRequests
from bot.slack.bulk.approvals import ListApprovals
from bot.slack.bulk.door import ListDoor
from bot.slack.bulk.files_on_demand import FilesOnDemand
from bot.slack.bulk.lookup import ListLookup
from bot.slack.bulk.modals import UNKNOWN_ID
from bot.slack.bulk.notifier import SlackBatchNotifier
from bot.slack.bulk.outcomes_file import MakeOutcomes, OutcomesFiles
from bot.slack.bulk.posting import ListPosting
from bot.slack.bulk.shown import ListRules
from bot.slack.bulk.whole import ListModals
from bot.slack.home import Home
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload
from bot.slack.platform.uploads import SlackUploads

Redraw = Mapping[str, Callable[[Payload, str], Coroutine[Any, Any, None]]]


@dataclass(frozen=True, slots=True)
class RowDecided:
    """What is drawn again once a row of a list was decided about by itself."""

    modals: Redraw = field(default_factory=dict)  # by their callback ids
    show: Callable[[BatchId], None] = lambda _: None  # the list's card


@dataclass(frozen=True, slots=True)
class ListDecisions:
    """What its listeners work with."""

    batches: BatchRepository
    notifier: BatchNotifier | None  # None: another process carries the lists
    rules: ListRules
    directory: SlackDirectory
    translations: Translations
    access: Access
    questions: ApprovalQuestions
    now: Callable[[], datetime]
    uploads: SlackUploads | None = None
    make_outcomes: MakeOutcomes | None = None

    def register(
        self,
        app: AsyncApp,
        client: AsyncWebClient,
        background: BackgroundTasks,
        home: Home,
    ) -> RowDecided:
        """Connect them, before those of sends; return what draws lists again."""
        door = ListDoor(self.batches, self.access, self.now, self.rules)
        lookup = ListLookup(
            self.batches,
            self.directory,
            self.translations,
            self.access.find,
            self.now,
            self.rules,
        )
        posting = ListPosting(client, self.batches, lookup)
        notifier = self.notifier or SlackBatchNotifier(posting, self.batches)
        requests = ListApprovalRequests(posting, self.questions, self.directory)
        ListActions(self.batches, door, notifier, background, home).register(app)
        ListApprovals(self.batches, door, requests, notifier, background, home).register(app)
        modals = ListModals(client, self.directory, self.batches, door, lookup)
        modals.register(app)
        if self.uploads and self.make_outcomes:
            files = FilesOnDemand(client, self.directory, self.uploads, background)
            OutcomesFiles(files, door, lookup, self.make_outcomes).register(app)
        return RowDecided({UNKNOWN_ID: modals.refresh}, notifier.show)
