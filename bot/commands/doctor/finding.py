"""What one look of `doctor` found, and how it is printed."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How a thing stands."""

    WELL = "ok "
    BAD = "BAD"
    SKIPPED = "-- "  # what it needs is wanting, and has a finding of its own


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, what to do if it is not well, and a line to copy for it."""

    what: str
    mark: Mark
    words: str
    copy: str = ""

    def lines(self) -> tuple[str, ...]:
        """Return what is printed; the line to copy stands alone, without anything before it."""
        said = f"{self.mark}  {self.what}: {self.words}"
        return (said, self.copy) if self.copy else (said,)


def well(what: str, words: str) -> Finding:
    """Say that a thing is as it should be."""
    return Finding(what, Mark.WELL, words)


def bad(what: str, words: str, copy: str = "") -> Finding:
    """Say what is wrong with a thing, and what to do."""
    return Finding(what, Mark.BAD, words, copy)


def skipped(what: str, *wanting: str) -> Finding:
    """Say why a thing was not looked at."""
    return Finding(what, Mark.SKIPPED, f"not looked at: {', '.join(wanting)} can't be used")
