"""The runs of this process, and the sweep that starts them.

The truth is in the table of sends. A run is a workflow of the engine (DBOS), started directly and
named `<send>:<n>`, which it may share with others while many run; the sweep starts one for
whatever is due and has none, whatever the reason: a pause is over, something was decided, a process
died, or the engine's own write failed.
"""

import asyncio
import contextlib
import functools
import logging
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from typing import Protocol

import sqlalchemy as sa
from dbos import DBOS, DBOSPortableJSONSerializer

from bot.delivery import Steps, deliver
from bot.errors import BotError
from bot.sends import Due, Send, SendId, Status
from bot.workflow.delete_old_runs import forget
from bot.workflow.drain import Drain
from bot.workflow.engine_runs import EngineRuns
from bot.workflow.list_runs import ListRuns, Lists, ListWork
from bot.workflow.looking import keep_looking
from bot.workflow.process_lock import ProcessLock
from bot.workflow.slow_poll_pool import SlowPollPool
from bot.workflow.takeover import Takeover

logger = logging.getLogger(__name__)

APP = "whatsapp-template-bot"
# A constant: the engine's default changes with the code, and a new release would strand work.
VERSION = "1"
# A workflow's meaning never changes under its name: a new meaning gets a new name.
RUN = "run.v3"

# Runs of one process at the same moment; the pace of the calls is kept elsewhere.
AT_ONCE = 2000
# And so many more that are only to be told: they wait for no permit.
AT_ONCE_TO_TELL = 200
# The engine's threads: they only write down that a run began and how it ended.
THREADS = 8
SWEEP_SECONDS = 1.0
# The engine looks so often for its notifications on SQLite, and a stop waits for that look.
LISTEN_SECONDS = 1.0
# In one transaction; the rest follows at once.
TAKEN_UP_AT_ONCE = 200
FORGET_SECONDS = 600.0
RULES_SECONDS = 60.0


class Work(Steps, Protocol):
    """What the runs do; each may happen twice."""

    def ended(self, send_id: SendId) -> None:
        """Let a run wait no longer for leave to call: somebody decided meanwhile."""
        ...

    async def close(self) -> None:
        """Let what goes on beside the runs end."""
        ...


class Sends(Protocol):
    """What is open, as it is written down."""

    async def due(self, limit: int) -> tuple[Due, ...]: ...

    async def take_up(self, found: Sequence[Due]) -> tuple[Send, ...]: ...

    async def compute_anew(self) -> int: ...

    async def hand_over(self) -> None: ...


def migrate(url: str) -> None:
    """Bring the engine's own tables to the state that this version of it needs."""
    DBOS.migrate(url)


def version() -> str:
    """Return the engine's version, for which its own tables are made."""
    return metadata.version("dbos")


