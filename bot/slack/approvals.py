"""The buttons of whoever may approve a send: each press is judged by what is true at that moment."""

import json
import logging
from dataclasses import dataclass
from typing import Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError, NotAllowed, Refused
from bot.locales import Translations, Translator
from bot.policy.access import Access
from bot.policy.people import EVERYONE, Person, Right
from bot.repositories import SendRepository
from bot.sends import Send, SendId
from bot.slack.home import Home
from bot.slack.notifications import approval_question, buttons, cards
from bot.slack.notifications.approval_requests import ApprovalRequests
from bot.slack.platform import elements, error_messages, payloads
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.blocks import View, input_block, modal, section
from bot.slack.platform.client import in_time, translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload
from bot.templates import text_mark

logger = logging.getLogger(__name__)

CALLBACK_ID: Final = "refuse_approval"
REASON: Final = "reason"
INPUT: Final = "input"
REASON_LIMIT: Final = 500  # characters


@dataclass(frozen=True, slots=True)
class Approvals:
    """Their listeners; who asked for a send, or for one whose place it takes, decides nothing."""

    client: AsyncWebClient
    directory: SlackDirectory
    translations: Translations
    sends: SendRepository
    access: Access
    requests: ApprovalRequests
    background: BackgroundTasks
    home: Home

    def register(self, app: AsyncApp) -> None:
        """Connect the listeners."""
        app.block_action(buttons.APPROVE)(self.on_approve)
        app.block_action(buttons.REFUSE)(self.on_refuse)
        app.view(CALLBACK_ID)(self.on_reason)

    async def on_approve(self, ack: AsyncAck, body: Payload) -> None:
        """Let it go on, if it still waits and is what was asked about."""
        async with in_time("database.unreachable"):
            user = payloads.context(body).user
            send = await self._judged(user, SendId(pressed(body)))
            await self._check_open(send)
            template = await self.access.find(send.request.template)
            if template is None or text_mark(template) != send.request.approval_mark:
                raise Refused("approval.text_is_other")
            is_done = await self.sends.approve(send.id, user=user)
            self._show(send.id, user, in_home=is_home(body))
            await self._check_done(send.id, user, is_done=is_done)
        await ack()

    async def on_refuse(self, ack: AsyncAck, body: Payload) -> None:
        """Ask for a reason."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            send = await self._judged(context.user, SendId(pressed(body)))
            await self._check_open(send)
            translator = self.translations.of(await self.directory.locale(context.user))
            with translate_slack_errors():
                drawn = draw(send, translator, in_home=is_home(body))
                await self.client.views_open(trigger_id=context.trigger_id, view=drawn)
            await ack()

    async def on_reason(self, ack: AsyncAck, body: Payload) -> None:
        """Refuse it, with the reason; what comes too late is kept all the same."""
        async with in_time("database.unreachable"):
            user, view = payloads.context(body).user, payloads.part(body, "view")
            about = payloads.note_of(view)
            send = await self._judged(user, SendId(about.get("send", "")))
            note = payloads.typed(payloads.state(view).get(REASON)).strip()
            is_done = await self.sends.decline(send.id, user=user, note=note[:REASON_LIMIT])
            self._show(send.id, user, in_home=bool(about.get("home")))
            await self._check_done(send.id, user, is_done=is_done)
            await ack()

    async def _judged(self, user: str, send_id: SendId) -> Send:
        """Return a send about which this person may decide. Raises NotAllowed, Refused."""
        # Asked before anything is said of the send: a stranger learns nothing.
        await check_approver(self.directory, user)
        send = await self.sends.find(send_id)
        if send is None:
            raise Refused("button.send_gone")
        if user in await self.sends.requesters(send_id):
            raise NotAllowed("refused.own_approval")
        return send

    async def _check_open(self, send: Send) -> None:
        if approval_question.is_answered(send):
            # Perhaps it stood in more places than one knows.
            self.background.start(self._follow(send.id))
            raise _decided_by_other(send)

    def _show(self, send_id: SendId, user: str, *, in_home: bool) -> None:
        """Show what was decided where it was asked."""
        self.background.start(self._follow(send_id))
        if in_home or self.home.is_open(user):
            self.background.start(self.home.refresh(user))

    async def _check_done(self, send_id: SendId, user: str, *, is_done: bool) -> None:
        if is_done:
            logger.info("approval decided", extra={"send": send_id, "user": user})
            return
        now = await self.sends.find(send_id)
        if now is None:
            raise Refused("button.send_gone")
        raise _decided_by_other(now)

    async def _follow(self, send_id: SendId) -> None:
        """Say at once wherever people were asked what was decided; whoever tells it does, too."""
        try:
            if send := await self.sends.find(send_id):
                await self.requests.follow(send)
        except BotError as error:
            logger.info("questions stay", extra={"send": send_id, "reason": error.key})


def pressed(body: Payload) -> str:
    """Return what a pressed button is about."""
    return str(payloads.action(body).get("value") or "")


def is_home(body: Payload) -> bool:
    """Whether it stands on somebody's Home."""
    return payloads.part(body, "view").get("type") == "home"


async def check_approver(directory: SlackDirectory, user: str) -> Person:
    """Return somebody who may approve what others send. Raises NotAllowed, naming who may."""
    try:
        return await directory.check(user, Right.APPROVE)
    except NotAllowed as error:
        listed = sorted(directory.policy.approvers - {EVERYONE})
        if error.key != "refused.not_listed" or not listed:
            raise
        people = error_messages.mentions(listed)
        raise NotAllowed("refused.not_approver", people=people) from error


def _decided_by_other(send: Send) -> Refused:
    """Say who decided, and what; one whose time is over ends within a second."""
    if not approval_question.is_answered(send):
        return Refused("approval.decided.expired")
    by = approval_question.decider(send)
    key = f"approval.decided.{approval_question.answer(send)}"
    return Refused(key, user=f"<@{by}>") if by else Refused(key)


def draw(send: Send, translator: Translator, *, in_home: bool) -> View:
    """Draw the small form that asks why."""
    reason = elements.text_input(INPUT, max_length=REASON_LIMIT, multiline=True)
    template = cards.unmarked(send.request.title)
    text = translator("refuse_approval.text", template=template, phone=send.masked_phone)
    return modal(
        translator("refuse_approval.title"),
        [
            section(text),
            input_block(
                REASON,
                translator("refuse_approval.reason"),
                reason,
                hint=translator("refuse_approval.hint"),
                optional=True,
            ),
        ],
        submit=translator("button.refuse"),
        close=translator("form.close"),
        callback_id=CALLBACK_ID,
        private_metadata=json.dumps({"send": send.id, **({"home": "1"} if in_home else {})}),
    )
