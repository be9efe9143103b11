"""The commands: `python -m bot …`, also installed as `whatsapp-template-bot`."""

import argparse
import sys

from bot.commands import (
    DONE,
    PROGRAM,
    WANTING,
    WRONG_USE,
    Wanting,
    WrongUse,
    bulk,
    complain,
    completion,
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
    given = make_parser().parse_args(arguments)
    if lacking := _lacking(given):
        complain(lacking)
        return WRONG_USE
    try:
        code: int = given.run(given)
    except KeyboardInterrupt:
        return WANTING
    except BrokenPipeError:
        # Whoever read us has seen enough, e.g. `history | head`.
        sys.stderr.close()
        return DONE
    except Exception as error:  # noqa: BLE001 - raised again, unless it says what is wrong
        return _answer(error)
    return code


def _lacking(given: argparse.Namespace) -> str:
    """Say why a command can't run on this Python, before it loads much; nothing if it can."""
    words = sqlite_version.problem()
    if not words or given.run is demo.run or sqlite_version.missing():
        return words
    from bot.config import BadSettings, load  # noqa: PLC0415

    try:
        return words if given.needs_database and load().on_sqlite else ""
    except BadSettings:
        # The command itself says all that is wrong with them.
        return ""


def _answer(error: Exception) -> int:
    """Say what is wrong with the settings, the database or the command, and return the exit code.

    Loaded only now: the demo's own process does without the bot, which takes as long as its start.
    """
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from bot.config import BadSettings  # noqa: PLC0415
    from bot.errors import CannotStart  # noqa: PLC0415

    match error:
        case BadSettings():
            complain("These settings can't be used:")
            for name, problem in error.problems.items():
                complain(f"  {name}: {problem}")
            return WRONG_USE
        case CannotStart() | WrongUse():
            complain(str(error))
            return WRONG_USE
        case Wanting():
            complain(str(error))
            return WANTING
        case SQLAlchemyError():
            from bot.migrate import unusable  # noqa: PLC0415

            complain(unusable(error))
            return WANTING
    raise error


def make_parser() -> argparse.ArgumentParser:
    """Say what each command takes; no command is loaded for it."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description="Send WhatsApp template messages from Slack."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (
        serve,
        demo,
        doctor,
        manifest,
        history,
        templates,
        contacts,
        bulk,
        migrate,
    ):
        command.add_parser(commands)
    completion.add_parser(commands, parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
