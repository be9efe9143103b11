"""What every run of a list needs, and how it ends before its rows do."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.bulk.batches import Batch, BatchId, BatchStatus, PauseReason
from bot.bulk.pacer import Pacer
from bot.bulk.ports import BatchNotifier
from bot.bulk.run_repository import RunRepository
from bot.delivery.ports import Alerts, Gateway, RateLimit
from bot.errors import NotAllowed, TooEarly
from bot.sends import Send, SendId

logger = logging.getLogger(__name__)


class Drain(Protocol):
    """What a stop of the process waits for."""

    @property
    def ends(self) -> bool: ...

    def counted(self) -> AbstractContextManager[None]: ...


class ListPaused(Exception):
    """The list goes on only once a person says so."""

    def __init__(self, reason: PauseReason) -> None:
        """Keep why."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RunParts:
    """What every run of a list needs."""

    lists: RunRepository
    notifier: BatchNotifier
    rate_limit: RateLimit
    alerts: Alerts
    gateway: Gateway
    # Says why some of these may not go. Raises NotAllowed of the list's person, and TryLater.
    check_rows: Callable[[Sequence[Send]], Awaitable[Mapping[SendId, NotAllowed | TooEarly]]]
    why_paused: Callable[[Batch], Awaitable[PauseReason | None]]  # what speaks against all of it
    wake_sends: Callable[[], Awaitable[None]]  # those that wait for a token: it is taken again
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    drain: Drain
    rate: float  # calls a second
    late_after: timedelta
    pacer: Pacer  # by whose clock all calls of this process leave while a list runs
    # Lists of one process take their groups by turns.
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def interrupt(self, batch: Batch) -> None:
        """Mark the calls of an earlier run as unknown; the run that carries it has none yet."""
        if interrupted := await self.lists.interrupt(batch):
            logger.warning("rows interrupted", extra={"batch": batch.id, "rows": interrupted})

    async def is_running(self, batch_id: BatchId) -> bool:
        """Whether nobody has paused it, or stopped it, and it is not over."""
        batch = await self.lists.get(batch_id)
        return batch.status is BatchStatus.RUNNING
