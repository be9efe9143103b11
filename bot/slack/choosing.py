"""A template is chosen in the form: found while typing, its fields drawn, its message shown."""

import asyncio
import logging
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.models.blocks import Option
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError, FixTheForm, NotAllowed, TryLater
from bot.locales import Dictionary, Words
from bot.slack import form, payloads
from bot.slack.beside import Beside
from bot.slack.client import in_our_words, in_time
from bot.slack.offers import Offer, Offers
from bot.slack.payloads import Payload
from bot.slack.people import People
from bot.templates import ID_LENGTH, search

logger = logging.getLogger(__name__)

MOST_OPTIONS = 100  # Slack's
REDRAW_PAUSE = 1.0  # seconds; Slack takes about a hundred updates a minute from all forms


class Recents(Protocol):
    """Knows which templates a person sent last."""

    async def recent_templates(self, user: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Choosing:
    """The listeners inside of the form."""

    client: AsyncWebClient
    people: People
    words: Dictionary
    offers: Offers
    recents: Recents
    beside: Beside
    latest: dict[str, Payload] = field(default_factory=dict)  # by view: what is to be shown next

    def register(self, app: AsyncApp) -> None:
        """Connect the listeners."""
        app.options(re.compile(form.CHOOSE))(self.on_suggest)
        app.block_action(re.compile(rf"{form.FILL}\."))(self.on_fill)
        app.block_action(re.compile(f"{form.CHOOSE}|{form.MEAN}"))(self.on_choose)

    async def on_suggest(self, ack: AsyncAck, body: Payload) -> None:
        """Offer templates while somebody types: their own last ones first, then by name."""
        async with in_time("database.unreachable"):
            user = payloads.door(body).user
            words = await self._allowed(user)
            here = form.read(body["view"])
            typed = payloads.plain(str(body.get("value") or ""))
            offer, recents = await asyncio.gather(
                self.offers.to(user, _channel(here)), self.recents.recent_templates(user)
            )
            found = search(offer.templates, typed, recents)[:MOST_OPTIONS]
            options = [form.option(each) for each in found] or _bare(typed, offer, words)
            await ack(options=[each.to_dict() for each in options])

    async def on_choose(self, ack: AsyncAck, body: Payload) -> None:
        """Ask for just what the chosen template needs."""
        async with in_time("slack.unreachable"):
            user = payloads.door(body).user
            words = await self._allowed(user)
            view: Payload = body["view"]
            filled = await self.read(view, user)
            action = (body.get("actions") or [{}])[0]
            chosen = payloads.chosen(action)
            if str(action.get("action_id")).startswith(form.MEAN):
                chosen, filled = str(action.get("value") or ""), filled.set_by_us()
            drawn = form.build(await self.choose(filled, chosen), words).to_dict()
            await self._update(str(view["id"]), drawn)
            await ack()

    async def read(self, view: Payload, user: str, *, response_url: str = "") -> form.Form:
        """Read a form back. Raises NotAllowed if it was opened for somebody else."""
        known = await self.offers.find(form.drawn(view))
        filled = form.read(view, known, response_url=response_url)
        if filled.user != user:
            raise NotAllowed("refused.not_yours")
        return filled

    async def choose(self, filled: form.Form, template_id: str) -> form.Form:
        """Return the form for a template, or the same one with the reason why not."""
        if not template_id:
            return filled.without_template()
        try:
            known = await self.offers.check(
                filled.user, template_id, _channel(filled), is_test=filled.is_test
            )
        except FixTheForm as error:
            return filled.without_template(error.problems[0])
        if known is None:
            return filled.by_id(template_id)
        return filled.choosing(known, datetime.now(UTC).date())

    async def on_fill(self, ack: AsyncAck, body: Payload) -> None:
        """Show the message with what was just typed; beside, for nobody has to wait for it."""
        async with in_time("slack.unreachable"):
            await self._allowed(payloads.door(body).user)
            view_id = str(body["view"]["id"])
            is_running = view_id in self.latest
            self.latest[view_id] = body
            if not is_running:
                self.beside.begin(self._keep_shown(view_id))
            await ack()

    async def _keep_shown(self, view_id: str) -> None:
        """Draw the newest state, and again if there is a newer one after a pause."""
        shown: Payload | None = None
        ours: dict[str, str] = {}
        try:
            while (body := self.latest[view_id]) is not shown:
                shown = body
                await asyncio.sleep(await self._show_message(body["view"], body, ours))
        except BotError as error:
            # It is closed, or shows another template by now.
            logger.info("preview not shown", extra={"reason": error.key})
        finally:
            del self.latest[view_id]

    async def _show_message(self, view: Payload, body: Payload, ours: dict[str, str]) -> float:
        """Draw the message and return the seconds to wait; nothing is drawn over another template.

        `ours` leads from the hash of a view, before we drew on it, to the one that it has now.
        """
        user = payloads.door(body).user
        filled = await self.read(view, user)
        if filled.known is None:
            return REDRAW_PAUSE
        words = self.words.of(self.people.known_locale(user))
        before = str(view.get("hash") or "")
        try:
            after = await self._update(
                str(view["id"]), form.with_message(view, filled, words), ours.get(before, before)
            )
        except TryLater as error:
            return max(error.after, REDRAW_PAUSE)
        ours.update(dict.fromkeys([*ours, before], after))
        return REDRAW_PAUSE

    async def _allowed(self, user: str) -> Words:
        return self.words.of((await self.people.check(user)).locale)

    async def _update(self, view_id: str, view: dict[str, Any], view_hash: str = "") -> str:
        """Draw a view anew, unless it is another one than `view_hash` says; return its new hash."""
        with in_our_words():
            answer = await self.client.views_update(
                view_id=view_id, view=view, hash=view_hash or None
            )
        return str((answer.get("view") or {}).get("hash") or "")


def _channel(filled: form.Form) -> str:
    """Name the channel that a template must be for; empty where that is still open."""
    return filled.channel if filled.asks_channel else filled.place.channel


def _bare(typed: str, offer: Offer, words: Words) -> list[Option]:
    """Offer an id that the catalogue does not have, to those who may send it."""
    is_id = re.fullmatch(rf"[A-Za-z0-9]{{{ID_LENGTH}}}", typed.strip())
    return [form.bare_option(typed.strip(), words)] if is_id and offer.is_admin else []
