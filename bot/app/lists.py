"""How lists are put together, beside the single sends."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from bot.bulk import run_parts
from bot.bulk.batches import Batch, PauseReason
from bot.bulk.carry import ListCarrier
from bot.bulk.list_files import ListFileWriter
from bot.bulk.pacer import Pacer
from bot.bulk.reading import Bounds, Reading
from bot.bulk.run import ListRun
from bot.config import Settings
from bot.delivery import Delivery
from bot.errors import NotAllowed
from bot.locales import Translations, Translator
from bot.policy.access import Access
from bot.policy.checks import SendChecks
from bot.policy.limits import Limits
from bot.policy.people import Right, Workspace
from bot.send_draft import NumberRules
from bot.slack.bulk.approval_requests import ListApprovalRequests
from bot.slack.bulk.lookup import ListLookup
from bot.slack.bulk.notifier import SlackBatchNotifier
from bot.slack.bulk.posting import ListPosting
from bot.slack.bulk.shown import ListRules
from bot.slack.bulk.telling import Files, Telling
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.files import SlackFiles
from bot.slack.platform.uploads import NamedFile, SlackUploads
from bot.store.approval_questions import ApprovalQuestionStore
from bot.store.batch_facts import BatchFactsStore
from bot.store.batches import BatchStore
from bot.store.database import Database
from bot.templates import Approval, Template, fingerprint
from bot.workflow.drain import Drain

CARD_SECONDS = 1.0  # for the cards at a stop, once nothing is under way any more


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
class WrittenFiles:
    """A list's files, as they are handed over."""

    writer: ListFileWriter

    async def problems(self, batch: Batch, translator: Translator) -> NamedFile:
        return NamedFile(*await self.writer.problems(batch, translator))

    async def outcomes(self, batch: Batch, translator: Translator) -> NamedFile:
        return NamedFile(*await self.writer.outcomes(batch, translator))


@dataclass(frozen=True, slots=True)
class SurfaceParts:
    """What shows lists, and answers about them."""

    settings: Settings
    database: Database
    batches: BatchStore
    client: AsyncWebClient  # whose calls may take their time
    directory: SlackDirectory
    translations: Translations
    access: Access  # which waits for the database
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class RunParts:
    """What carries lists, and is shared with single sends."""

    limits: Limits
    workspace: Workspace
    delivery: Delivery
    checks: SendChecks
    pacer: Pacer
    drain: Drain
    wake_sends: Callable[[], Awaitable[None]]


def list_rules(settings: Settings) -> ListRules:
    """Say what an operator decided that a list's card shows."""
    return ListRules(settings.duplicate_window, settings.bulk_approval)


def list_notifier(parts: SurfaceParts) -> SlackBatchNotifier:
    """Make what shows lists."""
    lookup = ListLookup(
        parts.batches,
        parts.directory,
        parts.translations,
        parts.access.find,
        parts.now,
        list_rules(parts.settings),
    )
    posting = ListPosting(parts.client, parts.batches, lookup)
    asking = ListApprovalRequests(posting, ApprovalQuestionStore(parts.database), parts.directory)
    files = Files(written_files(parts), list_uploads(parts))
    return SlackBatchNotifier(posting, parts.batches, Telling(posting, asking, files))


def written_files(parts: SurfaceParts) -> WrittenFiles:
    """Make what writes a list's files."""
    return WrittenFiles(ListFileWriter(parts.batches, parts.directory.zone))


def list_uploads(parts: SurfaceParts) -> SlackUploads:
    """Make what hands files over."""
    return SlackUploads(parts.client, parts.directory.helpers, parts.settings.proxies)


def list_work(parts: SurfaceParts, run: RunParts, notifier: SlackBatchNotifier) -> ListWork:
    """Connect what reads, runs and shows lists."""
    settings, delivery, now = parts.settings, run.delivery, parts.now
    files = SlackFiles(parts.client, run.workspace, parts.directory.helpers, settings.proxies)
    bounds = Bounds(
        settings.bulk_limit, settings.atom_rate, run.limits, settings.whatsapp_daily_limit
    )

    reading = Reading(
        files,
        parts.batches,
        parts.access.find,
        parts.directory.today,
        BatchFactsStore(parts.database),
        NumberRules(settings.default_region, settings.countries),
        bounds,
        now,
    )
    calling = run_parts.RunParts(
        parts.batches,
        notifier,
        delivery.rate_limit,
        delivery.alerts,
        delivery.gateway,
        run.checks.check_rows,
        _against_all(parts),
        run.wake_sends,
        now,
        asyncio.sleep,
        run.drain,
        settings.atom_rate,
        settings.late_after,
        run.pacer,
    )
    return ListWork(ListCarrier(parts.batches, reading, ListRun(calling), notifier, now), notifier)


def _against_all(parts: SurfaceParts) -> Callable[[Batch], Awaitable[PauseReason | None]]:
    """Make what looks whether a list's people still may: not row by row, since all would fail."""

    async def look(batch: Batch) -> PauseReason | None:
        asked = batch.request
        try:
            found = await parts.access.check(asked.user, asked.template, asked.origin.channel)
            if batch.approved_by:
                await parts.directory.check(batch.approved_by, Right.APPROVE)
        except NotAllowed:
            return PauseReason.ACCESS
        if found.refusal or await _is_other(parts, batch, found.template):
            return PauseReason.TEMPLATE
        return None

    return look


async def _is_other(parts: SurfaceParts, batch: Batch, template: Template | None) -> bool:
    """Whether a template is not what the list was read and started for."""
    if template is None:
        return bool(batch.report.fingerprint)
    if batch.report.fingerprint != fingerprint(template):
        return True
    if template.approval is not Approval.ALWAYS or batch.approved_by:
        return False
    # It came to need an approval that nobody gave.
    return not await parts.directory.is_among(batch.request.user, template.approval_free)
