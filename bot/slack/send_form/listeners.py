"""The ways in: command, shortcuts and buttons open the form; its submission takes the send."""

import asyncio
import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot import submission
from bot.errors import FixTheForm, Problem, Refused
from bot.locales import Translations, Translator
from bot.phones import in_text
from bot.policy.access import Access, Allowed
from bot.policy.people import Person, Right
from bot.repositories import SendRepository
from bot.send_draft import NumberRules
from bot.sends import Origin, Send, SendId
from bot.slack import send_form
from bot.slack.platform import action_ids, message_text, payloads
from bot.slack.platform.client import in_time, translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload, RequestContext
from bot.slack.send_form import (
    answered_thread,
    confirmation,
    field_errors,
    prefill,
    template_lookup,
    when,
)
from bot.slack.send_form.confirmation import Alerts
from bot.slack.send_form.template_select import TemplateSelect
from bot.slack.subcommands import Subcommands
from bot.submission import Submission
from bot.times import Asker

COMMAND = "/whatsapp-template"
FROM_MESSAGE = "send_from_message"
GLOBAL = "send_global"
COMPARED_AT_ONCE = 100  # templates, with the words of a command


@dataclass(frozen=True, slots=True)
class SendForm:
    """The listeners around the form; each one asks for the right to send first."""

    client: AsyncWebClient
    directory: SlackDirectory
    translations: Translations
    rules: NumberRules
    sends: SendRepository
    access: Access
    submission: Submission
    choosing: TemplateSelect
    questions: Subcommands
    alerts: Alerts = field(default_factory=Alerts)
    # Told of one that did not go out, and was put right and taken; never waited for.
    corrected: Callable[[SendId], None] = lambda _: None

    def register(self, app: AsyncApp) -> None:
        """Connect the listeners, but for the command and the submission."""
        app.message_shortcut(FROM_MESSAGE)(self.on_message_shortcut)
        app.global_shortcut(GLOBAL)(self.on_global_shortcut)
        buttons = (action_ids.NEW_SEND, action_ids.SEND_TEMPLATE, action_ids.SEND_AGAIN)
        app.block_action(re.compile("|".join(buttons)))(self.on_button)
        app.block_action(action_ids.CORRECT)(self.on_correct)
        app.block_action(action_ids.RESCHEDULE)(self.on_change)

    async def on_command(self, ack: AsyncAck, body: Payload) -> None:
        """Answer a question, or open the form with what was typed."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            translator = await self._allowed(context.user)
            text = str(body.get("text") or "")
            answer = await self.questions.answer(
                text, user=context.user, channel=context.channel, translator=translator
            )
            if answer is not None:
                await ack(response_type="ephemeral", text=answer.text, blocks=answer.blocks)
                return
            offer = await self.access.list_allowed(context.user, context.channel)
            origin = Origin(channel=context.channel, response_url=context.response_url)
            opened = await self._typed(text, context.user, origin, offer, translator)
            await self._open(context, opened, translator)
            await ack()

    async def on_message_shortcut(self, ack: AsyncAck, body: Payload) -> None:
        """Open the form for a message: its phone number is filled in, or asked for among several."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            translator = await self._allowed(context.user)
            message = payloads.part(body, "message")
            thread = str(
                message.get("thread_ts") or body.get("message_ts") or message.get("ts") or ""
            )
            found = in_text.find(
                message_text.read(message), self.rules.region, self.rules.countries
            )
            origin = Origin(
                channel=context.channel, thread_ts=thread, response_url=context.response_url
            )
            opened = dataclasses.replace(
                await self._empty(context, origin), thread=answered_thread.name(body, translator)
            )
            await self._open(context, prefill.with_numbers(opened, found), translator)
            await ack()

    async def open_instead(
        self, context: RequestContext, origin: Origin, phone: str, view_id: str
    ) -> None:
        """Put the form in the place of another one, with a number in it."""
        translator = await self._allowed(context.user)
        opened = dataclasses.replace(await self._empty(context, origin), phone=phone)
        with translate_slack_errors():
            await self.client.views_update(
                view_id=view_id, view=send_form.build(opened, translator, opening=True)
            )

    async def on_global_shortcut(self, ack: AsyncAck, body: Payload) -> None:
        """Open an empty form, which also asks where the outcome belongs."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            translator = await self._allowed(context.user)
            await self._open(context, await self._empty(context), translator)
            await ack()

    async def on_button(self, ack: AsyncAck, body: Payload) -> None:
        """Open the form from Home or from a private answer: empty, for a template, or once more."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            translator = await self._allowed(context.user)
            action = payloads.action(body)
            value = str(action.get("value") or "")
            origin = None
            if context.channel:
                origin = Origin(channel=context.channel, response_url=context.response_url)
            opened = await self._empty(context, origin)
            if action.get("action_id") == action_ids.SEND_TEMPLATE:
                opened = await self.choosing.choose(opened, value)
            elif action.get("action_id") == action_ids.SEND_AGAIN:
                opened = await self._once_more(opened, SendId(value))
            await self._open(context, opened, translator)
            await ack()

    async def on_correct(self, ack: AsyncAck, body: Payload) -> None:
        """Open the form as it was when nothing went out, with Atom's words on top."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            translator = await self._allowed(context.user)
            send = await self._pressed_on(body, context)
            opened = prefill.to_correct(await self._reopened(context, send), send)
            await self._open(context, opened, translator, on_top=_in_modal(body))
            await ack()

    async def on_change(self, ack: AsyncAck, body: Payload) -> None:
        """Open the form of one that has not gone out, as it is."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            translator = await self._allowed(context.user)
            send = await self._pressed_on(body, context)
            if not send.status.is_planned:
                raise Refused("button.too_late_to_change")
            opened = prefill.to_change(await self._reopened(context, send), send)
            await self._open(context, opened, translator, on_top=_in_modal(body))
            await ack()

    async def _pressed_on(self, body: Payload, context: RequestContext) -> Send:
        """Return the send whose button was pressed, if it is this person's or they are an admin."""
        value = str(payloads.action(body).get("value") or "")
        return await self._theirs(SendId(value), context.user)

    async def _theirs(self, send_id: SendId, user: str) -> Send:
        """Return a send if this person may decide about it."""
        send = await self.sends.find(send_id)
        if send is None:
            raise Refused("button.send_gone")
        await self.access.check_may_decide(user, send)
        return send

    async def _reopened(self, context: RequestContext, send: Send) -> send_form.Form:
        origin = prefill.where_it_was(send, context)
        return await self._as_it_was(await self._empty(context, origin), send)

    async def open_test(self, context: RequestContext, template_id: str) -> None:
        """Open the form in which an admin tries a template on their own number."""
        person = await self.directory.check(context.user, Right.ADMINISTER)
        template = await self.access.find(template_id)
        if template is None:
            raise Refused("template.gone")
        origin = Origin(channel=context.user)
        opened = send_form.Form(
            user=context.user,
            origin=origin,
            phone=person.phone,
            has_catalogue=True,
            is_test=True,
            values=tuple((each.name, each.example) for each in template.params if each.example),
        )
        opened = opened.choosing(template, self.directory.today(context.user))
        await self._open(context, opened, self.translations.of(person.locale))

    async def on_submit(self, ack: AsyncAck, body: Payload) -> None:
        """Check the form, show what must be looked at again, and take the send."""
        # Late is not lost: it may have been taken, and the same form is taken once.
        async with in_time("database.unreachable"):
            user = payloads.context(body).user
            view: Payload = body["view"]
            self.choosing.mark_submitted(view)
            self.alerts.look(view)
            urls = payloads.objects(body, "response_urls") or [{}]
            person = await self._sender(user)
            filled = await self.choosing.read(
                view, user, response_url=str(urls[0].get("response_url") or "")
            )
            again = await self._submitted(filled, person, view)
            if again is not None:
                await ack(response_action="update", view=again)
                return
            # Only now: once Slack closes the form, the send must survive us.
            await ack()
            if filled.corrects:
                self.corrected(SendId(filled.corrects))

    async def _submitted(
        self, filled: send_form.Form, person: Person, view: Payload
    ) -> dict[str, Any] | None:
        """Have the send taken, or return the form that must be looked at again.

        Raises FixTheForm.
        """
        translator = self.translations.of(person.locale)
        draft, problems = filled.draft()
        if aged := when.check(filled.when, self._asker(person.id, translator)):
            problems.append(aged)
        answer = await self.submission.submit(
            draft,
            person,
            filled.origin,
            key=str(view["id"]),
            problems=problems,
            changes=await self._changed(filled),
        )
        match answer:
            case submission.Refused():
                if others := confirmation.refused(filled, answer):
                    return self._drawn(view, others, translator)
                found = tuple(field_errors.at_fields(view, filled.at_blocks(answer.problems)))
                if again := self.choosing.refuse(view, found, translator):
                    return again
                raise FixTheForm(*found)
            case submission.Outdated():
                return self._drawn(view, await self._other(filled), translator)
            case submission.Confirm():
                asked = await confirmation.asking(filled, answer, self.client)
                return self._drawn(view, asked, translator)
            case submission.Taken():
                return None

    def _drawn(self, view: Payload, form: send_form.Form, translator: Translator) -> dict[str, Any]:
        """Draw the form that answers the one that was handed in."""
        placed = self.choosing.placed(form)
        return send_form.build(self.alerts.answer(view, placed), translator)

    async def _changed(self, filled: send_form.Form) -> Send | None:
        """Return the send whose place this one takes, if it is theirs to change by now."""
        if not filled.changes:
            return None
        return await self._theirs(SendId(filled.changes), filled.user)

    def _asker(self, user: str, translator: Translator) -> Asker:
        zone, now = self.directory.zone(user), self.submission.checks.now()
        return Asker(now, zone, translator.language)

    async def _other(self, filled: send_form.Form) -> send_form.Form:
        other = await self.choosing.choose(filled, filled.template)
        return dataclasses.replace(
            other, notice=other.notice or Problem(send_form.TEMPLATE, "form.other_template")
        )

    async def _once_more(self, opened: send_form.Form, send_id: SendId) -> send_form.Form:
        """Fill a form as an old send was."""
        send = await self.sends.find(send_id)
        if send is None or not await self.access.may_decide(opened.user, send):
            raise Refused("button.send_gone")
        return await self._as_it_was(opened, send)

    async def _as_it_was(self, opened: send_form.Form, send: Send) -> send_form.Form:
        opened = prefill.as_before(opened, send.request)
        if opened.has_catalogue:
            chosen = await self.choosing.choose(opened, send.request.template)
            # As it was sent, whatever the template proposes.
            chosen = chosen.as_sent(send.request.params)
            return dataclasses.replace(chosen, group=opened.group, assign=opened.assign)
        return opened.by_id(send.request.template)

    async def _typed(
        self, text: str, user: str, origin: Origin, offer: Allowed, translator: Translator
    ) -> send_form.Form:
        """Fill a form with the words of a command."""
        if not text.strip():
            return prefill.empty(user, origin, offer)
        asker = self._asker(user, translator)
        is_named = offer.index is not None and template_lookup.begins_with_name(text, offer.index)
        if is_named or len(offer.templates) <= COMPARED_AT_ONCE:
            return prefill.typed(text, user, origin, offer, asker, self.rules)
        # What was mistyped is compared with every name, which takes long where there are many.
        return await asyncio.to_thread(prefill.typed, text, user, origin, offer, asker, self.rules)

    async def _empty(self, context: RequestContext, origin: Origin | None = None) -> send_form.Form:
        """Return an empty form; without a place it also asks for one."""
        offer = await self.access.list_allowed(context.user, origin.channel if origin else "")
        return prefill.empty(context.user, origin, offer)

    async def _allowed(self, user: str) -> Translator:
        return self.translations.of((await self._sender(user)).locale)

    async def _sender(self, user: str) -> Person:
        # Asked side by side with the rest: what an admin may is needed next.
        self.directory.begin_to_ask(user, self.directory.policy.admins)
        return await self.directory.check(user)

    async def _open(
        self,
        context: RequestContext,
        opened: send_form.Form,
        translator: Translator,
        *,
        on_top: bool = False,
    ) -> None:
        show = self.client.views_push if on_top else self.client.views_open
        view = send_form.build(self.choosing.placed(opened), translator, opening=True)
        with translate_slack_errors():
            await show(trigger_id=context.trigger_id, view=view)


def _in_modal(body: Payload) -> bool:
    return payloads.part(body, "view").get("type") == "modal"
