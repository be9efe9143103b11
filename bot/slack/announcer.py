"""Tells the people: the card, the outcome under it, and elsewhere if the channel is closed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError, TryLater
from bot.locales import Dictionary, Words
from bot.phones import Phone
from bot.sends import Send, SendId, Status
from bot.slack import cards
from bot.slack.client import ChannelClosed, SlackRefused, in_our_words, respond

logger = logging.getLogger(__name__)

# Where a card went that only its sender could see; Slack gives no way to change it later.
IN_PRIVATE = "response_url"
FIRST_PAUSE = 1.0  # seconds
LONGEST_PAUSE = 60.0
NOTE_TRIES = 3


class Book(Protocol):
    """What is written down about the telling."""

    async def get(self, send_id: SendId) -> Send: ...

    async def card_posted(self, send_id: SendId, channel: str, ts: str) -> None: ...

    async def told(self, send_id: SendId, status: Status) -> None: ...

    async def noted(self, send_id: SendId) -> None: ...


class Announcer:
    """Posts to Slack what became of a send. Safe to repeat: at least once, mostly once."""

    def __init__(
        self,
        client: AsyncWebClient,
        book: Book,
        words: Dictionary,
        locale: Callable[[str], Awaitable[str]],
    ) -> None:
        """`locale` answers with a user's Slack locale."""
        self._client = client
        self._book = book
        self._words = words
        self._locale = locale
        self._showing: dict[SendId, asyncio.Task[None]] = {}

    def show(self, send_id: SendId) -> None:
        """Bring the card up to date beside whatever goes on; `tell` makes up for a failure."""
        before = self._showing.get(send_id)
        task = asyncio.create_task(self._show(send_id, after=before))
        self._showing[send_id] = task
        task.add_done_callback(lambda done: self._shown(send_id, done))

    def _shown(self, send_id: SendId, task: asyncio.Task[None]) -> None:
        if self._showing.get(send_id) is task:
            del self._showing[send_id]
        if not task.cancelled() and (error := task.exception()):
            logger.error("card not shown", exc_info=error, extra={"send": send_id})

    async def close(self, *, patience: float) -> None:
        """Let the cards under way be posted within `patience` seconds, and leave the rest."""
        tasks = tuple(self._showing.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=patience)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def tell(self, send_id: SendId) -> None:
        """Say in its thread what became of a send, however long Slack takes."""
        pause = FIRST_PAUSE
        while True:
            if showing := self._showing.get(send_id):
                await asyncio.wait([showing])
            send = await self._book.get(send_id)
            if not send.status.ends or send.told == send.status:
                return
            try:
                await self._tell(send)
            except TryLater as error:
                logger.info("told later", extra={"send": send_id, "reason": error.key})
                await asyncio.sleep(max(error.after, pause))
            except SlackRefused as error:
                # Our token or a permission of the app: an operator must act; the log says so.
                logger.error("can't tell", extra={"send": send_id, "slack_error": error.code})  # noqa: TRY400 - no stack is of use
                await asyncio.sleep(LONGEST_PAUSE)
            else:
                await self._book.told(send_id, send.status)
                await self._make_up_for_note(send_id)
                return
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _show(self, send_id: SendId, *, after: asyncio.Task[None] | None) -> None:
        if after is not None:
            await asyncio.wait([after])
        try:
            await self._put_card(await self._book.get(send_id))
            await self._note(await self._book.get(send_id))
        except BotError as error:
            logger.info("card later", extra={"send": send_id, "reason": error.key})

    async def _make_up_for_note(self, send_id: SendId) -> None:
        """Show the number after all, if Slack did not take it when the card was posted."""
        for _ in range(NOTE_TRIES):
            try:
                await self._note(await self._book.get(send_id))
            except TryLater as error:
                await asyncio.sleep(max(error.after, FIRST_PAUSE))
            else:
                return

    async def _tell(self, send: Send) -> None:
        try:
            await self._tell_in_its_place(send)
        except ChannelClosed:
            # Not even a direct message: what is left is Slack's half an hour for answers.
            if not send.order.place.response_url or not await self._answer_in_private(send):
                raise

    async def _tell_in_its_place(self, send: Send) -> None:
        if send.card_channel == IN_PRIVATE and not cards.needs_buttons(send):
            if await self._answer_in_private(send):
                return
            send = await self._card_in_dm(send)
        elif send.card_channel == IN_PRIVATE:
            send = await self._card_in_dm(send)
        else:
            send = await self._put_card(send)
        if send.card_channel == IN_PRIVATE:
            await self._tell_in_its_place(send)
            return
        await self._reply(send)

    async def _reply(self, send: Send) -> None:
        is_direct = send.card_channel.startswith("D")
        # Asked for in a channel, and told in a direct message: then it says why.
        moved = is_direct and send.order.place.channel not in {send.card_channel, send.order.user}
        note = await self._why_here(send) if moved else ""
        message = cards.outcome(send, await self._words_at(send), note=note)
        thread = send.card_ts if moved else send.order.place.thread_ts or send.card_ts
        try:
            await self._post(send.card_channel, message, thread)
        except ChannelClosed:
            if is_direct:
                raise
            send = await self._card_in_dm(send)
            await self._reply(send)

    async def _put_card(self, send: Send) -> Send:
        """Post the card, or bring it up to date; return the send with the card's place."""
        if send.card_channel == IN_PRIVATE:
            return await self._card_in_dm(send) if cards.needs_buttons(send) else send
        message = cards.card(send, await self._words_at(send))
        if not send.card_ts:
            return await self._first_card(send, message)
        try:
            with in_our_words():
                await self._client.chat_update(
                    channel=send.card_channel, ts=send.card_ts, **_update(message)
                )
        except SlackRefused as error:
            # Deleted, or no longer ours to change: the reply says what the card can't.
            logger.info("card not updated", extra={"send": send.id, "slack_error": error.code})
        return send

    async def _first_card(self, send: Send, message: cards.Message) -> Send:
        place = send.order.place
        try:
            channel, ts = await self._post(place.channel, message, place.thread_ts)
        except ChannelClosed:
            if place.response_url and not cards.needs_buttons(send):
                return await self._card_in_private(send)
            return await self._card_in_dm(send)
        return await self._placed(send, channel, ts)

    async def _card_in_private(self, send: Send) -> Send:
        words = await self._private_words(send)
        text = " ".join([words("private.taken"), self._number(send, words)])
        try:
            await respond(
                self._client,
                send.order.place.response_url,
                text=text,
                metadata=cards.card(send, words).metadata,
            )
        except SlackRefused:
            return await self._card_in_dm(send)
        await self._book.noted(send.id)
        return await self._placed(send, IN_PRIVATE, "")

    async def _answer_in_private(self, send: Send) -> bool:
        """Answer through the response_url; False once Slack takes no more through it."""
        words = await self._private_words(send)
        message = cards.outcome(send, words, note=await self._why_here(send))
        try:
            await respond(self._client, send.order.place.response_url, **message.arguments())
        except SlackRefused:
            return False
        return True

    async def _card_in_dm(self, send: Send) -> Send:
        message = cards.card(send, await self._private_words(send))
        channel, ts = await self._post(send.order.user, message, "")
        return await self._placed(send, channel, ts)

    async def _placed(self, send: Send, channel: str, ts: str) -> Send:
        await self._book.card_posted(send.id, channel, ts)
        return await self._book.get(send.id)

    async def _post(self, channel: str, message: cards.Message, thread: str) -> tuple[str, str]:
        arguments: dict[str, Any] = message.arguments()
        if thread:
            arguments["thread_ts"] = thread
        with in_our_words():
            answer = await self._client.chat_postMessage(channel=channel, **arguments)
        return str(answer["channel"]), str(answer["ts"])

    async def _note(self, send: Send) -> None:
        """Show the sender alone, once, the whole number as it goes to Atom."""
        if send.noted or send.card_channel in {"", IN_PRIVATE}:
            return
        words = await self._private_words(send)
        # In a direct message the first thread is in another channel.
        thread = send.order.place.thread_ts if send.card_channel == send.order.place.channel else ""
        try:
            with in_our_words():
                await self._client.chat_postEphemeral(
                    channel=send.card_channel,
                    user=send.order.user,
                    text=self._number(send, words),
                    thread_ts=thread or None,
                )
        except SlackRefused as error:
            logger.info("number not shown", extra={"send": send.id, "slack_error": error.code})
        await self._book.noted(send.id)

    def _number(self, send: Send, words: Words) -> str:
        order = send.order
        phone = Phone(digits=order.phone, country=order.country)
        return words(
            "private.number",
            digits=order.phone,
            international=phone.international,
            country=words.country(order.country) if order.country else words("country.unknown"),
            template=cards.named(order),
        )

    async def _why_here(self, send: Send) -> str:
        words = await self._private_words(send)
        return words("private.why_here", channel=f"<#{send.order.place.channel}>")

    async def _words_at(self, send: Send) -> Words:
        """Choose the sender's language where only they read, the shared one elsewhere."""
        place = send.card_channel or send.order.place.channel
        alone = place.startswith("D") or place == send.order.user
        return await self._private_words(send) if alone else self._words.shared

    async def _private_words(self, send: Send) -> Words:
        return self._words.of(await self._locale(send.order.user))


def _update(message: cards.Message) -> dict[str, Any]:
    arguments = message.arguments()
    # chat.update knows nothing of previews, and keeps the ones that were posted.
    return {name: value for name, value in arguments.items() if not name.startswith("unfurl")}
