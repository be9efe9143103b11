"""The admins' button that lets one send try at once whether Atom takes the token again."""

import logging
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError
from bot.locales import Translations
from bot.policy.people import Right
from bot.repositories import SendRepository
from bot.sends import Checked
from bot.slack.notifications.token_alert import CHECK_NOW
from bot.slack.platform import payloads
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.client import in_time, respond
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload, RequestContext

logger = logging.getLogger(__name__)

SENTENCES = {
    Checked.BEGUN: "token_alert.begun",
    Checked.NOTHING_WAITS: "token_alert.nothing_waits",
    Checked.NOT_HELD: "token_alert.not_held",
}


@dataclass(frozen=True, slots=True)
class CheckNow:
    """Its listener."""

    client: AsyncWebClient
    directory: SlackDirectory
    translations: Translations
    sends: SendRepository
    background: BackgroundTasks

    def register(self, app: AsyncApp) -> None:
        """Connect the listener."""
        app.block_action(CHECK_NOW)(self.on_press)

    async def on_press(self, ack: AsyncAck, body: Payload) -> None:
        """Let one try, and say so to who pressed."""
        async with in_time("database.unreachable"):
            context = payloads.context(body)
            person = await self.directory.check(context.user, Right.ADMINISTER)
            key = SENTENCES[await self.sends.check_now()]
            self.background.start(self._answer(context, self.translations.of(person.locale)(key)))
            await ack()

    async def _answer(self, context: RequestContext, sentence: str) -> None:
        try:
            await respond(self.client, context.response_url, text=sentence)
        except BotError as error:
            logger.info("not answered", extra={"user": context.user, "reason": error.key})
