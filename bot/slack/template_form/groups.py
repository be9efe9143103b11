"""The workspace's user groups by their names, asked for at most once a minute."""

import asyncio
import logging
from collections.abc import Mapping

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError
from bot.slack.platform.cache import Cache
from bot.slack.platform.client import SlackRefused, translate_slack_errors

logger = logging.getLogger(__name__)

# Seconds that a form waits for names: it opens without them, within a trigger's three.
PATIENCE = 1.0


class UserGroups:
    """What the user groups are called, by their ids."""

    def __init__(self, client: AsyncWebClient, team: str) -> None:
        self._client = client
        self._team = team
        self._names: Cache[str, Mapping[str, str]] = Cache(self._read)

    async def names(self) -> Mapping[str, str]:
        """Return all names, by id. Raises TryLater if Slack can't be asked."""
        return await self._names.get(self._team)

    async def known(self) -> Mapping[str, str]:
        """Return the names that can be had at once; an id without one is shown as it is."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.names()
        except (TimeoutError, BotError):
            return {}

    async def _read(self, team: str) -> Mapping[str, str]:
        try:
            with translate_slack_errors():
                answer = await self._client.usergroups_list(team_id=team)
        except SlackRefused as error:
            # A workspace on the free plan has none.
            logger.warning("groups unreadable", extra={"slack_error": error.code})
            return {}
        return {
            str(each.get("id")): f"{each.get('name')} · @{each.get('handle')}"
            for each in answer.get("usergroups") or ()
        }
