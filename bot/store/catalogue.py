"""The catalogue as rows: read whole, replaced whole, or changed one template at a time."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bot.errors import FixTheForm
from bot.store.database import Database
from bot.store.sends import LISTENER_PATIENCE
from bot.store.tables import templates
from bot.templates import Category, Template, check_all, names
from bot.templates.params import Kind, Param


class CatalogueStore:
    """The templates for people who wait: every method raises TryLater rather than keep them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> tuple[Template, ...]:
        """Read the whole catalogue, in its own order."""
        return await self._database.run(read_all, patience=LISTENER_PATIENCE)

    async def get(self, template_id: str) -> Template | None:
        """Find a template by Atom's id."""
        return await self._find(templates.c.id == template_id)

    async def named(self, name: str) -> Template | None:
        """Find a template by its name, whatever its case and accents."""
        return await self._find(templates.c.folded_name == names.fold(name))

    async def save(self, template: Template, *, was: str = "") -> None:
        """Put a template in place of the one with the id `was`; empty: it is a new one.

        Raises FixTheForm with everything that is wrong with it or clashes with the others.
        """
        await self._database.run(lambda c: _save(c, template, was), patience=LISTENER_PATIENCE)

    async def deactivate(self, template_id: str) -> bool:
        """Keep a template from being sent; False if there is none."""
        statement = sa.update(templates).where(templates.c.id == template_id)
        return await self._database.run(
            lambda c: c.execute(statement.values(active=False)).rowcount == 1,
            patience=LISTENER_PATIENCE,
        )

    async def _find(self, condition: sa.ColumnElement[bool]) -> Template | None:
        query = sa.select(templates).where(condition)
        row = await self._database.run(
            lambda c: c.execute(query).one_or_none(), patience=LISTENER_PATIENCE
        )
        return None if row is None else _template(row)


def read_all(connection: sa.Connection) -> tuple[Template, ...]:
    """Read the whole catalogue, in its own order."""
    rows = connection.execute(sa.select(templates).order_by(templates.c.position))
    return tuple(_template(row) for row in rows)


def replace_all(
    connection: sa.Connection, new: Sequence[Template], *, expected: Sequence[Template]
) -> bool:
    """Make these the whole catalogue; False, and nothing done, if it isn't the expected one."""
    _lock(connection)
    if read_all(connection) != tuple(expected):
        return False
    connection.execute(sa.delete(templates))
    rows = [{**_row(template), "position": number} for number, template in enumerate(new)]
    if rows:
        connection.execute(sa.insert(templates), rows)
    return True


def _save(connection: sa.Connection, template: Template, was: str) -> None:
    _lock(connection)
    known = read_all(connection)
    if template in known:  # the same form, delivered once more
        return
    others = [each for each in known if each.id != was]
    wrong = [each for at, each in check_all([*others, template]) if at == len(others)]
    if wrong:
        raise FixTheForm(*wrong)
    place = sa.update(templates).where(templates.c.id == was).values(**_row(template))
    if connection.execute(place).rowcount == 0:
        last = connection.scalar(sa.select(sa.func.max(templates.c.position)))
        position = 0 if last is None else last + 1
        connection.execute(sa.insert(templates).values(**_row(template), position=position))


def _lock(connection: sa.Connection) -> None:
    """Let one writer at a time look and then write; SQLite does so by itself, readers go on."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE templates IN SHARE ROW EXCLUSIVE MODE"))
    else:
        # SQLite's lock comes with the first statement that writes.
        connection.execute(sa.update(templates).where(sa.false()).values(position=0))


def _row(template: Template) -> dict[str, Any]:
    return {
        "id": template.id,
        "folded_name": names.fold(template.name),
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
        params=tuple(_param(param) for param in row.params),
    )


def _param(stored: dict[str, Any]) -> Param:
    return Param(**{**stored, "kind": Kind(stored["kind"]), "choices": tuple(stored["choices"])})
