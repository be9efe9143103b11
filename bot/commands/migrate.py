"""`migrate`: brings the database up to date."""

import argparse
import sys
from typing import TYPE_CHECKING

from bot.commands import DONE, Commands, add_command

if TYPE_CHECKING:
    from bot.config import Settings


def add_parser(commands: Commands) -> None:
    """Say what it takes."""
    add_command(commands, "migrate", run, "bring the database up to date", "migrate")


def run(_given: argparse.Namespace) -> int:
    """Migrate the database of the settings."""
    from bot.config import load  # noqa: PLC0415 - slow to import

    bring_up_to_date(load())
    sys.stdout.write("The database is up to date.\n")
    return DONE


def bring_up_to_date(settings: "Settings") -> None:
    """Migrate our tables and the engine's; make them if there are none."""
    from bot import migrate  # noqa: PLC0415 - late, here and below: slow to import
    from bot.store.database import open_engine  # noqa: PLC0415

    migrate.bring_up_to_date(open_engine(settings.database_url), settings)
