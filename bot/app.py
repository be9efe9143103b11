"""The composition root: the only module that knows every part, and how they start and stop."""

import asyncio
import contextlib
import fcntl
import gc
import logging
import os
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from httpx import AsyncClient
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import workflow
from bot.atom import Atom, open_client
from bot.config import Settings
from bot.delivery import Delivery
from bot.errors import TryLater
from bot.health import Health
from bot.locales import Dictionary
from bot.logs import redact
from bot.permissions import Policy
from bot.sends import NumberRules, Outcome, Send, SendId
from bot.slack import Installation, Parts, find_installation, make_app, make_dispatch
from bot.slack.announcer import Announcer
from bot.slack.client import LISTENER_SECONDS, SlackRefused, open_slack
from bot.slack.offers import Offers
from bot.slack.people import People
from bot.slack.socket_mode import SocketLink
from bot.store.catalogue import CatalogueStore
from bot.store.database import Database, is_current, migrate, open_engine, sqlite_path
from bot.store.pace import StoredPace
from bot.store.sends import SendStore
from bot.web import Server, Site
from bot.workflow.underway import Underway

logger = logging.getLogger(__name__)

# SIGTERM to exit within 10 s: this for what is under way, then this for the cards, the rest
# for closing.
STOP_SECONDS = 5.0
CARD_SECONDS = 1.0
LAST_SECONDS = 9.5


class CannotStart(Exception):
    """The bot can't start as things are; the sentence says what to do."""


class Stopped(Exception):
    """Told to stop before it had started."""


@dataclass(frozen=True, slots=True)
class Work:
    """What the durable steps do."""

    delivery: Delivery
    announcer: Announcer

    async def attempt(self, send_id: SendId) -> float | None:
        return await self.delivery.attempt(send_id)

    async def tell(self, send_id: SendId) -> None:
        await self.announcer.tell(send_id)

    async def close(self) -> None:
        await self.announcer.close(patience=CARD_SECONDS)


@dataclass(frozen=True, slots=True)
class Bot:
    """All parts, connected; deliveries run while it is open."""

    engine: sa.Engine
    slack: AsyncWebClient
    app: AsyncApp
    workflows: workflow.Workflows | None


