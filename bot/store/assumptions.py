"""What a send may be taken on, looked at where it is written down, in the same statement."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.sends import SendRequest
from bot.store import contacts, duplicates, statements
from bot.store.tables import catalogue

_IS_WRITTEN = sa.func.coalesce(
    sa.select(catalogue.c.revision).scalar_subquery(), -1
) != sa.bindparam("b_revision", type_=sa.Integer)
_INSERTS_WITHOUT_WINDOW = {
    name: statements.insert_unless(name, sa.or_(_IS_WRITTEN, contacts.IS_LISTED))
    for name in ("sqlite", "postgresql")
}
_INSERTS = {
    name: statements.insert_unless(
        name, sa.or_(_IS_WRITTEN, contacts.IS_LISTED, duplicates.there_are(name))
    )
    for name in ("sqlite", "postgresql")
}


def insert(
    connection: sa.Connection,
    values: Mapping[str, Any],
    request: SendRequest,
    *,
    due: datetime,
    window: timedelta,
    revision: int,
) -> Any | None:  # noqa: ANN401 - a row
    """Insert a send if the catalogue is still of this revision, and nobody need be asked.

    They would be about the number's entry in the list of those not to contact, or about a send of
    the same template within `window` of `due`. Return its row; None if it was not inserted.
    """
    given = duplicates.values_of(request, due=due, window=window)
    inserts = _INSERTS if window else _INSERTS_WITHOUT_WINDOW
    return inserts[connection.dialect.name].make(
        connection, {**values, **given, "b_revision": revision}
    )
