"""What is wrong with a list's rows, for a table and as a CSV file."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.csv_cells import inert
from bot.typed_text import visible


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong, and where."""

    line: int
    column: str
    words: str

    @property
    def cells(self) -> tuple[str, str, str]:
        return str(self.line), self.column, self.words


def write(heads: Sequence[str], found: Iterable[Found]) -> str:
    """Write all of them; with a mark in front, by which Excel knows the accents."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    for each in found:
        writer.writerow([inert(cell) for cell in each.cells])
    return "\ufeff" + out.getvalue()


def one_line(text: str) -> str:
    """Write what somebody else wrote so that a terminal shows it as it is."""
    return "".join(char if char.isprintable() else " " for char in visible(text))
