"""What is known of a number, for the gate: read at once, since somebody waits for it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.policy.do_not_contact import Contact
from bot.policy.duplicates import Earlier


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """What is known of a number, however it is written."""

    contact: Contact | None = None  # its entry in the list of those not to contact
    earlier: tuple[Earlier, ...] = ()  # sends of the same template to it


NOTHING = NumberFacts()


class NumberLookup(Protocol):
    """Knows it."""

    async def look_up(
        self, phone: str, template: str, *, due: datetime, window: timedelta
    ) -> NumberFacts:
        """Read it by a number's digits; sends only if they are due within `window` of `due`.

        Raises TryLater.
        """
        ...

    async def look_up_all(self, phones: Collection[str]) -> Mapping[str, NumberFacts]:
        """Read who is not to be written to, by the digits of these numbers. Raises TryLater."""
        ...
