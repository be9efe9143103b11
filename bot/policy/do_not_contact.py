"""Who asked not to be written to any more, and which templates that keeps from them."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from bot import phones
from bot.errors import FixTheForm, Problem
from bot.phones import Phone
from bot.phones.canonical import canonical
from bot.send_draft import NumberRules

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

    @property
    def whole_phone(self) -> str:
        """The number for admins, as it is printed."""
        return Phone(self.phone, "").international


class Added(StrEnum):
    """What became of a number that was to be added."""

    NEW = "new"
    WIDENED = "widened"  # it was kept from marketing alone
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the list, and how many there are in all."""

    contacts: tuple[Contact, ...] = ()
    count: int = 0


def new_contact(
    phone: str, *, scope: Scope, since: datetime, added_by: str = "", reason: str = ""
) -> Contact:
    """Make an entry for a number's digits."""
    return Contact(uuid.uuid4().hex, phone, scope, since, added_by, reason)


class ContactRepository(Protocol):
    """Where the list is kept; every method raises TryLater."""

    async def find(self, phone: str) -> Contact | None:
        """Return the entry for a number's digits, however they are written."""
        ...

    async def add(self, contact: Contact) -> tuple[Added, Contact]:
        """Add a number, and return its entry as it is then; nothing is ever taken back by that."""
        ...

    async def allow(self, phone: str) -> Contact | None:
        """Let a number be written to again; return what its entry was."""
        ...

    async def allow_id(self, contact_id: str) -> Contact | None:
        """Let an entry's number be written to again."""
        ...

    async def set_scope(self, contact_id: str, scope: Scope) -> bool:
        """Say what is kept from somebody; False if the entry is gone."""
        ...

    async def page(self, digits: str, *, limit: int, offset: int = 0) -> Page:
        """Return entries whose number holds these digits, the newest first; empty: of all."""
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


def read_phone(typed: str, rules: NumberRules) -> str:
    """Return the digits of the one number that was typed, as a send's number is read.

    Whoever asks to be left alone is listed though nobody may write to their country now. Raises
    FixTheForm, also where the digits are two numbers: the wrong one would be left alone.
    """
    try:
        readings = phones.read(typed, region=rules.region, countries=rules.countries)
    except FixTheForm as error:
        if error.problems[0].key != "phone.country_not_allowed":
            raise
        readings = phones.read(typed, region=rules.region)
    different = {canonical(each.digits): each for each in readings}
    if len(different) > 1:
        one, other = (each.international for each in [*different.values()][:2])
        raise FixTheForm(Problem("phone", "contact.two_numbers", {"one": one, "other": other}))
    return readings[0].digits
