"""The form of a list's columns: opened from its card, and taken from its sender and admins alone."""

import logging
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.bulk.batches import Batch, BatchId, BatchStatus
from bot.bulk.ports import BatchRepository
from bot.errors import FixTheForm, NotAllowed, Refused
from bot.locales import Translations, Translator
from bot.policy.access import Access
from bot.slack.bulk import columns_view
from bot.slack.bulk.ids import COLUMNS
from bot.slack.platform import payloads
from bot.slack.platform.client import in_time, translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload
from bot.slack.send_form.field_errors import at_fields
from bot.templates import Template

logger = logging.getLogger(__name__)

# Of others nothing is to be said any more, or nothing is known yet.
OPEN = frozenset({BatchStatus.ASKING, BatchStatus.CHECKED})


@dataclass(frozen=True, slots=True)
class ColumnsForm:
    """Its listeners; each one asks for the right to send, and whose list it is."""

    client: AsyncWebClient
    directory: SlackDirectory
    translations: Translations
    access: Access
    batches: BatchRepository

    def register(self, app: AsyncApp) -> None:
        """Connect the listeners."""
        app.block_action(COLUMNS)(self.on_button)
        app.view(COLUMNS)(self.on_submit)

    async def on_button(self, ack: AsyncAck, body: Payload) -> None:
        """Show what was understood, and ask what was not."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            batch_id = str(payloads.action(body).get("value") or "")
            batch, template, translator = await self._theirs(context.user, batch_id)
            view = columns_view.build(batch, template, translator)
            with translate_slack_errors():
                await self.client.views_open(trigger_id=context.trigger_id, view=view)
            await ack()

    async def on_submit(self, ack: AsyncAck, body: Payload) -> None:
        """Have the file read again as this person says."""
        async with in_time("database.unreachable"):
            user, view = payloads.context(body).user, payloads.part(body, "view")
            note = payloads.note_of(view)
            batch, template, _ = await self._theirs(user, note.get("batch", ""))
            if note.get("columns") != str(len(batch.report.titles)):
                # It was read again meanwhile, and has other columns.
                raise Refused("columns_form.changed")
            mapped, missing = columns_view.read(view, batch, template)
            if missing:
                raise FixTheForm(*at_fields(view, missing))
            if not await self.batches.map(batch.id, mapped, user=user):
                raise Refused("columns_form.too_late")
            logger.info("list mapped", extra={"user": user, "batch": batch.id})
            await ack()

    async def _theirs(self, user: str, batch_id: str) -> tuple[Batch, Template, Translator]:
        """Return a list that this person may still decide about, and its template."""
        person = await self.directory.check(user)
        batch = await self.batches.find(BatchId(batch_id))
        if batch is None:
            raise Refused("columns_form.gone")
        owner = batch.request.user
        if user != owner and not await self.directory.is_admin(user):
            raise NotAllowed("refused.not_your_list", sender=f"<@{owner}>")
        if batch.status is BatchStatus.READING:
            raise Refused("columns_form.reading")
        if batch.status not in OPEN:
            raise Refused("columns_form.too_late")
        template = await self.access.find(batch.request.template)
        if template is None:
            raise Refused("template.gone")
        return batch, template, self.translations.of(person.locale)
