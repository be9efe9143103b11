"""`templates`: the catalogue between a file and the database, and what Atom's own list is like."""

import argparse
from pathlib import Path

from bot.commands import DONE, Commands, add_command, migrate, probe
from bot.commands.completion import takes_files


def add_parser(commands: Commands) -> None:
    """Say what it and its parts take."""
    words = "import, export, list or probe the catalogue"
    command = commands.add_parser("templates", help=words, description=words)
    parts = command.add_subparsers(required=True, metavar="WHAT")
    part = add_command(
        parts,
        "import",
        run_import,
        "make a TOML file the catalogue",
        "templates import templates.toml",
    )
    takes_files(part.add_argument("file", metavar="FILE", type=Path))
    part.add_argument("--yes", action="store_true", help="change it without asking")
    part = add_command(
        parts,
        "export",
        run_export,
        "write the catalogue as a TOML file",
        "templates export templates.toml",
    )
    file = part.add_argument("file", metavar="FILE", type=Path, nargs="?", help="default: print it")
    takes_files(file)
    part.add_argument("--yes", "--force", action="store_true", help="overwrite FILE without asking")
    add_command(parts, "list", run_list, "print the templates", "templates list")
    probe.add_parser(parts)


def run_import(given: argparse.Namespace) -> int:
    """Make a file the catalogue."""
    from bot.commands.templates import catalogue  # noqa: PLC0415 - late, here and below: slow
    from bot.config import load  # noqa: PLC0415

    settings = load()
    catalogue.bring_in(
        given.file,
        settings,
        is_sure=given.yes,
        make_database=lambda: migrate.bring_up_to_date(settings),
    )
    return DONE


def run_export(given: argparse.Namespace) -> int:
    """Write the catalogue to a file, or print it."""
    from bot.commands.templates import catalogue  # noqa: PLC0415
    from bot.config import load  # noqa: PLC0415

    catalogue.send_out(given.file, load(), is_sure=given.yes)
    return DONE


def run_list(_given: argparse.Namespace) -> int:
    """Print the templates."""
    from bot.commands.templates import catalogue  # noqa: PLC0415
    from bot.config import load  # noqa: PLC0415

    catalogue.show(load())
    return DONE
