"""What people are called in Slack."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import TryLater
from bot.slack.platform.client import SlackRefused, TokenRefused, translate_slack_errors
from bot.typed_text import visible

AT_ONCE = 10
MOST = 100  # Slack takes about so many questions a minute (docs: users.info, tier 4)


def read_name(user: Mapping[str, Any]) -> str:
    """Read the name that Slack shows for a person (docs: objects/user-object); empty if none."""
    profile = user.get("profile")
    inner = profile if isinstance(profile, Mapping) else {}
    found = (inner.get("display_name"), inner.get("real_name"), user.get("real_name"))
    names = (visible(name).strip() for name in found if isinstance(name, str))
    return next((" ".join(name.split()) for name in names if name), "")


async def names_of(client: AsyncWebClient, users: Iterable[str]) -> dict[str, str]:
    """Ask for the names of people, each once; who can't be asked for now is left out."""
    found: dict[str, str] = {}
    asked = sorted(set(users))[:MOST]
    for start in range(0, len(asked), AT_ONCE):
        some = asked[start : start + AT_ONCE]
        try:
            names = await asyncio.gather(*(_name_of(client, user) for user in some))
        except (TryLater, TokenRefused):
            # The others would be answered alike.
            break
        found |= {user: name for user, name in zip(some, names, strict=True) if name}
    return found


async def _name_of(client: AsyncWebClient, user: str) -> str:
    """Return one name; empty if Slack knows nobody of this id."""
    try:
        with translate_slack_errors():
            answer = await client.users_info(user=user)
            return read_name(answer.get("user") or {})
    except TokenRefused:
        raise
    except SlackRefused:
        return ""
