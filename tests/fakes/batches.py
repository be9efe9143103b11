"""Lists in memory, as listeners and notifiers see them."""

import dataclasses
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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
from bot.sends import SendId, Status
from tests.fakes.clock import NOON

UNSTARTED = {BatchStatus.ASKING, BatchStatus.CHECKED}


@dataclass
class FakeBatches(BatchRepository):
    """Each change happens only where the list stands as it must, as in the database."""

    lists: dict[BatchId, Batch] = field(default_factory=dict)
    rows: list[RowResult] = field(default_factory=list)
    replaced_lines: set[int] = field(default_factory=set)
    progresses: dict[BatchId, Progress] = field(default_factory=dict)
    running_now: int = 1
    log: list[tuple[Any, ...]] = field(default_factory=list)  # what was decided, in order
    places: list[tuple[BatchId, str, str]] = field(default_factory=list)
    meanwhile: Callable[[], object] = object  # what happens between a press and its start

    def put(self, batch: Batch, progress: Progress | None = None) -> Batch:
        """Keep a list as it is."""
        self.lists[batch.id] = batch
        if progress is not None:
            self.progresses[batch.id] = progress
        return batch

    def change(self, batch_id: BatchId, **changes: Any) -> Batch:
        """Change a list, as a run would."""
        return self.put(dataclasses.replace(self.lists[batch_id], **changes))

    @override
    async def create(self, request: BatchRequest) -> Batch:
        for each in self.lists.values():
            if each.request.key == request.key:
                return each
        self.log.append(("create", request))
        return self.put(Batch(request, BatchStatus.READING, NOON, NOON))

    @override
    async def find(self, batch_id: BatchId) -> Batch | None:
        return self.lists.get(batch_id)

    @override
    async def recent(self, user: str, limit: int) -> tuple[Batch, ...]:
        found = [each for each in self.lists.values() if user in {"", each.request.user}]
        return tuple(sorted(found, key=lambda each: each.created, reverse=True)[:limit])

    @override
    async def progress(self, batch_id: BatchId) -> Progress:
        return self.progresses.get(batch_id, Progress())

    @override
    async def running(self) -> int:
        return self.running_now

    @override
    async def results(
        self, batch_id: BatchId, *, after: int, limit: int, kinds: Collection[RowKind] = ()
    ) -> tuple[RowResult, ...]:
        found = [
            each
            for each in self.rows
            if each.row.line > after and (not kinds or each.row.kind in kinds)
        ]
        return tuple(found[:limit])

    @override
    async def with_status(
        self, batch_id: BatchId, status: Status, limit: int
    ) -> tuple[RowResult, ...]:
        found = [
            each
            for each in self.rows
            if each.send
            and each.send.status is status
            and not (status is Status.UNKNOWN and each.send.decided_by)
        ]
        return tuple(found[:limit])

    @override
    async def said_lost(self, batch_id: BatchId) -> frozenset[SendId]:
        return frozenset()

    @override
    async def replaced(self, batch_id: BatchId) -> frozenset[int]:
        return frozenset(self.replaced_lines)

    @override
    async def retries_of(self, batch_id: BatchId) -> tuple[Batch, ...]:
        return tuple(each for each in self.lists.values() if each.request.retries == batch_id)

    @override
    async def map(self, batch_id: BatchId, mapped: Mapped, *, user: str) -> bool:
        return self._step("map", batch_id, UNSTARTED, BatchStatus.READING, user)

    @override
    async def look_again(self, batch_id: BatchId) -> bool:
        return self._step("look_again", batch_id, UNSTARTED, BatchStatus.READING)

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
        self.meanwhile()
        if self.lists[batch_id].checked != checked:
            return False
        after = BatchStatus.AWAITING_APPROVAL if needs_approval else BatchStatus.RUNNING
        more = {"with_recent": with_recent, "started_by": user, "started": NOON}
        return self._step("start", batch_id, {BatchStatus.CHECKED}, after, user, **more)

    @override
    async def approve(self, batch_id: BatchId, *, user: str) -> bool:
        before = {BatchStatus.AWAITING_APPROVAL}
        return self._step("approve", batch_id, before, BatchStatus.RUNNING, user, approved_by=user)

    @override
    async def decline(self, batch_id: BatchId, *, user: str, note: str) -> bool:
        more = {"decided_by": user, "note": note, "reason": "refused"}
        before = {BatchStatus.AWAITING_APPROVAL}
        return self._step("decline", batch_id, before, BatchStatus.STOPPED, user, **more)

    @override
    async def pause(self, batch_id: BatchId, *, user: str) -> bool:
        before, after = {BatchStatus.RUNNING}, BatchStatus.PAUSED
        return self._step("pause", batch_id, before, after, user, decided_by=user)

    @override
    async def resume(self, batch_id: BatchId, *, user: str) -> bool:
        before, after = {BatchStatus.PAUSED}, BatchStatus.RUNNING
        return self._step("resume", batch_id, before, after, user, decided_by=user, reason="")

    @override
    async def stop(self, batch_id: BatchId, *, user: str) -> bool:
        before = {each for each in BatchStatus if not each.is_final}
        return self._step("stop", batch_id, before, BatchStatus.STOPPED, user, decided_by=user)

    @override
    async def decide_unknown(self, batch_id: BatchId, *, arrived: bool, user: str) -> int:
        known = await self.progress(batch_id)
        self.log.append(("decide_unknown", arrived, user))
        self.progresses[batch_id] = dataclasses.replace(known, undecided=0)
        return known.undecided

    @override
    async def card_posted(self, batch_id: BatchId, channel: str, ts: str) -> None:
        self.places.append((batch_id, channel, ts))
        self.change(batch_id, card_channel=channel, card_ts=ts)

    def _step(
        self,
        name: str,
        batch_id: BatchId,
        before: Collection[BatchStatus],
        after: BatchStatus,
        *who: str,
        **changes: Any,
    ) -> bool:
        batch = self.lists.get(batch_id)
        if batch is None or batch.status not in before:
            return False
        self.log.append((name, *who))
        self.change(batch_id, status=after, **changes)
        return True
