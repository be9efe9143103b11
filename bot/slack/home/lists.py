"""Which lists stand on somebody's Home: their last ones, and what else they may decide about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.bulk.batches import Batch, BatchStatus
from bot.bulk.ports import BatchRepository
from bot.slack.bulk.shown import NO_PROGRESS, Shown, requesters
from bot.slack.home.list_rows import HomeList

OWN_SHOWN = 5
LOOKED_THROUGH = 50  # of everybody's last ones
OPEN = frozenset({BatchStatus.RUNNING, BatchStatus.PAUSED, BatchStatus.AWAITING_APPROVAL})


@dataclass(frozen=True, slots=True)
class HomeLists:
    """Reads them."""

    batches: BatchRepository
    now: Callable[[], datetime]

    async def read(self, user: str, *, is_admin: bool, may_approve: bool) -> tuple[HomeList, ...]:
        """Read what waits for this person first, then what goes on, then their last ones."""
        found = {each.id: each for each in await self.batches.recent(user, OWN_SHOWN)}
        if is_admin or may_approve:
            everybody = await self.batches.recent("", LOOKED_THROUGH)
            found |= {
                each.id: each
                for each in everybody
                if each.status in OPEN
                and (is_admin or each.status is BatchStatus.AWAITING_APPROVAL)
            }
        made = [
            HomeList(
                await self._shown(each),
                is_own=each.request.user == user,
                may_decide=is_admin or each.request.user == user,
                may_approve=may_approve and user not in requesters(each),
            )
            for each in found.values()
        ]
        return tuple(sorted(made, key=_rank))

    async def _shown(self, batch: Batch) -> Shown:
        progress = await self.batches.progress(batch.id) if batch.started else NO_PROGRESS
        # Who reads of a list here may see it whole.
        return Shown(batch, self.now(), progress, in_private=True)


def _rank(each: HomeList) -> tuple[int, float]:
    batch = each.shown.batch
    is_theirs = batch.status is BatchStatus.AWAITING_APPROVAL and each.may_approve
    group = 0 if is_theirs else 1 if batch.status in OPEN else 2
    return group, -batch.created.timestamp()
