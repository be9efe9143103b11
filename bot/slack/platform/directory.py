"""Who is at the door: Slack's users and user groups, cached for a minute, forgotten on events."""

import asyncio
import logging
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient

from bot import time_zones
from bot.errors import NotAllowed, TryLater, Unchecked
from bot.policy.approvals import Approvers
from bot.policy.people import (
    EVERYONE,
    Person,
    Policy,
    Right,
    Workspace,
    groups_to_ask,
    helpers,
    is_listed,
)
from bot.slack.platform.cache import Cache
from bot.slack.platform.client import SlackRefused, translate_slack_errors
from bot.slack.platform.user_objects import (
    INCOMPLETE,
    mapping,
    read_groups,
    read_members,
    read_person,
)

logger = logging.getLogger(__name__)

# Beyond these, one question about all groups takes less of Slack's 20 a minute.
FEW_GROUPS = 3
ALL = "*"
# People of a list of whom it is looked up whether they may at all.
MOST_LOOKED_AT = 20
NO_GROUP = "no_such_subteam"  # as Slack says it of one group


class SlackDirectory:
    """Answers whether a person may do something, from what Slack says of them."""

    def __init__(
        self,
        client: AsyncWebClient,
        workspace: Workspace,
        policy: Policy,
        time_zone: str = "UTC",
    ) -> None:
        """`time_zone` is that of people of whom Slack does not say one."""
        self._time_zone = time_zone
        self._client = client
        self._workspace = workspace
        self.policy = policy
        self._people: Cache[str, Person] = Cache(self._read_person)
        self._groups: Cache[str, frozenset[str]] = Cache(self._read_group)
        self._every_group: Cache[str, Mapping[str, frozenset[str]]] = Cache(self._read_every_group)

    async def check(self, user: str, right: Right = Right.SEND) -> Person:
        """Return the person if they may. Raises NotAllowed, or TryLater where that can't be said."""
        # Asked side by side: all of it must fit into the three seconds of a trigger.
        self.begin_to_ask(user, self.policy.groups_to_ask(user, right))
        person = await self._people.get(user)
        try:
            await self.policy.check(person, self._workspace, right, self._members)
        except Unchecked as error:
            if error.values["code"] == INCOMPLETE:
                logger.warning(
                    "could not be checked", extra={"user": user, "slack_error": INCOMPLETE}
                )
                # Half an answer is believed no longer than none.
                self._people.forget(user)
            raise
        return person

    async def is_admin(self, user: str) -> bool:
        """Say whether a person administers the bot. Raises TryLater if Slack can't be asked."""
        try:
            await self.check(user, Right.ADMINISTER)
        except NotAllowed:
            return False
        return True

    async def is_among(self, user: str, listed: Collection[str]) -> bool:
        """Say whether a list of users and user groups holds a person. Raises TryLater."""
        self.begin_to_ask(user, listed)
        return await is_listed(user, listed, self._members)

    def helpers(self) -> tuple[str, ...]:
        """Name who can help those who may not, as Slack's ids."""
        return helpers(self.policy)

    def begin_to_ask(self, user: str, listed: Collection[str]) -> None:
        """Let the questions go out that will say whether a list holds a person."""
        groups = groups_to_ask(user, listed)
        if self._every_group.is_fresh(ALL):
            return
        if len(groups) > FEW_GROUPS:
            self._every_group.begin(ALL)
            return
        for group in groups:
            self._groups.begin(group)

    async def _members(self, group: str) -> frozenset[str]:
        """Return a group's members: out of one answer for all groups, where many are asked for.

        Raises TryLater if they could not be read: that somebody is none of them is not known then.
        """
        if self._every_group.is_fresh(ALL):
            try:
                return await self._members_among_all(group)
            except Unchecked as error:
                if error.values["code"] == NO_GROUP:
                    raise
                # Perhaps it takes a question about this group alone.
        try:
            return await self._groups.get(group)
        except Unchecked as error:
            if error.values["code"] != NO_GROUP:
                raise
            # Slack says the same of one that is disabled, which is a fact, and stands in the list.
            return await self._members_among_all(group)

    async def _members_among_all(self, group: str) -> frozenset[str]:
        known = await self._every_group.get(ALL)
        if group not in known:
            raise Unchecked("slack.unchecked", code=NO_GROUP)
        return known[group]

    async def admins(self) -> tuple[str, ...]:
        """Name the listed admins and the members of their groups, as far as they can be read."""
        found, _ = await self._listed(self.policy.admins)
        return found

    async def approvers(self) -> Approvers:
        """Say who may approve what needs a second person, as far as that is known.

        Whoever is listed and surely may not, such as a guest, is left out; of many only the first
        ones are looked at.
        """
        listed = self.policy.approvers
        found, is_whole = await self._listed(listed)
        first, rest = found[:MOST_LOOKED_AT], found[MOST_LOOKED_AT:]
        may = await asyncio.gather(*(self._may_approve(each) for each in first))
        people = [each for each, is_one in zip(first, may, strict=True) if is_one]
        return Approvers((*people, *rest), is_open=EVERYONE in listed or not is_whole)

    async def _may_approve(self, user: str) -> bool:
        try:
            await self.check(user, Right.APPROVE)
        except NotAllowed:
            return False
        except TryLater:
            # Only a fact refuses.
            return True
        return True

    async def _listed(self, listed: frozenset[str]) -> tuple[tuple[str, ...], bool]:
        """Name the people of a list and the members of its groups, and say whether that is all."""
        found = {each for each in listed if not each.startswith(("S", EVERYONE))}
        groups = groups_to_ask("", listed)
        self.begin_to_ask("", groups)
        is_whole = True
        for group in groups:
            try:
                found |= await self._members(group)
            except TryLater as error:
                logger.warning("group unknown", extra={"group": group, "reason": error.key})
                is_whole = False
        return tuple(sorted(found)), is_whole

    async def locale(self, user: str) -> str:
        """Return a person's Slack locale such as `es-LA`; empty where it can't be had."""
        try:
            return (await self._people.get(user)).locale
        except TryLater:
            return ""

    async def name(self, user: str) -> str:
        """Return what a person is called in Slack; empty where it can't be had."""
        try:
            return (await self._people.get(user)).name
        except TryLater:
            return ""

    def known_locale(self, user: str) -> str:
        """Return a person's Slack locale if it is known already: nobody has time to ask."""
        person = self._people.peek(user)
        return person.locale if person else ""

    def today(self, user: str) -> date:
        """Return the day that it is where a person is, as far as that is known already."""
        return datetime.now(self.zone(user)).date()

    def zone(self, user: str) -> ZoneInfo:
        """Return the time zone of a person, as far as that is known already."""
        person = self._people.peek(user)
        zone = time_zones.find(person.tz) if person else None
        return zone or time_zones.find(self._time_zone) or ZoneInfo("UTC")

    def zone_of(self, person: Person) -> ZoneInfo:
        """Return the time zone that somebody is in."""
        return time_zones.find(person.tz) or time_zones.find(self._time_zone) or ZoneInfo("UTC")

    def known_admin(self, user: str) -> bool:
        """Say whether a person is known already to be a listed admin: nobody has time to ask."""
        if {EVERYONE, user} & self.policy.admins:
            return True
        known = {**(self._every_group.peek(ALL) or {})}
        groups = groups_to_ask(user, self.policy.admins)
        known |= {each: found for each in groups if (found := self._groups.peek(each)) is not None}
        return any(user in known.get(each, ()) for each in groups)

    def forget_all(self) -> None:
        """Ask Slack anew for everybody and every group."""
        self._people.clear()
        self._groups.clear()
        self._every_group.clear()

    def forget_person(self, user: str) -> None:
        """Ask Slack anew: something about this person changed."""
        self._people.forget(user)

    def forget_group(self, group: str) -> None:
        """Ask Slack anew: somebody joined or left this group."""
        self._groups.forget(group)
        self._every_group.forget(ALL)

    async def _read_person(self, user: str) -> Person:
        with _unchecked(user=user):
            answer = await self._client.users_info(user=user, include_locale=True)
            return read_person(user, mapping(answer.get("user")))

    async def _read_group(self, group: str) -> frozenset[str]:
        with _unchecked(group=group):
            answer = await self._client.usergroups_users_list(
                usergroup=group, team_id=self._workspace.team
            )
            return read_members(answer.get("users"))

    async def _read_every_group(self, _: str) -> Mapping[str, frozenset[str]]:
        with _unchecked(group=ALL):
            answer = await self._client.usergroups_list(
                include_users=True, include_disabled=True, team_id=self._workspace.team
            )
            groups = answer.get("usergroups")
        if not isinstance(groups, list):
            raise Unchecked("slack.unchecked", code=INCOMPLETE)
        return dict(read_groups(groups))


@contextmanager
def _unchecked(**about: str) -> Iterator[None]:
    """Turn a refusal of Slack's into what it is here: nobody knows whether the person may."""
    try:
        with translate_slack_errors():
            yield
    except SlackRefused as error:
        # An operator must act, or somebody named a group that there is not.
        logger.warning("could not be checked", extra={**about, "slack_error": error.code})
        raise Unchecked("slack.unchecked", code=error.code) from error
