"""`contacts`: the numbers that are not to be written to, between a CSV file and the database."""

import argparse
from pathlib import Path

from bot.commands import DONE, Commands, add_command, migrate
from bot.commands.completion import takes_files


def add_parser(commands: Commands) -> None:
    """Say what it and its parts take."""
    words = "import, export or list the numbers that are not to be written to"
    command = commands.add_parser("contacts", help=words, description=words)
    parts = command.add_subparsers(required=True, metavar="WHAT")
    part = add_command(
        parts,
        "import",
        run_import,
        "add a CSV file's numbers; none is ever taken off",
        "contacts import numbers.csv",
    )
    takes_files(part.add_argument("file", metavar="FILE", type=Path))
    part = add_command(
        parts, "export", run_export, "write them as a CSV file", "contacts export numbers.csv"
    )
    file = part.add_argument("file", metavar="FILE", type=Path, nargs="?", help="default: print it")
    takes_files(file)
    part.add_argument("--yes", "--force", action="store_true", help="overwrite FILE without asking")
    add_command(parts, "list", run_list, "print them", "contacts list")


def run_import(given: argparse.Namespace) -> int:
    """Add a file's numbers, all or none."""
    from bot.commands.contacts import listed  # noqa: PLC0415 - late, here and below: slow
    from bot.config import load  # noqa: PLC0415

    settings = load()
    listed.bring_in(given.file, settings, make_database=lambda: migrate.bring_up_to_date(settings))
    return DONE


def run_export(given: argparse.Namespace) -> int:
    """Write the list to a file, or print it."""
    from bot.commands.contacts import listed  # noqa: PLC0415
    from bot.config import load  # noqa: PLC0415

    listed.send_out(given.file, load(), is_sure=given.yes)
    return DONE


def run_list(_given: argparse.Namespace) -> int:
    """Print the list."""
    from bot.commands.contacts import listed  # noqa: PLC0415
    from bot.config import load  # noqa: PLC0415

    listed.show(load())
    return DONE
