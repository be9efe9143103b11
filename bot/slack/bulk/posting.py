"""Puts a list's card, and what is said in its thread, where people see them."""

import dataclasses
import logging
from collections.abc import Callable, Iterator
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.bulk.batches import Batch
from bot.bulk.ports import BatchRepository
from bot.locales import Translator
from bot.sends import Card
from bot.slack.bulk import card
from bot.slack.bulk.lookup import ListLookup, reads_alone
from bot.slack.bulk.posted import Posted
from bot.slack.bulk.shown import Shown
from bot.slack.notifications.cards import Message
from bot.slack.platform.client import (
    SlackRefused,
    TokenRefused,
    Unanswered,
    translate_slack_errors,
)

logger = logging.getLogger(__name__)

# A card that is not there any more, or not where we may write.
GONE = frozenset(
    {
        "cant_update_message",
        "channel_not_found",
        "edit_window_closed",
        "is_archived",
        "message_not_found",
        "not_in_channel",
    }
)
# Slack takes what is written nowhere; another place would not help.
UNFIT = frozenset(
    {
        "invalid_arguments",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "msg_too_long",
    }
)
Draw = Callable[[Shown, Translator], Message]


@dataclasses.dataclass(frozen=True, slots=True)
class ListPosting:
    """One try at each thing. Raises TryLater, or SlackRefused where no way is left."""

    client: AsyncWebClient
    batches: BatchRepository
    lookup: ListLookup
    posted: Posted = dataclasses.field(default_factory=Posted)

    async def show(self, batch: Batch, *, always: bool = False) -> Batch:
        """See that its card stands as the list does; return the list with its card's place.

        What the card shows already is drawn again only if `always`.
        """
        batch = self.posted.placed(batch)
        if not batch.card_ts:
            return await self._post_card(batch)
        if await self._draw(batch, always=always) or not self.posted.may_replace(batch.id):
            return batch
        logger.info("card replaced", extra={"batch": batch.id})
        return await self._post_card(batch)

    async def reply(self, batch: Batch, draw: Draw) -> None:
        """Say something in the card's thread; where that can't be, to the sender alone."""
        refusal: SlackRefused | None = None
        for channel, thread in _places_of_replies(batch):
            message = await self._drawn(batch, channel, draw)
            try:
                await self.post(batch, channel, message, thread)
            except SlackRefused as error:
                if isinstance(error, TokenRefused) or error.code in UNFIT:
                    raise
                refusal = error
                logger.info("refused there", extra={"batch": batch.id, "slack_error": error.code})
            else:
                return
        if refusal:
            raise refusal

    async def post(self, batch: Batch, channel: str, message: Message, thread: str = "") -> Card:
        """Post one message, and return where it stands."""
        arguments: dict[str, Any] = message.arguments()
        if thread:
            arguments["thread_ts"] = thread
        try:
            with translate_slack_errors():
                answer = await self.client.chat_postMessage(channel=channel, **arguments)
        except Unanswered:
            logger.warning("may stand twice", extra={"batch": batch.id})
            raise
        return Card(str(answer["channel"]), str(answer["ts"]))

    async def update(self, batch: Batch, card: Card, message: Message) -> bool:
        """Change a message that stands; False if it is gone. Raises TryLater or TokenRefused."""
        # chat.update knows nothing of previews, and keeps the ones that were posted.
        arguments: dict[str, Any] = {
            name: value
            for name, value in message.arguments().items()
            if not name.startswith("unfurl")
        }
        try:
            with translate_slack_errors():
                await self.client.chat_update(channel=card.channel, ts=card.ts, **arguments)
        except TokenRefused:
            raise
        except SlackRefused as error:
            logger.warning("card not updated", extra={"batch": batch.id, "slack_error": error.code})
            return error.code not in GONE
        return True

    async def _draw(self, batch: Batch, *, always: bool) -> bool:
        """Draw the card that stands; False if it is gone."""
        message = await self._drawn(batch, batch.card_channel, _card_in(batch, batch.card_channel))
        if not always and self.posted.shows(batch.id, message):
            return True
        stands = await self.update(batch, Card(batch.card_channel, batch.card_ts), message)
        if stands:
            self.posted.keep_drawn(batch.id, message)
        return stands

    async def _post_card(self, batch: Batch) -> Batch:
        *some, last = _places_of_card(batch)
        for place in some:
            try:
                return await self._post_card_in(batch, *place)
            except TokenRefused:
                raise
            except SlackRefused as error:
                logger.info("refused there", extra={"batch": batch.id, "slack_error": error.code})
        return await self._post_card_in(batch, *last)

    async def _post_card_in(self, batch: Batch, channel: str, thread: str) -> Batch:
        message = await self._drawn(batch, channel, _card_in(batch, channel))
        card = await self.post(batch, channel, message, thread)
        self.posted.keep_card(batch.id, card)
        self.posted.keep_drawn(batch.id, message)
        await self.batches.card_posted(batch.id, card.channel, card.ts)
        return dataclasses.replace(batch, card_channel=card.channel, card_ts=card.ts)

    async def _drawn(self, batch: Batch, channel: str, draw: Draw) -> Message:
        alone = reads_alone(batch, channel)
        shown = await self.lookup.shown(batch, in_private=alone)
        return draw(shown, await self.lookup.translator_in(batch, channel))


def _card_in(batch: Batch, channel: str) -> Draw:
    """Draw the card for a channel; asked for elsewhere, it says why it is here."""
    origin = batch.request.origin.channel
    has_moved = reads_alone(batch, channel) and origin not in {channel, batch.request.user}
    # A direct message has an id of its own, of which nothing is known before.
    has_moved = has_moved and not origin.startswith("D")

    def draw(shown: Shown, translator: Translator) -> Message:
        note = translator("private.why_here", channel=f"<#{origin}>") if has_moved else ""
        return card.build(shown, translator, note=note)

    return draw


def _places_of_card(batch: Batch) -> list[tuple[str, str]]:
    """Name where the card may stand, the best place first."""
    origin, user = batch.request.origin, batch.request.user
    places = [(origin.channel, origin.thread_ts)] if origin.thread_ts else []
    places.append((origin.channel, ""))
    return [*places, (user, "")] if origin.channel != user else places


def _places_of_replies(batch: Batch) -> Iterator[tuple[str, str]]:
    """Name where something may be said beside the card, the best place first."""
    origin, channel = batch.request.origin, batch.card_channel
    if channel:
        # A card in a thread has none of its own.
        yield channel, (origin.thread_ts if origin.channel == channel else "") or batch.card_ts
        yield channel, ""
    if not channel.startswith("D"):
        yield batch.request.user, ""
