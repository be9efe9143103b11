"""What a sender answers to the question whether a pending send arrived."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError, NotAllowed, Refused
from bot.locales import Translations
from bot.policy import nudges
from bot.policy.people import Person
from bot.repositories import SendRepository
from bot.sends import Arrival, Send, SendId
from bot.slack.notifications import nudge_view
from bot.slack.platform import payloads
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.client import in_time, translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload

logger = logging.getLogger(__name__)

NAMES = (nudge_view.ARRIVED, nudge_view.NOT_ARRIVED, nudge_view.REMIND)


@dataclass(frozen=True, slots=True)
class NudgeAnswers:
    """One listener for all of them; nobody but the sender was asked, and nobody else may answer."""

    client: AsyncWebClient
    directory: SlackDirectory
    translations: Translations
    sends: SendRepository
    background: BackgroundTasks
    now: Callable[[], datetime]

    def register(self, app: AsyncApp) -> None:
        """Connect the one listener."""
        app.block_action(re.compile(f"^(?:{'|'.join(NAMES)})$"))(self.on_press)

    async def on_press(self, ack: AsyncAck, body: Payload) -> None:
        """Write down what was answered, if nothing was before."""
        async with in_time("database.unreachable"):
            await self._answer(payloads.action(body), body)
        await ack()

    async def _answer(self, action: Payload, body: Payload) -> None:
        user = payloads.context(body).user
        # Asked before anything is said of the send: a stranger learns nothing.
        person = await self.directory.check(user)
        send = await self.sends.find(SendId(str(action.get("value") or "")))
        if send is None:
            raise Refused("button.send_gone")
        if send.request.user != user:
            raise NotAllowed("refused.not_your_send", sender=f"<@{send.request.user}>")
        is_answered = await self._write_down(str(action.get("action_id") or ""), send, person)
        # Also where it was answered before: the question may stand twice.
        self.background.start(self._redraw(body, person))
        if not is_answered:
            raise Refused("button.decided")

    async def _write_down(self, name: str, send: Send, person: Person) -> bool:
        if name == nudge_view.REMIND:
            moment = nudges.reminder(self.now(), self.directory.zone_of(person))
            return await self.sends.remind(send.id, moment, user=person.id)
        is_there = name == nudge_view.ARRIVED
        arrival = Arrival.ARRIVED if is_there else Arrival.NOT_ARRIVED
        return await self.sends.say_arrival(send.id, arrival, user=person.id)

    async def _redraw(self, body: Payload, person: Person) -> None:
        """Say in the message that was pressed what was answered. Never raises."""
        message = payloads.part(body, "message")
        ids = nudge_view.ids_in(payloads.objects(message, "blocks"))
        try:
            found = [await self.sends.find(each) for each in ids]
            theirs = [each for each in found if each and each.request.user == person.id]
            if not theirs:
                return
            drawn = nudge_view.draw(theirs, self.translations.of(person.locale))
            arguments: dict[str, Any] = {
                name: value
                for name, value in drawn.arguments().items()
                if not name.startswith("unfurl")
            }
            with translate_slack_errors():
                await self.client.chat_update(
                    channel=payloads.context(body).channel,
                    ts=str(message.get("ts") or ""),
                    **arguments,
                )
        except BotError as error:
            # Buttons that stay do no harm: the next press is told that it is decided.
            logger.info("buttons stay", extra={"user": person.id, "reason": error.key})
