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

    def at(self, page: int) -> "HomeState":
        """Return another page of the same list."""
        return replace(self, page=page)

    def searching(self, typed: str) -> "HomeState":
        """Return the first page of what is found by a typed text, however long that is."""
        return replace(self, page=1, search=_tidy(typed))

    def cleared(self) -> "HomeState":
        """Return the first page of all, with an empty field."""
        return HomeState(field=(self.field + 1) % FIELDS)

    def write(self) -> str:
        """Write it for Home's private_metadata, or for a button that leads there."""
        return json.dumps({"page": self.page, "search": self.search, "field": self.field})


def read_spot(written: object) -> HomeState:
    """Read a spot back; the first page of all if it isn't ours."""
    note = payloads.note_of({"private_metadata": written if isinstance(written, str) else ""})
    return HomeState(
        page=_number(note.get("page", ""), 1),
        search=_tidy(note.get("search", "")),
        field=_number(note.get("field", ""), 0),
    )


def _number(text: str, otherwise: int) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else otherwise


def _tidy(text: str) -> str:
    return " ".join(text.split())[:SEARCH_LIMIT].strip()
