"""Slack's objects of users and user groups (docs: objects), read as what they are here."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.errors import Unchecked
from bot.policy.people import Person
from bot.slack.platform.names import read_name

INCOMPLETE = "incomplete"  # why somebody could not be checked: an answer lacks what matters


def read_person(user: str, data: Mapping[str, Any]) -> Person:
    """Translate Slack's user object (docs: objects/user-object). What it does not say stays None."""
    organization = mapping(data.get("enterprise_user"))
    return Person(
        id=user,
        team=_team(data, organization),
        deleted=_flag(data, "deleted"),
        is_bot=_flag(data, "is_bot"),
        # Guests of any kind are restricted; the other flag only tells the kinds apart.
        is_guest=_flag(data, "is_ultra_restricted") or _flag(data, "is_restricted"),
        is_stranger=_flag(data, "is_stranger") or False,
        enterprise=_text(organization, "enterprise_id"),
        enterprise_teams=frozenset(_texts(organization.get("teams"))),
        locale=_text(data, "locale"),
        name=read_name(data),
        phone=_text(mapping(data.get("profile")), "phone"),
        tz=_text(data, "tz"),
    )


def _team(data: Mapping[str, Any], organization: Mapping[str, Any]) -> str | None:
    """Read whose person it is; an organization alone does not say of which of its teams."""
    team = _text(data, "team_id")
    is_team_told = not team.startswith("E") or isinstance(organization.get("teams"), list)
    return team if team and is_team_told else None


def read_groups(groups: list[Any]) -> Iterator[tuple[str, frozenset[str]]]:
    """Read who is in each group; one whose members are not told is left out."""
    for each in map(mapping, groups):
        if each.get("date_delete"):
            # Disabled, so that nobody is in it any more.
            yield _text(each, "id"), frozenset()
        elif isinstance(each.get("users"), list):
            yield _text(each, "id"), frozenset(_texts(each["users"]))


def read_members(users: object) -> frozenset[str]:
    """Read who is in a group. Raises Unchecked if that is not told."""
    if not isinstance(users, list):
        raise Unchecked("slack.unchecked", code=INCOMPLETE)
    return frozenset(_texts(users))


def _flag(data: Mapping[str, Any], name: str) -> bool | None:
    value = data.get(name)
    return value if isinstance(value, bool) else None


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _texts(values: object) -> tuple[str, ...]:
    return (
        tuple(each for each in values if isinstance(each, str)) if isinstance(values, list) else ()
    )


def mapping(value: object) -> Mapping[str, Any]:
    """Read an object; an empty one if it is none."""
    return value if isinstance(value, Mapping) else {}
