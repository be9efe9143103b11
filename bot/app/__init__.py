"""The composition root: the only module that knows every part, and how they start and stop."""

import asyncio
import contextlib
import ctypes
import gc
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from aiohttp import ClientSession
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import workflow
from bot.app.lists import (
    RunParts,
    SurfaceParts,
    list_notifier,
    list_rules,
    list_uploads,
    list_work,
    written_files,
)
from bot.atom import Atom, open_session
from bot.bulk import model_file
from bot.bulk.pacer import Pacer
from bot.config import Settings
from bot.delivery import Deadlines, Delivery
from bot.errors import CannotStart, TryLater
from bot.events import Source
from bot.health import Look, look_at, look_at_database, look_at_slack
from bot.locales import Translations
from bot.migrate import prepare, wait_for_database
from bot.policy.access import Access
from bot.policy.checks import SendChecks
from bot.policy.limits import Limits
from bot.policy.people import Policy
from bot.send_draft import NumberRules
from bot.sends import Periods, Send, SendId
from bot.slack import Installation, Parts, find_installation, make_app
from bot.slack.bulk.notifier import SlackBatchNotifier
from bot.slack.home.watch import HomeWatch
from bot.slack.notifications.approval_requests import ApprovalRequests
from bot.slack.notifications.notifier import SlackNotifier
from bot.slack.notifications.nudges import Nudges
from bot.slack.notifications.redraw import CardUpdater
from bot.slack.notifications.token_alert import TokenAlert
from bot.slack.platform.client import (
    BACKGROUND_SECONDS,
    CALL_SECONDS,
    SlackRefused,
    open_slack,
)
from bot.slack.platform.directory import SlackDirectory
from bot.stopping import pause, unless_stopped
from bot.store.approval_questions import ApprovalQuestionStore
from bot.store.batches import BatchStore
from bot.store.clock import Clock
from bot.store.contacts import ContactStore
from bot.store.database import Database, open_engine, sqlite_path
from bot.store.file_lock import only_one
from bot.store.number_facts import NumberFactsStore
from bot.store.rate_limit import StoredRateLimit
from bot.store.sends import SendStore
from bot.store.sqlite_write_lock import WriteLock
from bot.store.template_events import Writer
from bot.store.templates import Kept, TemplateStore
from bot.store.token_alert import TokenAlertStore
from bot.submission import Submission
from bot.workflow.drain import Drain
from bot.workflow.slow_poll_pool import SlowPollPool

logger = logging.getLogger(__name__)

# Of the 10 s from SIGTERM to the exit: this for what is under way, then this for the cards.
STOP_SECONDS = 5.0
CARD_SECONDS = 1.0
# Seconds between two questions at the start, so that the bot is there soon after Slack is.
LONGEST_PAUSE = 8.0
M_ARENA_MAX = -8  # as in GNU's malloc.h


@dataclass(frozen=True, slots=True)
class Work:
    """What a run does."""

    delivery: Delivery
    announcer: SlackNotifier
    alert: TokenAlert
    nudges: Nudges | None  # None: nobody is asked
    checks: SendChecks  # asked once more before a call
    pacer: Pacer  # by which calls leave while a list runs

    async def attempt(self, send: Send) -> Send:
        return await self.delivery.attempt(send)

    async def tell(self, send: Send) -> None:
        await self.delivery.tell(send)

    def ended(self, send_id: SendId) -> None:
        self.delivery.ended(send_id)

    async def close(self) -> None:
        if self.nudges is not None:
            await self.nudges.close()
        await asyncio.gather(
            self.announcer.close(patience=CARD_SECONDS), self.alert.close(patience=CARD_SECONDS)
        )


@dataclass(frozen=True, slots=True)
class Stores:
    """What is written down, and who carries it out in this process."""

    database: Database
    clock: Clock
    rate_limit: StoredRateLimit
    sends: SendStore
    batches: BatchStore
    source: Source
    drain: Drain
    workflows: workflow.Workflows | None
    kept: Kept = field(default_factory=Kept)  # of the catalogue, by all who read it


@dataclass(frozen=True, slots=True)
class Bot:
    """All parts, connected; deliveries run while it is open."""

    database: Database
    clock: Clock
    slack: AsyncWebClient
    app: AsyncApp
    workflows: workflow.Workflows | None

    def looks(self) -> list[Look]:
        """Return what is to be looked at, so that one knows whether it can do its work."""
        looks = [look_at_database(self.database, self.clock), look_at_slack(self.slack)]
        if (workflows := self.workflows) is not None:

            async def run() -> bool:
                return workflows.runs

            looks.append(look_at("deliveries", run, "not running"))
        return looks


