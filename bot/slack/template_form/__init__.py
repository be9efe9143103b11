"""The admins' forms: they keep the catalogue of templates from Slack, one template at a time."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError, FixTheForm, Refused
from bot.locales import Translator
from bot.repositories import TemplateRepository
from bot.slack.platform import payloads
from bot.slack.platform.action_ids import ADD_TEMPLATE, TEMPLATE_MENU
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.blocks import View
from bot.slack.platform.client import in_time, translate_slack_errors
from bot.slack.platform.payloads import Payload, RequestContext
from bot.slack.template_form import edits, ids, languages, param_list_view, view
from bot.slack.template_form.access import TemplateAccess
from bot.slack.template_form.delete_form import DeleteForm
from bot.slack.template_form.edits import Change, TemplateEdit
from bot.slack.template_form.groups import UserGroups
from bot.slack.template_form.options import Options
from bot.slack.template_form.param_listeners import ParamForm
from bot.slack.template_form.repository import still_there
from bot.templates import Template, fingerprint
from bot.templates.checks import check_with

__all__ = ["TemplateAccess", "TemplateForm", "TemplateRepository", "UserGroups"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TemplateForm:
    """The listeners around the form of a template; each asks first whether this is an admin.

    What is submitted is saved at once, so that nothing is kept in between: a new template is
    complete as it is, and its parameters are set up afterwards.
    """

    client: AsyncWebClient
    admins: TemplateAccess
    keeper: TemplateRepository
    groups: UserGroups
    background: BackgroundTasks
    shown: Callable[[str], None]  # a user whose Home is to be drawn anew
    test: Callable[
        [RequestContext, str], Awaitable[None]
    ]  # a template's id: try it on one's own number

    @property
    def deleting(self) -> DeleteForm:
        """The question before a template is deleted."""
        return DeleteForm(self.client, self.admins, self.keeper, self.shown)

    def register(self, app: AsyncApp) -> None:
        """Connect the listeners."""
        app.block_action(ADD_TEMPLATE)(self.on_add)
        app.block_action(TEMPLATE_MENU)(self.on_menu)
        app.view(ids.CALLBACK_ID)(self.on_submit)
        Options(self.admins, self.groups).register(app)
        self.deleting.register(app)
        ParamForm(self.client, self.admins, self.keeper, self.background, self.shown).register(app)

    async def on_add(self, ack: AsyncAck, body: Payload) -> None:
        """Open an empty form, in the language of the template that was added last."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            translator = await self.admins.require_admin(context.user)
            known = await self.keeper.all()
            usual = languages.USUAL[self.admins.translations.shared.language]
            await self._open(
                context, edits.new(context.user, known[-1].language if known else usual), translator
            )
            await ack()

    async def on_menu(self, ack: AsyncAck, body: Payload) -> None:
        """Do what was chosen from a template's menu."""
        action = payloads.action(body)
        verb, _, template_id = payloads.chosen(action).partition(":")
        context = payloads.context(body)
        match verb:
            case "edit" | "duplicate":
                async with in_time("slack.unreachable"):
                    await self._edit(context, template_id, as_new=verb == "duplicate")
            case "activate" | "deactivate":
                async with in_time("database.unreachable"):
                    await self._set_active(context, template_id, active=verb == "activate")
            case "delete":
                async with in_time("slack.unreachable"):
                    await self.deleting.open(context, template_id)
            case "test":
                async with in_time("slack.unreachable"):
                    await self.admins.require_admin(context.user)
                    await self.test(context, template_id)
        await ack()

    async def on_submit(self, ack: AsyncAck, body: Payload) -> None:
        """Save the template; if its places are not those of before, go on to its parameters."""
        async with in_time("database.unreachable"):
            user = payloads.context(body).user
            draft = view.read(body["view"])
            translator = await self.admins.let_in_whose(user, draft.user)
            change = await self._change(draft)
            if change.asks:
                await ack(response_action="update", view=await self._warned(change, translator))
                return
            template, dropped = await self._save(change)
            self.shown(user)
            # By what the form began with: delivered once more, it is answered as before.
            asked = edits.places_mark(param.name for param in template.params)
            if not template.params or asked == draft.asked:
                await ack()
                return
            next_page = param_list_view.build(
                user, template, translator, saved=True, dropped=dropped
            )
            await ack(response_action="update", view=next_page)

    async def _edit(self, context: RequestContext, template_id: str, *, as_new: bool) -> None:
        translator = await self.admins.require_admin(context.user)
        template = await still_there(self.keeper, template_id)
        if as_new:
            name = translator("template_form.copy", name=template.name)
            await self._open(context, edits.duplicate(context.user, template, name), translator)
        else:
            await self._open(context, edits.edit(context.user, template), translator)

    async def _set_active(self, context: RequestContext, template_id: str, *, active: bool) -> None:
        translator = await self.admins.require_admin(context.user)
        template = await still_there(self.keeper, template_id)
        if not await self.keeper.set_active(template_id, active=active, actor=context.user):
            raise Refused("template.gone")
        self.shown(context.user)
        key = "template_form.activated" if active else "template_form.deactivated"
        # It is done, whether Slack shows this or not.
        self.background.start(
            self._tell(
                context, param_list_view.notice(translator(key, name=template.name), translator)
            )
        )

    async def _change(self, draft: TemplateEdit) -> Change:
        """Check what a form would make of the catalogue. Raises FixTheForm and Refused."""
        known = {each.id: each for each in await self.keeper.all()}
        source = known.get(draft.source) or known.get(draft.template.id)
        asked = edits.with_params(draft.template, source.params if source else ())
        template = edits.with_unasked(asked, source)
        old = known.get(draft.was)
        change = Change(draft, template, old, source, is_made=template in known.values())
        if change.is_made:
            return change
        if not draft.rests_on(old):
            raise Refused("catalogue.changed")
        others = [each for each in known.values() if each is not old]
        if found := check_with(template, others):
            raise FixTheForm(*edits.in_the_form(found, template))
        return change

    async def _save(self, change: Change) -> tuple[Template, list[str]]:
        """Return the template as it is saved, and the parameters that it no longer has."""
        if change.is_made:
            return change.template, []
        seen = fingerprint(change.old) if change.old else ""
        await self.keeper.save(
            change.template, actor=change.draft.user, was=change.draft.was, seen=seen
        )
        return change.template, edits.dropped(change.template, change.params)

    async def _warned(self, change: Change, translator: Translator) -> View:
        """Draw the form as it is, with what would become of the limits that are gone from it."""
        shown = replace(change.draft.template, params=change.params)
        draft = replace(change.draft, template=shown, warned=change.warned)
        return await self._form(draft, translator)

    async def _open(
        self, context: RequestContext, draft: TemplateEdit, translator: Translator
    ) -> None:
        drawn = await self._form(draft, translator)
        with translate_slack_errors():
            await self.client.views_open(trigger_id=context.trigger_id, view=drawn)

    async def _form(self, draft: TemplateEdit, translator: Translator) -> View:
        listed = (*draft.template.allowed, *draft.template.approval_free)
        has_groups = any(each.startswith("S") for each in listed)
        return view.build(draft, translator, await self.groups.known() if has_groups else {})

    async def _tell(self, context: RequestContext, told: View) -> None:
        try:
            with translate_slack_errors():
                await self.client.views_open(trigger_id=context.trigger_id, view=told)
        except BotError as error:
            logger.info("not told", extra={"user": context.user, "reason": error.key})
