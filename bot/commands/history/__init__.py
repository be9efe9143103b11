"""`history`: the sends as a table for eyes, or as lines for machines."""

import argparse
import re
from datetime import UTC, datetime, timedelta

from bot.commands import DONE, Commands, add_command

_UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}


def add_parser(commands: Commands) -> None:
    """Say what it takes."""
    command = add_command(
        commands, "history", run, "print the sends", "history --since 7d --status failed"
    )
    command.add_argument("--format", choices=("table", "jsonl", "csv"), default="table")
    command.add_argument("--since", help="e.g. 2h, 7d or 2026-05-03", type=_since)
    command.add_argument("--user", default="", help="of this person: a Slack id, U…")
    command.add_argument("--template", default="", help="of this template: its id or name")
    command.add_argument("--status", default="", help="with this status, e.g. failed")
    command.add_argument("--batch", default="", help="of this list: its id")
    command.add_argument(
        "--no-names", action="store_true", help="ids in the table; Slack is not asked for names"
    )


def run(given: argparse.Namespace) -> int:
    """Print them, oldest first."""
    from bot.commands.history import printing  # noqa: PLC0415 - late, here and below: slow
    from bot.config import load  # noqa: PLC0415
    from bot.store.reports import Which  # noqa: PLC0415

    status = printing.status(given.status)
    which = Which(given.since, given.user, given.template, status, given.batch.upper())
    printing.show(load(), given.format, which, with_names=not given.no_names)
    return DONE


def since(text: str, now: datetime) -> datetime:
    """Read `2h`, `7d`, `2026-05-03` or a whole ISO moment. Raises ValueError."""
    try:
        if parts := re.fullmatch(r"(\d{1,6})([mhdw])", text):
            return now - timedelta(seconds=int(parts[1]) * _UNITS[parts[2]])
        moment = datetime.fromisoformat(text)
        return moment.astimezone() if moment.tzinfo is None else moment
    except OverflowError as error:
        raise ValueError(f"{text} is before all time") from error


def _since(text: str) -> datetime:
    try:
        return since(text, datetime.now(UTC))
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text}: not a time; write 2h, 7d or 2026-05-03"
        ) from error
