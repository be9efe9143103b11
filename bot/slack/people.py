"""Who is at the door: Slack's users and user groups, cached for a minute, forgotten on events."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any, Generic, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import NotAllowed, TryLater
from bot.permissions import Person, Policy, Right, Workspace, groups_to_ask, is_listed
from bot.slack.client import SlackRefused, in_our_words

logger = logging.getLogger(__name__)

FRESH_SECONDS = 60.0
# Beyond these, one question about all groups takes less of Slack's 20 a minute.
FEW_GROUPS = 3
ALL = "*"
Key = TypeVar("Key")
Value = TypeVar("Value")


class Cache(Generic[Key, Value]):
    """Keeps each answer for a minute; whoever asks meanwhile shares one question to Slack."""

    def __init__(
        self,
        ask: Callable[[Key], Coroutine[Any, Any, Value]],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`now` counts seconds."""
        self._ask = ask
        self._now = now
        self._answers: dict[Key, tuple[float, asyncio.Task[Value]]] = {}
        self._limited_until = 0.0

    def ask(self, key: Key) -> asyncio.Task[Value]:
        """Begin to ask, unless there is an answer that is under a minute old."""
        _, task = self._answers.get(key, (0.0, None))
        if task is None or not self.is_fresh(key):
            task = asyncio.ensure_future(self._ask(key))
            self._answers[key] = (self._now(), task)
            # A failure nobody waits for is met again by whoever asks next.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task

    def is_fresh(self, key: Key) -> bool:
        """Say whether there is an answer, or a question, that is under a minute old."""
        asked, task = self._answers.get(key, (0.0, None))
        return task is not None and self._now() - asked < FRESH_SECONDS

    def begin(self, key: Key) -> None:
        """Let the question go out now; somebody will get the answer later."""
        if self._now() >= self._limited_until:
            _ = self.ask(key)

    async def get(self, key: Key) -> Value:
        """Return an answer that is under a minute old; failed ones are not kept."""
        left = self._limited_until - self._now()
        if left > 0 and not self.is_fresh(key):
            # Slack asked for a pause; asking on would only make it longer.
            raise TryLater("slack.limited", after=left)
        task = self.ask(key)
        try:
            # Shielded: one impatient asker must not take the answer from the others.
            return await asyncio.shield(task)
        except Exception as error:
            if isinstance(error, TryLater):
                self._limited_until = max(self._limited_until, self._now() + error.after)
            if self._answers.get(key, (0.0, None))[1] is task:
                self.forget(key)
            raise

    def peek(self, key: Key) -> Value | None:
        """Return the last answer, however old, without asking; None if there is none."""
        task = self._answers.get(key, (0.0, None))[1]
        if task is None or not task.done() or task.cancelled() or task.exception():
            return None
        return task.result()

    def clear(self) -> None:
        """Ask anew for everything."""
        self._answers.clear()

    def forget(self, key: Key) -> None:
        """Ask anew the next time."""
        self._answers.pop(key, None)


class People:
    """Answers whether a person may do something, from what Slack says of them."""

    def __init__(self, client: AsyncWebClient, workspace: Workspace, policy: Policy) -> None:
        self._client = client
        self._workspace = workspace
        self.policy = policy
        self._people: Cache[str, Person] = Cache(self._read_person)
        self._groups: Cache[str, frozenset[str]] = Cache(self._read_group)
        self._every_group: Cache[str, Mapping[str, frozenset[str]]] = Cache(self._read_every_group)

    async def check(self, user: str, right: Right = Right.SEND) -> Person:
        """Return the person if they may; raises NotAllowed, or TryLater if Slack can't be asked."""
        # Asked side by side: all of it must fit into the three seconds of a trigger.
        for group in self.policy.groups_to_ask(user, right):
            self._groups.begin(group)
        person = await self._people.get(user)
        await self.policy.check(person, self._workspace, right, self._groups.get)
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
        """Return a group's members: out of one answer for all groups, where many are asked for."""
        if self._every_group.is_fresh(ALL):
            try:
                return (await self._every_group.get(ALL)).get(group, frozenset())
            except SlackRefused as error:
                logger.warning("groups unreadable", extra={"slack_error": error.code})
        return await self._groups.get(group)

    async def locale(self, user: str) -> str:
        """Return a person's Slack locale such as `es-LA`; empty where it can't be had."""
        try:
            return (await self._people.get(user)).locale
        except TryLater:
            return ""

    def known_locale(self, user: str) -> str:
        """Return a person's Slack locale if it is known already: nobody has time to ask."""
        person = self._people.peek(user)
        return person.locale if person else ""

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
        try:
            with in_our_words():
                answer = await self._client.users_info(user=user, include_locale=True)
        except SlackRefused as error:
            # Slack won't show this person to us, so nothing is known in their favour.
            logger.warning("person unreadable", extra={"user": user, "slack_error": error.code})
            return Person(id=user, team=None, deleted=None, is_bot=None, is_guest=None)
        return read_person(user, answer.get("user") or {})

    async def _read_group(self, group: str) -> frozenset[str]:
        try:
            with in_our_words():
                answer = await self._client.usergroups_users_list(
                    usergroup=group, team_id=self._workspace.team
                )
        except SlackRefused as error:
            # A group that can't be read lets nobody in.
            logger.warning("group unreadable", extra={"group": group, "slack_error": error.code})
            return frozenset()
        return frozenset(str(user) for user in answer.get("users") or ())

    async def _read_every_group(self, _: str) -> Mapping[str, frozenset[str]]:
        with in_our_words():
            answer = await self._client.usergroups_list(
                include_users=True, team_id=self._workspace.team
            )
        groups = answer.get("usergroups") or ()
        return {str(each.get("id")): frozenset(each.get("users") or ()) for each in groups}


def read_person(user: str, data: Mapping[str, Any]) -> Person:
    """Translate Slack's user object (docs: objects/user-object). What is absent stays None."""
    organization = data.get("enterprise_user") or {}
    return Person(
        id=user,
        team=data.get("team_id"),
        deleted=data.get("deleted"),
        is_bot=data.get("is_bot"),
        # Guests of any kind are restricted; the other flag only tells the kinds apart.
        is_guest=data.get("is_ultra_restricted") or data.get("is_restricted"),
        is_stranger=bool(data.get("is_stranger", False)),
        enterprise=str(organization.get("enterprise_id") or ""),
        enterprise_teams=frozenset(organization.get("teams") or ()),
        locale=str(data.get("locale") or ""),
        phone=str((data.get("profile") or {}).get("phone") or ""),
    )