@asynccontextmanager
async def open_bot(
    settings: Settings, stop: asyncio.Event, *, deliveries: bool
) -> AsyncIterator[Bot]:
    """Connect the parts and let deliveries run; on the way out, finish or hand over.

    Raises Stopped if `stop` is set before all parts are there.
    """
    engine = open_engine(settings.database_url)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(engine.dispose)
        stack.enter_context(only_one(settings))
        await asyncio.to_thread(prepare, engine, settings)
        slack = await stack.enter_async_context(
            open_slack(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
        )
        installation = await _ask_until_known(slack, stop)
        words = Dictionary(settings.language)
        people = People(
            slack,
            installation.workspace,
            Policy(settings.senders, settings.admins, settings.approvers),
        )
        database = Database(engine)
        sends = SendStore(
            database,
            enqueue=workflow.Queue(engine).enqueue,
            give_up_after=settings.give_up_after,
        )
        workflows = None
        if deliveries:
            underway = Underway()
            announcer = Announcer(slack, sends, words, people.locale)
            delivery = Delivery(
                book=sends,
                pace=StoredPace(database, rate=settings.atom_rate),
                # A send that is taken waits for the database as long as it takes.
                may_send=Offers(people, CatalogueStore(database, patience=None)).check_again,
                call=_caller(settings, await stack.enter_async_context(open_client())),
                show=announcer.show,
                now=lambda: datetime.now(UTC),
                sleep=underway.turn,
            )
            workflows = workflow.Workflows(engine, Work(delivery, announcer), underway)
            await workflows.start()
            stack.push_async_callback(workflows.stop, patience=STOP_SECONDS)
        rules = NumberRules(settings.default_region, settings.countries)
        parts = Parts(people, words, rules, desk=sends, catalogue=CatalogueStore(database))
        app = make_app(slack, installation, parts)
        _keep_what_is_there()
        yield Bot(engine, slack, app, workflows)


def _keep_what_is_there() -> None:
    """Spare the garbage collector what stays: it stops everything while it looks through it."""
    gc.collect()
    gc.freeze()


def _caller(settings: Settings, http: AsyncClient) -> Callable[[Send], Awaitable[Outcome]]:
    atom = Atom(
        http,
        url=settings.atom_url,
        token=settings.atom_token.get_secret_value(),
        timeout=settings.atom_timeout,
    )
    return lambda send: atom.send(send.order)


async def serve(settings: Settings, *, deliveries: bool) -> None:
    """Take Slack's requests over HTTP until told to stop."""
    stop = _stop_event()
    async with _until_stopped(), open_bot(settings, stop, deliveries=deliveries) as bot:
        site = Site(
            secret=settings.slack_signing_secret.get_secret_value(),
            dispatch=make_dispatch(bot.app),
            probes=Health(bot.engine, bot.slack, bot.workflows).probes(),
        )
        server = Server(site.application(), host=settings.host, port=settings.port)
        port = await _listen(server, settings)
        logger.info("ready", extra={"transport": "http", "host": settings.host, "port": port})
        await stop.wait()
        await server.stop()


async def socket(settings: Settings, *, deliveries: bool) -> None:
    """Take Slack's requests over Socket Mode until told to stop."""
    stop = _stop_event()
    async with _until_stopped(), open_bot(settings, stop, deliveries=deliveries) as bot:
        underway = Underway()
        link = SocketLink(bot.app, settings.slack_app_token.get_secret_value(), underway.counted)
        try:
            await link.open()
        except Exception as error:  # slack_sdk lets through whatever its HTTP client raises
            raise CannotStart(
                f"Slack took no Socket Mode connection ({error.__class__.__name__}): check "
                "SLACK_APP_TOKEN (scope connections:write) and that Socket Mode is on."
            ) from error
        logger.info("ready", extra={"transport": "socket"})
        await stop.wait()
        await underway.end(LISTENER_SECONDS)
        await link.close()


async def work(settings: Settings) -> None:
    """Carry out deliveries, and take nothing, until told to stop."""
    stop = _stop_event()
    async with _until_stopped(), open_bot(settings, stop, deliveries=True):
        logger.info("ready", extra={"transport": "none"})
        await stop.wait()


@contextlib.contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Let one process at a time work on a SQLite file. Raises CannotStart for the second."""
    if not settings.on_sqlite:
        yield
        return
    database = sqlite_path(settings.database_url)
    with Path(f"{database}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotStart(
                f"Another bot is running on {database}. Stop it first, or give this one a "
                "DATABASE_URL of its own. Several processes can share a PostgreSQL database."
            ) from error
        yield


def prepare(engine: sa.Engine, settings: Settings) -> None:
    """Bring a SQLite database up to date; on PostgreSQL only look. Raises CannotStart."""
    try:
        if settings.on_sqlite:
            bring_up_to_date(engine, settings)
        elif not (is_current(engine) and workflow.is_current(engine)):
            raise CannotStart(
                "The database is not up to date. Run once, before the processes start: "
                "python -m bot migrate"
            )
    except sa.exc.SQLAlchemyError as error:
        cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        words = redact(str(cause)).partition("\n")[0]
        raise CannotStart(f"DATABASE_URL: the database can't be used ({words}).") from error


def bring_up_to_date(engine: sa.Engine, settings: Settings) -> None:
    """Migrate our tables and the engine's."""
    migrate(engine)
    workflow.migrate(settings.database_url)


async def _ask_until_known(slack: AsyncWebClient, stop: asyncio.Event) -> Installation:
    """Ask Slack whose token this is, as long as Slack can't be reached.

    Raises CannotStart, or Stopped.
    """
    pause = 1.0
    while not stop.is_set():
        try:
            return await find_installation(slack)
        except TryLater as error:
            logger.warning("waiting for slack", extra={"reason": error.key, "pause": pause})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), max(error.after, pause))
            pause = min(pause * 2, 30.0)
        except SlackRefused as error:
            raise CannotStart(
                f"SLACK_BOT_TOKEN: Slack refuses it ({error.code}). Copy the bot token from "
                "OAuth & Permissions in your app's page, after installing the app."
            ) from error
    raise Stopped


async def _listen(server: Server, settings: Settings) -> int:
    try:
        return await server.start()
    except OSError as error:
        raise CannotStart(
            f"HOST, PORT: can't listen on {settings.host}:{settings.port} ({error.strerror})."
        ) from error


@asynccontextmanager
async def _until_stopped() -> AsyncIterator[None]:
    with contextlib.suppress(Stopped):
        yield
    logger.info("stopped")


def _stop_event() -> asyncio.Event:
    """Return what SIGTERM and Ctrl-C set; whatever hangs then, the process ends in time."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def begin() -> None:
        stop.set()
        # Everything durable is on disk at any moment, so that even this loses nothing.
        last = threading.Timer(LAST_SECONDS, os._exit, (0,))
        last.daemon = True
        last.start()

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, begin)
    return stop
