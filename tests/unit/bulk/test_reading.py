"""Which rows of an earlier list go again: each surely did not go out, and goes out nowhere else."""

from collections.abc import Collection
from datetime import date
from typing import Any

from typing_extensions import override

from bot.bulk.batches import Batch, BatchId, BatchStatus, ListFile
from bot.bulk.judge import ListFacts, Plan
from bot.bulk.reading import Bounds, Reading
from bot.policy.limits import NO_LIMITS
from bot.send_draft import NumberRules
from bot.sends import Status
from bot.templates import Template
from tests.builders import make_template
from tests.builders.batches import make_batch, make_row
from tests.fakes import NOON
from tests.fakes.batches import FakeBatches


class NoFiles:
    """There is none to be fetched."""

    async def fetch(self, file: ListFile, *, user: str) -> bytes:
        raise AssertionError(file)


class NothingKnown:
    """Of no number."""

    async def look_up(self, numbers: Collection[str], plan: Plan) -> ListFacts:
        return ListFacts()


async def template(_: str) -> Template | None:
    return make_template()


def reading(lists: FakeBatches) -> Reading:
    return Reading(
        NoFiles(),
        lists,
        template,
        lambda _: date(2026, 5, 1),
        NothingKnown(),
        NumberRules(),
        Bounds(1000, 20.0, NO_LIMITS),
        lambda: NOON,
    )


async def lines_again(lists: FakeBatches, before: Batch) -> list[int]:
    again: Any = make_batch(
        BatchStatus.READING, id=BatchId("AGAIN-00001"), file=None, retries=before.id
    )
    looked = await reading(lists).look(again)
    return [row.line for row in looked.rows]


async def test_what_goes_on_as_a_send_of_its_own_is_in_no_new_list() -> None:
    lists = FakeBatches()
    before = lists.put(make_batch(BatchStatus.DONE))
    lists.rows = [
        make_row(2, Status.REJECTED),
        make_row(3, Status.FAILED),
        make_row(4, Status.SENT),
        make_row(5, Status.REJECTED),
        make_row(6, None),
    ]
    lists.replaced_lines = {3, 5}

    assert await lines_again(lists, before) == [2, 6]


async def test_what_is_sent_again_by_itself_while_rows_are_read_is_left_out() -> None:
    class Pressed(FakeBatches):
        @override
        async def results(self, *of: Any, **given: Any) -> Any:
            page = await super().results(*of, **given)
            self.replaced_lines |= {row.row.line for row in page[:1]}
            return page

    lists = Pressed()
    before = lists.put(make_batch(BatchStatus.DONE))
    lists.rows = [make_row(2, Status.FAILED), make_row(3, Status.FAILED)]

    assert await lines_again(lists, before) == [3]
