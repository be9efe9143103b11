"""The sends as people ask for them."""

import itertools
from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from bot.events import Event
from bot.repositories import SendChange
from bot.retries import retry_key
from bot.sends import PLANNED, Send, SendId, Status
from bot.store.rows import event_of, send_of
from bot.store.send_table import LISTENER_PATIENCE, SendTable, find, find_by_key
from bot.store.tables import batches, events, last_four, sends

# A send that is no row of a list, as the index by people has it.
ALONE = sends.c.batch == sa.literal_column("''")
# Of many changes the last ones are enough, however many events of rows are among them.
_IS_NEW = events.c.id > sa.select(sa.func.max(events.c.id)).scalar_subquery() - 2000
CHANGES = 500  # that are looked at together
MOST_LOOKED_AT = 100  # of those that wait for a second person
RECENTS = 50  # sends in which a person's own templates are looked for


class SendQueries(SendTable):
    """Reads, and changes nothing."""

    async def get(self, send_id: SendId) -> Send:
        """Read one send, waiting for the database as long as it takes."""
        found = await self._database.read(lambda c: find(c, send_id))
        if found is None:
            raise LookupError(send_id)
        return found

    async def find(self, send_id: SendId) -> Send | None:
        """Read one send for a person who waits; None if there is none. Raises TryLater."""
        return await self._database.read(lambda c: find(c, send_id), patience=LISTENER_PATIENCE)

    async def tries(self, send_id: SendId) -> tuple[Send, ...]:
        """Read every try of what was asked for, the first one first; waits for the database."""
        return await self._database.read(lambda c: tuple(_tries(c, send_id)))

    async def recent(self, user: str, limit: int) -> tuple[Send, ...]:
        """Read a person's last sends, the newest first; not the rows of lists. Raises TryLater."""
        return await self._newest(sends.c.user_id == user, ALONE, limit=limit)

    async def requesters(self, send_id: SendId) -> frozenset[str]:
        """Name who asked for a send, or for any one whose place it takes. Raises TryLater."""
        return await self._database.read(
            lambda c: frozenset(each.request.user for each in _followed(c, send_id)),
            patience=LISTENER_PATIENCE,
        )

    async def awaiting_approval(self, user: str, limit: int) -> tuple[Send, ...]:
        """Read what waits for a second person, what ends first first; not what `user` asked for.

        Raises TryLater.
        """
        query = (
            sa.select(sends)
            .where(sends.c.status == Status.AWAITING_APPROVAL, sends.c.user_id != user)
            .order_by(sends.c.due_at, sends.c.id)
            .limit(MOST_LOOKED_AT)
        )

        def work(connection: sa.Connection) -> tuple[Send, ...]:
            found = (send_of(row) for row in connection.execute(query).all())
            others = (
                each
                for each in found
                if all(before.request.user != user for before in _followed(connection, each.id))
            )
            return tuple(itertools.islice(others, limit))

        return await self._database.read(work, patience=LISTENER_PATIENCE)

    async def planned(self, user: str, limit: int) -> tuple[Send, ...]:
        """Read what waits for its moment or for a person, what is due first; all if no `user`.

        Raises TryLater.
        """
        query = (
            sa.select(sends)
            .where(*_planned_of(user))
            .order_by(sends.c.due_at.is_not(None), sends.c.due_at, sends.c.id)
            .limit(limit)
        )
        return await self._database.read(
            lambda c: tuple(send_of(row) for row in c.execute(query)), patience=LISTENER_PATIENCE
        )

    async def count_planned(self, user: str) -> int:
        """Count what waits for its moment or for a person; all if no `user`. Raises TryLater."""
        query = sa.select(sa.func.count()).select_from(sends).where(*_planned_of(user))
        return await self._database.read(
            lambda c: c.execute(query).scalar_one(), patience=LISTENER_PATIENCE
        )

    async def ending_in(self, digits: str, *, user: str, limit: int) -> tuple[Send, ...]:
        """Read the last sends to numbers that end so, of one person or (empty) of everybody.

        `digits` are four at least. Raises TryLater.
        """
        whose = sends.c.user_id == user if user else sa.true()
        ends = last_four(self._database.engine.dialect) == digits[-4:]
        return await self._newest(ends, sends.c.phone.endswith(digits), whose, limit=limit)

    async def recent_templates(self, user: str) -> tuple[str, ...]:
        """Name the templates that a person sent last, each once, the newest first; not to lists.

        Raises TryLater.
        """
        query = (
            sa.select(sends.c.template)
            .where(sends.c.user_id == user, ALONE)
            .order_by(sends.c.created.desc())
            .limit(RECENTS)
        )
        found = await self._database.read(
            lambda c: c.execute(query).scalars().all(), patience=LISTENER_PATIENCE
        )
        return tuple(dict.fromkeys(found))

    async def whose_changed(self, after: int) -> Mapping[int, SendChange]:
        """Say whose sends and lists changed, by the number of the event. Raises TryLater.

        Of a list's rows nothing is said: their list shows how they stand.
        """
        whose = sa.func.coalesce(sends.c.user_id, batches.c.user_id)
        query = (
            sa.select(events.c.id, events.c.before, events.c.after, whose.label("user_id"))
            .select_from(events)
            .outerjoin(sends, sends.c.id == events.c.send_id)
            .outerjoin(batches, sa.and_(events.c.batch != "", batches.c.id == events.c.batch))
            .where(events.c.id > after, _IS_NEW, sa.or_(ALONE, batches.c.id.is_not(None)))
            .order_by(events.c.id.desc())
            .limit(CHANGES)
        )
        rows = await self._database.read(
            lambda c: c.execute(query).all(), patience=LISTENER_PATIENCE
        )
        return {
            row.id: SendChange(row.user_id, is_planned=bool(PLANNED & {row.before, row.after}))
            for row in rows
        }

    async def _newest(self, *which: sa.ColumnElement[bool], limit: int) -> tuple[Send, ...]:
        query = sa.select(sends).where(*which).order_by(sends.c.created.desc()).limit(limit)
        return await self._database.read(
            lambda c: tuple(send_of(row) for row in c.execute(query)), patience=LISTENER_PATIENCE
        )

    async def timeline(self, send_id: SendId) -> tuple[Event, ...]:
        """Read what happened to a send, the first event first. Raises TryLater.

        What a process of an older version did is not among them.
        """
        query = sa.select(events).where(events.c.send_id == send_id).order_by(events.c.id)
        return await self._database.read(
            lambda c: tuple(event_of(row) for row in c.execute(query)), patience=LISTENER_PATIENCE
        )


def _planned_of(user: str) -> list[sa.ColumnElement[bool]]:
    whose = sends.c.user_id == user if user else sa.true()
    return [sends.c.status.in_(sorted(PLANNED)), whose]


def _followed(connection: sa.Connection, send_id: SendId) -> Iterator[Send]:
    """Go from a send back through those whose place it takes."""
    each, seen = find(connection, send_id), set[SendId]()
    while each is not None and each.id not in seen:
        yield each
        seen.add(each.id)
        before = each.request.changed_from or each.request.replaces
        each = find(connection, before) if before else None


def _tries(connection: sa.Connection, send_id: SendId) -> Iterator[Send]:
    """Go from a try back to the first one, and from there through what took its place."""
    each = find(connection, send_id)
    while each is not None and each.request.replaces:
        before = find(connection, each.request.replaces)
        if before is None:
            break
        each = before
    while each is not None:
        yield each
        each = find_by_key(connection, retry_key(each.id))
