"""Who is in a channel."""

import logging

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import TryLater
from bot.slack.platform.client import SlackRefused, translate_slack_errors

logger = logging.getLogger(__name__)

# Of a channel with more members than this only the first ones are known.
PAGES, PAGE_SIZE = 3, 1000


async def members_of(client: AsyncWebClient, channel: str) -> frozenset[str]:
    """Return who is in a channel, as far as Slack tells; in a direct message nobody counts."""
    found: set[str] = set()
    if channel.startswith("D"):
        return frozenset()
    cursor = ""
    try:
        for _ in range(PAGES):
            with translate_slack_errors():
                answer = await client.conversations_members(
                    channel=channel, limit=PAGE_SIZE, cursor=cursor
                )
            found |= {str(each) for each in answer.get("members") or ()}
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
    except (TryLater, SlackRefused) as error:
        # An app that was installed without the scope asks everybody by direct message.
        logger.info("members unknown", extra={"channel": channel, "reason": error.key})
    return frozenset(found)
