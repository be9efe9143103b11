"""What is known of a number, read in one go."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.phones.canonical import canonical
from bot.policy.number_facts import NumberFacts
from bot.store import contacts, duplicates
from bot.store.database import Database
from bot.store.send_table import LISTENER_PATIENCE


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
