"""What is known of a number, read in one go."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.phones.canonical import canonical
from bot.policy.number_facts import NumberFacts
from bot.sends import SendRequest
from bot.store import contacts, duplicates
from bot.store.database import Database
from bot.store.prepared import Prepared
from bot.store.send_table import LISTENER_PATIENCE
from bot.store.tables import do_not_contact

_IS_LISTED = sa.exists().where(
    do_not_contact.c.canonical == sa.bindparam("b_canonical", type_=sa.Text)
)
_IS_KNOWN_AT_ALL = Prepared(sa.select(_IS_LISTED.label("is_known")))
_IS_KNOWN = {
    name: Prepared(sa.select(sa.or_(_IS_LISTED, duplicates.there_are(name)).label("is_known")))
    for name in ("sqlite", "postgresql")
}


def is_known(
    connection: sa.Connection, request: SendRequest, *, due: datetime, window: timedelta
) -> bool:
    """Whether there is anything that a person may have to be asked about, or may be.

    That is the number's entry in the list of those not to contact, or a send of the same template
    within `window` of `due`.
    """
    given = duplicates.values_of(request, due=due, window=window)
    query = _IS_KNOWN[connection.dialect.name] if window else _IS_KNOWN_AT_ALL
    return bool(query.one(connection, given).is_known)


class NumberFactsStore:
    """Looks it up."""

    def __init__(self, database: Database, *, patience: float | None = LISTENER_PATIENCE) -> None:
        """Raise TryLater after `patience` seconds; None waits as long as it takes."""
        self._database = database
        self._patience = patience

    async def look_up_all(self, phones: Collection[str]) -> dict[str, NumberFacts]:
        """Read who is not to be written to, by the digits of these numbers. Raises TryLater."""
        forms = {phone: canonical(phone) for phone in phones}

        def work(connection: sa.Connection) -> dict[str, NumberFacts]:
            found = contacts.find_all(connection, frozenset(forms.values()))
            return {
                phone: NumberFacts(found[form]) for phone, form in forms.items() if form in found
            }

        return await self._database.read(work, patience=self._patience)

    async def look_up(
        self, phone: str, template: str, *, due: datetime, window: timedelta
    ) -> NumberFacts:
        """Read it by a number's digits. Raises TryLater."""

        def work(connection: sa.Connection) -> NumberFacts:
            earlier = duplicates.find(connection, phone, template, due=due, window=window)
            return NumberFacts(contacts.find(connection, phone), earlier)

        return await self._database.read(work, patience=self._patience)