@asynccontextmanager
async def open_bot(
    settings: Settings, stop: asyncio.Event, *, transport: str, deliveries: bool
) -> AsyncIterator[Bot]:
    """Connect the parts and let deliveries run; on the way out, finish or hand over.

    `transport` is how this process hears of people. Raises Stopped if `stop` is set before all parts are there.
    """
    _share_memory()
    async with AsyncExitStack() as stack:
        stores = await _open_stores(
            stack, settings, stop, transport=transport, deliveries=deliveries
        )
        slack = await stack.enter_async_context(open_slack_client(settings, CALL_SECONDS))
        installation = await _ask_until_known(slack, stop)
        translations = Translations(settings.language)
        policy = Policy(settings.senders, settings.admins, settings.approvers)
        directory = SlackDirectory(slack, installation.workspace, policy, settings.time_zone)
        slow = await stack.enter_async_context(open_slack_client(settings, BACKGROUND_SECONDS))
        shown = SurfaceParts(
            settings,
            stores.database,
            stores.batches,
            slow,
            directory,
            translations,
            # What runs waits for the database as long as it takes.
            Access(directory, TemplateStore(stores.database, patience=None, kept=stores.kept)),
            stores.clock.now,
        )
        notifier = list_notifier(shown)
        if (workflows := stores.workflows) is not None:
            work = await _work(stack, settings, stores, shown)
            limits = _limits(settings)
            run = RunParts(
                limits,
                installation.workspace,
                work.delivery,
                work.checks,
                work.pacer,
                stores.drain,
                stores.sends.resume,
            )
            lists = list_work(shown, run, notifier)
            await workflows.start(work, stores.sends, lists, stores.batches)
            stack.push_async_callback(workflows.stop, patience=STOP_SECONDS)
        parts = _parts(settings, stores, shown, notifier)
        stack.push_async_callback(parts.homes.close)
        app = make_app(slack, installation, parts)
        _keep_what_is_there()
        yield Bot(stores.database, stores.clock, slack, app, workflows)


async def _open_stores(
    stack: AsyncExitStack,
    settings: Settings,
    stop: asyncio.Event,
    *,
    transport: str,
    deliveries: bool,
) -> Stores:
    engine, records = await _open_database(stack, settings, stop)
    database, clock, drain = Database(engine), Clock(), Drain()
    stack.callback(database.close)
    await database.read(clock.compare)
    rate_limit = StoredRateLimit(database, rate=settings.atom_rate)
    workflows = workflow.Workflows(engine, records, drain) if deliveries else None
    source = Source(transport, workflows.process if workflows else uuid.uuid4().hex)
    periods = Periods(
        settings.give_up_after,
        undo=timedelta(seconds=settings.undo_seconds),
        late_after=settings.late_after,
        approval_expires=settings.approval_expires,
        nudge=settings.pending_nudge,
        duplicates=settings.duplicate_window,
    )
    sends = SendStore(
        database,
        rate_limit=rate_limit,
        periods=periods,
        runs=workflows,
        clock=clock,
        source=source,
    )
    batches = BatchStore(
        database,
        rate_limit=rate_limit,
        periods=periods,
        runs=workflows.lists if workflows else None,
        clock=clock,
        source=source,
    )
    return Stores(database, clock, rate_limit, sends, batches, source, drain, workflows)


def _parts(
    settings: Settings, stores: Stores, shown: SurfaceParts, notifier: SlackBatchNotifier
) -> Parts:
    """Make what the listeners work with: they answer within Slack's three seconds."""
    directory, translations = shown.directory, shown.translations
    rules = NumberRules(settings.default_region, settings.countries)
    writer = Writer(stores.source, stores.clock.now)
    catalogue = TemplateStore(stores.database, writer=writer, kept=stores.kept)
    access = Access(directory, catalogue)
    numbers = NumberFactsStore(stores.database)
    checks = SendChecks(
        access,
        stores.clock.now,
        numbers,
        _limits(settings),
        requesters=stores.sends.requesters,
    )
    submission = Submission(checks, stores.sends, rules)
    return Parts(
        directory,
        translations,
        rules,
        sends=stores.sends,
        templates=catalogue,
        access=access,
        submission=submission,
        homes=HomeWatch(stores.sends),
        contacts=ContactStore(stores.database),
        questions=ApprovalQuestionStore(stores.database),
        now=stores.clock.now,
        batches=stores.batches,
        batch_notifier=notifier,
        list_rules=list_rules(settings),
        uploads=list_uploads(shown),
        make_model=model_file.make,
        make_outcomes=written_files(shown).outcomes,
    )


