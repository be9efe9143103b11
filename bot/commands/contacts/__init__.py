"""`contacts`: the numbers that are not to be written to, between a CSV file and the database."""

import argparse
from pathlib import Path

from bot.commands import DONE, WANTING, WRONG_USE, Commands, add_command, complain, migrate


def add_parser(commands: Commands) -> None:
    """Say what it and its parts take."""
    words = "import, export or list the numbers that are not to be written to"
    command = add_command(commands, "contacts", run, words)
    parts = command.add_subparsers(required=True, metavar="WHAT", dest="what")
    part = parts.add_parser("import", help="add a CSV file's numbers; none is ever taken off")
    part.add_argument("file", metavar="FILE", type=Path)
    part = parts.add_parser("export", help="write them as a CSV file")
    part.add_argument("file", metavar="FILE", type=Path, nargs="?", help="default: print it")
    parts.add_parser("list", help="print them")


def run(given: argparse.Namespace) -> int:
    """Carry out one part."""
    from bot.commands.contacts import listed  # noqa: PLC0415 - late, here and below: slow
    from bot.config import load  # noqa: PLC0415

    settings = load()
    try:
        match given.what:
            case "import":
                listed.bring_in(
                    given.file,
                    settings,
                    make_database=lambda: migrate.bring_up_to_date(settings),
                )
            case "export":
                listed.send_out(given.file, settings)
            case _:
                listed.show(settings)
    except listed.Wanting as error:
        complain(str(error))
        return WANTING
    except listed.WrongUse as error:
        complain(str(error))
        return WRONG_USE
    return DONE
