"""The ways in: the command and the shortcuts open the form, its submission takes the send."""

from dataclasses import dataclass
from typing import Protocol

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot import phones
from bot.errors import FixTheForm, NotAllowed, Problem
from bot.locales import Dictionary, Words
from bot.sends import NumberRules, Order, Place, Taken
from bot.slack import command_text, form, payloads
from bot.slack.client import in_our_words, in_time
from bot.slack.payloads import Payload
from bot.slack.people import People

COMMAND = "/whatsapp-template"
FROM_MESSAGE = "send_from_message"
GLOBAL = "send_global"
HELP = frozenset({"help", "ayuda", "ajuda", "?"})


class Intake(Protocol):
    """Takes an order so that it survives us."""

    async def take(self, order: Order) -> Taken: ...


@dataclass(frozen=True, slots=True)
class Sending:
    """The listeners around the form; each one asks for the right to send first."""

    client: AsyncWebClient
    people: People
    words: Dictionary
    rules: NumberRules
    intake: Intake

    def register(self, app: AsyncApp) -> None:
        """Connect the listeners, the most used ones first: Bolt tries them in this order."""
        app.command(COMMAND)(self.on_command)
        app.view(form.CALLBACK_ID)(self.on_submit)
        app.message_shortcut(FROM_MESSAGE)(self.on_message_shortcut)
        app.global_shortcut(GLOBAL)(self.on_global_shortcut)

    async def on_command(self, ack: AsyncAck, body: Payload) -> None:
        """Open the form with what was typed, or help."""
        async with in_time("slack.unreachable"):
            door = payloads.door(body)
            words = await self._allowed(door.user)
            text = str(body.get("text") or "")
            if text.strip().lower() in HELP:
                await ack(text=words("help.text", command=COMMAND))
                return
            typed = command_text.read(text)
            opened = form.Form(
                user=door.user,
                place=Place(channel=door.channel, response_url=door.response_url),
                template=typed.template,
                phone=typed.phone,
                client_name=typed.client_name,
                group=typed.group,
                assign=bool(typed.assign),
                params=command_text.params_text(typed.params),
                unread=typed.unread,
            )
            await self._open(door, opened, words)
            await ack()

    async def on_message_shortcut(self, ack: AsyncAck, body: Payload) -> None:
        """Open the form for a message: its first phone number is filled in already."""
        async with in_time("slack.unreachable"):
            door = payloads.door(body)
            words = await self._allowed(door.user)
            message: Payload = body.get("message") or {}
            thread = str(
                message.get("thread_ts") or body.get("message_ts") or message.get("ts") or ""
            )
            found = phones.find(str(message.get("text") or ""), region=self.rules.region)
            opened = form.Form(
                user=door.user,
                place=Place(channel=door.channel, thread_ts=thread, response_url=door.response_url),
                phone=found or "",
            )
            await self._open(door, opened, words)
            await ack()

    async def on_global_shortcut(self, ack: AsyncAck, body: Payload) -> None:
        """Open an empty form, which also asks where the outcome belongs."""
        async with in_time("slack.unreachable"):
            door = payloads.door(body)
            words = await self._allowed(door.user)
            opened = form.Form(user=door.user, place=Place(channel=door.user), asks_channel=True)
            await self._open(door, opened, words)
            await ack()

    async def on_submit(self, ack: AsyncAck, body: Payload) -> None:
        """Check the form, show what must be looked at again, and take the send."""
        # Late is not lost: it may have been taken, and the same form is taken once.
        async with in_time("database.unreachable"):
            user = payloads.door(body).user
            view: Payload = body["view"]
            urls = body.get("response_urls") or [{}]
            filled = form.read(view, response_url=str(urls[0].get("response_url") or ""))
            words = await self._allowed(user)
            if user != filled.user:
                raise NotAllowed("refused.not_yours")
            draft, problems = filled.draft()
            readings = draft.check(self.rules, *problems)
            phone = filled.settled(readings)
            if phone is None:
                asked = form.build(filled.asking(readings), words)
                await ack(response_action="update", view=asked)
                return
            taken = await self.intake.take(filled.order(str(view["id"]), draft, phone))
            if taken is Taken.CHANGED:
                raise FixTheForm(Problem(form.TEMPLATE, "form.taken"))
            # Only now: once Slack closes the form, the send must survive us.
            await ack()

    async def _allowed(self, user: str) -> Words:
        return self.words.of((await self.people.check(user)).locale)

    async def _open(self, door: payloads.Door, opened: form.Form, words: Words) -> None:
        with in_our_words():
            await self.client.views_open(
                trigger_id=door.trigger_id, view=form.build(opened, words).to_dict()
            )
