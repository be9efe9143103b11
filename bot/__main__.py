"""The commands: `python -m bot …`, also installed as `whatsapp-template-bot`."""

import argparse
import sys

from bot.commands import (
    DONE,
    WANTING,
    WRONG_USE,
    complain,
    contacts,
    demo,
    doctor,
    history,
    manifest,
    migrate,
    serve,
    templates,
)
from bot.store import sqlite_version


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code: 0 done, 1 found wanting, 2 wrong use or settings."""
    given = _parser().parse_args(arguments)
    if lacking := _lacking(given):
        complain(lacking)
        return WRONG_USE
    try:
        # The demo's own process loads nothing of the bot: that takes as long as the bot's start.
        code: int = given.run(given) if given.run is demo.run else _complaining(given)
    except KeyboardInterrupt:
        return WANTING
    except BrokenPipeError:
        # Whoever read us has seen enough, e.g. `history | head`.
        sys.stderr.close()
        return DONE
    return code


def _lacking(given: argparse.Namespace) -> str:
    """Say why a command can't run on this Python, before it loads much; nothing if it can."""
    words = sqlite_version.problem()
    if not words or given.run is demo.run or sqlite_version.missing():
        return words
    from bot.config import BadSettings, load  # noqa: PLC0415

    try:
        return words if given.run is not manifest.run and load().on_sqlite else ""
    except BadSettings:
        # The command itself says all that is wrong with them.
        return ""


def _complaining(given: argparse.Namespace) -> int:
    """Run a command; say what is wrong with the settings or the database, or why it can't start."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError  # noqa: PLC0415

    from bot.config import BadSettings  # noqa: PLC0415 - late, here and below: slow to import
    from bot.errors import CannotStart  # noqa: PLC0415
    from bot.logs import redact  # noqa: PLC0415

    try:
        code: int = given.run(given)
    except BadSettings as error:
        complain("These settings can't be used:")
        for name, problem in error.problems.items():
            complain(f"  {name}: {problem}")
        return WRONG_USE
    except CannotStart as error:
        complain(str(error))
        return WRONG_USE
    except SQLAlchemyError as error:
        # Its further lines may hold what was to be written.
        words = redact(str(error.orig if isinstance(error, DBAPIError) else error))
        complain(f"DATABASE_URL: the database can't be used ({words.partition(chr(10))[0]}).")
        return WANTING
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Send WhatsApp template messages from Slack."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (serve, demo, doctor, manifest, history, templates, contacts, migrate):
        command.add_parser(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
