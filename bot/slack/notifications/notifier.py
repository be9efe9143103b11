"""Tells the people what became of a send, once there is something to say."""

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError
from bot.locales import Translations
from bot.repositories import SendRepository
from bot.sends import Card, Send, SendId
from bot.slack.notifications import posting
from bot.slack.notifications.approval_requests import ApprovalRequests
from bot.slack.notifications.redraw import CardUpdater

logger = logging.getLogger(__name__)

# Most sends have their outcome by then, and so never had a card that said less.
SHOW_AFTER = 1.0  # seconds
# Longer than a run takes from reading its send to `begin`.
LATELY = 10.0  # seconds


@dataclasses.dataclass(frozen=True, slots=True)
class _Begun:
    """A run that has begun, and of which nothing was shown yet."""

    timer: asyncio.TimerHandle
    was_quiet: bool  # nothing was being shown, nor had been lately


class SlackNotifier:
    """Posts once, when there is something to say: the outcome, a wait, or a call that takes long.

    Whatever concerns one send goes one after the other.
    """

    def __init__(  # noqa: PLR0913 - what it draws with, and who is asked
        self,
        client: AsyncWebClient,
        sends: SendRepository,
        translations: Translations,
        locale: Callable[[str], Awaitable[str]],
        name: Callable[[str], Awaitable[str]],
        *,
        approvals: ApprovalRequests | None = None,
        show_after: float = SHOW_AFTER,
    ) -> None:
        """`locale` and `name` answer with a user's Slack locale, and what they are called."""
        self._drawing = CardUpdater(client, sends, translations, locale, name)
        self._posting = posting.Posting(client, sends, self._drawing, approvals)
        self._sends = sends
        self._show_after = show_after
        self._begun: dict[SendId, _Begun] = {}
        self._to_show: set[SendId] = set()
        self._shows: set[asyncio.Task[None]] = set()
        # Each is there as long as somebody refers to it.
        self._locks: WeakValueDictionary[SendId, asyncio.Lock] = WeakValueDictionary()
        self._is_closed = False

    def begin(self, send: Send) -> None:
        """Show the card if in a moment nothing was told yet; `send` was read just now."""
        if self._is_closed or send.request.batch:
            return
        self._end(send.id)
        timer = asyncio.get_running_loop().call_later(self._show_after, self.show, send)
        self._begun[send.id] = _Begun(timer, was_quiet=send.id not in self._locks)

    def show(self, send: Send) -> None:
        """Show the card as the send stands by then, beside whatever goes on; never raises."""
        self._end(send.id)
        # One that has not read the send yet will show this as well.
        if self._is_closed or send.id in self._to_show or send.request.batch:
            return
        self._to_show.add(send.id)
        lock = self._lock(send.id)
        task = asyncio.create_task(self._show(send.id, lock))
        self._shows.add(task)
        task.add_done_callback(lambda done: self._shown(send.id, done, lock))

    async def tell(self, send: Send) -> Card:
        """Try once to say what became of a send that has ended; return where its card stands.

        A row of a list is told with its list. Raises TryLater or SlackRefused; a card that stands
        by then was written down.
        """
        if send.request.batch:
            return Card(send.card_channel, send.card_ts)
        begun = self._end(send.id)
        lock = self._lock(send.id)
        async with lock:
            if begun is None or not begun.was_quiet:
                # A card may have been posted since this was read.
                now = await self._sends.get(send.id)
                send = dataclasses.replace(send, card_channel=now.card_channel, card_ts=now.card_ts)
            told = await self._posting.tell(send)
        return Card(told.card_channel, told.card_ts)

    async def close(self, *, patience: float) -> None:
        """Let the cards under way be posted within `patience` seconds, and leave the rest."""
        self._is_closed = True
        for send_id in tuple(self._begun):
            self._end(send_id)
        if not self._shows:
            return
        _, late = await asyncio.wait(tuple(self._shows), timeout=patience)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _show(self, send_id: SendId, lock: asyncio.Lock) -> None:
        try:
            async with lock:
                self._to_show.discard(send_id)
                await self._bring_up_to_date(send_id)
        except BotError as error:
            logger.info("card later", extra={"send": send_id, "reason": error.key})

    async def _bring_up_to_date(self, send_id: SendId) -> None:
        send = await self._sends.get(send_id)
        if send.status.is_final:
            return
        placed = await self._posting.post_card(send)
        if placed is not send:
            # Posting took its time: what is true now?
            send = await self._sends.get(send_id)
            if send.status.is_final and send.announced_status != send.status:
                # Whoever tells it will draw the card, too.
                return
        await self._drawing.draw(send)
        await self._posting.follow(send)
        if send.status.is_final:
            return
        after = await self._sends.get(send_id)
        if after.status.is_final:
            # Perhaps told by another process, while this one drew what was true before.
            await self._drawing.draw(after)

    def _end(self, send_id: SendId) -> _Begun | None:
        if begun := self._begun.pop(send_id, None):
            begun.timer.cancel()
        return begun

    def _lock(self, send_id: SendId) -> asyncio.Lock:
        return self._locks.setdefault(send_id, asyncio.Lock())

    def _shown(self, send_id: SendId, task: asyncio.Task[None], lock: asyncio.Lock) -> None:
        self._shows.discard(task)
        # Referred to for a while, so that a run that read its send before the card was posted,
        # and begins only now, is not taken for quiet.
        asyncio.get_running_loop().call_later(LATELY, lock.locked)
        if not task.cancelled() and (error := task.exception()):
            logger.error("card not shown", exc_info=error, extra={"send": send_id})
