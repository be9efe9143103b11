"""The composition root: the only module that knows every part, and how they start and stop."""

import asyncio
import contextlib
import ctypes
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import workflow
from bot.app.deliveries import limits_of, open_work
from bot.app.lists import (
    RunParts,
    SurfaceParts,
    list_notifier,
    list_rules,
    list_uploads,
    list_work,
    written_files,
)
from bot.app.stores import Stores, open_stores
from bot.bulk import model_file
from bot.config import Settings
from bot.errors import CannotStart, TryLater
from bot.health import Look, look_at, look_at_database, look_at_slack
from bot.locales import Translations
from bot.policy.access import Access
from bot.policy.checks import SendChecks
from bot.policy.people import Policy
from bot.send_draft import NumberRules
from bot.slack import Installation, Parts, find_installation, make_app
from bot.slack.bulk.notifier import SlackBatchNotifier
from bot.slack.home.watch import HomeWatch
from bot.slack.platform.client import (
    BACKGROUND_SECONDS,
    CALL_SECONDS,
    SlackRefused,
    open_slack,
)
from bot.slack.platform.directory import SlackDirectory
from bot.stopping import pause, unless_stopped
from bot.store.approval_questions import ApprovalQuestionStore
from bot.store.clock import Clock
from bot.store.contacts import ContactStore
from bot.store.database import Database
from bot.store.number_facts import NumberFactsStore
from bot.store.template_events import Writer
from bot.store.templates import TemplateStore
from bot.submission import Submission

logger = logging.getLogger(__name__)

# Of the 10 s from SIGTERM to the exit, for what is under way; what comes after has its own.
STOP_SECONDS = 5.0
# Seconds between two questions at the start, so that the bot is there soon after Slack is.
LONGEST_PAUSE = 8.0
M_ARENA_MAX = -8  # as in GNU's malloc.h


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

    `transport` is how this process hears of people. Raises Stopped if `stop` is set before all parts
    are there.
    """
    _share_memory()
    async with AsyncExitStack() as stack:
        stores = await open_stores(
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
            work = await open_work(stack, settings, stores, shown)
            limits = limits_of(settings)
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
        limits_of(settings),
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


def open_slack_client(
    settings: Settings, seconds: int
) -> AbstractAsyncContextManager[AsyncWebClient]:
    """Open a client of Slack whose calls may take so many seconds."""
    token = settings.slack_bot_token.get_secret_value()
    return open_slack(token, settings.slack_api_url, seconds=seconds, proxies=settings.proxies)


def _share_memory() -> None:
    """Let the threads to come have their memory from two heaps rather than from one each."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # the C library is not GNU's
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def _keep_what_is_there() -> None:
    """Spare the garbage collector what stays: it stops everything while it looks through it."""
    gc.collect()
    gc.freeze()


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
