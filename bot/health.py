"""What the probes say. The process looks after itself all the time; a probe causes nothing."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import prometheus_client
import sqlalchemy as sa
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import UNTRUSTED, TryLater
from bot.slack import find_installation
from bot.slack.platform.client import SlackRefused
from bot.store.clock import Clock
from bot.store.database import Database
from bot.store.readiness import longest_wait, write
from bot.store.reports import count_by_status

logger = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds for which the database is waited for
LONGEST_WAIT = timedelta(minutes=1)
# Seconds by which a look may be late before what it found last counts no more.
GRACE = 5.0
# Seconds for which SQLite waits for a lock; a connection that was lost may hang for longer.
HANGS = 30.0
LIMITED = "slack.limited"
NO_WRITE = "takes no write"


@dataclass(frozen=True, slots=True)
class Look:
    """One thing that is looked at again and again."""

    name: str
    at: Callable[[], Awaitable[str]]  # returns what is wrong, raises TryLater if it can't say
    every: float  # seconds
    longest: float  # seconds; the longest pause while something is wrong


class Watch:
    """What was found last, and whether that is still true."""

    def __init__(self, look: Look, *, now: Callable[[], float]) -> None:
        """Take it for well to begin with: the start would have failed otherwise."""
        self.pause = look.every
        self._look = look
        self._now = now
        self._trouble = ""
        self._next = now() + look.every

    @property
    def trouble(self) -> str:
        """What is wrong, empty if nothing is; a look that hangs is wrong, too."""
        found = self._trouble
        if self._now() > self._next + GRACE:
            found = "not looked at in time"
        return found and f"{self._look.name}: {found}"

    async def run(self) -> None:
        """Look again and again."""
        while True:
            await asyncio.sleep(max(0.0, self._next - self._now()))
            await self.look()

    async def look(self) -> None:
        """Look once."""
        after, before = 0.0, self._trouble
        try:
            self._trouble = await self._look.at()
            is_well = not self._trouble
        except TryLater as error:  # it could not be found out: what was true stays true
            after, is_well = error.after, False
        except Exception:  # whatever it is, it must not end the watch
            logger.exception("look failed", extra={"what": self._look.name})
            self._trouble, is_well = "can't be looked at", False
        self.pause = self._look.every if is_well else min(self.pause * 2, self._look.longest)
        self._next = self._now() + max(after, self.pause)
        if self._trouble != before:
            extra = {"what": self._look.name, "trouble": self._trouble or "none"}
            logger.log(logging.WARNING if self._trouble else logging.INFO, "health", extra=extra)


class Health:
    """Whether this process can do its work."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        """Until `watching` it is starting."""
        self._now = now
        self._watches: list[Watch] = []
        self._database: Database | None = None

    def why_not_ready(self) -> list[str]:
        """Name what is not well, as it was found last; nothing if all is."""
        if not self._watches:
            return ["starting"]
        return [watch.trouble for watch in self._watches if watch.trouble]

    async def metrics(self) -> str:
        """Count the sends by status, in Prometheus' text format. Raises TryLater."""
        if self._database is None:
            raise TryLater("database.unreachable")
        registry = prometheus_client.CollectorRegistry()
        gauge = prometheus_client.Gauge(
            "whatsapp_template_sends", "Sends by status.", ["status"], registry=registry
        )
        counted = await self._database.read(count_by_status, patience=PATIENCE)
        for status, count in counted.items():
            gauge.labels(status).set(count)
        return prometheus_client.generate_latest(registry).decode()

    @contextlib.asynccontextmanager
    async def watching(self, database: Database, looks: list[Look]) -> AsyncIterator[None]:
        """Look at everything as long as this is open; all of it is well at the moment."""
        self._database = database
        self._watches = [Watch(look, now=self._now) for look in looks]
        tasks = [asyncio.create_task(watch.run()) for watch in self._watches]
        try:
            yield
        finally:
            self._watches = []
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class DatabaseLook:
    """Whether the database takes a write, and whether nothing in it lies about."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._write_began = float("-inf")  # of the write that goes on at the moment

    async def at(self) -> str:
        """Return what is wrong."""
        # Each write that waits for a lock keeps a thread from those who want to read.
        if time.monotonic() - self._write_began < HANGS:
            return NO_WRITE
        try:
            await self._database.write(self._write, patience=PATIENCE)
            waits = await self._database.read(self._longest_wait, patience=PATIENCE)
        except (TryLater, sa.exc.SQLAlchemyError) as error:
            return _no_write(error)
        if waits > LONGEST_WAIT:
            return f"a send is due for {round(waits.total_seconds())} s"
        return ""

    def _longest_wait(self, connection: sa.Connection) -> timedelta:
        # Here since every process looks, those that carry nothing among them.
        self._clock.compare(connection)
        return longest_wait(connection, self._clock.now())

    def _write(self, connection: sa.Connection) -> None:
        self._write_began = time.monotonic()
        try:
            write(connection)
        finally:
            self._write_began = float("-inf")


def _no_write(error: Exception) -> str:
    """Name what the database said, where it said something before the patience was at its end."""
    cause = error.__cause__ if isinstance(error, TryLater) else error
    if isinstance(cause, sa.exc.DBAPIError):
        cause = cause.orig
    if cause is None or isinstance(cause, TimeoutError):
        return NO_WRITE
    return f"{NO_WRITE} ({type(cause).__name__})"


def look_at_database(database: Database, clock: Clock | None = None) -> Look:
    """Look at the database, and at the same time how far its clock is from ours."""
    return Look("database", DatabaseLook(database, clock or Clock()).at, every=5.0, longest=10.0)


def look_at_slack(slack: AsyncWebClient) -> Look:
    """Look whether the token is good: seldom, but soon again while it is not, or Slack is away."""

    async def look() -> str:
        try:
            await find_installation(slack)
        except SlackRefused as error:
            return error.code
        except TryLater as error:
            if error.key == LIMITED:  # says nothing of the token
                raise
            return UNTRUSTED if error.key == "slack.untrusted" else "not reachable"
        return ""

    return Look("slack", look, every=30.0, longest=8.0)


def look_at(name: str, is_well: Callable[[], Awaitable[bool]], words: str) -> Look:
    """Look at a part of this process."""

    async def look() -> str:
        return "" if await is_well() else words

    return Look(name, look, every=2.0, longest=2.0)
