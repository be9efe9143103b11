"""Puts a send's card and its outcome where people see them, wherever Slack lets us write."""

import dataclasses
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError
from bot.locales import Dictionary, Words
from bot.phones import Phone
from bot.sends import Send, SendId
from bot.slack import cards
from bot.slack.client import SlackRefused, TokenRefused, Unanswered, in_our_words, respond

logger = logging.getLogger(__name__)

# Where a card went that only its sender could see; Slack gives no way to change it later.
IN_PRIVATE = "response_url"

Way = Callable[[], Awaitable[Send]]


class Book(Protocol):
    """Keeps where a card stands."""

    async def card_posted(self, send_id: SendId, channel: str, ts: str) -> None: ...


@dataclasses.dataclass(frozen=True, slots=True)
class Posting:
    """One try at each thing; whatever it returns is the send with the place of its card.

    A card whose answer is lost can't be found again, for the bot may not read channels. So one
    that may turn untrue is posted neutral, and says more only once its place is written down.
    """

    client: AsyncWebClient
    book: Book
    words: Dictionary
    locale: Callable[[str], Awaitable[str]]  # a user's Slack locale

    async def tell(self, send: Send) -> Send:
        """Say the outcome: in the card, and in a reply. Raises TryLater or SlackRefused."""
        ways: list[Way] = [lambda: self._card_and_reply(send)]
        if send.order.place.response_url:
            # Not even a direct message: what is left is Slack's half an hour for answers.
            ways.append(lambda: self._answer(send))
        return await _first(send.id, ways)

    async def place(self, send: Send) -> Send:
        """See that a card stands where it can say what it must. Raises TryLater or SlackRefused."""
        if send.card_ts or (send.card_channel == IN_PRIVATE and not cards.needs_buttons(send)):
            return send
        place = send.order.place
        ways: list[Way] = []
        if send.card_channel != IN_PRIVATE:
            if place.thread_ts:
                ways.append(lambda: self._post_card(send, place.channel, place.thread_ts))
            ways.append(lambda: self._post_card(send, place.channel))
            if place.response_url and not cards.needs_buttons(send):
                ways.append(lambda: self._card_in_private(send))
        if place.channel != send.order.user or not ways:
            ways.append(lambda: self._post_card(send, send.order.user))
        return await _first(send.id, ways)

    async def draw(self, send: Send) -> None:
        """Bring the card that stands up to date. Raises TryLater or TokenRefused."""
        if not send.card_ts:
            return
        message = cards.card(send, await self._words_in(send, send.card_channel))
        # chat.update knows nothing of previews, and keeps the ones that were posted.
        arguments: dict[str, Any] = {
            name: value
            for name, value in message.arguments().items()
            if not name.startswith("unfurl")
        }
        try:
            with in_our_words():
                await self.client.chat_update(
                    channel=send.card_channel, ts=send.card_ts, **arguments
                )
        except TokenRefused:
            raise
        except SlackRefused as error:
            # Deleted, or no longer ours to change: the reply says what the card can't.
            logger.info("card not updated", extra={"send": send.id, "slack_error": error.code})

    async def _card_and_reply(self, send: Send) -> Send:
        placed = await self.place(send)
        is_new = placed is not send
        if not is_new or cards.may_change(send):
            await self.draw(placed)
        return await _first(send.id, self._reply_ways(placed, is_new=is_new))

    def _reply_ways(self, send: Send, *, is_new: bool) -> list[Way]:
        place, user = send.order.place, send.order.user
        if send.card_channel == IN_PRIVATE:
            return [lambda: self._answer(send), lambda: self._anew(send, user)]
        ways: list[Way] = []
        if place.thread_ts and not _has_moved(send):
            ways.append(lambda: self._reply(send, place.thread_ts))
        ways.append(lambda: self._reply(send, send.card_ts))
        if not is_new:
            # Deleted, or its thread is locked: a new one at the top level has a thread.
            ways.append(lambda: self._anew(send, send.card_channel))
        # No threads at all in this channel.
        ways.append(lambda: self._reply(send, ""))
        if not send.card_channel.startswith("D"):
            if place.response_url and not cards.needs_buttons(send):
                ways.append(lambda: self._answer(send))
            ways.append(lambda: self._anew(send, user))
        return ways

    async def _anew(self, send: Send, channel: str) -> Send:
        """Begin anew in another place, with a card of its own."""
        placed = await self._post_card(send, channel)
        if cards.may_change(send):
            await self.draw(placed)
        return await self._reply(placed, placed.card_ts)

    async def _post_card(self, send: Send, channel: str, thread: str = "") -> Send:
        words = await self._words_in(send, channel)
        is_neutral = cards.may_change(send)
        message = cards.neutral(send, words) if is_neutral else cards.card(send, words)
        with _said_if_lost(send, "card"):
            found, ts = await self._post(channel, message, thread)
        placed = dataclasses.replace(send, card_channel=found, card_ts=ts)
        if is_neutral:
            await self._write_down(placed)
        return placed

    async def _reply(self, send: Send, thread: str) -> Send:
        # Asked for in a channel, and told in a direct message: then it says why.
        note = await self._why_here(send) if _has_moved(send) else ""
        words = await self._words_in(send, send.card_channel)
        alone = _reads_alone(send, send.card_channel)
        message = cards.outcome(send, words, note=note, in_private=alone)
        try:
            with _said_if_lost(send, "outcome"):
                await self._post(send.card_channel, message, thread)
        except BotError:
            # So that the next try finds the card that stands.
            await self._write_down(send)
            raise
        return send

    async def _answer(self, send: Send) -> Send:
        """Tell the outcome through the response_url."""
        words = await self._private_words(send)
        why_here = await self._why_here(send)
        message = cards.outcome(send, words, note=why_here, in_private=True)
        try:
            with _said_if_lost(send, "outcome"):
                await self._respond(send, **message.arguments())
        except BotError:
            await self._write_down(send)
            raise
        return send

    async def _card_in_private(self, send: Send) -> Send:
        words = await self._private_words(send)
        text = " ".join([words("private.taken"), self._number(send, words)])
        more = {} if cards.may_change(send) else {"metadata": cards.card(send, words).metadata}
        with _said_if_lost(send, "card"):
            await self._respond(send, text=text, **more)
        placed = dataclasses.replace(send, card_channel=IN_PRIVATE, card_ts="")
        if cards.may_change(send):
            await self._write_down(placed)
        return placed

    async def _respond(self, send: Send, **message: object) -> None:
        await respond(self.client, send.order.place.response_url, **message)

    async def _post(self, channel: str, message: cards.Message, thread: str) -> tuple[str, str]:
        arguments: dict[str, Any] = message.arguments()
        if thread:
            arguments["thread_ts"] = thread
        with in_our_words():
            answer = await self.client.chat_postMessage(channel=channel, **arguments)
        return str(answer["channel"]), str(answer["ts"])

    async def _write_down(self, send: Send) -> None:
        if send.card_channel:
            await self.book.card_posted(send.id, send.card_channel, send.card_ts)

    def _number(self, send: Send, words: Words) -> str:
        order = send.order
        return words(
            "private.number",
            digits=order.phone,
            international=Phone(digits=order.phone, country=order.country).international,
            country=words.country(order.country) if order.country else words("country.unknown"),
            template=cards.named(order),
        )

    async def _why_here(self, send: Send) -> str:
        words = await self._private_words(send)
        return words("private.why_here", channel=f"<#{send.order.place.channel}>")

    async def _words_in(self, send: Send, channel: str) -> Words:
        """Choose the sender's language where only they read, the shared one elsewhere."""
        if _reads_alone(send, channel):
            return await self._private_words(send)
        return self.words.shared

    async def _private_words(self, send: Send) -> Words:
        return self.words.of(await self.locale(send.order.user))


def _reads_alone(send: Send, channel: str) -> bool:
    """Whether only the sender reads in a channel: the bot is in no other direct messages."""
    return channel.startswith("D") or channel == send.order.user


def _has_moved(send: Send) -> bool:
    """Whether it was asked for elsewhere, and its card is in a direct message."""
    elsewhere = send.order.place.channel not in {send.card_channel, send.order.user}
    return send.card_channel.startswith("D") and elsewhere


async def _first(send_id: SendId, ways: list[Way]) -> Send:
    """Go the first way that Slack does not refuse. Raises TryLater, or the last refusal."""
    *some, last = ways
    for way in some:
        try:
            return await way()
        except TokenRefused:
            raise
        except SlackRefused as error:
            logger.info("refused there", extra={"send": send_id, "slack_error": error.code})
    return await last()


@contextmanager
def _said_if_lost(send: Send, what: str) -> Iterator[None]:
    """Log what may stand twice, because whether Slack took it was never heard."""
    try:
        yield
    except Unanswered:
        logger.warning("may stand twice", extra={"send": send.id, "what": what})
        raise
