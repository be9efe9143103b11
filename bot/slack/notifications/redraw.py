"""Brings what stands in Slack up to date with the rows: cards, and questions that were answered."""

import itertools
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import TryLater
from bot.locales import Translations, Translator
from bot.repositories import SendRepository
from bot.sends import Send
from bot.slack.notifications import buttons, cards, decisions
from bot.slack.platform.client import SlackRefused, TokenRefused, respond, translate_slack_errors

logger = logging.getLogger(__name__)

# So often an outcome waits for what it changes elsewhere; then it is told all the same.
TRIES = 3
TOKEN_TRIES = 1

Drawn = TypeVar("Drawn")


@dataclass(frozen=True, slots=True)
class CardUpdater:
    """Changes messages that stand; one that is gone, or not ours to change, is left."""

    client: AsyncWebClient
    sends: SendRepository
    translations: Translations
    locale: Callable[[str], Awaitable[str]]  # a user's Slack locale
    name: Callable[[str], Awaitable[str]]  # what a user is called; empty where nobody knows

    async def draw(self, send: Send) -> None:
        """Bring the card that stands up to date. Raises TryLater or TokenRefused."""
        if not send.card_ts:
            return
        translator = await self.translator_in(send, send.card_channel)
        drawn, message = None, await self.card(send, translator)
        # Whoever draws reads again afterwards: the try that replaces it may have gone on, and
        # another process may have drawn that before this one's update arrived.
        while message != drawn:
            await self.update(send, send.card_channel, send.card_ts, message)
            drawn, message = message, await self.card(send, translator)

    async def card(self, send: Send, translator: Translator) -> cards.Message:
        """Draw a card as it must stand now: it follows the try that replaces it."""
        names = await self.names(send)
        if send.reason != buttons.NOT_ARRIVED:
            return cards.card(send, translator, names)
        return decisions.card(send, await self.sends.tries(send.id), translator, names)

    async def draw_others(self, send: Send) -> bool:
        """Draw what an outcome changes beside its own card; say whether that tells it, too.

        Raises TryLater or TokenRefused.
        """
        if send.request.replaces:
            tries = await self.sends.tries(send.id)
            for old in itertools.takewhile(lambda each: each.id != send.id, tries):
                await self.draw(old)
        return bool(send.question_ts) and await self.answer(
            send, send.question_channel, send.question_ts
        )

    async def answer(self, send: Send, channel: str, ts: str, *, response_url: str = "") -> bool:
        """Say in place of a question what was answered, if that is so; in private by an URL.

        Returns whether that stands there now. Raises TryLater or SlackRefused.
        """
        if not decisions.is_answered(send):
            return False
        names = await self.names(send)
        if response_url:
            message = decisions.answered(send, await self.private_translator(send), names)
            answer = message.arguments() | {"replace_original": True}
            await respond(self.client, response_url, **answer)
            return True
        message = decisions.answered(send, await self.translator_in(send, channel), names)
        return await self.update(send, channel, ts, message)

    async def names(self, send: Send) -> cards.Names:
        """Say what the people of a send are called."""
        people = {send.request.user, send.decided_by, send.approved_by} - {""}
        return {user: await self.name(user) for user in people}

    async def translator_in(self, send: Send, channel: str) -> Translator:
        """Choose the sender's language where only they read, the shared one elsewhere."""
        alone = channel.startswith("D") or channel == send.request.user
        return await self.private_translator(send) if alone else self.translations.shared

    async def private_translator(self, send: Send) -> Translator:
        """Choose the sender's language."""
        return self.translations.of(await self.locale(send.request.user))

    async def update(self, send: Send, channel: str, ts: str, message: cards.Message) -> bool:
        """Change one that stands; False if it can't be. Raises TryLater or TokenRefused."""
        # chat.update knows nothing of previews, and keeps the ones that were posted.
        arguments: dict[str, Any] = {
            name: value
            for name, value in message.arguments().items()
            if not name.startswith("unfurl")
        }
        try:
            with translate_slack_errors():
                await self.client.chat_update(channel=channel, ts=ts, **arguments)
        except TokenRefused:
            raise
        except SlackRefused as error:
            # Deleted, or no longer ours to change: the reply says what the card can't.
            logger.info("card not updated", extra={"send": send.id, "slack_error": error.code})
            return False
        return True


class Told(Protocol):
    """A send, or a list of them, that people are told about."""

    @property
    def id(self) -> str: ...

    @property
    def tell_tries(self) -> int: ...


async def before_telling(told: Told, drawing: Awaitable[Drawn]) -> Drawn | None:
    """Draw what an outcome changes; raise what hinders that only as often as it may wait for it.

    None: it could not be drawn. Raises TryLater or TokenRefused.
    """
    try:
        return await drawing
    except (TryLater, TokenRefused) as error:
        if told.tell_tries < (TRIES if isinstance(error, TryLater) else TOKEN_TRIES):
            raise
        logger.warning("told without its card", extra={"send": told.id, "reason": error.key})
        return None
