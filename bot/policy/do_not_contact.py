"""Who asked not to be written to any more, and which templates that keeps from them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from bot.errors import Problem

REASON_LIMIT = 200  # characters
# What is no marketing, whatever else WhatsApp may call templates one day.
_WANTED = frozenset({"utility", "authentication"})


class Scope(StrEnum):
    """What is kept from somebody."""

    EVERYTHING = "everything"
    MARKETING = "marketing"


@dataclass(frozen=True, slots=True)
class Contact:
    """A number that is not to be written to; all ways to write it are one entry."""

    id: str
    phone: str  # digits, as they were given
    scope: Scope
    since: datetime
    added_by: str = ""  # a user; empty: it came from a file
    reason: str = ""

    @property
    def masked_phone(self) -> str:
        """The number for everyone but admins: its last four digits."""
        return "•••• " + self.phone[-4:]


class DoNotContact(Protocol):
    """Where the list is kept."""

    async def find(self, phone: str) -> Contact | None:
        """Return the entry for a number's digits, however they are written. Raises TryLater."""
        ...


def applies(scope: Scope, category: str) -> bool:
    """Say whether a template of this category is kept from somebody; unknown counts as marketing."""
    return scope is Scope.EVERYTHING or category not in _WANTED


def refuse(contact: Contact | None, category: str) -> Problem | None:
    """Say why a number may not be written to with a template of this category; None: it may be.

    `category` is empty where nobody knows it.
    """
    if contact is None or not applies(contact.scope, category):
        return None
    since = contact.since.astimezone(UTC).date().isoformat()
    if contact.scope is Scope.MARKETING:
        return Problem("phone", "refused.no_marketing", {"since": since})
    return Problem("phone", "refused.do_not_contact", {"since": since})
