"""What is asked of all sends: one after the other, and how many stand where."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.sends import Send, Status
from bot.store.rows import send_of
from bot.store.tables import sends
from bot.templates.names import fold


@dataclass(frozen=True, slots=True)
class Which:
    """Which sends are asked for; what is empty leaves out none."""

    since: datetime | None = None
    user: str = ""
    template: str = ""  # its id, or its name as people type it
    status: Status | None = None
    batch: str = ""  # the list whose rows they are


EVERY = Which()


def history(connection: sa.Connection, which: Which = EVERY) -> Iterator[Send]:
    """Go through the sends, oldest first, without holding them all in memory."""
    chosen = _chosen(connection, which)
    query = sa.select(sends).where(*chosen).order_by(sends.c.created, sends.c.id)
    if connection.dialect.name == "postgresql":
        # Whoever reads what is printed may take their time.
        connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    rows = connection.execution_options(yield_per=500).execute(query)
    return (send_of(row) for row in rows)


def people(connection: sa.Connection, which: Which = EVERY) -> list[str]:
    """Name who sent them and who approved them, each once."""
    chosen = _chosen(connection, which)
    query = sa.union(
        sa.select(sends.c.user_id).where(*chosen),
        sa.select(sends.c.approved_by).where(sends.c.approved_by != "", *chosen),
    )
    return sorted(connection.scalars(query))


def _chosen(connection: sa.Connection, which: Which) -> list[sa.ColumnElement[bool]]:
    chosen: list[sa.ColumnElement[bool]] = []
    if which.since is not None:
        chosen.append(sends.c.created >= which.since)
    if which.user:
        chosen.append(sends.c.user_id == which.user)
    if which.template:
        names = connection.scalars(sa.select(sends.c.template_name).distinct()).all()
        alike = [name for name in names if name and fold(name) == fold(which.template)]
        chosen.append(sa.or_(sends.c.template == which.template, sends.c.template_name.in_(alike)))
    if which.status is not None:
        chosen.append(sends.c.status == which.status)
    if which.batch:
        # The index of lists' rows has no others.
        chosen += [sends.c.batch != "", sends.c.batch == which.batch]
    return chosen


def count_by_status(connection: sa.Connection) -> dict[Status, int]:
    """Count the sends by status; every status is there."""
    rows = connection.execute(sa.select(sends.c.status, sa.func.count()).group_by(sends.c.status))
    counted: dict[str, int] = {row[0]: row[1] for row in rows}
    return {status: counted.get(status, 0) for status in Status}
