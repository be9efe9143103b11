"""The figures as tables: on the terminal, and in docs/performance.md, a section a part."""

import os
import platform
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import median, ratio

HEAD = ("what", "bot", "beside it", "", "ratio", "aimed at")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of ours, and what stands beside it."""

    what: str
    ours: str
    beside: str = ""
    theirs: str = ""
    ratio: str = ""
    aim: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.what, self.ours, self.beside, self.theirs, self.ratio, self.aim)


@dataclass(frozen=True, slots=True)
class Table:
    """What one part has found; `notes` says what was run, and what is missing."""

    part: str
    title: str
    notes: str
    rows: Sequence[Row]

    def markdown(self) -> str:
        """Write the section."""
        lines = [HEAD, *(row.cells for row in self.rows)]
        widths = [max(len(line[at]) for line in lines) for at in range(len(HEAD))]
        rule = ["-" * width for width in widths]
        drawn = [
            "| "
            + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            + " |"
            for line in (HEAD, rule, *lines[1:])
        ]
        return "\n".join((f"### {self.title}", "", self.notes, "", *drawn))


@dataclass(frozen=True, slots=True)
class Unit:
    """How a figure is written."""

    name: str
    scale: float = 1.0
    digits: int = 0

    def write(self, figure: float) -> str:
        """Write one figure."""
        return f"{figure * self.scale:,.{self.digits}f} {self.name}".rstrip()


MICROSECONDS = Unit("µs", 1e6)
MILLISECONDS = Unit("ms", 1e3, 1)
SECONDS = Unit("s", 1.0, 2)
PERCENT = Unit("%", 100.0, 2)
MEGABYTES = Unit("MB", 1e-6)
BYTES = Unit("B")
PER_SECOND = Unit("/s", 1.0, 0)
TIMES = Unit("", 1.0, 2)


def compared(
    what: str,
    ours: Sequence[float],
    beside: str,
    theirs: Sequence[float],
    unit: Unit,
    aim: str = "",
) -> Row:
    """Make the row of two series that were taken in turn."""
    return Row(
        what,
        unit.write(median(ours)),
        beside,
        unit.write(median(theirs)),
        f"{ratio(ours, theirs):.2f}",
        aim,
    )


def spread(figures: Sequence[float], unit: Unit) -> str:
    """Write the median, and what all but one in a hundred keep within."""
    late = sorted(figures)[int(len(figures) * 0.99)]
    return f"{unit.write(median(figures))} (99 %: {unit.write(late)})"


def ratio_of(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Write the ratio of the medians, where no figure belongs to one of the other side."""
    return f"{median(ours) / median(theirs):.2f}"


def machine() -> str:
    """Say in general words what this ran on."""
    return (
        f"{platform.system()} on {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def put(page: Path, table: Table) -> None:
    """Put a part's section in place of the one that was there."""
    begin, end = f"<!-- {table.part} -->", f"<!-- /{table.part} -->"
    text = page.read_text()
    section = f"{begin}\n{table.markdown()}\n\n{machine()}.\n{end}"
    found = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not found.search(text):
        raise LookupError(f"{page.name} has no place for {table.part}")
    page.write_text(found.sub(lambda _: section, text))
