"""The catalogue as rows: read whole, replaced whole, or changed one template at a time."""

import asyncio
import contextlib
import dataclasses
import gc
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from bot.errors import FixTheForm, Refused
from bot.events import OPERATOR, Source
from bot.store.database import Database
from bot.store.next_answer import NextAnswer
from bot.store.prepared import Prepared
from bot.store.revision import Revision
from bot.store.send_table import LISTENER_PATIENCE
from bot.store.tables import catalogue, templates
from bot.store.template_events import Writer
from bot.templates import Approval, Category, Quiet, Template, fingerprint
from bot.templates.checks import check_with
from bot.templates.diff import Difference, changes, compare
from bot.templates.params import Kind, Param

_REVISION = Prepared(sa.select(catalogue.c.revision))


@dataclasses.dataclass(slots=True)
class Kept:
    """What a process keeps of the catalogue."""

    # Its revision, and what it said then: replaced in one go, since threads read it.
    last: tuple[int, tuple[Template, ...]] = (-1, ())


class TemplateStore:
    """The templates as one process sees them: kept in memory, and looked at anew when written."""

    def __init__(
        self,
        database: Database,
        *,
        patience: float | None = LISTENER_PATIENCE,
        writer: Writer | None = None,
        kept: Kept | None = None,
    ) -> None:
        """Every method raises TryLater after `patience` seconds; None waits as long as it takes.

        Stores with the same `kept` know what any one of them has read.
        """
        self._database = database
        self._writer = writer or Writer()
        self._patience = patience
        self._kept = kept or Kept()
        self._revision = Revision(database.engine)
        self._reading = asyncio.Lock()
        self._asked = NextAnswer(lambda: database.read(_revision, patience=patience), patience)

    async def all(self) -> tuple[Template, ...]:
        """Return the whole catalogue, in its own order, as it is at this moment."""
        now = self._revision.read()
        if now is None:
            now = await self._asked.get()
        kept = self._kept.last
        if now == kept[0]:
            return kept[1]
        # One at a time: thousands of templates take a while, and the next one finds them kept.
        async with self._reading:
            return await self._database.read(self._read_anew, patience=self._patience)

    def _read_anew(self, connection: sa.Connection) -> tuple[Template, ...]:
        """Read what is new, and keep it though whoever asked has given up meanwhile."""
        kept = self._kept.last
        now = _revision(connection)
        if now == kept[0]:
            return kept[1]
        with _uncollected():
            fresh = (now, read_all(connection))
        # Unless somebody had it forgotten in between.
        if self._kept.last is kept:
            self._kept.last = fresh
        return fresh[1]

    def last(self) -> tuple[int, tuple[Template, ...]] | None:
        """Return what is kept, which may have been written since; None if nothing is."""
        kept = self._kept.last
        return kept if kept[0] >= 0 else None

    def forget(self) -> None:
        """Read everything anew the next time, written or not."""
        # Not the very same one that was there before: who reads at the moment compares them.
        self._kept.last = (-1, tuple[Template, ...]())

    async def get(self, template_id: str) -> Template | None:
        """Find a template by Atom's id."""
        return next((each for each in await self.all() if each.id == template_id), None)

    async def save(self, template: Template, *, actor: str, was: str = "", seen: str = "") -> None:
        """Put a template in place of the one with the id `was`; empty: it is a new one.

        `seen` is the fingerprint of what it replaces. Raises FixTheForm with everything that is
        wrong with it or clashes with the others, and Refused if it is not as it was seen.
        """

        def work(connection: sa.Connection) -> None:
            changed = _save(connection, template, was, seen)
            self._writer.write(connection, changed, actor=actor)

        await self._database.write(work, patience=self._patience)

    async def set_active(self, template_id: str, *, active: bool, actor: str) -> bool:
        """Let a template be sent, or keep it from being sent; False if there is none."""
        which = templates.c.id == template_id
        change = sa.update(templates).where(which).values(active=active)

        def work(connection: sa.Connection) -> bool:
            _begin_writing(connection)
            row = connection.execute(sa.select(templates).where(which)).one_or_none()
            if row is None:
                return False
            connection.execute(change)
            old = _template(row)
            new = dataclasses.replace(old, active=active)
            self._writer.write(connection, compare([old], [new]), actor=actor)
            return True

        return await self._database.write(work, patience=self._patience)

    async def delete(self, template_id: str, *, seen: str, actor: str) -> bool:
        """Take a template out of the catalogue; False if there is none. Its sends stay.

        `seen` is its fingerprint. Raises Refused if it is not as it was seen, or the last one.
        """

        def work(connection: sa.Connection) -> bool:
            changed = _delete(connection, template_id, seen)
            self._writer.write(connection, changed, actor=actor)
            return bool(changed.removed)

        return await self._database.write(work, patience=self._patience)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Keep what is made meanwhile from the garbage collector.

    It stops all threads, the loop's too, while it looks through thousands of templates that stay.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _revision(connection: sa.Connection) -> int:
    return int(_REVISION.one(connection, {}).revision)


