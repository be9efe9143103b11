"""What lists need of the database and of Slack, as those see it who take, run and show them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.bulk.batches import (
    NO_REPORT,
    Batch,
    BatchId,
    BatchRequest,
    BatchStatus,
    ListFile,
    ListRow,
    Mapped,
    Progress,
    Report,
    RowKind,
    RowResult,
)
from bot.sends import Card, SendId, Status


class BatchRepository(Protocol):
    """The lists, as listeners and views see them. What can't be done in time raises TryLater."""

    async def create(self, request: BatchRequest) -> Batch:
        """Write down a list, whose file is then read; the same key again is the same list."""
        ...

    async def find(self, batch_id: BatchId) -> Batch | None: ...

    async def recent(self, user: str, limit: int) -> tuple[Batch, ...]:
        """Read the last lists, of one person or (empty) of everybody, the newest first."""
        ...

    async def progress(self, batch_id: BatchId) -> Progress: ...

    async def running(self) -> int:
        """Count the lists that run now, over all processes."""
        ...

    async def results(
        self, batch_id: BatchId, *, after: int, limit: int, kinds: Collection[RowKind] = ()
    ) -> tuple[RowResult, ...]:
        """Read rows in the file's order from behind a line, of some kinds or of all."""
        ...

    async def with_status(
        self, batch_id: BatchId, status: Status, limit: int
    ) -> tuple[RowResult, ...]:
        """Read the first rows whose sends stand so."""
        ...

    async def said_lost(self, batch_id: BatchId) -> frozenset[SendId]:
        """Name the sends of rows that did not arrive by what a person says.

        Those of the lists of whose rows it was made are among them.
        """
        ...

    async def replaced(self, batch_id: BatchId) -> frozenset[int]:
        """Name the lines of rows that did not go out, and go on as sends of their own."""
        ...

    async def retries_of(self, batch_id: BatchId) -> tuple[Batch, ...]:
        """Read the lists that were made of its rows that did not go out."""
        ...

    async def map(self, batch_id: BatchId, mapped: Mapped, *, user: str) -> bool:
        """Read the file again with what a person said of it; False if it was started, or is over."""
        ...

    async def look_again(self, batch_id: BatchId) -> bool:
        """Read the file again: its template was changed, or the dry run is old."""
        ...

    async def start(
        self,
        batch_id: BatchId,
        *,
        user: str,
        checked: datetime | None,
        with_recent: bool,
        needs_approval: bool,
    ) -> bool:
        """Let a list's rows go out, or wait for a second person first.

        `checked` names the dry run that was seen: False if another one, or nothing, stands by now.
        """
        ...

    async def approve(self, batch_id: BatchId, *, user: str) -> bool: ...

    async def decline(self, batch_id: BatchId, *, user: str, note: str) -> bool: ...

    async def pause(self, batch_id: BatchId, *, user: str) -> bool:
        """Begin no more calls; False if it does not run."""
        ...

    async def resume(self, batch_id: BatchId, *, user: str) -> bool:
        """Go on with one that is paused."""
        ...

    async def stop(self, batch_id: BatchId, *, user: str) -> bool:
        """Cancel all rows whose call has not begun, for good; False if it is over."""
        ...

    async def decide_unknown(self, batch_id: BatchId, *, arrived: bool, user: str) -> int:
        """Take a person's word for all unknown rows; return how many there were."""
        ...

    async def card_posted(self, batch_id: BatchId, channel: str, ts: str) -> None:
        """Remember where the list's card is."""
        ...


class ListSource(Protocol):
    """Where files come from."""

    async def fetch(self, file: ListFile, *, user: str) -> bytes:
        """Return a file that this person gave. Raises Refused and TryLater."""
        ...


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at a list's file found."""

    status: BatchStatus  # ASKING, UNREADABLE or CHECKED
    report: Report = NO_REPORT
    rows: tuple[ListRow, ...] = ()
    reason: str = ""  # the key of why it is no list
    values: Mapping[str, str | int] = field(default_factory=dict)


class ListReader(Protocol):
    """Reads a list's file, and makes its dry run."""

    async def look(self, batch: Batch) -> Looked:
        """Fetch and look at it. Raises TryLater."""
        ...


class BatchNotifier(Protocol):
    """Tells people of a list."""

    def show(self, batch_id: BatchId) -> None:
        """Show its card as it is now, not too often; never waited for."""
        ...

    async def tell(self, batch: Batch) -> Card:
        """Post or update what has to be said of this status, once. Raises TryLater or Refused.

        Of a dry run: the card and its problems. Of the end: the last state of the card, the
        summary in the thread, and the file with every row's outcome to its sender.
        """
        ...