class Workflows:
    """Runs what is due in this process."""

    def __init__(self, engine: sa.Engine, records: sa.Engine, drain: Drain) -> None:
        """Each process has an id of its own, which stands in the rows that it carries.

        `records` is where the workflows' engine writes.
        """
        self.process = uuid.uuid4().hex
        self._records = records
        self._drain = drain
        self._lock = ProcessLock(engine, self.process)
        self._takeover = Takeover(self._lock)
        self._runs: EngineRuns[Send] = EngineRuns(RUN, self._carry)
        self.lists = ListRuns(self.process, Takeover(self._lock), drain)
        self._wake = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []

    @property
    def runs(self) -> bool:
        """Whether it is launched, and somebody looks for what is due."""
        return bool(self._loops) and not any(loop.done() for loop in self._loops)

    async def start(self, work: Work, sends: Sends, list_work: ListWork, lists: Lists) -> None:
        """Launch the engine on the running loop."""
        self._work = work
        self._sends = sends
        self.lists.register(list_work, lists)
        DBOS(
            config={
                "name": APP,
                "system_database_engine": self._records,
                "application_version": VERSION,
                "executor_id": self.process,
                "max_executor_threads": THREADS,
                "run_migrations": False,
                "log_level": "WARNING",
                "serializer": DBOSPortableJSONSerializer(),
                # Nothing is scheduled by the engine, and nobody is notified through it.
                "scheduler_polling_interval_sec": 3600.0,
                "notification_coalesce_sec": 0.5,
                "notification_listener_polling_interval_sec": LISTEN_SECONDS,
            }
        )
        # Nothing is queued, either; a process of the version before may look after its own.
        DBOS.listen_queues([])

        self._runs.register()
        await self._lock.take()
        # On this thread, so that the engine runs the workflows on this loop.
        DBOS.launch()
        loops = [self._sweep(), self._forget()]
        if not self._lock.alone:
            loops.append(self._show_life())
        self._loops = [asyncio.create_task(loop) for loop in loops]
        self._rules = asyncio.create_task(self._keep_to_rules())
        self.lists.start()

    async def stop(self, *, patience: float) -> None:
        """Begin nothing more, wait up to `patience` seconds for what runs, leave the rest."""
        for loop in self._loops:
            loop.cancel()
        await self._drain.end(patience)
        # The engine would say of each one that it was cancelled.
        logging.getLogger("dbos").setLevel(logging.ERROR)
        await self._runs.end()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self.lists.stop()
        await self._work.close()
        with contextlib.suppress(BotError):  # they are found without it, only later
            await self._sends.hand_over()
        if isinstance(pool := self._records.pool, SlowPollPool):
            pool.stop()
        # On a thread of its own: the engine's, which are asyncio's, may all wait for its tables.
        destroy = functools.partial(
            DBOS.destroy, destroy_registry=True, workflow_completion_timeout_sec=0
        )
        thread = ThreadPoolExecutor(1, "destroy")
        await asyncio.get_running_loop().run_in_executor(thread, destroy)
        thread.shutdown(wait=False)
        await self._lock.leave()

    def begin(self, send: Send) -> None:
        """Run a send that this process carries; without room the sweep does it later."""
        if self._drain.ends or send.id in self._runs.live or not self._room(send.status):
            return
        self._runs.begin(send)

    def look(self) -> None:
        """Look now for what is due."""
        self._wake.set()

    async def _carry(self, send: Send) -> None:
        """Do what can be done for a send now."""
        await self._drain.may_begin()
        with self._drain.counted():
            await deliver(send, self._work)

    async def _sweep(self) -> None:
        """Start a run for whatever is due and has none, again and again."""
        await keep_looking(
            self._take_up, self._wake, seconds=SWEEP_SECONDS, postponed="sweep postponed"
        )

    async def _take_up(self) -> None:
        # Those that run are among what is found.
        found = await self._sends.due(2 * AT_ONCE)
        for each in found:
            if each.status.is_final and each.id in self._runs.live:
                self._work.ended(each.id)
        free = [each for each in found if each.id not in self._runs.live]
        chosen: list[Due] = []
        for each in await self._takeover.left_by_others(free):
            if self._room(each.status, len(chosen)):
                chosen.append(each)
        if chosen:
            for send in await self._sends.take_up(chosen[:TAKEN_UP_AT_ONCE]):
                self.begin(send)
        if len(chosen) > TAKEN_UP_AT_ONCE:
            self._wake.set()

    def _room(self, status: Status, more: int = 0) -> bool:
        """Whether there is room for one in such a state beside those that run, and `more`."""
        return len(self._runs.live) + more < AT_ONCE + (AT_ONCE_TO_TELL if status.is_final else 0)

    async def _keep_to_rules(self) -> None:
        """Compute anew, once, what older or newer rules of the time zones made."""
        while True:
            try:
                moved = await self._sends.compute_anew()
            except Exception:  # whatever the database raises, it is tried again
                logger.warning("zone rules not looked at", exc_info=True)
            else:
                if moved:
                    logger.warning("zone rules changed", extra={"moved": moved})
                return
            await asyncio.sleep(RULES_SECONDS)

    async def _show_life(self) -> None:
        """Hold this process's lock, whatever the sweep waits for."""
        while True:
            try:
                await self._lock.take()
            except Exception:  # whatever the database raises, it is tried again
                logger.warning("process lock lost", exc_info=True)
            await asyncio.sleep(SWEEP_SECONDS)

    async def _forget(self) -> None:
        """Delete the engine's records of what ended long ago; the sends themselves stay."""
        while True:
            try:
                await forget()
            except Exception:  # whatever the engine raises, it is tried again
                logger.warning("records not deleted", exc_info=True)
            await asyncio.sleep(FORGET_SECONDS)
