"""A message that is no more than STOP, BAJA or the like: the shortcut on it offers not to write any more."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.locales import Translations, Translator
from bot.phones import in_text
from bot.policy.do_not_contact import REASON_LIMIT
from bot.send_draft import NumberRules
from bot.sends import Origin
from bot.slack.platform import elements, message_text, payloads
from bot.slack.platform.blocks import View, actions, input_block, modal, section
from bot.slack.platform.client import in_time, translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload, RequestContext
from bot.slack.send_form.ids import INPUT, LIMITS, PHONE
from bot.slack.send_form.listeners import FROM_MESSAGE
from bot.slack.subcommands.contacts import Contacts, said
from bot.templates import names

CALLBACK_ID: Final = "stop"
REASON: Final = "reason"
INSTEAD: Final = "send_instead"
# What customers write who want no more messages, folded.
STOP_WORDS: Final = frozenset(
    {"stop", "alto", "baja", "salir", "parar", "sair", "cancelar", "unsubscribe"}
)

Instead = Callable[[RequestContext, Origin, str, str], Awaitable[None]]


def asks_to_stop(message: object) -> bool:
    """Say whether the whole message is such a word, whatever its case, accents and punctuation."""
    words = names.words(message_text.read(message))
    return len(words) == 1 and words[0] in STOP_WORDS


@dataclass(frozen=True, slots=True)
class StopForm:
    """Its listeners; each one asks for the right to send first. Nothing is listed by itself."""

    client: AsyncWebClient
    directory: SlackDirectory
    translations: Translations
    rules: NumberRules
    contacts: Contacts
    instead: Instead  # opens the form for sending in the place of this one

    def register(self, app: AsyncApp) -> None:
        """Connect the listeners: before the ones of the form for sending, which take all messages."""

        async def is_meant(body: Payload) -> bool:
            return asks_to_stop(payloads.part(body, "message"))

        app.message_shortcut(FROM_MESSAGE, matchers=[is_meant])(self.on_message_shortcut)
        app.view(CALLBACK_ID)(self.on_submit)
        app.block_action(INSTEAD)(self.on_instead)

    async def on_message_shortcut(self, ack: AsyncAck, body: Payload) -> None:
        """Offer it, with the number of whoever wrote if their name has one."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            translator = self.translations.of((await self.directory.check(context.user)).locale)
            message = payloads.part(body, "message")
            thread = message.get("thread_ts") or body.get("message_ts") or message.get("ts")
            note = {
                "channel": context.channel,
                "thread": str(thread or ""),
                "url": context.response_url,
            }
            drawn = build(number_of(message, self.rules), note, translator)
            with translate_slack_errors():
                await self.client.views_open(trigger_id=context.trigger_id, view=drawn)
            await ack()

    async def on_submit(self, ack: AsyncAck, body: Payload) -> None:
        """List the number, and say what came of it."""
        async with in_time("database.unreachable"):
            user = payloads.context(body).user
            translator = self.translations.of((await self.directory.check(user)).locale)
            state = payloads.state(payloads.part(body, "view"))
            typed, reason = (payloads.typed(state.get(each)) for each in (PHONE, REASON))
            added, contact = await self.contacts.add(typed, reason, user)
            is_admin = await self.directory.is_admin(user)
            told = said(added, contact, translator, is_admin=is_admin)
            closing = modal(
                translator("stop_form.title"), [section(told)], close=translator("form.close")
            )
            await ack(response_action="update", view=closing)

    async def on_instead(self, ack: AsyncAck, body: Payload) -> None:
        """Open the form for sending in its place, with the number that stands there."""
        async with in_time("slack.unreachable"):
            view = payloads.part(body, "view")
            note, state = payloads.note_of(view), payloads.state(view)
            origin = Origin(note.get("channel", ""), note.get("thread", ""), note.get("url", ""))
            typed = payloads.typed(state.get(PHONE))
            await self.instead(payloads.context(body), origin, typed, str(view.get("id") or ""))
            await ack()


def number_of(message: Payload, rules: NumberRules) -> str:
    """Find the number in the name of who wrote, as programs that bring messages give it."""
    profile = payloads.part(message, "bot_profile")
    for name in (message.get("username"), profile.get("name")):
        found = in_text.find(str(name or ""), rules.region, rules.countries)
        if len(found) == 1:
            return found[0].typed
    return ""


def build(phone: str, note: dict[str, str], translator: Translator) -> View:
    """Draw the offer."""
    number = elements.text_input(INPUT, phone, max_length=LIMITS[PHONE])
    reason = elements.text_input(INPUT, max_length=REASON_LIMIT)
    return modal(
        translator("stop_form.title"),
        [
            section(translator("stop_form.text")),
            input_block(PHONE, translator("form.phone.label"), number),
            input_block(REASON, translator("stop_form.reason"), reason, optional=True),
            actions([elements.button(INSTEAD, translator("stop_form.instead"))]),
        ],
        close=translator("form.close"),
        submit=translator("stop_form.submit"),
        callback_id=CALLBACK_ID,
        private_metadata=json.dumps({key: value for key, value in note.items() if value}),
    )
