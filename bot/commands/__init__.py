"""The commands of `python -m bot`: each says what it takes at once, and loads its work late."""

import argparse
import sys
from collections.abc import Callable
from typing import Any, Protocol

DONE, WANTING, WRONG_USE = 0, 1, 2

Run = Callable[[argparse.Namespace], int]


class Commands(Protocol):
    """Where a command adds its parser; argparse names the type privately."""

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser: ...  # noqa: ANN401 - as argparse has it


def add_command(commands: Commands, name: str, run: Run, words: str) -> argparse.ArgumentParser:
    """Add a command that `run` carries out; it returns the exit code."""
    command = commands.add_parser(name, help=words, description=words)
    command.set_defaults(run=run)
    return command


def complain(sentence: str) -> None:
    """Say on standard error what is wrong."""
    sys.stderr.write(sentence + "\n")
