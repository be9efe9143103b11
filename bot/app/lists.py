"""How lists are put together, beside the single sends."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from slack_sdk.web.async_client import AsyncWebClient

from bot.bulk.batches import Batch, PauseReason
from bot.bulk.carry import ListCarrier
from bot.bulk.reading import Bounds, Reading
from bot.bulk.run import ListRun
from bot.config import Settings
from bot.delivery import Delivery
from bot.errors import NotAllowed
from bot.locales import Translations
from bot.policy.access import Access
from bot.policy.limits import Limits
from bot.policy.people import Right, Workspace
from bot.send_draft import NumberRules
from bot.slack.bulk.approval_requests import ListApprovalRequests
from bot.slack.bulk.lookup import ListLookup
from bot.slack.bulk.notifier import SlackBatchNotifier
from bot.slack.bulk.posting import ListPosting
from bot.slack.bulk.shown import ListRules
from bot.slack.bulk.telling import Telling
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.files import SlackFiles
from bot.store.approval_questions import ApprovalQuestionStore
from bot.store.batch_facts import BatchFactsStore
from bot.store.batches import BatchStore
from bot.store.database import Database
from bot.workflow.drain import Drain

CARD_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ListWork:
    """What a run of a list does."""

    carrier: ListCarrier
    notifier: SlackBatchNotifier

    async def carry(self, batch: Batch) -> None:
        await self.carrier.carry(batch)

    async def close(self) -> None:
        await self.notifier.close(patience=CARD_SECONDS)


@dataclass(frozen=True, slots=True)
class ListParts:
    """What lists share with single sends."""

    settings: Settings
    limits: Limits
    database: Database
    batches: BatchStore
    client: AsyncWebClient  # whose calls may take their time
    directory: SlackDirectory
    workspace: Workspace
    translations: Translations
    access: Access
    delivery: Delivery
    drain: Drain
    wake_sends: Callable[[], Awaitable[None]]


def list_rules(settings: Settings) -> ListRules:
    """Say what an operator decided that a list's card shows."""
    return ListRules(settings.duplicate_window, settings.bulk_approval)


def list_work(parts: ListParts) -> ListWork:
    """Connect what reads, runs and shows lists."""
    settings, delivery, now = parts.settings, parts.delivery, parts.delivery.now
    lookup = ListLookup(
        parts.batches,
        parts.directory,
        parts.translations,
        parts.access.find,
        now,
        list_rules(settings),
    )
    posting = ListPosting(parts.client, parts.batches, lookup)
    asking = ListApprovalRequests(posting, ApprovalQuestionStore(parts.database), parts.directory)
    notifier = SlackBatchNotifier(posting, parts.batches, Telling(posting, asking))
    files = SlackFiles(parts.client, parts.workspace, parts.directory.helpers, settings.proxies)
    bounds = Bounds(
        settings.bulk_limit, settings.atom_rate, parts.limits, settings.whatsapp_daily_limit
    )

    async def today(user: str) -> date:
        return parts.directory.today(user)

    reading = Reading(
        files,
        parts.batches,
        parts.access.find,
        today,
        BatchFactsStore(parts.database),
        NumberRules(settings.default_region, settings.countries),
        bounds,
        now,
    )
    run = ListRun(
        parts.batches,
        notifier,
        delivery.rate_limit,
        delivery.alerts,
        delivery.gateway,
        delivery.may_send,
        _against_all(parts),
        parts.wake_sends,
        now,
        asyncio.sleep,
        parts.drain,
        settings.atom_rate,
        settings.late_after,
    )
    return ListWork(ListCarrier(parts.batches, reading, run, notifier, now), notifier)


def _against_all(parts: ListParts) -> Callable[[Batch], Awaitable[PauseReason | None]]:
    """Make what looks whether a list's people still may: not row by row, since all would fail."""

    async def look(batch: Batch) -> PauseReason | None:
        asked = batch.request
        try:
            found = await parts.access.check(asked.user, asked.template, asked.origin.channel)
            if batch.approved_by:
                await parts.directory.check(batch.approved_by, Right.APPROVE)
        except NotAllowed:
            return PauseReason.ACCESS
        return PauseReason.TEMPLATE if found.refusal else None

    return look
