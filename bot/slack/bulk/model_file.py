"""The example file of a template's list: made on demand, and handed over in a direct message."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.errors import Refused
from bot.locales import Translations, Translator
from bot.policy.access import Access
from bot.slack.bulk import form_view, ids
from bot.slack.bulk.files_on_demand import AskedFile, FilesOnDemand
from bot.slack.notifications.cards import quoted
from bot.slack.platform import payloads
from bot.slack.platform.client import in_time
from bot.slack.platform.payloads import Payload, RequestContext
from bot.slack.platform.uploads import NamedFile
from bot.templates import Template

MakeModel = Callable[[Template, Translator], tuple[str, bytes]]  # its name, and what is in it


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Makes it and hands it over; the right to send is asked for first."""

    files: FilesOnDemand
    translations: Translations
    access: Access
    make: MakeModel

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
        """Say that it comes, and let it come. Raises NotAllowed, Refused and TryLater."""
        permission = await self.access.check(context.user, template_id, "")
        if permission.refusal:
            raise Refused(permission.refusal.key, **permission.refusal.values)
        if (template := permission.template) is None:
            raise Refused("template.gone")
        translator = self.translations.of(permission.person.locale)
        named = f"`{quoted(template.name)}`"

        async def make() -> NamedFile:
            return NamedFile(*await asyncio.to_thread(self.make, template, translator))

        said = translator("bulk_model.here", template=named)
        asked = AskedFile(
            translator("bulk_model.title"),
            translator("bulk_model.coming", template=named),
            f"{said}\n{form_view.needs(template, translator)}",
            make,
        )
        await self.files.begin(context, asked, translator, on_top=on_top)
