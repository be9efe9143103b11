"""The button that shows all that is known of a send, to those who may see it."""

import contextlib
import logging
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError, NotAllowed, Refused
from bot.locales import Translations
from bot.policy.access import Access
from bot.policy.people import Person, Right
from bot.repositories import SendRepository
from bot.sends import Send, SendId
from bot.slack.notifications import buttons, details_view
from bot.slack.platform import payloads
from bot.slack.platform.blocks import View
from bot.slack.platform.client import in_time, translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Details:
    """Its listener; whoever sent it may look, and so may admins and approvers."""

    client: AsyncWebClient
    directory: SlackDirectory
    translations: Translations
    sends: SendRepository
    access: Access

    def register(self, app: AsyncApp) -> None:
        """Connect the listener."""
        app.block_action(buttons.DETAILS)(self.on_press)

    async def on_press(self, ack: AsyncAck, body: Payload) -> None:
        """Open the modal."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            send_id = SendId(str(payloads.action(body).get("value") or ""))
            # Asked before anything is said of the send: a stranger learns nothing.
            reader = await insider(self.directory, context.user)
            send = await self.sends.find(send_id)
            if send is None:
                raise Refused("button.send_gone")
            await self.access.check_may_read(reader.id, send)
            view = await self._drawn(send, reader.locale)
            # On top of a list of rows, which is there again once this is closed.
            in_modal = payloads.part(body, "view").get("type") == "modal"
            show = self.client.views_push if in_modal else self.client.views_open
            with translate_slack_errors():
                await show(trigger_id=context.trigger_id, view=view)
            await ack()

    async def refresh(self, send_id: SendId, view_id: str, user: str) -> None:
        """Draw the modal that stands open anew: something was decided in it. Never raises."""
        try:
            if send := await self.sends.find(send_id):
                view = await self._drawn(send, await self.directory.locale(user))
                with translate_slack_errors():
                    await self.client.views_update(view_id=view_id, view=view)
        except BotError as error:
            logger.info("details stay", extra={"send": send_id, "reason": error.key})

    async def _drawn(self, send: Send, locale: str) -> View:
        events = await self.sends.timeline(send.id)
        people = {each.actor for each in events} | {send.request.user, send.decided_by}
        names = {
            user: await self.directory.name(user) for user in people if user.startswith(("U", "W"))
        }
        template = await self.access.find(send.request.template)
        details = details_view.Details(send, events, names, template)
        return details_view.build(details, self.translations.of(locale))


async def insider(directory: SlackDirectory, user: str) -> Person:
    """Return somebody who may send, or approve what others send. Raises NotAllowed."""
    try:
        return await directory.check(user, Right.SEND)
    except NotAllowed as error:
        with contextlib.suppress(NotAllowed):
            return await directory.check(user, Right.APPROVE)
        raise error from None
