"""What reading and writing sends have in common: the database, the clock, and who is told of it."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from bot.errors import TryLater
from bot.events import BOT, Kind, Source
from bot.repositories import Told
from bot.send_ids import new_id
from bot.sends import Periods, Send, SendId, SendRequest, Taken, TakenSend
from bot.store import duplicates, statements
from bot.store.clock import Clock
from bot.store.database import Database
from bot.store.decision import Decision
from bot.store.rate_limit import StoredRateLimit
from bot.store.rows import send_of, to_row
from bot.store.transitions import Change, event_values, write_event

# A listener answers within Slack's three seconds, database or not.
LISTENER_PATIENCE = 1.5
LOCK_PAUSE = 0.02  # seconds, until another process has committed

CONTENTS = (
    "template",
    "phone",
    "client_name",
    "group_name",
    "assign",
    "params",
    "user_id",
    "send_at",
)

T = TypeVar("T")


class TakenElsewhere(Exception):
    """Another process takes the same template to the same number at this moment."""


class Runs(Protocol):
    """Who carries out, in this process, what is written down."""

    process: str  # names it in the rows that it carries; empty: it only takes sends

    def begin(self, send: Send) -> None:
        """Carry this one, which the row says already."""
        ...

    def look(self) -> None:
        """Look for what is to be done: something was decided."""
        ...


class NoRuns:
    """A process that leaves it to others, who look for themselves."""

    process = ""

    def begin(self, send: Send) -> None:
        """Leave it."""

    def look(self) -> None:
        """Leave it."""


class SendTable:
    """The table of sends as one process sees it."""

    def __init__(
        self,
        database: Database,
        *,
        rate_limit: StoredRateLimit,
        periods: Periods,
        runs: Runs | None = None,
        clock: Clock | None = None,
        source: Source | None = None,
    ) -> None:
        """Tell `runs` what is to be done, once that is committed; `source` stands in the events."""
        self._database = database
        self._rate_limit = rate_limit
        self._periods = periods
        self._runs = runs or NoRuns()
        self._clock = clock or Clock()
        self._now = self._clock.now
        self._source = source or Source(process=self._runs.process)

    def _values(
        self,
        send_id: SendId,
        values: Mapping[str, object] | None = None,
        *,
        actor: str = BOT,
        why: str = "",
    ) -> dict[str, object]:
        """Name the values as the statements do; `actor` and `why` stand in the event."""
        named = {f"b_{name}": value for name, value in (values or {}).items()}
        named |= event_values(self._source, actor=actor, why=why)
        return named | {"b_id": send_id, "b_process": self._runs.process, "b_now": self._now()}

    def _came_between(
        self, connection: sa.Connection, request: SendRequest, told: Told
    ) -> Send | None:
        """Return what somebody sent, so that this would be a duplicate of which nobody was told.

        Raises TakenElsewhere while another process may send it at this very moment.
        """
        if not told.window:
            return None
        due = self._due_alone(connection, request, told.window)
        found = duplicates.came_between(connection, request, told, due=due)
        return find(connection, found.earlier.id) if found else None

    def _due_alone(
        self, connection: sa.Connection, request: SendRequest, window: timedelta
    ) -> datetime:
        """Say when a request is due; where duplicates count, nobody else takes the same meanwhile.

        Raises TakenElsewhere while another process may take it at this very moment.
        """
        if window and not duplicates.is_alone(connection, request):
            raise TakenElsewhere
        return request.send_at.instant if request.send_at else self._now()

    async def _write_alone(self, work: Callable[[sa.Connection], T]) -> T:
        """Commit what `work` does; again while another process takes the same. Raises TryLater."""
        deadline = time.monotonic() + LISTENER_PATIENCE
        while True:
            try:
                return await self._database.write(work, patience=LISTENER_PATIENCE)
            except TakenElsewhere as error:
                if time.monotonic() > deadline:
                    raise TryLater("database.unreachable") from error
            await asyncio.sleep(LOCK_PAUSE)

    async def _decided(self, decision: Decision) -> bool:
        """Write down a decision; say whether it was this very one. Raises TryLater."""
        decided = await self._database.write(decision.made, patience=LISTENER_PATIENCE)
        self._runs.look()
        return decided

    def _taken_before(self, send: Send, values: Mapping[str, Any]) -> TakenSend:
        """Say of a request that was taken before whether it was handed in with other contents."""
        there = to_row(send.request, now=send.created, periods=self._periods)
        same = all(there[name] == values[f"b_{name}"] for name in CONTENTS)
        return TakenSend(send, Taken.AGAIN if same else Taken.CHANGED)

    def _row(self, request: SendRequest, *, why: str = "") -> dict[str, Any]:
        row = to_row(request, now=self._now(), periods=self._periods)
        row |= {"runner": self._runs.process, "runs": 1}
        del row["id"]
        return self._values(request.id, row, actor=request.user, why=why)


def find(connection: sa.Connection, send_id: SendId) -> Send | None:
    """Read one send; None if there is none."""
    row = statements.FIND.first(connection, {"b_id": send_id})
    return None if row is None else send_of(row)


def find_by_key(connection: sa.Connection, key: str) -> Send | None:
    """Read the send that was made for a request; None if there is none."""
    row = statements.FIND_BY_KEY.first(connection, {"b_request_key": key})
    return None if row is None else send_of(row)


def insert(
    connection: sa.Connection,
    values: dict[str, Any],
    overrode: Sequence[str] = (),
    inserts: Mapping[str, Change] = statements.INSERTS,
) -> tuple[Send, bool]:
    """Insert a send unless its request was taken; return the one that is there, and if it is new."""
    insert = inserts[connection.dialect.name]
    while (row := insert.make(connection, values)) is None:
        if found := find_by_key(connection, values["b_request_key"]):
            return found, False
        # Another send has this very id.
        values["b_id"] = new_id()
    write_overrode(connection, values, overrode)
    return send_of(row), True


def write_overrode(
    connection: sa.Connection, values: Mapping[str, Any], overrode: Sequence[str]
) -> None:
    """Write down what was said against a new send, and a person overrode."""
    for reason in overrode:
        write_event(connection, Kind.OVERRODE, {**values, "b_why": reason})
