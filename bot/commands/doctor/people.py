"""What `doctor` says of everybody whom the settings name: persons and user groups, by name."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.commands.doctor.finding import Finding, bad, well
from bot.config import Settings
from bot.errors import TryLater
from bot.policy.people import EVERYONE, Workspace, refusal
from bot.slack.platform.client import SlackRefused, translate_slack_errors
from bot.slack.platform.names import read_name
from bot.slack.platform.user_objects import read_person
from bot.typed_text import visible

LISTS = ("senders", "admins", "approvers")
NEVER = {
    "refused.deactivated": "is deactivated",
    "refused.bot": "is a bot",
    "refused.guest": "is a guest",
    "refused.external": "is of another workspace",
}


async def look(
    client: AsyncWebClient, settings: Settings, workspace: Workspace
) -> AsyncIterator[Finding]:
    """Look at all of them, groups first; what Slack can't tell now is said for each."""
    named = sorted({each for name in LISTS for each in getattr(settings, name)} - {EVERYONE})
    groups = [each for each in named if each.startswith("S")]
    names = await _group_names(client, workspace.team) if groups else {}
    for group in groups:
        yield await _group(client, settings, group, workspace.team, names)
    for user in named:
        if not user.startswith("S"):
            yield await _person(client, settings, user, workspace)


async def _group_names(client: AsyncWebClient, team: str) -> dict[str, str]:
    """Return what groups are called; none if that can't be had: then there are their ids."""
    try:
        with translate_slack_errors():
            answer = await client.usergroups_list(team_id=team)
            groups: list[Mapping[str, Any]] = answer.get("usergroups") or []
            return {str(each.get("id")): _group_name(each) for each in groups}
    except (SlackRefused, TryLater):
        return {}


def _group_name(group: Mapping[str, Any]) -> str:
    return visible(f"{group.get('name')} (@{group.get('handle')})")


async def _group(
    client: AsyncWebClient, settings: Settings, group: str, team: str, names: Mapping[str, str]
) -> Finding:
    what, where = f"user group {group}", _lists(settings, group)
    try:
        with translate_slack_errors():
            answer = await client.usergroups_users_list(usergroup=group, team_id=team)
    except (SlackRefused, TryLater) as error:
        why = error.values.get("code", "not reachable")
        words = f"can't be read ({why}), so it lets nobody in: check its id in {where}"
        # A pause of Slack's is no reason to take anybody out.
        copy = _without(settings, group) if isinstance(error, SlackRefused) else ""
        return bad(what, words, copy)
    members = len(answer.get("users") or ())
    words = f"{names.get(group, 'its name is not known')}, {members} members, in {where}"
    return well(what, words) if members else bad(what, f"{words}: it lets nobody in")


async def _person(
    client: AsyncWebClient, settings: Settings, user: str, workspace: Workspace
) -> Finding:
    what, where = f"person {user}", _lists(settings, user)
    try:
        with translate_slack_errors():
            answer = await client.users_info(user=user)
            data: Mapping[str, Any] = answer.get("user") or {}
    except (SlackRefused, TryLater) as error:
        why = error.values.get("code", "not reachable")
        copy = _without(settings, user) if isinstance(error, SlackRefused) else ""
        return bad(what, f"can't be read ({why}): check the id in {where}", copy)
    name = read_name(data) or "without a name"
    if reason := refusal(read_person(user, data), workspace):
        words = f"{name} {NEVER[reason]} and never may send: take the id out of {where}"
        return bad(what, words, _without(settings, user))
    return well(what, f"{name}, in {where}")


def _lists(settings: Settings, name: str) -> str:
    return ", ".join(each.upper() for each in LISTS if name in getattr(settings, each))


def _without(settings: Settings, name: str) -> str:
    """Write the first list that names somebody as it is without them; nothing if it is empty."""
    for each in LISTS:
        listed: frozenset[str] = getattr(settings, each)
        if name in listed and (left := sorted(listed - {name})):
            return f"{each.upper()}={','.join(left)}"
    return ""
