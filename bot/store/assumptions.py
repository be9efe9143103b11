"""What a send may be taken on, looked at where it is written down, in one question."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.sends import SendRequest
from bot.store import contacts, duplicates
from bot.store.prepared import Prepared
from bot.store.tables import catalogue

_IS_WRITTEN = sa.func.coalesce(
    sa.select(catalogue.c.revision).scalar_subquery(), -1
) != sa.bindparam("b_revision", type_=sa.Integer)
_FAIL_WITHOUT_WINDOW = Prepared(sa.select(sa.or_(_IS_WRITTEN, contacts.IS_LISTED).label("fail")))
_FAIL = {
    name: Prepared(
        sa.select(sa.or_(_IS_WRITTEN, contacts.IS_LISTED, duplicates.there_are(name)).label("fail"))
    )
    for name in ("sqlite", "postgresql")
}


def hold(
    connection: sa.Connection,
    request: SendRequest,
    *,
    due: datetime,
    window: timedelta,
    revision: int,
) -> bool:
    """Whether the catalogue is still of this revision, and a person need be asked about nothing.

    They would be about the number's entry in the list of those not to contact, or about a send of
    the same template within `window` of `due`.
    """
    given = duplicates.values_of(request, due=due, window=window) | {"b_revision": revision}
    query = _FAIL[connection.dialect.name] if window else _FAIL_WITHOUT_WINDOW
    return not query.one(connection, given).fail
