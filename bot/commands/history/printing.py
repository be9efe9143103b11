"""From the database to what is printed, with people's names where Slack can be asked."""

import asyncio
import sys
from collections.abc import Sequence

import sqlalchemy as sa

from bot.commands import WrongUse
from bot.commands.database import opened
from bot.commands.history.formats import FORMS, NAMED, Format
from bot.commands.progress import Progress
from bot.config import Settings
from bot.sends import Status
from bot.slack.platform.client import open_slack
from bot.slack.platform.names import names_of
from bot.store.reports import EVERY, Which, history, people


def status(text: str) -> Status | None:
    """Read a status; none if nothing is given. Raises WrongUse."""
    try:
        return Status(text.lower()) if text else None
    except ValueError as error:
        raise WrongUse(f"--status {text}: must be one of {', '.join(Status)}") from error


def show(settings: Settings, form: Format, which: Which, *, with_names: bool) -> None:
    """Print the sends, oldest first; phone numbers in full, as they were sent. Raises Wanting."""
    with opened(settings) as engine, engine.connect() as connection, Progress() as progress:
        names = {}
        if with_names and form in NAMED and settings.slack_bot_token.get_secret_value():
            progress.say("Asking Slack for names …")
            names = asyncio.run(_names(settings, people(connection, which)))
            progress.clear()
        _print(connection, form, which, names, progress)


def _print(
    connection: sa.Connection,
    form: Format,
    which: Which,
    names: dict[str, str],
    progress: Progress,
) -> None:
    found = history(connection, which)
    # What runs through the terminal is its own progress.
    counted = found if sys.stdout.isatty() else progress.count(found, "sends")
    count = FORMS[form](counted, sys.stdout, names)
    if not count and form in NAMED:
        sys.stdout.write("No sends yet.\n" if which == EVERY else "No sends like these.\n")


async def _names(settings: Settings, users: Sequence[str]) -> dict[str, str]:
    token = settings.slack_bot_token.get_secret_value()
    async with open_slack(token, settings.slack_api_url, proxies=settings.proxies) as client:
        return await names_of(client, users)
