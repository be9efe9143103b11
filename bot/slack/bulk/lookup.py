"""Looks up what a list's messages are drawn of, and in which language."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.bulk.batches import Batch, Progress
from bot.bulk.ports import BatchRepository
from bot.locales import Translations, Translator
from bot.slack.bulk.shown import NO_RULES, ListRules, Shown
from bot.templates import Template


class People(Protocol):
    """What people are called, and in which language they read."""

    async def locale(self, user: str) -> str: ...

    async def name(self, user: str) -> str: ...


@dataclass(frozen=True, slots=True)
class ListLookup:
    """All of it may raise TryLater."""

    batches: BatchRepository
    people: People
    translations: Translations
    find_template: Callable[[str], Awaitable[Template | None]]  # of the catalogue, by its id
    now: Callable[[], datetime]
    rules: ListRules = NO_RULES

    async def shown(self, batch: Batch, *, in_private: bool = False) -> Shown:
        """Look up what is shown of a list; whole only where nobody reads it who may not see that."""
        users = {batch.request.user, batch.started_by, batch.decided_by, batch.approved_by} - {""}
        return Shown(
            batch,
            self.now(),
            progress=await self.batches.progress(batch.id) if batch.started else Progress(),
            names={user: await self.people.name(user) for user in users},
            template=await self.find_template(batch.request.template),
            rules=self.rules,
            in_private=in_private,
        )

    async def translator_in(self, batch: Batch, channel: str) -> Translator:
        """Choose the sender's language where only they read, the shared one elsewhere."""
        if reads_alone(batch, channel):
            return await self.translator_of(batch.request.user)
        return self.translations.shared

    async def translator_of(self, user: str) -> Translator:
        """Choose a person's language."""
        return self.translations.of(await self.people.locale(user))


def reads_alone(batch: Batch, channel: str) -> bool:
    """Whether only the sender reads in a channel: the bot is in no other direct messages."""
    return channel.startswith("D") or channel == batch.request.user
