"""From a list's file, or the rows of an earlier list, to its dry run."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.bulk.batches import Batch, BatchStatus, ListRow, Mapped, Report, RowKind
from bot.bulk.dry_run import LookedFor
from bot.bulk.judge import ListFacts, ListLookup, Plan, judge, numbers_of
from bot.bulk.list_check import Checked, CheckRequest, asks, check
from bot.bulk.list_file.table import Row, Table
from bot.bulk.ports import BatchRepository, ListSource, Looked
from bot.bulk.refusals import FREQUENCY_PAUSE, is_about_frequency
from bot.errors import Refused
from bot.policy.limits import Limits
from bot.send_draft import NumberRules
from bot.sends import Send, SendId, Status
from bot.templates import Template, fingerprint, text_mark

FILES_AT_ONCE = 2  # each takes a core, and the others' forms want theirs
ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an operator decided of lists."""

    rows: int  # BULK_LIMIT
    rate: float  # calls a second
    limits: Limits
    daily: int = 0  # WHATSAPP_DAILY_LIMIT; 0: off


@dataclass(frozen=True, slots=True)
class Reading:
    """Takes up to twenty seconds a file, nearly all of them in another process."""

    source: ListSource
    lists: BatchRepository
    template: Callable[[str], Awaitable[Template | None]]  # of the catalogue, by its id
    today: Callable[[str], date]  # where a person is
    facts: ListLookup
    rules: NumberRules
    bounds: Bounds
    now: Callable[[], datetime]
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FILES_AT_ONCE))

    async def look(self, batch: Batch) -> Looked:
        """Fetch and look at it. Raises Refused and TryLater."""
        template = await self.template(batch.request.template)
        if template is None or not template.active:
            raise Refused("bulk.template_gone")
        async with self.turns:
            checked = await self._checked(batch, template)
            report = dataclasses.replace(checked.report, mark=text_mark(template))
            if batch.request.file and asks(report, batch.request.mapped):
                return Looked(BatchStatus.ASKING, report)
            plan = Plan(
                template,
                batch.request.send_at.instant if batch.request.send_at else self.now(),
                self.bounds.rate,
                self.bounds.limits,
                self.bounds.daily,
            )
            facts = await self.facts.look_up(numbers_of(checked.rows), plan)
            if batch.request.retries:
                facts = _without(facts, await self.lists.said_lost(batch.request.retries))
            judged = await asyncio.to_thread(judge, Checked(report, checked.rows), facts, plan)
        return Looked(BatchStatus.CHECKED, judged.report, judged.rows)

    async def _checked(self, batch: Batch, template: Template) -> Checked:
        asked = batch.request
        if asked.file is None:
            return await self._left_of(batch, template)
        raw = await self.source.fetch(asked.file, user=asked.user)
        request = self._request(batch, template, asked.mapped)
        return await asyncio.to_thread(check, raw, asked.file.name, request)

    def _request(self, batch: Batch, template: Template, mapped: Mapped) -> CheckRequest:
        asked = batch.request
        today = self.today(asked.user)
        looked_for = LookedFor(template, self.rules, today, asked.group, asked.assign)
        return CheckRequest(looked_for, mapped, self.bounds.rows)

    async def _left_of(self, batch: Batch, template: Template) -> Checked:
        """Take the rows of an earlier list that surely did not go out, as they were read."""
        retries = batch.request.retries
        before = await self.lists.find(retries) if retries else None
        if before is None:
            raise Refused("bulk.list_gone")
        rows = await self._rows_left(before)
        if not rows:
            raise Refused("bulk.nothing_to_send_again")
        kept = before.report
        if kept.fingerprint != fingerprint(template):
            # They mean something else for a template that was changed.
            header = Row(1, kept.titles)
            table = Table(header, tuple(Row(each.line, each.cells) for each in rows))
            request = self._request(batch, template, Mapped(dict(kept.places)))
            return await asyncio.to_thread(check, table, "", request)
        report = Report(
            titles=kept.titles,
            places=kept.places,
            unknown=kept.unknown,
            sheet=kept.sheet,
            fingerprint=kept.fingerprint,
        )
        return Checked(report, rows)

    async def _rows_left(self, before: Batch) -> tuple[ListRow, ...]:
        rows: list[ListRow] = []
        after, kinds = 0, before.kinds_sent
        while page := await self.lists.results(
            before.id, after=after, limit=ROWS_AT_ONCE, kinds=kinds
        ):
            after = page[-1].row.line
            rows += [
                dataclasses.replace(each.row, kind=RowKind.GOOD, problems=())
                for each in page
                if may_go_again(each.send, self.now())
            ]
        # Read last: whoever sends one again by itself meanwhile has it go out once.
        replaced = await self.lists.replaced(before.id)
        return tuple(each for each in rows if each.line not in replaced)


def _without(facts: ListFacts, lost: frozenset[SendId]) -> ListFacts:
    """Leave out what is sent again because it did not arrive: nobody had it."""
    numbers = {
        number: dataclasses.replace(
            known, earlier=tuple(each for each in known.earlier if each.id not in lost)
        )
        for number, known in facts.numbers.items()
    }
    return dataclasses.replace(facts, numbers=numbers)


def may_go_again(send: Send | None, now: datetime) -> bool:
    """Whether a row surely did not go out, and WhatsApp does not ask to wait with it."""
    if send is None:
        # Its list was stopped before it became a send.
        return True
    if send.status is Status.UNKNOWN:
        # A person said that it did not arrive.
        return bool(send.decided_by)
    if send.status not in {Status.REJECTED, Status.FAILED, Status.CANCELLED}:
        return False
    ended = send.ended or send.updated
    return not is_about_frequency(send.vendor_message) or now - ended >= FREQUENCY_PAUSE
