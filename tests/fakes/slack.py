"""Slack's questions about people, answered from memory."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


class FakeSlack:
    """Slack's two questions about people: what it answers, and how often it was asked."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, list[str]] = {}
        self.disabled: set[str] = set()
        self.asked: list[str] = []
        self.raises: dict[str, list[Exception]] = {}
        self.answers: Callable[[], Awaitable[None]] | None = None
        self._knocked = asyncio.Condition()

    async def users_info(self, *, user: str, include_locale: bool) -> dict[str, Any]:
        await self._asked(user)
        return {"ok": True, "user": self.users[user]}

    async def usergroups_users_list(self, *, usergroup: str, team_id: str) -> dict[str, Any]:
        await self._asked(usergroup)
        return {"ok": True, "users": self.groups[usergroup]}

    async def usergroups_list(
        self, *, include_users: bool, include_disabled: bool, team_id: str
    ) -> dict[str, Any]:
        await self._asked("usergroups.list")
        groups = [
            {"id": name, "users": users, "date_delete": int(name in self.disabled)}
            for name, users in self.groups.items()
        ]
        return {"ok": True, "usergroups": groups}

    async def until_asked(self, times: int) -> None:
        """Wait until so many questions have come in."""
        async with self._knocked:
            await self._knocked.wait_for(lambda: len(self.asked) >= times)

    async def _asked(self, what: str) -> None:
        self.asked.append(what)
        async with self._knocked:
            self._knocked.notify_all()
        if self.answers is not None:
            await self.answers()
        if self.raises.get(what):
            raise self.raises[what].pop(0)
