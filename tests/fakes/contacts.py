"""The list of who is not to be written to, in memory."""

import dataclasses
from dataclasses import dataclass, field

from bot.phones.canonical import canonical
from bot.policy.do_not_contact import Added, Contact, Page, Scope


@dataclass
class FakeContacts:
    """Keeps entries by number."""

    entries: dict[str, Contact] = field(default_factory=dict)

    async def find(self, phone: str) -> Contact | None:
        return self.entries.get(canonical(phone))

    async def add(self, contact: Contact) -> tuple[Added, Contact]:
        known = self.entries.get(canonical(contact.phone))
        self.entries.setdefault(canonical(contact.phone), contact)
        return (Added.KNOWN, known) if known else (Added.NEW, contact)

    async def allow(self, phone: str) -> Contact | None:
        return self.entries.pop(canonical(phone), None)

    async def allow_id(self, contact_id: str) -> Contact | None:
        return next(
            (
                self.entries.pop(key)
                for key, each in [*self.entries.items()]
                if each.id == contact_id
            ),
            None,
        )

    async def set_scope(self, contact_id: str, scope: Scope) -> bool:
        for key, each in self.entries.items():
            if each.id == contact_id:
                self.entries[key] = dataclasses.replace(each, scope=scope)
                return True
        return False

    async def page(self, digits: str, *, limit: int, offset: int = 0) -> Page:
        found = [each for each in self.entries.values() if digits in each.phone]
        return Page(tuple(found[offset : offset + limit]), len(found))
