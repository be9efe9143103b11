"""The life of a send, each step durable (DBOS), and who takes over the work of the dead.

The truth is in the table of sends. The engine only sees to it that somebody finishes what was
begun, and its own tables hold nothing but ids and names of steps.
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer
from dbos import error as dbos_errors

from bot.delivery import LONGEST_PAUSE, deliver
from bot.sends import SendId
from bot.workflow.drain import Drain
from bot.workflow.process_lock import ProcessLock

logger = logging.getLogger(__name__)

APP = "whatsapp-template-bot"
# A constant: the engine's default changes with the code, and a new release would strand work.
VERSION = "1"
QUEUE = "deliveries"
# The engine only polls. 0.1 s costs 3 % of an idle core and starts a send after 50 ms on average.
POLL_SECONDS = 0.1
# Sends under way at once in one process, those that wait for Atom among them; the pace of the
# calls is kept elsewhere.
AT_ONCE = 2000
THREADS = 32

# A step's or workflow's meaning never changes under its name: a new meaning gets a new name,
# and the old one stays until no work of it is left.
DELIVER = "deliver.v1"
ANNOUNCE = "announce.v1"
_NAMES = {"deliver": DELIVER, "announce": ANNOUNCE}

TAKEOVER_SECONDS = 1.0
KEPT = timedelta(days=7)


class Work(Protocol):
    """What the steps do; none of it may raise, and each may run twice."""

    async def attempt(self, send_id: SendId) -> float | None: ...

    async def tell(self, send_id: SendId) -> None: ...

    async def close(self) -> None:
        """Let what goes on beside the steps end."""
        ...


class Queue:
    """Puts a send's workflow into the transaction that writes the send."""

    def __init__(self, engine: sa.Engine) -> None:
        self._client = DBOSClient(
            system_database_engine=engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APP,
            lazy=True,
        )

    def enqueue(self, connection: sa.Connection, what: str, send_id: SendId) -> None:
        """Add the workflow `deliver` or `announce` of this send, once."""
        suffix = "" if what == "deliver" else f":{what}"
        self._client.enqueue_in_transaction(
            connection,
            {
                "queue_name": QUEUE,
                "workflow_name": _NAMES[what],
                "workflow_id": f"{send_id}{suffix}",
            },
            send_id,
        )


def migrate(url: str) -> None:
    """Bring the engine's own tables to the state that this version of it needs."""
    DBOS.migrate(url)


def is_current(engine: sa.Engine) -> bool:
    """Whether the engine's own tables are in the state that this version of it needs."""
    client = DBOSClient(system_database_engine=engine, lazy=True)
    try:
        client._sys_db.verify_migrations()  # noqa: SLF001 - launch asks the same, but only there
    except dbos_errors.DBOSException:
        return False
    return True


