"""The database before the start: waited for, and brought up to date or looked at."""

import asyncio
import logging
import re

import psycopg
import sqlalchemy as sa

from bot import workflow
from bot.config import Settings
from bot.errors import CannotStart, TryLater
from bot.logs import redact
from bot.stopping import pause, unless_stopped
from bot.store.database import is_current, migrate, migrated_workflows
from bot.store.sqlite_functions import added_everywhere

logger = logging.getLogger(__name__)

# PostgreSQL often starts at the same time as the bot.
WAIT_SECONDS = 60.0
CONNECT_SECONDS = 5
LONGEST_PAUSE = 5.0
# A server that says so is up, and says the same in a minute. In another language it is waited for.
FINAL = re.compile(r"password authentication failed|no pg_hba\.conf entry|does not exist")


async def wait_for_database(url: str, stop: asyncio.Event) -> None:
    """Return as soon as PostgreSQL answers. Raises CannotStart after a minute, or Stopped."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + WAIT_SECONDS
    seconds = 0.5
    while True:
        try:
            return await unless_stopped(_connect(url), stop)
        except TryLater as error:
            reason = str(error.values["reason"])
            if loop.time() + seconds > deadline:
                raise CannotStart(unusable(error.__cause__ or error)) from error
        logger.warning("waiting for the database", extra={"reason": reason, "pause": seconds})
        await pause(seconds, stop)
        seconds = min(seconds * 2, LONGEST_PAUSE)


async def _connect(url: str) -> None:
    """Connect once. Raises TryLater while nobody answers, CannotStart if waiting can't help."""
    address = sa.make_url(url).render_as_string(hide_password=False)
    try:
        connection = await psycopg.AsyncConnection.connect(address, connect_timeout=CONNECT_SECONDS)
    except psycopg.Error as error:
        if FINAL.search(str(error)) or not isinstance(error, psycopg.OperationalError):
            raise CannotStart(unusable(error)) from error
        raise TryLater("database.unreachable", reason=_words(error)) from error
    await connection.close()


def prepare(engine: sa.Engine, settings: Settings) -> None:
    """Bring a SQLite database up to date; on PostgreSQL only look. Raises CannotStart."""
    try:
        if is_current(engine, workflows_version=workflow.version()):
            return
        if settings.on_sqlite:
            bring_up_to_date(engine, settings)
        else:
            raise CannotStart(
                "The database is not up to date. Run once, before the processes start: "
                "python -m bot migrate"
            )
    except sa.exc.SQLAlchemyError as error:
        raise CannotStart(unusable(error)) from error


def bring_up_to_date(engine: sa.Engine, settings: Settings) -> None:
    """Migrate our tables and the engine's."""
    migrate(engine)
    # The engine opens connections of its own for it.
    with added_everywhere():
        workflow.migrate(settings.database_url)
    migrated_workflows(engine, workflow.version())


def unusable(error: BaseException) -> str:
    """Say to the operator why the database can't be used."""
    return f"DATABASE_URL: the database can't be used ({_words(error)})."


def _words(error: BaseException) -> str:
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    # Further lines may hold what was to be written.
    return redact(str(cause)).partition("\n")[0]