def read_all(connection: sa.Connection) -> tuple[Template, ...]:
    """Read the whole catalogue, in its own order."""
    rows = connection.execute(sa.select(templates).order_by(templates.c.position))
    return tuple(_template(row) for row in rows)


def replace_all(
    connection: sa.Connection, new: Sequence[Template], *, expected: Sequence[Template]
) -> bool:
    """Make these the whole catalogue; False, and nothing done, if it isn't the expected one.

    Done at a terminal, as its events say.
    """
    _begin_writing(connection)
    if read_all(connection) != tuple(expected):
        return False
    connection.execute(sa.delete(templates))
    rows = [{**_row(template), "position": number} for number, template in enumerate(new)]
    if rows:
        connection.execute(sa.insert(templates), rows)
    Writer(Source("terminal")).write(connection, compare(expected, new), actor=OPERATOR)
    return True


def _save(connection: sa.Connection, template: Template, was: str, seen: str) -> Difference:
    _begin_writing(connection)
    known = read_all(connection)
    if template in known:  # the same form, delivered once more
        return compare([], [])
    old = next((each for each in known if each.id == was), None)
    if was and (old is None or fingerprint(old) != seen):
        raise Refused("catalogue.changed")
    if wrong := check_with(template, [each for each in known if each != old]):
        raise FixTheForm(*wrong)
    if old is not None:
        update = sa.update(templates).where(templates.c.id == was)
        connection.execute(update.values(**_row(template)))
        return Difference((), ((template, changes(old, template)),), (), reordered=False)
    last = connection.scalar(sa.select(sa.func.max(templates.c.position)))
    position = 0 if last is None else last + 1
    connection.execute(sa.insert(templates).values(**_row(template), position=position))
    return compare([], [template])


def _delete(connection: sa.Connection, template_id: str, seen: str) -> Difference:
    _begin_writing(connection)
    known = read_all(connection)
    old = next((each for each in known if each.id == template_id), None)
    if old is None:
        return compare([], [])
    if fingerprint(old) != seen:
        raise Refused("template_delete.changed")
    if len(known) == 1:
        # Without a catalogue, every sender may send any id.
        raise Refused("template_delete.last")
    connection.execute(sa.delete(templates).where(templates.c.id == template_id))
    return compare([old], [])


def _begin_writing(connection: sa.Connection) -> None:
    """Count a change, which lets one writer at a time look and then write; readers go on."""
    connection.execute(sa.update(catalogue).values(revision=catalogue.c.revision + 1))


def _row(template: Template) -> dict[str, Any]:
    return {
        "id": template.id,
        "folded_name": template.folded,
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "body": template.body,
        "header": template.header,
        "footer": template.footer,
        "group_name": template.group,
        "assign": template.assign,
        "allowed": list(template.allowed),
        "channels": list(template.channels),
        "active": template.active,
        "quiet": template.quiet,
        "approval": template.approval,
        "approval_free": list(template.approval_free),
        "params": [dataclasses.asdict(param) for param in template.params],
    }


def _template(row: sa.Row[Any]) -> Template:
    return Template(
        name=row.name,
        id=row.id,
        language=row.language,
        category=Category(row.category),
        body=row.body,
        header=row.header,
        footer=row.footer,
        group=row.group_name,
        assign=row.assign,
        allowed=tuple(row.allowed),
        channels=tuple(row.channels),
        active=row.active,
        quiet=Quiet(row.quiet) if row.quiet else None,
        approval=Approval(row.approval),
        approval_free=tuple(row.approval_free or ()),
        params=tuple(_param(param) for param in row.params),
    )


def _param(stored: dict[str, Any]) -> Param:
    return Param(**{**stored, "kind": Kind(stored["kind"]), "choices": tuple(stored["choices"])})
