"""`completion`: prints what a shell needs to complete our commands with Tab."""

import argparse
import sys
from functools import partial

from bot.commands import DONE, Commands, add_command

SHELLS = ("bash", "zsh", "tcsh")
INSTALLED = "whatsapp-template-bot"  # a shell completes a command by its name: not `python -m bot`
FILES = {"bash": "_shtab_compgen_files", "zsh": "_files", "tcsh": "f"}  # as shtab.FILE


def add_parser(commands: Commands, whole: argparse.ArgumentParser) -> None:
    """Say what it takes; `whole` is the parser of all commands."""
    words = f"print what a shell needs to complete {INSTALLED}"
    command = add_command(commands, "completion", partial(run, whole), words, "completion bash")
    command.set_defaults(needs_database=False)
    command.add_argument("shell", choices=SHELLS)


def run(whole: argparse.ArgumentParser, given: argparse.Namespace) -> int:
    """Print the shell's own script: nothing of ours runs when somebody presses Tab."""
    import shtab  # noqa: PLC0415 - for this alone

    whole.prog = INSTALLED
    sys.stdout.write(shtab.complete(whole, given.shell) + "\n")
    return DONE


def takes_files(argument: argparse.Action) -> None:
    """Let an argument be completed as the name of a file."""
    argument.complete = FILES  # type: ignore[attr-defined]
