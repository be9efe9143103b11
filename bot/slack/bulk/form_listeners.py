"""The ways to a list: command, shortcut and Home open the form; its submission writes the list down."""

import asyncio
import dataclasses
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.bulk.batches import BatchId, BatchRequest, ListFile
from bot.bulk.ports import BatchRepository
from bot.errors import FixTheForm, NotAllowed, Problem, Refused
from bot.locales import Translations, Translator
from bot.policy.access import Access, Allowed
from bot.repositories import SendRepository
from bot.send_draft import NumberRules
from bot.send_ids import new_id
from bot.sends import Origin
from bot.slack import send_form
from bot.slack.bulk import form_parse, form_prefill, form_view, ids
from bot.slack.bulk.form_state import ListForm
from bot.slack.bulk.model_file import ModelFiles
from bot.slack.platform import payloads
from bot.slack.platform.action_ids import LIST_MENU, NEW_LIST
from bot.slack.platform.blocks import View
from bot.slack.platform.client import in_time, translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload, RequestContext
from bot.slack.send_form import answered_thread, field_errors, template_lookup, when
from bot.slack.send_form.ids import TEMPLATE
from bot.slack.send_form.listeners import COMPARED_AT_ONCE
from bot.slack.subcommands.parse import list_words
from bot.templates import Template, names, search
from bot.times import Asker

logger = logging.getLogger(__name__)

MOST_OPTIONS = 100  # Slack's

