"""What the run of a list writes down, and what it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from bot.bulk.batches import Batch, BatchId, PauseReason
from bot.sends import Outcome, Send

SAME_SENT = "duplicate"  # why a row is skipped whose number had the same since the dry run


@dataclass(frozen=True, slots=True)
class Group:
    """Calls that may begin: the first one in `wait` seconds, the others `gap` seconds apart."""

    sends: tuple[Send, ...]
    wait: float = 0.0
    gap: float = 0.0
    is_probe: bool = False


class Filled(Enum):
    """What became of making sends of rows."""

    MORE = "more"  # there are more rows
    ALL = "all"  # there are none
    NOT_RUNNING = "not_running"


class RunRepository(Protocol):
    """A list and its rows, as they are written down; all of it waits for the database."""

    async def get(self, batch_id: BatchId) -> Batch: ...

    async def interrupt(self, batch: Batch) -> int:
        """Mark the calls that an earlier run began as unknown; return how many there were."""
        ...

    async def fill(self, batch: Batch, limit: int) -> Filled:
        """Make sends of the next rows."""
        ...

    async def replaced(self, batch_id: BatchId) -> frozenset[int]:
        """Name the lines of a list's rows that go on as sends of their own."""
        ...

    async def next(self, batch_id: BatchId, limit: int) -> tuple[Send, ...]:
        """Read the next rows to be called, whose number was not called a moment ago."""
        ...

    async def next_moment(self, batch_id: BatchId) -> datetime | None:
        """Say when the next row is due, of those that wait; None if none waits."""
        ...

    async def claim(self, batch_id: BatchId, sends: Sequence[Send]) -> Group | float | None:
        """Mark the first of these calls as begun, in the transaction that takes their permits.

        In how many seconds there is a permit, if there is none now; None if the list does not run
        any more. Raises TryLater while the queue is paused.
        """
        ...

    async def settle(self, send: Send, outcome: Outcome) -> None:
        """Write down what is known of this call."""
        ...

    async def put_back(self, send: Send, *, next_try: datetime, reason: str) -> None:
        """Write down that nothing went out, and when it is tried again."""
        ...

    async def refuse(self, send: Send, outcome: Outcome) -> None:
        """Write down why a row is not called at all."""
        ...

    async def postpone(self, send: Send, *, next_try: datetime, reason: str) -> None:
        """Write down when it is due; it has not been called."""
        ...

    async def outcomes(self, batch: Batch) -> tuple[Outcome, ...]:
        """Read how the last rows ended since it was started or resumed, the oldest first."""
        ...

    async def last_event(self, batch: Batch) -> datetime:
        """Say when anything happened to it, or was to happen, last."""
        ...

    async def pause_itself(self, batch_id: BatchId, reason: PauseReason) -> bool: ...

    async def wait_until(self, batch_id: BatchId, moment: datetime) -> None:
        """Let nobody carry it until then."""
        ...

    async def finish(self, batch: Batch) -> bool:
        """End it if every row came to its end; False if not."""
        ...

    async def expire(self, batch_id: BatchId) -> bool:
        """End one that nobody approved in time."""
        ...

    async def cancel_rows(self, batch: Batch, limit: int) -> int:
        """Cancel the next rows of a stopped list; return how many there were."""
        ...
