"""Deleting a template: an admin reads what that means, and only then it is done."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Refused
from bot.locales import Translator
from bot.repositories import TemplateRepository
from bot.slack.notifications.cards import escape
from bot.slack.platform import payloads
from bot.slack.platform.blocks import View, context, modal, section
from bot.slack.platform.client import in_time, translate_slack_errors
from bot.slack.platform.payloads import Payload, RequestContext
from bot.slack.template_form.access import TemplateAccess
from bot.slack.template_form.repository import still_there
from bot.templates import Template, fingerprint

CALLBACK_ID: Final = "template_delete"


@dataclass(frozen=True, slots=True)
class DeleteForm:
    """The question before a template is deleted, and its answer."""

    client: AsyncWebClient
    admins: TemplateAccess
    keeper: TemplateRepository
    shown: Callable[[str], None]  # a user whose Home is to be drawn again

    def register(self, app: AsyncApp) -> None:
        """Connect the listener."""
        app.view(CALLBACK_ID)(self.on_submit)

    async def open(self, context: RequestContext, template_id: str) -> None:
        """Ask an admin whether a template is to go. Raises NotAllowed, Refused or TryLater."""
        translator = await self.admins.require_admin(context.user)
        template = await still_there(self.keeper, template_id)
        if await self.keeper.all() == (template,):
            raise Refused("template_delete.last")
        drawn = build(context.user, template, translator)
        with translate_slack_errors():
            await self.client.views_open(trigger_id=context.trigger_id, view=drawn)

    async def on_submit(self, ack: AsyncAck, body: Payload) -> None:
        """Delete it, as it was when the admin was asked."""
        async with in_time("database.unreachable"):
            user, note = payloads.context(body).user, payloads.note_of(body["view"])
            await self.admins.let_in_whose(user, note.get("user", ""))
            # One that is gone already is what was asked for.
            await self.keeper.delete(
                note.get("template", ""), seen=note.get("seen", ""), actor=user
            )
            self.shown(user)
            await ack()


def build(user: str, template: Template, translator: Translator) -> View:
    """Draw the question."""
    note = {"user": user, "template": template.id, "seen": fingerprint(template)}
    return modal(
        translator("template_delete.title"),
        [
            section(translator("template_delete.question", name=escape(template.name))),
            section(translator("template_delete.means")),
            context(translator("template_delete.instead")),
        ],
        submit=translator("template_delete.submit"),
        close=translator("form.close"),
        callback_id=CALLBACK_ID,
        private_metadata=json.dumps(note),
    )
