"""What the commands print for eyes, and write to the file that was named."""

import sys
from collections.abc import Sequence
from pathlib import Path

from bot.commands import WrongUse


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(line + "\n")


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows of as many cells each, the first one as the columns' names."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())


def put(text: str, file: Path | None) -> None:
    """Write a text to a file, over what is there, or to standard output. Raises WrongUse."""
    written = text.encode()
    if file is None:
        # As it is, in UTF-8, whatever this terminal's encoding and line ends are.
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()
        return
    try:
        file.write_bytes(written)
    except OSError as error:
        raise WrongUse(f"{file} can't be written: {error.strerror}") from error
