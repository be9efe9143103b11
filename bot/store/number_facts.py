"""What is known of a number, read in one go."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.phones.canonical import canonical
from bot.policy.number_facts import NOTHING, NumberFacts
from bot.store import contacts, duplicates
from bot.store.database import Database
from bot.store.send_table import LISTENER_PATIENCE


class NumberFactsStore:
    """Looks it up."""

    def __init__(self, database: Database, *, patience: float | None = LISTENER_PATIENCE) -> None:
        """Raise TryLater after `patience` seconds; None waits as long as it takes."""
        self._database = database
        self._patience = patience
        self._together: asyncio.Task[dict[str, NumberFacts]] | None = None
        # Of which that task will read, by their digits in their one form; empty: it reads already.
        self._asked: dict[str, str] = {}

    async def look_up_all(self, phones: Collection[str]) -> dict[str, NumberFacts]:
        """Read who is not to be written to, by the digits of these numbers. Raises TryLater."""
        return await self._read({phone: canonical(phone) for phone in phones})

    async def _read(self, forms: Mapping[str, str]) -> dict[str, NumberFacts]:
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
        if not window:
            return await self._look_up_together(phone)

        def work(connection: sa.Connection) -> NumberFacts:
            earlier = duplicates.find(connection, phone, template, due=due, window=window)
            return NumberFacts(contacts.find(connection, phone), earlier)

        return await self._database.read(work, patience=self._patience)

    async def _look_up_together(self, phone: str) -> NumberFacts:
        """Read who it is with all others that ask at this moment: many calls begin at once."""
        form = canonical(phone)  # what it raises of one number is for who asked about it alone
        if self._together is None or self._together.done() or not self._asked:
            self._together = asyncio.create_task(self._read_asked())
            # If nobody waits for it any more, what it raised is of no use.
            self._together.add_done_callback(lambda task: task.cancelled() or task.exception())
        self._asked[phone] = form
        found = await asyncio.shield(self._together)
        return found.get(phone, NOTHING)

    async def _read_asked(self) -> dict[str, NumberFacts]:
        asked, self._asked = self._asked, {}
        return await self._read(asked)
