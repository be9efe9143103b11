"""Who is not to be written to, as rows: one for all ways to write a number."""

import dataclasses
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.phones.canonical import canonical
from bot.policy.do_not_contact import Added, Contact, Page, Scope
from bot.store.database import Database
from bot.store.prepared import Prepared
from bot.store.send_table import LISTENER_PATIENCE
from bot.store.tables import do_not_contact

_INSERTS = {
    "sqlite": sqlite.insert(do_not_contact).on_conflict_do_nothing().returning(do_not_contact),
    "postgresql": postgresql.insert(do_not_contact)
    .on_conflict_do_nothing()
    .returning(do_not_contact),
}
_CANONICAL = do_not_contact.c.canonical == sa.bindparam("b_canonical", type_=sa.Text)
IS_LISTED = sa.exists().where(_CANONICAL)  # whether there is an entry, within a statement
_FIND = Prepared(sa.select(do_not_contact).where(_CANONICAL))
_FIND_ALL = sa.select(do_not_contact).where(
    do_not_contact.c.canonical.in_(sa.bindparam("b_numbers", expanding=True))
)
_WIDEN = (
    sa.update(do_not_contact)
    .where(_CANONICAL, do_not_contact.c.scope != Scope.EVERYTHING)
    .values(
        scope=Scope.EVERYTHING,
        reason=sa.func.coalesce(
            sa.func.nullif(sa.bindparam("b_reason", type_=sa.Text), ""), do_not_contact.c.reason
        ),
    )
)
_NEWEST = (do_not_contact.c.since.desc(), do_not_contact.c.id)


class ContactStore:
    """The list as Slack and the deliveries ask it."""

    def __init__(self, database: Database, *, patience: float | None = LISTENER_PATIENCE) -> None:
        """Every method raises TryLater after `patience` seconds; None waits as long as it takes."""
        self._database = database
        self._patience = patience

    async def find(self, phone: str) -> Contact | None:
        """Return the entry for a number's digits, however they are written."""
        return await self._database.read(lambda c: find(c, phone), patience=self._patience)

    async def add(self, contact: Contact) -> tuple[Added, Contact]:
        """Add a number, and return its entry as it is then; nothing is ever taken back by that."""
        return await self._database.write(lambda c: add(c, contact), patience=self._patience)

    async def set_scope(self, contact_id: str, scope: Scope) -> bool:
        """Say what is kept from somebody; False if the entry is gone."""
        change = sa.update(do_not_contact).where(do_not_contact.c.id == contact_id)
        return await self._database.write(
            lambda c: c.execute(change.values(scope=scope)).rowcount == 1, patience=self._patience
        )

    async def allow(self, phone: str) -> Contact | None:
        """Let a number be written to again; return what its entry was, None if there was none."""
        which = do_not_contact.c.canonical == canonical(phone)
        return await self._remove(which)

    async def allow_id(self, contact_id: str) -> Contact | None:
        """Let an entry's number be written to again."""
        return await self._remove(do_not_contact.c.id == contact_id)

    async def page(self, digits: str, *, limit: int, offset: int = 0) -> Page:
        """Return entries whose number holds these digits, the newest first; empty: of all."""
        which = _holds(digits)
        query = sa.select(do_not_contact).where(which).order_by(*_NEWEST)
        counting = sa.select(sa.func.count()).select_from(do_not_contact).where(which)

        def work(connection: sa.Connection) -> Page:
            rows = connection.execute(query.limit(limit).offset(offset))
            found = tuple(map(_contact, rows))
            return Page(found, connection.scalar(counting) or 0)

        return await self._database.read(work, patience=self._patience)

    async def _remove(self, which: sa.ColumnElement[bool]) -> Contact | None:
        statement = sa.delete(do_not_contact).where(which).returning(do_not_contact)

        def work(connection: sa.Connection) -> Contact | None:
            row = connection.execute(statement).one_or_none()
            return None if row is None else _contact(row)

        return await self._database.write(work, patience=self._patience)


def add(connection: sa.Connection, contact: Contact) -> tuple[Added, Contact]:
    """Add a number; one that is there already can only become kept from more."""
    form = canonical(contact.phone)
    values = dataclasses.asdict(contact) | {"canonical": form}
    row = connection.execute(_INSERTS[connection.dialect.name], values).first()
    if row is not None:
        return Added.NEW, _contact(row)
    widened = False
    if contact.scope is Scope.EVERYTHING:
        named = {"b_canonical": form, "b_reason": contact.reason}
        widened = connection.execute(_WIDEN, named).rowcount == 1
    row = _FIND.first(connection, {"b_canonical": form})
    # An admin may have allowed it in between: what was to be added is told as it was.
    kept = contact if row is None else _contact(row)
    return (Added.WIDENED if widened else Added.KNOWN), kept


def add_all(connection: sa.Connection, contacts: Iterable[Contact]) -> dict[Added, int]:
    """Add many; return how many became what."""
    counts = dict.fromkeys(Added, 0)
    for each in contacts:
        became, _ = add(connection, each)
        counts[became] += 1
    return counts


def read_all(connection: sa.Connection) -> Iterator[Contact]:
    """Read the whole list, the oldest first."""
    ordered = (do_not_contact.c.since, do_not_contact.c.id)
    yield from map(_contact, connection.execute(sa.select(do_not_contact).order_by(*ordered)))


def find(connection: sa.Connection, phone: str) -> Contact | None:
    """Find the entry for a number's digits within a transaction."""
    row = _FIND.first(connection, {"b_canonical": canonical(phone)})
    return None if row is None else _contact(row)


def find_all(connection: sa.Connection, numbers: Collection[str]) -> dict[str, Contact]:
    """Find the entries for many numbers in their one form, by that form."""
    rows = connection.execute(_FIND_ALL, {"b_numbers": list(numbers)})
    return {row.canonical: _contact(row) for row in rows}


def _holds(digits: str) -> sa.ColumnElement[bool]:
    """Find a part of a number as it was given, or in its one form."""
    wanted = re.sub(r"[^0-9]", "", digits)
    if not wanted:
        # Words are part of no number.
        return sa.false() if digits.strip() else sa.true()
    return sa.or_(
        do_not_contact.c.phone.contains(wanted),
        do_not_contact.c.canonical.contains(wanted),
        do_not_contact.c.canonical == canonical(wanted),
    )


def _contact(row: sa.Row[Any]) -> Contact:
    return Contact(row.id, row.phone, Scope(row.scope), row.since, row.added_by, row.reason)
