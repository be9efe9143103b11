"""Puts a send's card and its outcome where people see them, wherever Slack lets us write."""

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError
from bot.locales import Translator
from bot.phones import Phone
from bot.repositories import SendRepository
from bot.sends import Send, SendId, Status
from bot.slack.notifications import buttons, cards, redraw
from bot.slack.notifications.approval_requests import ApprovalRequests
from bot.slack.notifications.posted import Posted
from bot.slack.platform.client import (
    SlackRefused,
    TokenRefused,
    Unanswered,
    respond,
    translate_slack_errors,
)

logger = logging.getLogger(__name__)

# Where a card went that only its sender could see; Slack gives no way to change it later.
IN_PRIVATE = "response_url"

# What an invitation to the channel helps against.
NOT_INVITED = frozenset({"channel_not_found", "not_in_channel"})

# Each is told why the way before it was refused.
Way = Callable[[str], Awaitable[Send]]


@dataclasses.dataclass(frozen=True, slots=True)
class Posting:
    """One try at each thing; whatever it returns is the send with the place of its card.

    A card whose answer is lost can't be found again, for the bot may not read channels. So one
    that may turn untrue is posted neutral, and says more only once its place is written down.
    """

    client: AsyncWebClient
    sends: SendRepository
    drawing: redraw.CardUpdater
    approvals: ApprovalRequests | None = None  # none: nobody need approve anything
    posted: Posted = dataclasses.field(default_factory=Posted)

    async def tell(self, send: Send) -> Send:
        """Say the outcome: in the card, and in a reply. Raises TryLater or SlackRefused.

        What waits for its moment or for a person has its card, and no reply unless it asks. What
        its sender says of a pending one stands on its card alone, too.
        """
        send = self.posted.placed(send)
        if self.posted.is_told(send):
            return send
        told = await self._tell(send)
        self.posted.keep_told(told)
        return told

    async def _tell(self, send: Send) -> Send:
        if (send.status.is_planned and not send.is_late) or send.arrival:
            return await self._card(send)
        ways: list[Way] = [lambda _: self._card_and_reply(send)]
        if can_answer := bool(send.request.origin.response_url):
            # Not even a direct message: what is left is Slack's half an hour for answers.
            ways.append(lambda _: self._answer(send))
        try:
            return await _first(send.id, ways)
        except TokenRefused:
            # An answer needs no token. But it may be refused for a moment only, and a card that
            # stands must still be brought up to date.
            if not (can_answer and send.tell_tries) or send.card_ts:
                raise
        return await self._answer(send)

    async def post_card(self, send: Send) -> Send:
        """See that a card stands where it can say what it must. Raises TryLater or SlackRefused."""
        if send is not (known := self.posted.placed(send)):
            return known
        if send.card_ts or (send.card_channel == IN_PRIVATE and not cards.needs_buttons(send)):
            return send
        origin = send.request.origin
        ways: list[Way] = []
        if send.card_channel != IN_PRIVATE:
            if origin.thread_ts:
                ways.append(lambda _: self._post_card(send, origin.channel, origin.thread_ts))
            ways.append(lambda _: self._post_card(send, origin.channel))
            if origin.response_url and not cards.needs_buttons(send):
                ways.append(lambda refusal: self._card_in_private(send, refusal))
        if origin.channel != send.request.user or not ways:
            ways.append(lambda _: self._post_card(send, send.request.user))
        return await _first(send.id, ways)

    async def _card(self, send: Send) -> Send:
        placed = await self.post_card(send)
        await redraw.before_telling(send, self.drawing.draw(placed))
        await redraw.before_telling(send, self.follow(send))
        if self.approvals and send.status is Status.AWAITING_APPROVAL:
            await self.approvals.ask(placed)
        return placed

    async def follow(self, send: Send) -> None:
        """Say wherever people were asked to approve it what was decided.

        Raises TryLater or TokenRefused.
        """
        if self.approvals:
            await self.approvals.follow(send)

    async def _card_and_reply(self, send: Send) -> Send:
        await redraw.before_telling(send, self.follow(send))
        is_told = await redraw.before_telling(send, self.drawing.draw_others(send))
        placed = await self.post_card(send)
        is_new = placed is not send
        if not is_new or cards.may_change(send):
            await redraw.before_telling(send, self.drawing.draw(placed))
        if is_told:
            # In place of the question: a second reply would only repeat it.
            return placed
        return await _first(send.id, self._reply_ways(placed, is_new=is_new))

    def _reply_ways(self, send: Send, *, is_new: bool) -> list[Way]:
        origin, user = send.request.origin, send.request.user
        if send.card_channel == IN_PRIVATE:
            return [lambda _: self._answer(send), lambda _: self._anew(send, user)]
        ways: list[Way] = []
        if origin.thread_ts and not _has_moved(send):
            ways.append(lambda _: self._reply(send, origin.thread_ts))
        ways.append(lambda _: self._reply(send, send.card_ts))
        if not is_new:
            # Deleted, or its thread is locked: a new one at the top level has a thread.
            ways.append(lambda _: self._anew(send, send.card_channel))
        # No threads at all in this channel.
        ways.append(lambda _: self._reply(send, ""))
        if not send.card_channel.startswith("D"):
            if origin.response_url and not cards.needs_buttons(send):
                ways.append(lambda _: self._answer(send))
            ways.append(lambda _: self._anew(send, user))
        return ways

    async def _anew(self, send: Send, channel: str) -> Send:
        """Begin anew in another place, with a card of its own."""
        placed = await self._post_card(send, channel)
        if cards.may_change(send):
            await redraw.before_telling(send, self.drawing.draw(placed))
        return await self._reply(placed, placed.card_ts)

    async def _post_card(self, send: Send, channel: str, thread: str = "") -> Send:
        translator = await self.drawing.translator_in(send, channel)
        is_neutral = cards.may_change(send)
        draw = cards.neutral if is_neutral else cards.card
        message = draw(send, translator, await self.drawing.names(send))
        with _said_if_lost(send, "card"):
            found, ts = await self._post(channel, message, thread)
        placed = dataclasses.replace(send, card_channel=found, card_ts=ts)
        self.posted.keep_card(placed)
        if is_neutral:
            await self._write_down(placed)
        return placed

    async def _reply(self, send: Send, thread: str) -> Send:
        # Asked for in a channel, and told in a direct message: then it says why.
        note = await self._why_here(send) if _has_moved(send) else ""
        translator = await self.drawing.translator_in(send, send.card_channel)
        alone = _reads_alone(send, send.card_channel)
        names = await self.drawing.names(send)
        message = cards.outcome(send, translator, names, note=note, in_private=alone)
        try:
            with _said_if_lost(send, "outcome"):
                channel, ts = await self._post(send.card_channel, message, thread)
        except BotError:
            # So that the next try finds the card that stands.
            await self._write_down(send)
            raise
        if buttons.asks(send):
            await self.sends.question_posted(send.id, channel, ts)
        return send

    async def _answer(self, send: Send) -> Send:
        """Tell the outcome through the response_url."""
        translator = await self.drawing.private_translator(send)
        why_here = await self._why_here(send)
        names = await self.drawing.names(send)
        message = cards.outcome(send, translator, names, note=why_here, in_private=True)
        try:
            with _said_if_lost(send, "outcome"):
                await self._respond(send, **message.arguments())
        except BotError:
            await self._write_down(send)
            raise
        return send

    async def _card_in_private(self, send: Send, refusal: str) -> Send:
        translator = await self.drawing.private_translator(send)
        sentences = [translator("private.taken"), self._number(send, translator)]
        if refusal in NOT_INVITED:
            sentences.insert(1, translator("private.invite"))
        text = " ".join(sentences)
        more = {} if cards.may_change(send) else {"metadata": cards.card(send, translator).metadata}
        with _said_if_lost(send, "card"):
            await self._respond(send, text=text, **more)
        placed = dataclasses.replace(send, card_channel=IN_PRIVATE, card_ts="")
        self.posted.keep_card(placed)
        if cards.may_change(send):
            await self._write_down(placed)
        return placed

    async def _respond(self, send: Send, **message: object) -> None:
        await respond(self.client, send.request.origin.response_url, **message)

    async def _post(self, channel: str, message: cards.Message, thread: str) -> tuple[str, str]:
        arguments: dict[str, Any] = message.arguments()
        if thread:
            arguments["thread_ts"] = thread
        with translate_slack_errors():
            answer = await self.client.chat_postMessage(channel=channel, **arguments)
        return str(answer["channel"]), str(answer["ts"])

    async def _write_down(self, send: Send) -> None:
        if send.card_channel:
            await self.sends.card_posted(send.id, send.card_channel, send.card_ts)

    def _number(self, send: Send, translator: Translator) -> str:
        request = send.request
        return translator(
            "private.number",
            digits=request.phone,
            international=Phone(digits=request.phone, country=request.country).international,
            country=translator.country(request.country)
            if request.country
            else translator("country.unknown"),
            template=cards.named(request),
        )

    async def _why_here(self, send: Send) -> str:
        translator = await self.drawing.private_translator(send)
        return translator("private.why_here", channel=f"<#{send.request.origin.channel}>")


def _reads_alone(send: Send, channel: str) -> bool:
    """Whether only the sender reads in a channel: the bot is in no other direct messages."""
    return channel.startswith("D") or channel == send.request.user


def _has_moved(send: Send) -> bool:
    """Whether it was asked for elsewhere, and its card is in a direct message."""
    elsewhere = send.request.origin.channel not in {send.card_channel, send.request.user}
    return send.card_channel.startswith("D") and elsewhere


async def _first(send_id: SendId, ways: list[Way]) -> Send:
    """Go the first way that Slack does not refuse. Raises TryLater, or the last refusal."""
    *some, last = ways
    refusal = ""
    for way in some:
        try:
            return await way(refusal)
        except TokenRefused:
            raise
        except SlackRefused as error:
            refusal = error.code
            logger.info("refused there", extra={"send": send_id, "slack_error": refusal})
    return await last(refusal)


@contextmanager
def _said_if_lost(send: Send, what: str) -> Iterator[None]:
    """Log what may stand twice, because whether Slack took it was never heard."""
    try:
        yield
    except (Unanswered, asyncio.CancelledError):  # the latter at a stop, which waits so long only
        logger.warning("may stand twice", extra={"send": send.id, "what": what})
        raise
