"""`doctor`: looks at everything that the bot needs, sends nothing, and says what to do."""

import argparse
import asyncio

from bot.commands import DONE, WANTING, Commands, add_command


def add_parser(commands: Commands) -> None:
    """Say what it takes."""
    words = "check settings, tokens, scopes, people, Atom and the database; send nothing"
    add_command(commands, "doctor", run, words, "doctor")


def run(_given: argparse.Namespace) -> int:
    """Look, and print what was found."""
    from bot.commands.doctor import checks  # noqa: PLC0415 - late, here and below: slow to import
    from bot.config import read  # noqa: PLC0415

    return DONE if asyncio.run(checks.show(*read())) else WANTING