async def _work(
    stack: AsyncExitStack, settings: Settings, stores: Stores, shown: SurfaceParts
) -> Work:
    patient, directory, translations = shown.client, shown.directory, shown.translations
    access = shown.access
    asking = ApprovalRequests(
        patient,
        ApprovalQuestionStore(stores.database),
        directory,
        CardUpdater(patient, stores.sends, translations, directory.locale, directory.name),
        access.find,
    )
    announcer = SlackNotifier(
        patient, stores.sends, translations, directory.locale, directory.name, approvals=asking
    )
    claims = TokenAlertStore(stores.database, stores.clock.now)
    alert = TokenAlert(patient, claims, directory, translations)
    numbers = NumberFactsStore(stores.database, patience=None)
    checks = SendChecks(access, stores.clock.now, numbers, _limits(settings))
    pacer = Pacer(settings.atom_rate, asyncio.sleep)
    delivery = Delivery(
        sends=stores.sends,
        rate_limit=stores.rate_limit,
        notifier=announcer,
        alerts=alert,
        may_send=checks.check_again,
        gateway=_atom(settings, await stack.enter_async_context(_open_atom(settings))),
        now=stores.clock.now,
        sleep=asyncio.sleep,
        leave=pacer.pass_by,
        idle=stores.drain.idle,
        deadlines=Deadlines(settings.give_up_after),
        late_after=settings.late_after,
    )
    nudges = None
    if settings.pending_nudge:
        nudges = Nudges(
            patient,
            stores.sends,
            directory,
            translations,
            nudge=settings.pending_nudge,
            now=stores.clock.now,
        )
        nudges.start()
    return Work(delivery, announcer, alert, nudges, checks, pacer)


async def _open_database(
    stack: AsyncExitStack, settings: Settings, stop: asyncio.Event
) -> tuple[sa.Engine, sa.Engine]:
    """Open the database for us, and for the records of the workflows' engine."""
    if settings.on_sqlite:
        stack.enter_context(only_one(sqlite_path(settings.database_url)))
    else:
        await wait_for_database(settings.database_url, stop)
    write_lock = WriteLock()
    engine = open_engine(settings.database_url, write_lock)
    stack.callback(engine.dispose)
    # They are not the truth: no commit of them need wait for the disk.
    records = open_engine(
        settings.database_url, write_lock, is_durable=False, poolclass=SlowPollPool
    )
    stack.callback(records.dispose)
    await asyncio.to_thread(prepare, engine, settings)
    return engine, records


def open_slack_client(
    settings: Settings, seconds: int
) -> AbstractAsyncContextManager[AsyncWebClient]:
    """Open a client of Slack whose calls may take so many seconds."""
    token = settings.slack_bot_token.get_secret_value()
    return open_slack(token, settings.slack_api_url, seconds=seconds, proxies=settings.proxies)


def _open_atom(settings: Settings) -> AbstractAsyncContextManager[ClientSession]:
    return open_session(settings.proxies.of(settings.atom_url))


def _limits(settings: Settings) -> Limits:
    return Limits(settings.duplicate_window, settings.quiet_hours, settings.quiet_for)


def _share_memory() -> None:
    """Let the threads to come have their memory from two heaps rather than from one each."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # the C library is not GNU's
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def _keep_what_is_there() -> None:
    """Spare the garbage collector what stays: it stops everything while it looks through it."""
    gc.collect()
    gc.freeze()


def _atom(settings: Settings, session: ClientSession) -> Atom:
    return Atom(
        session,
        url=settings.atom_url,
        token=settings.atom_token.get_secret_value(),
        timeout=settings.atom_timeout,
    )


async def _ask_until_known(slack: AsyncWebClient, stop: asyncio.Event) -> Installation:
    """Ask Slack whose token this is, as long as Slack can't be reached.

    Raises CannotStart, or Stopped.
    """
    seconds = 1.0
    while True:
        try:
            return await unless_stopped(find_installation(slack), stop)
        except TryLater as error:
            logger.warning("waiting for slack", extra={"reason": error.key, "pause": seconds})
            await pause(max(error.after, seconds), stop)
            seconds = min(seconds * 2, LONGEST_PAUSE)
        except SlackRefused as error:
            raise CannotStart(
                f"SLACK_BOT_TOKEN: Slack refuses it ({error.code}). Copy the bot token from "
                "OAuth & Permissions in your app's page, after installing the app."
            ) from error