class Workflows:
    """Runs the workflows of this process, and adopts those of processes that died."""

    def __init__(self, engine: sa.Engine, work: Work, drain: Drain) -> None:
        """Each process has an id of its own; what carries a dead one's id is adopted."""
        self._engine = engine
        self._work = work
        self._drain = drain
        self._id = uuid.uuid4().hex
        self._lock = ProcessLock(engine, self._id)
        self._keeper: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[object]] = set()

    @property
    def runs(self) -> bool:
        """Whether it is launched, and somebody looks after what the dead leave."""
        return self._keeper is not None and not self._keeper.done()

    async def start(self) -> None:
        """Launch the engine on the running loop; needs current tables."""
        DBOS(
            config={
                "name": APP,
                "system_database_engine": self._engine,
                "application_version": VERSION,
                "executor_id": self._id,
                "max_executor_threads": THREADS,
                "run_migrations": False,
                "log_level": "WARNING",
                "serializer": DBOSPortableJSONSerializer(),
            }
        )
        self._register()
        await self._lock.take()
        # On this thread, so that the engine runs the steps on this loop.
        DBOS.launch()
        await DBOS.register_queue_async(
            QUEUE,
            worker_concurrency=AT_ONCE,
            polling_interval_sec=POLL_SECONDS,
            on_conflict="always_update",
        )
        self._keeper = asyncio.create_task(self._keep())

    async def stop(self, *, patience: float) -> None:
        """Begin nothing more, wait up to `patience` seconds for what runs, leave the rest."""
        if self._keeper is not None:
            self._keeper.cancel()
        await self._drain.end(patience)
        # The engine would say of each one that it was cancelled.
        logging.getLogger("dbos").setLevel(logging.ERROR)
        # Cancelled they stay pending; met by a closed engine, they would end as errors for good.
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._work.close()
        await asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=0)
        await self._lock.leave()

    def _register(self) -> None:
        @DBOS.workflow(name=DELIVER, max_recovery_attempts=None)
        async def run_deliver(send_id: str) -> None:
            with self._listed():
                await deliver(SendId(send_id), self)

        @DBOS.workflow(name=ANNOUNCE, max_recovery_attempts=None)
        async def run_announce(send_id: str) -> None:
            with self._listed():
                await self.tell(SendId(send_id))

    @contextlib.contextmanager
    def _listed(self) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a workflow always runs in one
        self._running.add(task)
        try:
            yield
        finally:
            self._running.discard(task)

    async def attempt(self, send_id: SendId) -> float | None:
        """Try once, as a step that is not repeated once its answer is written down."""
        return await DBOS.run_step_async(
            {"name": "attempt"},
            self._guarded,
            self._work.attempt,
            send_id,
            LONGEST_PAUSE,
        )

    async def pause(self, seconds: float) -> None:
        """Sleep so that a restart goes on with the rest of it."""
        await DBOS.sleep_async(seconds)

    async def tell(self, send_id: SendId) -> None:
        """Tell the people; again after a restart, until it is told."""
        while (
            pause := await DBOS.run_step_async(
                {"name": "tell"}, self._guarded, self._told, send_id, LONGEST_PAUSE
            )
        ) is not None:
            await DBOS.sleep_async(pause)

    async def _told(self, send_id: SendId) -> None:
        await self._work.tell(send_id)

    async def _guarded(
        self,
        step: Callable[[SendId], Awaitable[float | None]],
        send_id: SendId,
        pause: float,
    ) -> float | None:
        """Run a step so that no error of it ends the workflow, which nothing would take up again."""
        await self._drain.may_begin()
        with self._drain.counted():
            try:
                return await step(send_id)
            except Exception:  # the engine would drop the send silently
                logger.exception("step failed", extra={"send": send_id})
                return pause

    async def _keep(self) -> None:
        """Adopt the work of the dead, again and again; forget what was finished long ago."""
        suspects: set[str] = set()
        rounds = 0
        while True:
            try:
                suspects = await self._adopt(suspects)
                if rounds % 3600 == 0:
                    await asyncio.to_thread(self._forget)
            except Exception:  # whatever the engine raises, somebody must go on to look
                logger.warning("takeover postponed", exc_info=True)
            rounds += 1
            await asyncio.sleep(TAKEOVER_SECONDS)

    async def _adopt(self, suspects: set[str]) -> set[str]:
        """Take up what carries the id of a process that was found dead twice in a row.

        Once is not enough: a restart of PostgreSQL takes everybody's lock away for a moment.
        """
        await self._lock.take()
        pending = await DBOS.list_workflows_async(
            status="PENDING", load_input=False, load_output=False
        )
        others = {each.executor_id for each in pending if each.executor_id} - {self._id}
        free = {other for other in others if await self._lock.is_free(other)}
        for dead in free if self._lock.alone else free & suspects:
            async with self._lock.of(dead) as taken:
                if taken:
                    await self._take_over(dead)
        return free

    async def _take_over(self, dead: str) -> None:
        """Queue the work of a dead process anew, while its lock keeps other survivors out.

        Listed again under the lock: what another survivor has taken over by now is running.
        """
        orphans = await DBOS.list_workflows_async(
            status="PENDING", executor_id=dead, load_input=False, load_output=False
        )
        for orphan in orphans:
            logger.info("taken over", extra={"workflow": orphan.workflow_id})
            await DBOS.resume_workflow_async(orphan.workflow_id, queue_name=QUEUE)

    def _forget(self) -> None:
        """Delete what was finished long ago; the sends themselves stay."""
        before = (datetime.now(UTC) - KEPT).isoformat()
        old = DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"],
            completed_before=before,
            limit=1000,
            load_input=False,
            load_output=False,
        )
        if old:
            DBOS.delete_workflows([each.workflow_id for each in old])
