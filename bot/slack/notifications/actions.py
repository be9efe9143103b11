"""The buttons under a send: what a press alone decides about it."""

import logging
import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot import submission
from bot.bulk.batches import BatchId
from bot.errors import BotError, NotAllowed, Refused
from bot.policy.access import Access
from bot.policy.people import Person, Right
from bot.repositories import SendRepository
from bot.sends import Send, SendId
from bot.slack.notifications import buttons
from bot.slack.notifications.details import Details
from bot.slack.notifications.redraw import CardUpdater
from bot.slack.platform import payloads
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.client import in_time
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import Payload
from bot.submission import Submission

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SendActions:
    """One listener for all of them; the sender may press, and so may an admin."""

    directory: SlackDirectory
    sends: SendRepository
    access: Access
    submission: Submission
    drawing: CardUpdater
    background: BackgroundTasks
    details: Details
    home_changed: Callable[[str], None]  # by what this person pressed there; never waited for
    # By the callback id of other modals in which sends are decided: what draws them again.
    redraw: Mapping[str, Callable[[Payload, str], Coroutine[Any, Any, None]]] = field(
        default_factory=dict
    )
    list_changed: Callable[[BatchId], None] = lambda _: None  # whose row it is; never waited for

    def register(self, app: AsyncApp) -> None:
        """Connect the one listener."""
        names = "|".join(buttons.ACTIONS)
        app.block_action(re.compile(f"^(?:{names})$"))(self.on_press)

    async def on_press(self, ack: AsyncAck, body: Payload) -> None:
        """Do what the button says, if it still can be done."""
        action = payloads.action(body)
        name = str(action.get("action_id") or "")
        if name != buttons.OPEN_PANEL:
            async with in_time("database.unreachable"):
                await self._decide(name, SendId(str(action.get("value") or "")), body)
        await ack()

    async def _decide(self, name: str, send_id: SendId, body: Payload) -> None:
        user = payloads.context(body).user
        # Asked before anything is said of the send: a stranger learns nothing.
        person = await self.directory.check(user, Right.SEND)
        send = await self.sends.find(send_id)
        if send is None:
            raise Refused("button.send_gone")
        await self.access.check_may_decide(user, send)
        refusal = await self._act(name, send, person)
        if send.request.batch:
            self.list_changed(BatchId(send.request.batch))
        view = payloads.part(body, "view")
        if view.get("type") == "home":
            self.home_changed(user)
        elif again := self.redraw.get(str(view.get("callback_id") or "")):
            self.background.start(again(view, user))
        elif view_id := str(view.get("id") or ""):
            self.background.start(self.details.refresh(send_id, view_id, user))
        elif name not in {buttons.CANCEL, buttons.UNDO, buttons.SEND_NOW}:
            # At once, and also where it was decided before: a question may stand twice.
            self.background.start(self._answer(send_id, body))
        if refusal:
            raise refusal

    async def _act(self, name: str, send: Send, person: Person) -> BotError | None:
        """Do it, or return why that can't be done."""
        if name == buttons.RETRY:
            return _refusal(await self.submission.retry(send, person))
        if name == buttons.ASK_AGAIN:
            return _refusal(await self.submission.ask_again(send, person))
        decide, too_late = {
            buttons.CANCEL: (self.sends.cancel, "button.too_late"),
            buttons.UNDO: (self.sends.cancel, "button.too_late"),
            buttons.SEND_NOW: (self.sends.send_now, "button.waits_no_more"),
            buttons.RESOLVE_SENT: (self.sends.resolve_sent, "button.decided"),
            buttons.RESOLVE_NOT_SENT: (self.sends.resolve_not_sent, "button.decided"),
        }[name]
        return None if await decide(send.id, user=person.id) else Refused(too_late)

    async def _answer(self, send_id: SendId, body: Payload) -> None:
        """Say in place of the question that was pressed what was answered."""
        # Messages that only one person sees come without themselves.
        stands = body.get("container")
        container: Payload = stands if isinstance(stands, Mapping) else {}
        context = payloads.context(body)
        try:
            send = await self.sends.find(send_id)
            # A press on the card itself: whoever tells it draws that.
            if send and str(container.get("message_ts") or "") != send.card_ts:
                await self.drawing.answer(
                    send,
                    context.channel,
                    str(container.get("message_ts") or ""),
                    response_url=context.response_url if container.get("is_ephemeral") else "",
                )
        except BotError as error:
            # A button that stays does no harm: the next press is told that it is decided.
            logger.info("buttons stay", extra={"send": send_id, "reason": error.key})


def _refusal(answer: submission.Taken | submission.Refused) -> BotError | None:
    if isinstance(answer, submission.Taken):
        return None
    problem = answer.problems[0]
    # Where nobody else can help, it is no matter of what this person may.
    error = NotAllowed if answer.helpers else Refused
    return error(problem.key, **problem.values)
