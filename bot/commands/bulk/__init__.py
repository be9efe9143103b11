"""`bulk`: what a list's file is like, before anything is sent."""

import argparse
from pathlib import Path

from bot.commands import DONE, WANTING, Commands, add_command
from bot.commands.completion import takes_files


def add_parser(commands: Commands) -> None:
    """Say what its part takes."""
    words = "check a list of many, from a CSV or Excel file; nothing is sent"
    command = commands.add_parser("bulk", help=words, description=words)
    parts = command.add_subparsers(required=True, metavar="WHAT")
    part = add_command(
        parts,
        "check",
        run_check,
        "look at every row as at a single send; nothing is sent",
        "bulk check list.xlsx --template Reminder",
    )
    takes_files(part.add_argument("file", metavar="FILE", type=Path))
    part.add_argument("--template", metavar="NAME", required=True, help="its name or id")
    part.add_argument("--sheet", default="", metavar="NAME", help="which one, of several")
    part.add_argument("--hidden", choices=("include", "skip"), help="rows that the file hides")
    part.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="FIELD=COLUMN",
        help="which column a field has, by its header or letter; empty: none",
    )
    takes_files(
        part.add_argument(
            "--problems",
            metavar="FILE",
            type=Path,
            help="write the rows that are not good, to be corrected: .xlsx or .csv",
        )
    )


def run_check(given: argparse.Namespace) -> int:
    """Print what is wrong; 1 if anything is."""
    from bot.commands.bulk import check  # noqa: PLC0415 - late, here and below: slow
    from bot.config import load  # noqa: PLC0415

    wanted = check.Wanted(
        given.file,
        given.template,
        given.sheet,
        given.hidden or "",
        tuple(given.column),
        given.problems,
    )
    return DONE if check.run(wanted, load()) else WANTING
