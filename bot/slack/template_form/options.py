"""What the menus of a template's form offer while an admin types."""

from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.slack.platform import payloads
from bot.slack.platform.client import in_time
from bot.slack.platform.payloads import Payload
from bot.slack.template_form import ids, inputs, languages
from bot.slack.template_form.access import TemplateAccess
from bot.slack.template_form.groups import UserGroups
from bot.templates import names

MOST_OPTIONS = 100  # Slack's


@dataclass(frozen=True, slots=True)
class Options:
    """The listeners behind the menus."""

    admins: TemplateAccess
    groups: UserGroups

    def register(self, app: AsyncApp) -> None:
        """Connect the listeners."""
        app.options(ids.FIND_LANGUAGE)(self.on_language)
        app.options(ids.FIND_GROUP)(self.on_group)

    async def on_language(self, ack: AsyncAck, body: Payload) -> None:
        """Offer languages by their names; whatever looks like a code is one."""
        async with in_time("slack.unreachable"):
            words = await self.admins.require_admin(payloads.context(body).user)
            codes = languages.find(payloads.searched(body), words)[:MOST_OPTIONS]
            found = inputs.options({code: languages.called(code, words) for code in codes})
            await ack(options=found)

    async def on_group(self, ack: AsyncAck, body: Payload) -> None:
        """Offer the workspace's user groups by name or handle."""
        async with in_time("slack.unreachable"):
            await self.admins.require_admin(payloads.context(body).user)
            typed = names.fold(payloads.searched(body))
            called = await self.groups.names()
            found = {each: name for each, name in called.items() if typed in names.fold(name)}
            offered = inputs.options(dict(sorted(found.items(), key=lambda each: each[1])))
            await ack(options=offered[:MOST_OPTIONS])
