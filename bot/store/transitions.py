"""A change of one send and the event that it makes, in one commit; on PostgreSQL in one statement."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate
from typing_extensions import override

from bot.events import BOT, Kind, Source
from bot.sends import Status
from bot.store.prepared import Prepared
from bot.store.tables import events, sends

Values = Mapping[str, Any]
# Each parameter of an event, by its column.
_PARAMETERS = {
    "at": "b_now",
    "kind": "b_kind",
    "actor": "b_actor",
    "send_id": "b_id",
    "before": "b_before",
    "after": "b_status",
    "why": "b_why",
    "transport": "b_transport",
    "process": "b_source",
}
_EVENT = [sa.bindparam(name, type_=events.c[column].type) for column, name in _PARAMETERS.items()]
_INSERT = Prepared(sa.insert(events).values(dict(zip(_PARAMETERS, _EVENT, strict=True))).inline())


def event_values(source: Source, *, actor: str = BOT, why: str = "") -> dict[str, object]:
    """Name what stands in each event that is written with a change."""
    return {
        "b_actor": actor,
        "b_why": why,
        "b_transport": source.transport,
        "b_source": source.process,
    }


def write_event(connection: sa.Connection, kind: Kind, values: Values) -> None:
    """Write down what changes no row."""
    _write(connection, {**values, "b_kind": kind, "b_before": "", "b_status": ""})


def _write(connection: sa.Connection, values: Values) -> None:
    _INSERT.all(connection, values)


class Change:
    """A statement that changes one send if it is as it must be, and what is kept of it."""

    def __init__(
        self,
        statement: ReturningUpdate[Any] | ReturningInsert[Any],
        kind: Kind,
        *,
        before: Status | None = None,
        after: Status | None = None,
    ) -> None:
        """`after` is the parameter `status` where it is not the same every time."""
        self._alone = Prepared(statement)
        self._kind, self._before, self._after = kind, before, after
        changed = statement.cte("changed")
        event = (
            sa.insert(events)
            .from_select([*_PARAMETERS], sa.select(*_EVENT).select_from(changed))
            .cte("event")
        )
        self._with_event = Prepared(sa.select(changed).add_cte(event))

    def make(self, connection: sa.Connection, values: Values) -> Any | None:  # noqa: ANN401 - a row
        """Make it, with its event; return the row as it is then, or None if nothing was done."""
        values = self._completed(values)
        if connection.dialect.name == "postgresql":
            return self._with_event.first(connection, values)
        row = self._alone.first(connection, values)
        if row is not None:
            _write(connection, values)
        return row

    def make_quietly(self, connection: sa.Connection, values: Values) -> Any | None:  # noqa: ANN401 - a row
        """Make it without an event: it says no more than the one before it."""
        return self._alone.first(connection, self._completed(values))

    def _completed(self, values: Values) -> dict[str, Any]:
        after = self._after or values.get("b_status") or ""
        return {**values, "b_kind": self._kind, "b_before": self._before or "", "b_status": after}


class Transition(Change):
    """The only kind of statement that writes the status of a send that is there."""

    def __init__(
        self,
        before: Status,
        *which: sa.ColumnElement[bool],
        after: Status | None = None,
        kind: Kind = Kind.CHANGED,
        values: Mapping[str, object],
    ) -> None:
        """From `before` to `after`, or to the parameter `status`; `values` are the other columns."""
        if after is not None:
            _check(before, after)
        status = sa.bindparam("b_status", type_=sa.Text)
        statement = (
            sa.update(sends)
            .where(
                sends.c.id == sa.bindparam("b_id", type_=sa.Text), sends.c.status == before, *which
            )
            .values(
                status=status, updated=sa.bindparam("b_now", type_=sends.c.updated.type), **values
            )
            .returning(*sends.c)
        )
        super().__init__(statement, kind, before=before, after=after)
        self._from = before

    @override
    def _completed(self, values: Values) -> dict[str, Any]:
        completed = super()._completed(values)
        _check(self._from, Status(completed["b_status"]))
        return completed


class TransitionAll:
    """The same for many sends at once, each with its event, in one commit."""

    def __init__(
        self,
        before: Status,
        *which: sa.ColumnElement[bool],
        after: Status,
        kind: Kind = Kind.CHANGED,
        values: Mapping[str, object],
    ) -> None:
        """From `before` to `after`, of those that are so; `values` are the other columns."""
        if before is not after:
            _check(before, after)
        self._statement = Prepared(
            sa.update(sends)
            .where(sends.c.status == before, *which)
            .values(
                status=after, updated=sa.bindparam("b_now", type_=sends.c.updated.type), **values
            )
            .returning(sends.c.id)
        )
        self._event = {"kind": kind, "before": before, "after": after}

    def make(self, connection: sa.Connection, values: Values) -> int:
        """Make it, with an event each; return how many there were."""
        ids = [row.id for row in self._statement.all(connection, values)]
        shared = self._event | {
            "at": values["b_now"],
            "actor": values["b_actor"],
            "why": values["b_why"],
            "transport": values["b_transport"],
            "process": values["b_source"],
        }
        if ids:
            connection.execute(sa.insert(events), [{**shared, "send_id": each} for each in ids])
        return len(ids)


def _check(before: Status, after: Status) -> None:
    if not before.may_become(after):
        raise ValueError(f"a send that is {before} never becomes {after}")
