"""The example file of a template's list: made on demand, and handed over in a direct message."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError, Refused
from bot.locales import Translations, Translator
from bot.policy.access import Access
from bot.slack.bulk import form_view, ids
from bot.slack.error_handler import Reader, explain, new_reference
from bot.slack.notifications.cards import quoted
from bot.slack.platform import payloads
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.blocks import View, modal, section
from bot.slack.platform.client import in_time, translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload, RequestContext
from bot.slack.platform.uploads import SlackUploads
from bot.templates import Template

logger = logging.getLogger(__name__)

MakeModel = Callable[[Template, Translator], tuple[str, bytes]]  # its name, and what is in it


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Makes it and hands it over; the right to send is asked for first."""

    client: AsyncWebClient
    directory: SlackDirectory
    translations: Translations
    access: Access
    uploads: SlackUploads
    make: MakeModel
    background: BackgroundTasks

    def register(self, app: AsyncApp) -> None:
        """Connect the listener."""
        app.block_action(ids.MODEL)(self.on_button)

    async def on_button(self, ack: AsyncAck, body: Payload) -> None:
        """Hand it over while the form for a list is open."""
        async with in_time("slack.unreachable"):
            template_id = str(payloads.action(body).get("value") or "")
            await self.begin(payloads.context(body), template_id, on_top=True)
            await ack()

    async def begin(
        self, context: RequestContext, template_id: str, *, on_top: bool = False
    ) -> None:
        """Say that it comes, and let it come: that may take longer than a listener has."""
        permission = await self.access.check(context.user, template_id, "")
        if permission.refusal:
            raise Refused(permission.refusal.key, **permission.refusal.values)
        if (template := permission.template) is None:
            raise Refused("template.gone")
        translator = self.translations.of(permission.person.locale)
        show = self.client.views_push if on_top else self.client.views_open
        told = _says(translator("bulk_model.coming", template=_named(template)), translator)
        with translate_slack_errors():
            answer = await show(trigger_id=context.trigger_id, view=told)
        view_id = str((answer.get("view") or {}).get("id") or "")
        self.background.start(self._hand_over(context.user, template, translator, view_id))

    async def _hand_over(
        self, user: str, template: Template, translator: Translator, view_id: str
    ) -> None:
        try:
            name, content = await asyncio.to_thread(self.make, template, translator)
            told = await self._upload(user, template, name, content, translator)
        except BotError as error:
            told = self._explained(error, user, translator)
        await self._tell(view_id, told, translator)

    async def _upload(
        self, user: str, template: Template, name: str, content: bytes, translator: Translator
    ) -> str:
        """Return what is to be said of it where it was asked for."""
        said = translator("bulk_model.here", template=_named(template))
        text = f"{said}\n{form_view.needs(template, translator)}"
        channel, ts = await self.uploads.write_to(user, text)
        try:
            link = await self.uploads.upload(channel, name, content)
        except BotError as error:
            told = self._explained(error, user, translator)
            # What stands there promises a file.
            with translate_slack_errors():
                await self.client.chat_update(channel=channel, ts=ts, text=told)
            return told
        logger.info("model handed over", extra={"user": user})
        return translator("bulk_model.sent", file=f"<{link}|{_link_text(name)}>" if link else name)

    def _explained(self, error: BotError, user: str, translator: Translator) -> str:
        reference = new_reference()
        about = {"user": user, "reason": error.key, "reference": reference}
        logger.info("model not handed over", extra=about)
        return explain(error, translator, reference, Reader.of(self.directory, user))

    async def _tell(self, view_id: str, told: str, translator: Translator) -> None:
        try:
            with translate_slack_errors():
                await self.client.views_update(view_id=view_id, view=_says(told, translator))
        except BotError as error:
            # It was closed; the message says the same.
            logger.info("not told", extra={"reason": error.key})


def _says(text: str, translator: Translator) -> View:
    return modal(translator("bulk_model.title"), [section(text)], close=translator("form.close"))


def _named(template: Template) -> str:
    return f"`{quoted(template.name)}`"


def _link_text(name: str) -> str:
    return quoted(name).replace("|", " ")
