"""The listeners around a template's parameters: the page of them, and the form of each."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError, FixTheForm, Refused
from bot.repositories import TemplateRepository
from bot.slack.platform import payloads
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.blocks import View
from bot.slack.platform.client import in_time, translate_slack_errors
from bot.slack.platform.payloads import Payload
from bot.slack.template_form import ids, param_list_view, param_view
from bot.slack.template_form.access import TemplateAccess
from bot.slack.template_form.edits import param_mark
from bot.slack.template_form.repository import still_there
from bot.templates import Template, find_param, fingerprint
from bot.templates.checks import check

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ParamForm:
    """A parameter is saved as soon as its form is submitted, in the template as it is then."""

    client: AsyncWebClient
    admins: TemplateAccess
    keeper: TemplateRepository
    background: BackgroundTasks
    shown: Callable[[str], None]

    def register(self, app: AsyncApp) -> None:
        """Connect the listeners."""
        app.block_action(ids.OPEN_PARAMS)(self.on_open)
        app.block_action(ids.EDIT_PARAM)(self.on_edit)
        app.view(ids.PARAM_ID)(self.on_submit)

    async def on_open(self, ack: AsyncAck, body: Payload) -> None:
        """Lay the page of parameters over the form of a template."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            note = payloads.note_of(body["view"])
            words = await self.admins.let_in_whose(context.user, note.get("user", ""))
            template = await still_there(self.keeper, note.get("was", ""))
            await self._push(context, param_list_view.build(context.user, template, words))
            await ack()

    async def on_edit(self, ack: AsyncAck, body: Payload) -> None:
        """Lay the form of one parameter over the page."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            note = payloads.note_of(body["view"])
            words = await self.admins.let_in_whose(context.user, note.get("user", ""))
            template = await still_there(self.keeper, note.get("template", ""))
            action = payloads.action(body)
            param = find_param(template, payloads.plain(str(action.get("value") or "")))
            if param is None:
                raise Refused("catalogue.changed")
            await self._push(context, param_view.build(context.user, template, param, words))
            await ack()

    async def on_submit(self, ack: AsyncAck, body: Payload) -> None:
        """Save the parameter, and show on the page below how it is now."""
        async with in_time("database.unreachable"):
            user = payloads.context(body).user
            view: Payload = body["view"]
            draft, wrong = param_view.read(view)
            words = await self.admins.let_in_whose(user, draft.user)
            if wrong:
                raise FixTheForm(*wrong)
            template = await self._save(draft)
            self.shown(user)
            below = str(view.get("previous_view_id") or "")
            self.background.start(self._show(below, param_list_view.build(user, template, words)))
            # Only now: once Slack closes the form, the parameter is in the catalogue.
            await ack()

    async def _save(self, draft: param_view.ParamEdit) -> Template:
        old = await still_there(self.keeper, draft.template)
        called = [param.name for param in old.params]
        if draft.param.name not in called:
            raise Refused("catalogue.changed")
        number = called.index(draft.param.name)
        before = old.params[number]
        if draft.param == before:  # untouched, or the same form, delivered once more
            return old
        if param_mark(before) != draft.seen:
            raise Refused("catalogue.changed")
        params = (*old.params[:number], draft.param, *old.params[number + 1 :])
        template = replace(old, params=params)
        if problems := [*param_view.in_the_form(check(template), number)]:
            raise FixTheForm(*problems)
        await self.keeper.save(template, actor=draft.user, was=old.id, seen=fingerprint(old))
        return template

    async def _push(self, context: payloads.RequestContext, view: View) -> None:
        with translate_slack_errors():
            await self.client.views_push(trigger_id=context.trigger_id, view=view)

    async def _show(self, view_id: str, view: View) -> None:
        try:
            with translate_slack_errors():
                await self.client.views_update(view_id=view_id, view=view)
        except BotError as error:
            # It is saved all the same, and each form that the page opens is drawn from that.
            logger.info("page not drawn anew", extra={"reason": error.key})
