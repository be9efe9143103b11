"""Where in the list of templates somebody is, as Home and its buttons carry it about."""

import json
import re
from dataclasses import dataclass, replace

from bot.slack.platform import payloads
from bot.templates.params import NAME_LIMIT

SEARCH_LIMIT = NAME_LIMIT
FIELDS = 1000  # come before the first one again


@dataclass(frozen=True, slots=True)
class HomeState:
    """Where in the list of templates a person is."""

    page: int = 1
    search: str = ""
    # Slack keeps what was typed in a field: one that is to be empty again must be another.
    field: int = 0
    # The same of the list of who is not to be written to, which admins see.
    contacts_page: int = 1
    contacts_search: str = ""

    def at(self, page: int) -> "HomeState":
        """Return another page of the same list."""
        return replace(self, page=page)

    def searching(self, typed: str) -> "HomeState":
        """Return the first page of what is found by a typed text, however long that is."""
        return replace(self, page=1, search=_tidy(typed))

    def cleared(self) -> "HomeState":
        """Return the first page of all, with an empty field."""
        return replace(self, page=1, search="", field=self._next_field())

    def at_contacts(self, page: int) -> "HomeState":
        """Return another page of who is not to be written to."""
        return replace(self, contacts_page=page)

    def searching_contacts(self, typed: str) -> "HomeState":
        """Return the first page of the numbers that hold what was typed; empty: of all."""
        found = replace(self, contacts_page=1, contacts_search=_tidy(typed))
        return found if found.contacts_search else replace(found, field=self._next_field())

    def _next_field(self) -> int:
        return (self.field + 1) % FIELDS

    def write(self) -> str:
        """Write it for Home's private_metadata, or for a button that leads there."""
        return json.dumps(
            {
                "page": self.page,
                "search": self.search,
                "field": self.field,
                "contacts_page": self.contacts_page,
                "contacts_search": self.contacts_search,
            }
        )


def read_spot(written: object) -> HomeState:
    """Read a spot back; the first page of all if it isn't ours."""
    note = payloads.note_of({"private_metadata": written if isinstance(written, str) else ""})
    return HomeState(
        page=_number(note.get("page", ""), 1),
        search=_tidy(note.get("search", "")),
        field=_number(note.get("field", ""), 0),
        contacts_page=_number(note.get("contacts_page", ""), 1),
        contacts_search=_tidy(note.get("contacts_search", "")),
    )


def _number(text: str, otherwise: int) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else otherwise


def _tidy(text: str) -> str:
    return " ".join(text.split())[:SEARCH_LIMIT].strip()
