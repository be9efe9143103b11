"""What is known of all numbers of a list, read some hundred of them at a time."""

import functools
from collections.abc import Callable, Collection, Iterator
from datetime import datetime

import sqlalchemy as sa

from bot.bulk.judge import DAY, ListFacts, Plan
from bot.policy.duplicates import Earlier
from bot.policy.number_facts import NumberFacts
from bot.sends import Status
from bot.store import contacts, duplicates
from bot.store.database import Database
from bot.store.tables import sends
from bot.times import FURTHEST

NUMBERS = 500  # at a time, so that others read in between
_SINCE = sa.bindparam("b_since", type_=sends.c.created.type)
# A call was made, and may have arrived. As text that no index has: nearly all sends are among these,
# and SQLite would go through all of them.
_IS_REACHED = sa.func.lower(sends.c.status).in_(
    [each.value for each in (Status.SENDING, Status.SENT, Status.PENDING, Status.UNKNOWN)]
)
_WAS_REACHED = (
    _IS_REACHED,
    # As the indexes have it; what goes out late was asked for so long before at most.
    sends.c.created > sa.bindparam("b_asked_after", type_=sends.c.created.type),
    sa.func.coalesce(sends.c.ended, sends.c.updated, type_=sends.c.created.type) > _SINCE,
)
_COUNT = sa.select(
    sa.func.count(sa.distinct(sa.func.coalesce(sends.c.canonical, sends.c.phone)))
).where(*_WAS_REACHED)
_HERE = (
    sa.select(sends.c.canonical)
    .distinct()
    .where(*_WAS_REACHED, sends.c.canonical.in_(sa.bindparam("b_numbers", expanding=True)))
)
Step = Callable[[sa.Connection], None]


class BatchFactsStore:
    """Looks it up; it waits as long as that takes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def look_up(self, numbers: Collection[str], plan: Plan) -> ListFacts:
        """Read what is known of numbers in their one form."""
        search = _Search(numbers, plan)
        for step in search.steps():
            await self._database.read(step)
        return search.found()


def look_up(connection: sa.Connection, numbers: Collection[str], plan: Plan) -> ListFacts:
    """Read the same within a transaction."""
    search = _Search(numbers, plan)
    for step in search.steps():
        step(connection)
    return search.found()


class _Search:
    """What was found so far; each step may be done twice."""

    def __init__(self, numbers: Collection[str], plan: Plan) -> None:
        self._numbers = sorted(numbers)
        self._plan = plan
        self._older: dict[str, list[Earlier]] = {}
        self._known: dict[str, NumberFacts] = {}
        self._reached = 0
        self._reached_here = set[str]()

    def steps(self) -> Iterator[Step]:
        yield self._find_older
        for at in range(0, len(self._numbers), NUMBERS):
            yield functools.partial(self._find, chunk=self._numbers[at : at + NUMBERS])
        if self._plan.daily_limit:
            yield self._count

    def found(self) -> ListFacts:
        return ListFacts(self._known, self._reached, frozenset(self._reached_here))

    def _find_older(self, connection: sa.Connection) -> None:
        plan = self._plan
        window = plan.limits.duplicate_window
        self._older = duplicates.find_all_older(
            connection, plan.template.id, due=plan.due, window=window
        )

    def _find(self, connection: sa.Connection, chunk: Collection[str]) -> None:
        plan = self._plan
        listed = contacts.find_all(connection, chunk)
        window = plan.limits.duplicate_window
        earlier = duplicates.find_all(
            connection, chunk, plan.template.id, due=plan.due, window=window
        )
        for number in chunk:
            known = (*earlier.get(number, ()), *self._older.get(number, ()))
            if known or number in listed:
                self._known[number] = NumberFacts(listed.get(number), known)
        if plan.daily_limit:
            given = _reached_since(plan.due) | {"b_numbers": list(chunk)}
            self._reached_here |= set(connection.scalars(_HERE, given))

    def _count(self, connection: sa.Connection) -> None:
        self._reached = connection.scalar(_COUNT, _reached_since(self._plan.due)) or 0


def _reached_since(due: datetime) -> dict[str, object]:
    return {"b_since": due - DAY, "b_asked_after": due - DAY - FURTHEST}
