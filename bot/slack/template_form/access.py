"""Who may keep the catalogue: asked at every door of the admins' forms."""

from dataclasses import dataclass

from bot.errors import NotAllowed
from bot.locales import Dictionary, Words
from bot.policy.people import Right
from bot.slack.platform.directory import People


@dataclass(frozen=True, slots=True)
class Admins:
    """Lets admins in, and speaks their language."""

    people: People
    words: Dictionary

    async def let_in(self, user: str) -> Words:
        """Return the words for an admin. Raises NotAllowed, or TryLater."""
        person = await self.people.check(user, Right.ADMINISTER)
        return self.words.of(person.locale)

    async def let_in_whose(self, user: str, owner: str) -> Words:
        """Return the words for an admin whose own form this is. Raises like `let_in`."""
        words = await self.let_in(user)
        if user != owner:
            raise NotAllowed("refused.not_your_form")
        return words
