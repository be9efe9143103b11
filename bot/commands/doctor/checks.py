"""What `doctor` looks at."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import sqlalchemy as sa
from slack_sdk.web.async_client import AsyncWebClient

from bot import workflow
from bot.atom import is_untrusted, open_client
from bot.config import Settings
from bot.errors import UNTRUSTED, TryLater
from bot.migrate import unusable
from bot.policy.people import EVERYONE
from bot.slack import find_installation
from bot.slack.manifest import SCOPES
from bot.slack.platform.client import SlackRefused, open_slack, translate_slack_errors
from bot.store.database import exists, is_current, open_engine


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and what to do if it is not well."""

    what: str
    is_well: bool
    words: str


async def look(settings: Settings) -> AsyncIterator[Finding]:
    """Go through everything; each finding is told as soon as it is there."""
    yield Finding("settings", is_well=True, words="all of them can be read")
    yield _transport(settings)
    yield _probes(settings)
    yield _rights(settings)
    yield Finding("sqlite", is_well=True, words=f"version {sqlite3.sqlite_version}")
    yield await asyncio.to_thread(_database, settings)
    async for finding in _slack(settings):
        yield finding
    yield await _atom(settings)


async def show(settings: Settings) -> bool:
    """Print the findings; return whether all is well."""
    is_well = True
    async for finding in look(settings):
        mark = "ok " if finding.is_well else "BAD"
        sys.stdout.write(f"{mark}  {finding.what}: {finding.words}\n")
        sys.stdout.flush()
        is_well = is_well and finding.is_well
    return is_well


def _transport(settings: Settings) -> Finding:
    can = {
        "serve": bool(settings.slack_signing_secret.get_secret_value()),
        "socket": bool(settings.slack_app_token.get_secret_value()),
    }
    if not any(can.values()):
        return Finding(
            "transport",
            is_well=False,
            words="set SLACK_APP_TOKEN for `socket`, or SLACK_SIGNING_SECRET for `serve`",
        )
    able = " and ".join(f"`{name}`" for name, is_set in can.items() if is_set)
    return Finding("transport", is_well=True, words=f"{able} can start")


def _probes(settings: Settings) -> Finding:
    if settings.metrics_token.get_secret_value():
        words = "/metrics is read on this machine, and elsewhere with METRICS_TOKEN"
    else:
        words = "/metrics is read on this machine only; set METRICS_TOKEN to read it elsewhere"
    return Finding("probes", is_well=True, words=words)


def _rights(settings: Settings) -> Finding:
    if not settings.senders | settings.admins:
        return Finding(
            "rights", is_well=False, words="nobody may send: set SENDERS or ADMINS, e.g. SENDERS=*"
        )
    words = "SENDERS and ADMINS name somebody"
    if not settings.admins:
        words = "SENDERS names somebody; ADMINS is empty, so nobody keeps the catalogue in Slack"
    if not settings.default_region:
        words += "; without DEFAULT_REGION every number needs its country code"
    return Finding("rights", is_well=True, words=words)


def _database(settings: Settings) -> Finding:
    if not exists(settings.database_url):
        return Finding("database", is_well=True, words="will be made at the start")
    engine = open_engine(settings.database_url)
    try:
        current = is_current(engine, workflows_version=workflow.version())
    except sa.exc.SQLAlchemyError as error:
        return Finding("database", is_well=False, words=unusable(error))
    finally:
        engine.dispose()
    if current:
        return Finding("database", is_well=True, words="reachable and up to date")
    if settings.on_sqlite:
        return Finding("database", is_well=True, words="will be brought up to date at the start")
    return Finding("database", is_well=False, words="not up to date; run: python -m bot migrate")


async def _slack(settings: Settings) -> AsyncIterator[Finding]:
    token = settings.slack_bot_token.get_secret_value()
    url, way = settings.slack_api_url, settings.proxies.way(settings.slack_api_url)
    async with open_slack(token, url, proxies=settings.proxies) as client:
        try:
            installation = await find_installation(client)
        except SlackRefused as error:
            yield Finding(
                "slack token",
                is_well=False,
                words=f"Slack says {error.code}: copy SLACK_BOT_TOKEN from OAuth & Permissions",
            )
            return
        except TryLater as error:
            words = (
                f"SLACK_API_URL can't be reached from this machine {way} ({url}): check its "
                "network, proxy and firewall"
            )
            if error.key == "slack.untrusted":
                words = f"SLACK_API_URL ({url}), reached {way}, {UNTRUSTED}"
            yield Finding("slack", is_well=False, words=words)
            return
        words = f"team {installation.workspace.team}; Slack is reached {way}"
        yield Finding("slack token", is_well=True, words=words)
        yield _scopes(installation.scopes)
        for group in _groups(settings):
            yield await _group(client, group, installation.workspace.team)
        if settings.slack_app_token.get_secret_value():
            yield await _app_token(client, settings)


def _scopes(granted: frozenset[str]) -> Finding:
    if not granted:
        return Finding("slack scopes", is_well=True, words="Slack did not name them")
    missing = sorted(set(SCOPES) - granted)
    if missing:
        return Finding(
            "slack scopes",
            is_well=False,
            words=f"missing {', '.join(missing)}: update the app from the manifest "
            "(python -m bot manifest) and install it again",
        )
    return Finding("slack scopes", is_well=True, words=", ".join(SCOPES))


def _groups(settings: Settings) -> list[str]:
    listed = settings.senders | settings.admins | settings.approvers
    return sorted(name for name in listed - {EVERYONE} if name.startswith("S"))


async def _group(client: AsyncWebClient, group: str, team: str) -> Finding:
    try:
        with translate_slack_errors():
            answer = await client.usergroups_users_list(usergroup=group, team_id=team)
    except (SlackRefused, TryLater) as error:
        why = error.values.get("code", "not reachable")
        return Finding(
            f"user group {group}",
            is_well=False,
            words=f"can't be read ({why}), so it lets nobody in: check its id in SENDERS, "
            "APPROVERS or ADMINS",
        )
    members = len(answer.get("users") or ())
    return Finding(f"user group {group}", is_well=members > 0, words=f"{members} members")


async def _app_token(client: AsyncWebClient, settings: Settings) -> Finding:
    try:
        with translate_slack_errors():
            await client.apps_connections_open(
                app_token=settings.slack_app_token.get_secret_value()
            )
    except (SlackRefused, TryLater) as error:
        why = error.values.get("code", "not reachable")
        return Finding(
            "slack app token",
            is_well=False,
            words=f"no Socket Mode ({why}): SLACK_APP_TOKEN needs the scope connections:write, "
            "and Socket Mode must be on",
        )
    return Finding("slack app token", is_well=True, words="Socket Mode can be opened")


async def _atom(settings: Settings) -> Finding:
    """Only knock: Atom has no request that would check the token and send nothing."""
    url, proxies = settings.atom_url, settings.proxies
    way = proxies.way(url)
    async with open_client(proxies.of(url)) as client:
        try:
            answer = await client.request("OPTIONS", url, timeout=10)
        except httpx.HTTPError as error:
            words = (
                f"ATOM_URL can't be reached from this machine {way} ({url}, "
                f"{type(error).__name__}): check its network, proxy and firewall; sends would wait"
            )
            if is_untrusted(error):
                words = f"ATOM_URL ({url}), reached {way}, {UNTRUSTED}; sends would wait"
            return Finding("atom", is_well=False, words=words)
    words = (
        f"answers (HTTP {answer.status_code}), reached {way}; the token shows its worth at the "
        "first send"
    )
    return Finding("atom", is_well=True, words=words)
