"""A template is chosen in the form: found while typing, its fields drawn, its message shown."""

import asyncio
import logging
import re
from dataclasses import dataclass, field, replace
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError, NotAllowed, Problem, TryLater
from bot.locales import Translations, Translator
from bot.policy.access import Access, Allowed
from bot.repositories import SendRepository
from bot.send_draft import ANY_NUMBER, NumberRules, looks_like_template_id
from bot.slack import send_form
from bot.slack.platform import payloads
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.blocks import Option
from bot.slack.platform.client import in_time, translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload
from bot.slack.send_form import field_errors, when
from bot.slack.send_form.ids import PARAM
from bot.templates import search

logger = logging.getLogger(__name__)

MOST_OPTIONS = 100  # Slack's
MOST_HANDED_IN = 500  # forms that are remembered for a moment
REDRAW_PAUSE = 1.0  # seconds, of one form
# Seconds, of all forms: Slack takes about a hundred updates a minute, and choices come first.
REDRAW_GAP = 1.5
REDRAW_TRIES = 3  # that may fail, of one form; the next thing typed begins anew


class Throttle:
    """Shares out among all forms what may be drawn in them while people type."""

    def __init__(self, gap: float) -> None:
        """`gap` is in seconds, from one turn to the next."""
        self._gap = gap
        self._next = 0.0

    async def take(self) -> None:
        """Wait for the next turn."""
        now = asyncio.get_running_loop().time()
        turn = max(now, self._next)
        self._next = turn + self._gap
        await asyncio.sleep(turn - now)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A form as it was handed in, and what was wrong with it."""

    state: dict[str, Payload]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateSelect:
    """The listeners inside of the form."""

    client: AsyncWebClient
    directory: SlackDirectory
    translations: Translations
    access: Access
    sends: SendRepository
    background: BackgroundTasks
    latest: dict[str, Payload] = field(default_factory=dict)  # by view: what is to be shown next
    handed_in: dict[str, "HandedIn"] = field(default_factory=dict)  # by view
    rules: NumberRules = ANY_NUMBER
    turns: Throttle = field(default_factory=lambda: Throttle(REDRAW_GAP))

    def register(self, app: AsyncApp) -> None:
        """Connect the listeners."""
        app.options(re.compile(send_form.CHOOSE))(self.on_suggest)
        app.block_action(re.compile(rf"{send_form.FILL}\."))(self.on_fill)
        app.block_action(re.compile(f"{send_form.CHOOSE}|{send_form.MEAN}"))(self.on_choose)
        app.block_action(send_form.SHOW_MORE)(self.on_more)
        app.block_action(re.compile(rf"^{send_form.CHOOSE_TIME}\b"))(self.on_time)

    async def on_suggest(self, ack: AsyncAck, body: Payload) -> None:
        """Offer templates while somebody types: their own last ones first, then by name."""
        async with in_time("database.unreachable"):
            user = payloads.context(body).user
            translator = await self._allowed(user)
            here = send_form.read(body["view"])
            typed = payloads.searched(body)
            offer, recents = await asyncio.gather(
                self.access.list_allowed(user, _channel(here)), self.sends.recent_templates(user)
            )
            found = search(offer.templates, typed, recents)[:MOST_OPTIONS]
            options = [send_form.option(each) for each in found] or _bare(typed, offer, translator)
            await ack(options=options)

    async def on_choose(self, ack: AsyncAck, body: Payload) -> None:
        """Ask for just what the chosen template needs."""
        async with in_time("slack.unreachable"):
            user = payloads.context(body).user
            translator = await self._allowed(user)
            view: Payload = body["view"]
            filled = await self.read(view, user)
            action = payloads.action(body)
            chosen = payloads.chosen(action)
            if str(action.get("action_id")).startswith(send_form.MEAN):
                chosen, filled = str(action.get("value") or ""), filled.set_by_us()
            drawn = send_form.build(await self.choose(filled, chosen), translator)
            # What was wrong with a value may be right in another template.
            own = [
                each for each in self._errors(view, translator) if not each.block.startswith(PARAM)
            ]
            drawn["blocks"] = field_errors.put(drawn["blocks"], own)
            await self._update(str(view["id"]), drawn)
            await ack()

    async def on_more(self, ack: AsyncAck, body: Payload) -> None:
        """Show what few sends need; what was typed stays."""
        async with in_time("slack.unreachable"):
            user = payloads.context(body).user
            translator = await self._allowed(user)
            view: Payload = body["view"]
            filled = await self.read(view, user)
            drawn = send_form.with_more(view, filled, translator)
            drawn["blocks"] = field_errors.put(drawn["blocks"], self._errors(view, translator))
            await self._update(str(view["id"]), drawn)
            await ack()

    async def on_time(self, ack: AsyncAck, body: Payload) -> None:
        """Say by both clocks when it goes out."""
        async with in_time("slack.unreachable"):
            user = payloads.context(body).user
            translator = await self._allowed(user)
            view: Payload = body["view"]
            drawn = send_form.with_when(view, await self.read(view, user), translator)
            drawn["blocks"] = field_errors.put(drawn["blocks"], self._errors(view, translator))
            await self._update(str(view["id"]), drawn)
            await ack()

    def placed(self, form: send_form.Form) -> send_form.Form:
        """Return the form with the zones of its sender and its customer, for a later moment."""
        zone = self.directory.zone(form.user).key
        return replace(form, when=when.placed(form.when, zone, form.phone, self.rules))

    async def read(self, view: Payload, user: str, *, response_url: str = "") -> send_form.Form:
        """Read a form back. Raises NotAllowed if it was opened for somebody else."""
        known = await self.access.find_drawn(send_form.drawn(view), send_form.drawn_of(view))
        filled = send_form.read(view, known, response_url=response_url)
        if filled.user != user:
            raise NotAllowed("refused.not_yours")
        return self.placed(filled)

    async def choose(self, filled: send_form.Form, template_id: str) -> send_form.Form:
        """Return the form for a template, or the same one with the reason why not."""
        if not template_id:
            return filled.without_template()
        permission = await self.access.check(
            filled.user, template_id, _channel(filled), is_test=filled.is_test
        )
        if refusal := permission.refusal:
            return filled.without_template(Problem(send_form.TEMPLATE, refusal.key))
        if permission.template is None:
            return filled.by_id(template_id)
        return filled.choosing(permission.template, self.directory.today(filled.user))

    async def on_fill(self, ack: AsyncAck, body: Payload) -> None:
        """Show the message with what was just typed; beside, for nobody has to wait for it."""
        async with in_time("slack.unreachable"):
            await self._allowed(payloads.context(body).user)
            view_id = str(body["view"]["id"])
            handed_in = self.handed_in.get(view_id)
            if handed_in and handed_in.state == payloads.state(body["view"]):
                # Typed before it was handed in, and told later: what is wrong stays to be read.
                await ack()
                return
            is_running = view_id in self.latest
            self.latest[view_id] = body
            if not is_running:
                self.background.start(self._keep_shown(view_id))
            await ack()

    def mark_submitted(self, view: Payload) -> None:
        """Draw nothing more of what is being sent: a form drawn anew loses what is said in it."""
        view_id = str(view["id"])
        self.latest.pop(view_id, None)
        self.handed_in.pop(view_id, None)
        self.handed_in[view_id] = HandedIn(payloads.state(view))
        if len(self.handed_in) > MOST_HANDED_IN:
            del self.handed_in[next(iter(self.handed_in))]

    def refuse(
        self, view: Payload, problems: tuple[Problem, ...], translator: Translator
    ) -> dict[str, Any] | None:
        """Remember what is wrong, so that it stays said when the form is drawn anew.

        Returns the form that says it, if it is to be said by the form and not by Slack: where the
        form says such things already, they would stand there twice.
        """
        state = payloads.state(view)
        self.handed_in[str(view["id"])] = HandedIn(state, problems)
        if not field_errors.drawn(view):
            return None
        found = field_errors.made(problems, state, translator)
        return send_form.with_errors(view, found)

    def _errors(self, view: Payload, translator: Translator) -> list[field_errors.FieldError]:
        """Return what was said of fields that were not changed since."""
        state = payloads.state(view)
        found = {each.block: each for each in field_errors.drawn(view)}
        # Another process may have said them, and has drawn them since.
        if handed_in := self.handed_in.get(str(view["id"])):
            made = field_errors.made(handed_in.problems, handed_in.state, translator)
            found |= {each.block: each for each in made}
        return field_errors.kept(found.values(), state)

    async def _keep_shown(self, view_id: str) -> None:
        """Draw the newest state, and again if there is a newer one after a pause."""
        shown: Payload | None = None
        ours: dict[str, str] = {}
        left = REDRAW_TRIES
        try:
            while left and self.latest.get(view_id) is not shown:
                await self.turns.take()
                body = self.latest.get(view_id)
                if body is None:
                    return
                shown = body
                pause = REDRAW_PAUSE
                try:
                    await self._show_message(body, ours)
                except TryLater as error:
                    shown, pause, left = None, max(error.after, REDRAW_PAUSE), left - 1
                except BotError as error:
                    # It is closed, or shows another template by now; a newer state may be of that.
                    logger.info("preview not shown", extra={"reason": error.key})
                await asyncio.sleep(pause)
        finally:
            self.latest.pop(view_id, None)

    async def _show_message(self, body: Payload, ours: dict[str, str]) -> None:
        """Draw the message; nothing is drawn over another template.

        `ours` leads from the hash of a view, before we drew on it, to the one that it has now.
        """
        user = payloads.context(body).user
        view: Payload = body["view"]
        filled = await self.read(view, user)
        if filled.known is None:
            return
        translator = self.translations.of(self.directory.known_locale(user))
        before = str(view.get("hash") or "")
        now = ours.get(before, before)
        drawn = send_form.with_message(view, filled, translator)
        drawn["blocks"] = field_errors.put(drawn["blocks"], self._errors(view, translator))
        after = await self._update(str(view["id"]), drawn, now)
        ours.update(dict.fromkeys([*ours, before, now], after))

    async def _allowed(self, user: str) -> Translator:
        return self.translations.of((await self.directory.check(user)).locale)

    async def _update(self, view_id: str, view: dict[str, Any], view_hash: str = "") -> str:
        """Draw a view anew, unless it is another one than `view_hash` says; return its new hash."""
        with translate_slack_errors():
            answer = await self.client.views_update(
                view_id=view_id, view=view, hash=view_hash or None
            )
        return str((answer.get("view") or {}).get("hash") or "")


def _channel(filled: send_form.Form) -> str:
    """Name the channel that a template must be for; empty where that is still open."""
    return filled.channel if filled.asks_channel else filled.origin.channel


def _bare(typed: str, offer: Allowed, translator: Translator) -> list[Option]:
    """Offer an id that the catalogue does not have, to those who may send it."""
    if not (offer.is_admin and looks_like_template_id(typed.strip())):
        return []
    return [send_form.bare_option(typed.strip(), translator)]
