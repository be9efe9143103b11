"""`templates`: the catalogue between a file and the database, and what Atom's own list is like."""

import argparse
from pathlib import Path

from bot.commands import DONE, WANTING, WRONG_USE, Commands, add_command, complain, migrate, probe


def add_parser(commands: Commands) -> None:
    """Say what it and its parts take."""
    command = add_command(commands, "templates", run, "import, export, list or probe the catalogue")
    parts = command.add_subparsers(required=True, metavar="WHAT", dest="what")
    part = parts.add_parser("import", help="make a TOML file the catalogue")
    part.add_argument("file", metavar="FILE", type=Path)
    part.add_argument("--yes", action="store_true", help="change it without asking")
    part = parts.add_parser("export", help="write the catalogue as a TOML file")
    part.add_argument("file", metavar="FILE", type=Path, nargs="?", help="default: print it")
    parts.add_parser("list", help="print the templates")
    probe.add_parser(parts)


def run(given: argparse.Namespace) -> int:
    """Carry out one part."""
    from bot.commands.templates import catalogue  # noqa: PLC0415 - late, here and below: slow
    from bot.config import load  # noqa: PLC0415

    settings = load()
    try:
        match given.what:
            case "import":
                catalogue.bring_in(
                    given.file,
                    settings,
                    is_sure=given.yes,
                    make_database=lambda: migrate.bring_up_to_date(settings),
                )
            case "export":
                catalogue.send_out(given.file, settings)
            case _:
                catalogue.show(settings)
    except catalogue.Wanting as error:
        complain(str(error))
        return WANTING
    except catalogue.WrongUse as error:
        complain(str(error))
        return WRONG_USE
    return DONE
