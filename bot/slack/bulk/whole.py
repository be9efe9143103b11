"""The buttons that show more of a list to those who may see it: messages, and unconfirmed rows."""

import logging
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.bulk.batches import Batch, BatchId
from bot.bulk.ports import BatchRepository
from bot.errors import BotError
from bot.sends import Status
from bot.slack.bulk import buttons, modals
from bot.slack.bulk.door import ListDoor
from bot.slack.bulk.lookup import ListLookup
from bot.slack.notifications.details import insider
from bot.slack.platform import payloads
from bot.slack.platform.blocks import View
from bot.slack.platform.client import in_time, translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ListModals:
    """Their listeners."""

    client: AsyncWebClient
    directory: SlackDirectory
    batches: BatchRepository
    door: ListDoor
    lookup: ListLookup

    def register(self, app: AsyncApp) -> None:
        """Connect the listeners."""
        app.block_action(buttons.MESSAGES)(self.on_messages)
        app.block_action(buttons.UNKNOWN)(self.on_unknown)

    async def on_messages(self, ack: AsyncAck, body: Payload) -> None:
        """Show the first messages whole: to the sender, to admins and to approvers."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            # Asked before anything is said of the list: a stranger learns nothing.
            await insider(self.directory, context.user)
            batch = await self.door.read_by(context.user, _pressed(body))
            shown = await self.lookup.shown(batch, in_private=True)
            translator = await self.lookup.translator_of(context.user)
            await self._open(context.trigger_id, modals.messages(shown, translator))
            await ack()

    async def on_unknown(self, ack: AsyncAck, body: Payload) -> None:
        """Show the rows of which nobody knows, to whoever may decide about them."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            batch = await self.door.decided_by(context.user, _pressed(body))
            await self._open(context.trigger_id, await self._unknown(batch, context.user))
            await ack()

    async def refresh(self, view: Payload, user: str) -> None:
        """Draw the modal again in which a row was decided. Never raises."""
        batch_id = modals.batch_of(view)
        try:
            batch = await self.door.decided_by(user, batch_id)
            drawn = await self._unknown(batch, user)
            with translate_slack_errors():
                await self.client.views_update(view_id=str(view.get("id") or ""), view=drawn)
        except BotError as error:
            logger.info("rows stay", extra={"batch": batch_id, "reason": error.key})

    async def _unknown(self, batch: Batch, user: str) -> View:
        rows = await self.batches.with_status(batch.id, Status.UNKNOWN, modals.MOST_ROWS)
        shown = await self.lookup.shown(batch, in_private=True)
        # What was just decided may not be counted yet, and the other way round.
        count = max(shown.progress.undecided, len(rows)) if rows else 0
        translator = await self.lookup.translator_of(user)
        return modals.unknown(shown, rows, translator, count=count)

    async def _open(self, trigger_id: str, view: View) -> None:
        with translate_slack_errors():
            await self.client.views_open(trigger_id=trigger_id, view=view)


def _pressed(body: Payload) -> BatchId:
    return BatchId(str(payloads.action(body).get("value") or ""))
