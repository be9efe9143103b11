"""The rows of a list that are called next: looked at before their moment, so that none waits for that."""

from collections.abc import Sequence

from bot.bulk.batches import Batch, PauseReason
from bot.bulk.run_parts import ListPaused, RunParts
from bot.bulk.run_repository import SAME_SENT
from bot.delivery import GAVE_UP
from bot.delivery.pauses import FIRST_PAUSE
from bot.errors import NotAllowed, TooEarly, TryLater
from bot.sends import Outcome, Send, SendId, Status

LEAST_PAGE = 5  # rows that are looked at before their calls; at a higher rate those of a second
JUDGED_SECONDS = 5.0  # for which it is believed that a row may go


class LookAhead:
    """Finds the next rows that may go, for one run of one list."""

    def __init__(self, parts: RunParts, batch: Batch) -> None:
        self._parts, self._batch = parts, batch
        self._judged: dict[SendId, float] = {}  # when, of those that may go
        self.size = max(LEAST_PAGE, int(parts.rate))

    async def look(self, known: frozenset[SendId]) -> tuple[bool, list[Send]]:
        """Look whether there are more rows, and which of them may go, as far as that can be said.

        Raises ListPaused.
        """
        parts = self._parts
        while True:
            if not await self._parts.is_running(self._batch.id):
                return False, []
            page = await parts.lists.next(self._batch.id, self.size + len(known))
            new = [send for send in page if send.id not in known]
            try:
                if new and (reason := await parts.why_paused(self._batch)):
                    raise ListPaused(reason)
                return bool(new), await self._judged_now(new)
            except NotAllowed as error:
                raise ListPaused(PauseReason.ACCESS) from error
            except TryLater as error:
                await parts.sleep(max(error.after, FIRST_PAUSE))

    async def _judged_now(self, page: Sequence[Send]) -> list[Send]:
        """Ask once more what speaks against these rows; return those that may go. Raises TryLater."""
        if not page:
            return []
        why = await self._parts.check_rows(page)
        retries = self._batch.request.retries
        alone = await self._parts.lists.replaced(retries) if retries else frozenset[int]()
        same = NotAllowed(SAME_SENT)
        why = {**why, **{each.id: same for each in page if each.request.batch_line in alone}}
        self._judged |= {send.id: self._parts.pacer.now() for send in page}
        return [send for send in page if await self._may_go(send, why.get(send.id))]

    async def _may_go(self, send: Send, why: NotAllowed | TooEarly | None) -> bool:
        lists = self._parts.lists
        if send.tries and self._parts.now() > send.give_up_at:
            await lists.refuse(send, GAVE_UP)
        elif isinstance(why, TooEarly):
            await lists.postpone(send, next_try=why.until, reason=why.key)
        elif why is not None:
            await lists.refuse(send, Outcome(Status.FAILED, why.key))
        else:
            return True
        self.forget(send.id)
        return False

    def forget(self, send_id: SendId) -> None:
        """Keep nothing of one that is claimed, or is another's by now."""
        self._judged.pop(send_id, None)

    def is_old(self, send_id: SendId) -> bool:
        """Whether one was asked about too long ago: it is to be asked about anew."""
        return self._parts.pacer.now() - self._judged[send_id] > JUDGED_SECONDS
