"""What was changed in the catalogue, by whom: the names of the fields, and nothing that is in them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa

from bot.events import Kind, Source
from bot.store.tables import events
from bot.templates.diff import Difference


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes events in the transaction that makes the change."""

    source: Source = field(default_factory=Source)
    now: Callable[[], datetime] = _now

    def write(self, connection: sa.Connection, changed: Difference, *, actor: str) -> None:
        """Write one event for each template that came, went or was changed."""
        rows = [
            {
                "at": self.now(),
                "kind": kind,
                "actor": actor,
                "template": template,
                "transport": self.source.transport,
                "process": self.source.process,
                "fields": fields,
            }
            for kind, template, fields in _each(changed)
        ]
        if rows:
            connection.execute(sa.insert(events), rows)


def _each(changed: Difference) -> Iterator[tuple[Kind, str, list[str] | None]]:
    for template in changed.added:
        yield Kind.TEMPLATE_ADDED, template.id, None
    for template, changes in changed.changed:
        yield Kind.TEMPLATE_CHANGED, template.id, [each.field for each in changes]
    for template in changed.removed:
        yield Kind.TEMPLATE_REMOVED, template.id, None
    if changed.reordered:
        yield Kind.TEMPLATES_REORDERED, "", None
