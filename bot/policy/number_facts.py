"""What is known of a number, for the gate: read at once, since somebody waits for it."""

from dataclasses import dataclass
from typing import Protocol

from bot.policy.do_not_contact import Contact


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """What is known of a number, however it is written."""

    contact: Contact | None = None  # its entry in the list of those not to contact


NOTHING = NumberFacts()


class NumberLookup(Protocol):
    """Knows it."""

    async def look_up(self, phone: str) -> NumberFacts:
        """Read it by a number's digits. Raises TryLater."""
        ...
