"""What is said of a list's rows as a whole, gathered as they go by."""

import dataclasses
from collections import Counter
from collections.abc import Mapping

from bot import emoji_codes
from bot.bulk.batches import (
    SHOWN_MESSAGES,
    SHOWN_PROBLEMS,
    ListRow,
    Report,
    RowKind,
    RowProblem,
)
from bot.templates import PartKind, Template, preview


class Tally:
    """Counts rows, and keeps the first problems and messages."""

    def __init__(self, template: Template) -> None:
        """Begin without rows."""
        self._template = template
        self._counts = Counter[RowKind]()
        self._unusual = 0
        self._problems: list[RowProblem] = []
        self._warnings: list[RowProblem] = []
        self._messages: list[str] = []

    def count(self, row: ListRow) -> None:
        """Take one more."""
        self._counts[row.kind] += 1
        if row.kind is not RowKind.GOOD:
            self._problems += row.problems[: SHOWN_PROBLEMS - len(self._problems)]
            return
        if row.problems:
            self._unusual += 1
            self._warnings += row.problems[: SHOWN_PROBLEMS - len(self._warnings)]
        if len(self._messages) < SHOWN_MESSAGES:
            self._messages.append(as_read(self._template, dict(row.params)))

    def put_into(self, report: Report) -> Report:
        """Say it in a report; what is only to be looked at comes after what keeps rows back."""
        room = SHOWN_PROBLEMS - len(self._problems)
        return dataclasses.replace(
            report,
            counts=dict(self._counts),
            unusual=self._unusual,
            problems=(*self._problems, *self._warnings[:room]),
            messages=tuple(self._messages),
        )


def as_read(template: Template, values: Mapping[str, str]) -> str:
    """Write a message as its customer reads it, a line for each of its parts."""
    shown = preview(template, values)
    texts = (
        "".join(f"[{part.text}]" if part.kind is PartKind.MISSING else part.text for part in parts)
        for parts in (shown.header, shown.body)
    )
    return emoji_codes.to_characters("\n".join(filter(None, (*texts, shown.footer))))
