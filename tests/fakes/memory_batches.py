"""Lists in memory: what is taken, found and mapped; nothing runs."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from typing_extensions import override

from bot.bulk.batches import (
    Batch,
    BatchId,
    BatchRequest,
    BatchStatus,
    Mapped,
    Progress,
    RowKind,
    RowResult,
)
from bot.bulk.ports import BatchRepository
from bot.errors import TryLater
from bot.sends import SendId, Status
from tests.fakes.clock import NOON

UNSTARTED = frozenset({BatchStatus.ASKING, BatchStatus.CHECKED})


@dataclass
class MemoryBatches(BatchRepository):
    """What listeners ask for; all else must not be called."""

    known: dict[BatchId, Batch] = field(default_factory=dict)
    mapped: list[tuple[BatchId, Mapped, str]] = field(default_factory=list)
    is_away: bool = False

    def put(self, batch: Batch) -> Batch:
        self.known[batch.id] = batch
        return batch

    @property
    def requests(self) -> list[BatchRequest]:
        return [each.request for each in self.known.values()]

    @override
    async def create(self, request: BatchRequest) -> Batch:
        self._ask()
        same = [each for each in self.known.values() if each.request.key == request.key]
        return same[0] if same else self.put(Batch(request, BatchStatus.READING, NOON, NOON))

    @override
    async def find(self, batch_id: BatchId) -> Batch | None:
        self._ask()
        return self.known.get(batch_id)

    @override
    async def map(self, batch_id: BatchId, mapped: Mapped, *, user: str) -> bool:
        self._ask()
        batch = self.known[batch_id]
        if batch.status not in UNSTARTED:
            return False
        request = replace(batch.request, mapped=mapped)
        self.put(replace(batch, request=request, status=BatchStatus.READING))
        self.mapped.append((batch_id, mapped, user))
        return True

    def _ask(self) -> None:
        if self.is_away:
            raise TryLater("database.unreachable")

    @override
    async def recent(self, user: str, limit: int) -> tuple[Batch, ...]:
        self._ask()
        found = [each for each in self.known.values() if user in {"", each.request.user}]
        return tuple(found[:limit])

    @override
    async def progress(self, batch_id: BatchId) -> Progress:
        raise AssertionError(batch_id)

    @override
    async def running(self) -> int:
        raise AssertionError

    @override
    async def results(
        self, batch_id: BatchId, *, after: int, limit: int, kinds: Collection[RowKind] = ()
    ) -> tuple[RowResult, ...]:
        raise AssertionError(batch_id)

    @override
    async def with_status(
        self, batch_id: BatchId, status: Status, limit: int
    ) -> tuple[RowResult, ...]:
        raise AssertionError(batch_id)

    @override
    async def replaced(self, batch_id: BatchId) -> frozenset[int]:
        raise AssertionError(batch_id)

    @override
    async def said_lost(self, batch_id: BatchId) -> frozenset[SendId]:
        raise AssertionError(batch_id)

    @override
    async def retries_of(self, batch_id: BatchId) -> tuple[Batch, ...]:
        raise AssertionError(batch_id)

    @override
    async def look_again(self, batch_id: BatchId) -> bool:
        raise AssertionError(batch_id)

    @override
    async def start(
        self,
        batch_id: BatchId,
        *,
        user: str,
        checked: datetime | None,
        with_recent: bool,
        needs_approval: bool,
    ) -> bool:
        raise AssertionError(batch_id)

    @override
    async def approve(self, batch_id: BatchId, *, user: str) -> bool:
        raise AssertionError(batch_id)

    @override
    async def decline(self, batch_id: BatchId, *, user: str, note: str) -> bool:
        raise AssertionError(batch_id)

    @override
    async def pause(self, batch_id: BatchId, *, user: str) -> bool:
        raise AssertionError(batch_id)

    @override
    async def resume(self, batch_id: BatchId, *, user: str) -> bool:
        raise AssertionError(batch_id)

    @override
    async def stop(self, batch_id: BatchId, *, user: str) -> bool:
        raise AssertionError(batch_id)

    @override
    async def decide_unknown(self, batch_id: BatchId, *, arrived: bool, user: str) -> int:
        raise AssertionError(batch_id)

    @override
    async def card_posted(self, batch_id: BatchId, channel: str, ts: str) -> None:
        raise AssertionError(batch_id)