Listener = Callable[[AsyncAck, Payload], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ListForms:
    """The listeners around the form for a list; each one asks for the right to send first."""

    client: AsyncWebClient
    directory: SlackDirectory
    translations: Translations
    rules: NumberRules
    sends: SendRepository
    access: Access
    batches: BatchRepository
    now: Callable[[], datetime]
    instead: Listener  # answers all other commands, and one whose words name a template after all
    models: ModelFiles | None = None  # None: there are none

    def register(self, app: AsyncApp) -> None:
        """Connect the listeners, but for the command."""
        if self.models is not None:
            self.models.register(app)
        app.view(ids.CALLBACK_ID)(self.on_submit)
        app.message_shortcut(ids.FROM_MESSAGE)(self.on_message_shortcut)
        app.block_action(NEW_LIST)(self.on_button)
        app.block_action(LIST_MENU)(self.on_menu)
        app.options(re.compile(rf"^{ids.MENU}\b"))(self.on_suggest)
        app.block_action(re.compile(rf"^({ids.MENU}|{ids.MEAN})\b"))(self.on_choose)
        app.block_action(ids.SHOW_MORE)(self.on_more)
        app.block_action(re.compile(rf"^{ids.CHOOSE_TIME}\b"))(self.on_time)

    async def on_command(self, ack: AsyncAck, body: Payload) -> None:
        """Open the form with the template that was typed, or leave it to the form for sending."""
        words = list_words(str(body.get("text") or ""))
        if words is None:
            await self.instead(ack, body)
            return
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            translator = await self._allowed(context.user)
            offer = await self.access.list_allowed(context.user, context.channel)
            is_named = _begins_with_name(str(body.get("text") or ""), offer)
            if not is_named:
                origin = Origin(channel=context.channel, response_url=context.response_url)
                opened = self._empty(context, offer, origin)
                if words:
                    opened = await self._typed(opened, words, offer, translator)
                await self._open(context, form_prefill.with_only(opened, offer), translator)
                await ack()
        if is_named:
            await self.instead(ack, body)

    async def on_message_shortcut(self, ack: AsyncAck, body: Payload) -> None:
        """Open the form for a message's file, or for one of several."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            translator = await self._allowed(context.user)
            message = payloads.part(body, "message")
            files = self._files_of(message, context.user)
            thread = message.get("thread_ts") or body.get("message_ts") or message.get("ts")
            origin = Origin(context.channel, str(thread or ""), context.response_url)
            offer = await self.access.list_allowed(context.user, context.channel)
            opened = form_prefill.with_files(self._empty(context, offer, origin), files)
            opened = dataclasses.replace(opened, thread=answered_thread.name(body, translator))
            await self._open(context, form_prefill.with_only(opened, offer), translator)
            await ack()

    async def on_button(self, ack: AsyncAck, body: Payload) -> None:
        """Open the form from Home."""
        async with in_time("slack.unreachable"):
            await self._open_for(payloads.context(body), "")
            await ack()

    async def on_menu(self, ack: AsyncAck, body: Payload) -> None:
        """Do what was chosen from a template's menu on Home."""
        async with in_time("slack.unreachable"):
            verb, _, template_id = payloads.chosen(payloads.action(body)).partition(":")
            context = payloads.context(body)
            if verb == "list":
                await self._open_for(context, template_id)
            elif verb == "model" and self.models:
                await self.models.begin(context, template_id)
            await ack()

    async def _open_for(self, context: RequestContext, template_id: str) -> None:
        """Open the form from Home, for a template or (empty) for one that is still to be chosen."""
        translator = await self._allowed(context.user)
        offer = await self.access.list_allowed(context.user)
        opened = self._empty(context, offer)
        if template_id:
            opened = await self._choose(opened, template_id)
        await self._open(context, form_prefill.with_only(opened, offer), translator)

    async def on_suggest(self, ack: AsyncAck, body: Payload) -> None:
        """Offer templates while somebody types: their own last ones first, then by name."""
        async with in_time("database.unreachable"):
            user = payloads.context(body).user
            await self._allowed(user)
            here = form_parse.read(body["view"], None)
            offer, recents = await asyncio.gather(
                self.access.list_allowed(user, here.place), self.sends.recent_templates(user)
            )
            found = search(offer.templates, payloads.searched(body), recents)[:MOST_OPTIONS]
            await ack(options=[send_form.option(each) for each in found])

    async def on_choose(self, ack: AsyncAck, body: Payload) -> None:
        """Say which columns the chosen template needs."""
        async with in_time("slack.unreachable"):
            action = payloads.action(body)
            filled, translator = await self._read(body)
            picked = payloads.chosen(action)
            if str(action.get("action_id")).startswith(ids.MEAN):
                picked, filled = str(action.get("value") or ""), filled.set_by_us()
            again = await self._choose(filled, picked) if picked else filled.without_template()
            await self._update(body, again, translator)
            await ack()

    async def on_more(self, ack: AsyncAck, body: Payload) -> None:
        """Show what few lists need."""
        async with in_time("slack.unreachable"):
            filled, translator = await self._read(body)
            await self._update(body, dataclasses.replace(filled, more=True), translator)
            await ack()

    async def on_time(self, ack: AsyncAck, body: Payload) -> None:
        """Say when it goes out."""
        async with in_time("slack.unreachable"):
            filled, translator = await self._read(body)
            await self._update(body, filled, translator)
            await ack()

    async def on_submit(self, ack: AsyncAck, body: Payload) -> None:
        """Check the form, and write the list down; its file is read after that."""
        # Late is not lost: it may be written down, and the same form is one list.
        async with in_time("database.unreachable"):
            view: Payload = body["view"]
            filled, translator = await self._read(body)
            template, file = await self._checked(view, filled, translator)
            moment = self._placed(filled).when.send_at()
            request = BatchRequest(
                id=BatchId(new_id()),
                key=str(view["id"]),
                user=filled.user,
                origin=filled.origin,
                template=template.id,
                template_name=template.name,
                file=file,
                # Without these fields it is as the template says.
                group=filled.group if filled.more else "",
                assign=filled.assign if filled.more else None,
                send_at=moment,
            )
            batch = await self.batches.create(request)
            logger.info("list taken", extra={"user": filled.user, "batch": batch.id})
            # Only now: once Slack closes the form, the list must survive us.
            await ack()

    async def _checked(
        self, view: Payload, filled: ListForm, translator: Translator
    ) -> tuple[Template, ListFile]:
        """Return what a list can't do without. Raises FixTheForm with all that is wrong."""
        found = [*form_parse.problems(filled)]
        template_id = form_parse.chosen(view)
        permission = await self.access.check(filled.user, template_id, filled.origin.channel)
        template = permission.template
        if not template_id:
            found.append(Problem(TEMPLATE, "template.empty"))
        elif reason := permission.refusal:
            field = send_form.CHANNEL if filled.asks_channel and filled.channel else TEMPLATE
            found.append(Problem(field, reason.key, reason.values))
        elif template is None:
            found.append(Problem(TEMPLATE, "bulk_form.no_catalogue"))
        file = form_parse.handed_in(view, filled)
        if isinstance(file, Problem):
            found.append(file)
        if aged := when.check(self._placed(filled).when, self._asker(filled.user, translator)):
            found.append(aged)
        if found or template is None or isinstance(file, Problem):
            raise FixTheForm(*field_errors.at_fields(view, found))
        return template, file

    async def _read(self, body: Payload) -> tuple[ListForm, Translator]:
        """Read a form back. Raises NotAllowed if it was opened for somebody else."""
        user = payloads.context(body).user
        translator = await self._allowed(user)
        view: Payload = body["view"]
        known = await self.access.find(form_parse.drawn(view))
        urls = payloads.objects(body, "response_urls") or [{}]
        url = str(urls[0].get("response_url") or "")
        filled = form_parse.read(view, known, response_url=url)
        if filled.user != user:
            raise NotAllowed("refused.not_yours")
        return filled, translator

    async def _choose(self, filled: ListForm, template_id: str) -> ListForm:
        """Return the form for a template, or the same one with the reason why not."""
        permission = await self.access.check(filled.user, template_id, filled.place)
        if refusal := permission.refusal:
            return filled.without_template(Problem(TEMPLATE, refusal.key, refusal.values))
        if permission.template is None:
            return filled.without_template(Problem(TEMPLATE, "bulk_form.no_catalogue"))
        return filled.choosing(permission.template)

    def _empty(
        self, context: RequestContext, offer: Allowed, origin: Origin | None = None
    ) -> ListForm:
        """Return an empty form; without a place it also asks for one.

        Raises NotAllowed where there is nothing to choose from.
        """
        if offer.any_id_allowed:
            # A list's columns are those that the catalogue says.
            raise NotAllowed("bulk_form.no_catalogue")
        if not offer.templates:
            raise NotAllowed("bulk_form.no_templates")
        place = origin or Origin(channel=context.user)
        return ListForm(context.user, place, asks_channel=origin is None)

    async def _typed(
        self, opened: ListForm, words: str, offer: Allowed, translator: Translator
    ) -> ListForm:
        asker = self._asker(opened.user, translator)
        is_named = offer.index is not None and template_lookup.begins_with_name(words, offer.index)
        if is_named or len(offer.templates) <= COMPARED_AT_ONCE:
            return form_prefill.typed(opened, words, offer, asker, self.rules)
        # What was mistyped is compared with every name, which takes long where there are many.
        return await asyncio.to_thread(form_prefill.typed, opened, words, offer, asker, self.rules)

    def _files_of(self, message: Payload, user: str) -> list[ListFile]:
        """Return a message's files that may be this person's lists. Raises Refused without one."""
        found = form_parse.lists_in(message)
        if not found:
            others = payloads.objects(message, "files")
            problems = [form_parse.problem_of(each, user) for each in others]
            raise Refused(next((each.key for each in problems if each), "bulk_form.no_list"))
        problems = [form_parse.problem_of(each, user) for each in found]
        good = [each for each, wrong in zip(found, problems, strict=True) if wrong is None]
        if not good and (wrong := problems[0]):
            raise Refused(wrong.key, **wrong.values)
        return [form_parse.file_of(each) for each in good]

    def _drawn(self, form: ListForm, translator: Translator) -> View:
        has_models = self.models is not None
        return form_view.build(self._placed(form), translator, has_models=has_models)

    def _placed(self, form: ListForm) -> ListForm:
        zone = self.directory.zone(form.user).key
        return dataclasses.replace(form, when=when.placed(form.when, zone, "", self.rules))

    def _asker(self, user: str, translator: Translator) -> Asker:
        return Asker(self.now(), self.directory.zone(user), translator.language)

    async def _allowed(self, user: str) -> Translator:
        # Asked side by side with the rest: what an admin may is needed next.
        self.directory.begin_to_ask(user, self.directory.policy.admins)
        return self.translations.of((await self.directory.check(user)).locale)

    async def _open(self, context: RequestContext, form: ListForm, translator: Translator) -> None:
        view = self._drawn(form, translator)
        with translate_slack_errors():
            await self.client.views_open(trigger_id=context.trigger_id, view=view)

    async def _update(self, body: Payload, form: ListForm, translator: Translator) -> None:
        view: dict[str, Any] = self._drawn(form, translator)
        with translate_slack_errors():
            await self.client.views_update(view_id=str(body["view"]["id"]), view=view)


def _begins_with_name(text: str, offer: Allowed) -> bool:
    """Whether the command's words begin with a template's name rather than with the order."""
    typed = names.fold(text) + " "
    return any(
        " " in each.folded and typed.startswith(each.folded + " ") for each in offer.templates
    )
