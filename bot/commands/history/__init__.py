"""`history`: the sends as a table for eyes, or as lines for machines."""

import argparse
import re
from datetime import UTC, datetime, timedelta

from bot.commands import DONE, WANTING, Commands, add_command, complain

_UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}


def add_parser(commands: Commands) -> None:
    """Say what it takes."""
    command = add_command(commands, "history", run, "print the sends")
    command.add_argument("--format", choices=("table", "jsonl", "csv"), default="table")
    command.add_argument("--since", help="e.g. 2h, 7d or 2026-05-03", type=_since)


def run(given: argparse.Namespace) -> int:
    """Print them, oldest first."""
    from bot.commands.history import formats  # noqa: PLC0415 - late, here and below: slow to import
    from bot.config import load  # noqa: PLC0415
    from bot.store.database import exists, is_current, open_engine  # noqa: PLC0415

    url = load().database_url
    if not exists(url):
        complain(f"There is no database at {url} yet: `serve` or `socket` makes it.")
        return WANTING
    engine = open_engine(url)
    if not is_current(engine):
        complain("The database is not up to date. Run: python -m bot migrate")
        return WANTING
    formats.show(engine, given.format, given.since)
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
