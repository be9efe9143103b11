"""Who may keep the catalogue: asked at every door of the admins' forms."""

from dataclasses import dataclass

from bot.errors import NotAllowed
from bot.locales import Translations, Translator
from bot.policy.people import Right
from bot.slack.platform.directory import SlackDirectory


@dataclass(frozen=True, slots=True)
class TemplateAccess:
    """Lets admins in, and speaks their language."""

    directory: SlackDirectory
    translations: Translations

    async def require_admin(self, user: str) -> Translator:
        """Return the words for an admin. Raises NotAllowed, or TryLater."""
        person = await self.directory.check(user, Right.ADMINISTER)
        return self.translations.of(person.locale)

    async def let_in_whose(self, user: str, owner: str) -> Translator:
        """Return the words for an admin whose own form this is. Raises like `let_in`."""
        translator = await self.require_admin(user)
        if user != owner:
            raise NotAllowed("refused.not_your_form")
        return translator
