"""The buttons of whoever may approve a list; nobody approves what they asked for."""

import logging
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.bulk.batches import Batch, BatchId
from bot.bulk.ports import BatchNotifier, BatchRepository
from bot.errors import BotError, NotAllowed, Refused
from bot.slack.approvals import (
    CALLBACK_ID,
    REASON,
    REASON_LIMIT,
    check_approver,
    is_home,
    pressed,
)
from bot.slack.bulk import approval_view, buttons
from bot.slack.bulk.approval_requests import ListApprovalRequests
from bot.slack.bulk.door import ListDoor
from bot.slack.bulk.shown import requesters
from bot.slack.home import Home
from bot.slack.notifications import buttons as of_sends
from bot.slack.platform import payloads
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.client import in_time, translate_slack_errors
from bot.slack.platform.payloads import Payload
from bot.templates import fingerprint, text_mark

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ListApprovals:
    """Their listeners, which hear the buttons of sends, too, and leave those to others."""

    batches: BatchRepository
    door: ListDoor
    requests: ListApprovalRequests
    notifier: BatchNotifier
    background: BackgroundTasks
    home: Home

    def register(self, app: AsyncApp) -> None:
        """Connect the listeners; before those of sends, which look at no value."""
        app.block_action(of_sends.APPROVE, matchers=[_is_of_list])(self.on_approve)
        app.block_action(of_sends.REFUSE, matchers=[_is_of_list])(self.on_refuse)
        app.view(CALLBACK_ID, matchers=[_is_about_list])(self.on_reason)

    async def on_approve(self, ack: AsyncAck, body: Payload) -> None:
        """Let it go on, if it still waits and is what was asked about."""
        async with in_time("database.unreachable"):
            user = payloads.context(body).user
            batch = await self._judged(user, buttons.read_asked(pressed(body)))
            self._check_open(batch)
            template = await self.door.access.find(batch.request.template)
            report = batch.report
            if template is None or not (
                text_mark(template) == report.mark
                if report.mark
                else fingerprint(template) == report.fingerprint
            ):
                raise Refused("approval.text_is_other")
            is_done = await self.batches.approve(batch.id, user=user)
            await self._after(batch.id, user, is_done=is_done, in_home=is_home(body))
            await ack()

    async def on_refuse(self, ack: AsyncAck, body: Payload) -> None:
        """Ask for a reason."""
        async with in_time("slack.unreachable"):
            context = payloads.context(body)
            batch = await self._judged(context.user, buttons.read_asked(pressed(body)))
            self._check_open(batch)
            lookup = self.requests.posting.lookup
            view = approval_view.why_refused(
                await lookup.shown(batch, in_private=True),
                await lookup.translator_of(context.user),
            )
            with translate_slack_errors():
                await self.requests.posting.client.views_open(
                    trigger_id=context.trigger_id, view=view
                )
            await ack()

    async def on_reason(self, ack: AsyncAck, body: Payload) -> None:
        """Refuse it, with the reason."""
        async with in_time("database.unreachable"):
            user, view = payloads.context(body).user, payloads.part(body, "view")
            asked = payloads.note_of(view).get("send", "")
            batch = await self._judged(user, buttons.read_asked(asked))
            note = payloads.typed(payloads.state(view).get(REASON)).strip()
            is_done = await self.batches.decline(batch.id, user=user, note=note[:REASON_LIMIT])
            await self._after(batch.id, user, is_done=is_done, in_home=False)
            await ack()

    async def _judged(self, user: str, batch_id: BatchId | None) -> Batch:
        """Return a list about which this person may decide. Raises NotAllowed, Refused."""
        # Asked before anything is said of the list: a stranger learns nothing.
        await check_approver(self.requests.directory, user)
        batch = await self.door.found(batch_id or BatchId(""))
        if user in requesters(batch):
            raise NotAllowed("refused.own_approval")
        return batch

    def _check_open(self, batch: Batch) -> None:
        if approval_view.is_answered(batch):
            # Perhaps it stood in more places than one knows.
            self.background.start(self._follow(batch.id))
            raise _decided_by_other(batch)

    async def _after(self, batch_id: BatchId, user: str, *, is_done: bool, in_home: bool) -> None:
        """Show what was decided wherever it was asked; say so if somebody else was quicker."""
        self.background.start(self._follow(batch_id))
        self.notifier.show(batch_id)
        if in_home or self.home.is_open(user):
            self.background.start(self.home.refresh(user))
        if not is_done:
            raise _decided_by_other(await self.door.found(batch_id))
        logger.info("list approval decided", extra={"batch": batch_id, "user": user})

    async def _follow(self, batch_id: BatchId) -> None:
        """Say at once wherever people were asked what was decided; whoever tells it does, too."""
        try:
            if batch := await self.batches.find(batch_id):
                await self.requests.follow(batch)
        except BotError as error:
            logger.info("questions stay", extra={"batch": batch_id, "reason": error.key})


async def _is_of_list(body: Payload) -> bool:
    return buttons.read_asked(pressed(body)) is not None


async def _is_about_list(body: Payload) -> bool:
    about = payloads.note_of(payloads.part(body, "view")).get("send", "")
    return buttons.read_asked(about) is not None


def _decided_by_other(batch: Batch) -> Refused:
    """Say who decided, and what; one whose time is over ends within a moment."""
    if not approval_view.is_answered(batch):
        return Refused("approval.decided.expired")
    by = batch.approved_by or batch.decided_by
    key = f"approval.decided.{approval_view.outcome(batch)}"
    return Refused(key, user=f"<@{by}>") if by else Refused(key)
