"""All that `doctor` looks at, one thing after the other, whatever is wanting before."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Mapping

import aiohttp
import sqlalchemy as sa

from bot import workflow
from bot.atom import is_untrusted, open_session
from bot.commands import PROGRAM
from bot.commands.doctor import settings as settings_of
from bot.commands.doctor import slack
from bot.commands.doctor.finding import Finding, Mark, bad, skipped, well
from bot.commands.progress import Progress
from bot.config import Settings
from bot.errors import UNTRUSTED
from bot.migrate import unusable
from bot.store.database import exists, is_current, open_engine

ATOM_SECONDS = 10.0
PROXIES = frozenset({"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"})


async def look(
    settings: Settings, problems: Mapping[str, str], progress: Progress
) -> AsyncIterator[Finding]:
    """Go through everything; each finding is told as soon as it is there."""
    for finding in settings_of.look(settings, problems):
        yield finding
    yield well("sqlite", f"version {sqlite3.sqlite_version}")
    progress.say("Looking at the database …")
    if "DATABASE_URL" in problems:
        yield skipped("database", "DATABASE_URL")
    else:
        yield await asyncio.to_thread(_database, settings)
    progress.say("Asking Slack …")
    if wrong := problems.keys() & {"SLACK_API_URL", *PROXIES}:
        yield skipped("slack", *sorted(wrong))
    else:
        if not settings.slack_bot_token.get_secret_value():
            yield skipped("slack token, scopes and people", "SLACK_BOT_TOKEN")
        async for finding in slack.look(settings):
            yield finding
            progress.say("Asking Slack …")
    progress.say("Knocking at Atom …")
    if wrong := problems.keys() & {"ATOM_URL", *PROXIES}:
        yield skipped("atom", *sorted(wrong))
    else:
        yield await _atom(settings)


async def show(settings: Settings, problems: Mapping[str, str]) -> bool:
    """Print the findings; return whether all is well."""
    bad_ones = 0
    with Progress() as progress:
        async for finding in look(settings, problems, progress):
            progress.clear()
            sys.stdout.writelines(f"{line}\n" for line in finding.lines())
            sys.stdout.flush()
            bad_ones += finding.mark is Mark.BAD
    sys.stdout.write(_last_words(settings, bad_ones))
    return not bad_ones


def _last_words(settings: Settings, bad_ones: int) -> str:
    if bad_ones:
        things = "1 thing is" if bad_ones == 1 else f"{bad_ones} things are"
        return f"{things} wanting (BAD). Mend them in .env or the environment, and look again:\n{PROGRAM} doctor\n"
    command = "socket" if settings.slack_app_token.get_secret_value() else "serve"
    return f"All is well. Start the bot:\n{PROGRAM} {command}\n"


def _database(settings: Settings) -> Finding:
    if not exists(settings.database_url):
        return well("database", "will be made at the start")
    engine = open_engine(settings.database_url)
    try:
        current = is_current(engine, workflows_version=workflow.version())
    except sa.exc.SQLAlchemyError as error:
        return bad("database", unusable(error))
    finally:
        engine.dispose()
    if current:
        return well("database", "reachable and up to date")
    if settings.on_sqlite:
        return well("database", "will be brought up to date at the start")
    return bad("database", f"not up to date; run: {PROGRAM} migrate", f"{PROGRAM} migrate")


async def _atom(settings: Settings) -> Finding:
    """Only knock: Atom has no request that would check the token and send nothing."""
    url, proxies = settings.atom_url, settings.proxies
    way = proxies.way(url)
    async with open_session(proxies.of(url)) as session:
        try:
            async with session.options(
                url, allow_redirects=False, timeout=aiohttp.ClientTimeout(ATOM_SECONDS)
            ) as answer:
                status = answer.status
        except (aiohttp.ClientError, OSError, ValueError) as error:
            words = (
                f"ATOM_URL can't be reached from this machine {way} ({url}, "
                f"{type(error).__name__}): check its network, proxy and firewall; sends would wait"
            )
            if is_untrusted(error):
                words = f"ATOM_URL ({url}), reached {way}, {UNTRUSTED}; sends would wait"
            return bad("atom", words)
    return well(
        "atom",
        f"answers (HTTP {status}), reached {way}; the token shows its worth at the first send",
    )
