"""The commands of `python -m bot`: each says what it takes at once, and loads its work late."""

import argparse
import sys
from collections.abc import Callable
from typing import Any, Protocol

PROGRAM = "python -m bot"
DONE, WANTING, WRONG_USE = 0, 1, 2

Run = Callable[[argparse.Namespace], int]


class Wanting(Exception):
    """It was not done, or not all is well; the sentence says what is wanting."""


class WrongUse(Exception):
    """It can't be done in this way; the sentence says in which."""


class Commands(Protocol):
    """Where a command adds its parser; argparse names the type privately."""

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser: ...  # noqa: ANN401 - as argparse has it


def add_command(
    commands: Commands, name: str, run: Run, words: str, example: str
) -> argparse.ArgumentParser:
    """Add a command that `run` carries out; it returns the exit code."""
    command = commands.add_parser(
        name,
        help=words,
        description=words,
        epilog=f"example: {PROGRAM} {example}",
        # What is there to be copied stays on one line.
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run, example=example, needs_database=True)
    return command


def complain(sentence: str) -> None:
    """Say on standard error what is wrong."""
    sys.stderr.write(sentence + "\n")
