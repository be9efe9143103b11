"""What `doctor` asks Slack: whose token it is, what it may, who is named, and Socket Mode."""

from collections.abc import AsyncIterator

from slack_sdk.web.async_client import AsyncWebClient

from bot.commands import PROGRAM
from bot.commands.doctor import people
from bot.commands.doctor.finding import Finding, bad, well
from bot.commands.doctor.settings import WHERE
from bot.config import Settings
from bot.errors import UNTRUSTED, TryLater
from bot.slack import find_installation
from bot.slack.manifest import SCOPES
from bot.slack.platform.client import SlackRefused, open_slack, translate_slack_errors

# What does not work without a scope.
USES = {
    "channels:read": "asking for approval in public channels",
    "chat:write": "cards and outcomes",
    "commands": "the command and the shortcuts",
    "files:read": "lists from files",
    "files:write": "files with a list's problems and results",
    "groups:read": "asking for approval in private channels",
    "usergroups:read": "user groups among those who may send",
    "users:read": "knowing who may send",
}


async def look(settings: Settings) -> AsyncIterator[Finding]:
    """Ask for all of it, as far as Slack answers; the app-level token needs no other one."""
    token = settings.slack_bot_token.get_secret_value()
    async with open_slack(token, settings.slack_api_url, proxies=settings.proxies) as client:
        if token:
            async for finding in _bot_token(client, settings):
                yield finding
        if settings.slack_app_token.get_secret_value():
            yield await _app_token(client, settings)


async def _bot_token(client: AsyncWebClient, settings: Settings) -> AsyncIterator[Finding]:
    url, way = settings.slack_api_url, settings.proxies.way(settings.slack_api_url)
    try:
        installation = await find_installation(client)
    except SlackRefused as error:
        words = f"Slack says {error.code}: copy SLACK_BOT_TOKEN from {WHERE['SLACK_BOT_TOKEN']}"
        yield bad("slack token", words, "SLACK_BOT_TOKEN=xoxb-…")
        return
    except TryLater as error:
        words = (
            f"SLACK_API_URL can't be reached from this machine {way} ({url}): check its "
            "network, proxy and firewall"
        )
        if error.key == "slack.untrusted":
            words = f"SLACK_API_URL ({url}), reached {way}, {UNTRUSTED}"
        yield bad("slack", words)
        return
    yield well("slack token", f"team {installation.workspace.team}; Slack is reached {way}")
    yield _scopes(installation.scopes, settings)
    async for finding in people.look(client, settings, installation.workspace):
        yield finding


def _scopes(granted: frozenset[str], settings: Settings) -> Finding:
    if not granted:
        return well("slack scopes", "Slack did not name them")
    missing = [f"{one} (for {USES[one]})" for one in SCOPES if one not in granted]
    if missing:
        words = (
            f"missing {', '.join(missing)}: update the app from the manifest and install it again"
        )
        on_socket = settings.slack_app_token.get_secret_value()
        return bad(
            "slack scopes",
            words,
            f"{PROGRAM} manifest {'--socket' if on_socket else '--url https://…'}",
        )
    return well("slack scopes", ", ".join(SCOPES))


async def _app_token(client: AsyncWebClient, settings: Settings) -> Finding:
    try:
        with translate_slack_errors():
            await client.apps_connections_open(
                app_token=settings.slack_app_token.get_secret_value()
            )
    except (SlackRefused, TryLater) as error:
        why = error.values.get("code", "not reachable")
        return bad(
            "slack app token",
            f"no Socket Mode ({why}): SLACK_APP_TOKEN is in {WHERE['SLACK_APP_TOKEN']}, and Socket "
            "Mode must be on",
        )
    return well("slack app token", "Socket Mode can be opened")
