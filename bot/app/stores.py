"""What is written down, opened, and who carries it out in this process."""

import asyncio
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from bot import workflow
from bot.config import Settings
from bot.events import Source
from bot.migrate import prepare, wait_for_database
from bot.sends import Periods
from bot.store.batches import BatchStore
from bot.store.clock import Clock
from bot.store.database import Database, open_engine, sqlite_path
from bot.store.file_lock import only_one
from bot.store.rate_limit import StoredRateLimit
from bot.store.sends import SendStore
from bot.store.sqlite_write_lock import WriteLock
from bot.store.templates import Kept
from bot.workflow.drain import Drain
from bot.workflow.slow_poll_pool import SlowPollPool


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


async def open_stores(
    stack: AsyncExitStack,
    settings: Settings,
    stop: asyncio.Event,
    *,
    transport: str,
    deliveries: bool,
) -> Stores:
    """Open them until `stack` ends. Raises Stopped if `stop` is set before they are there."""
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
