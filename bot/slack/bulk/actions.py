"""The buttons under a list: each press is judged by what is true at that moment."""

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.bulk.batches import Batch, BatchStatus
from bot.bulk.ports import BatchNotifier, BatchRepository
from bot.errors import Refused
from bot.slack.approvals import is_home
from bot.slack.bulk import again, buttons
from bot.slack.bulk.door import ListDoor, stands
from bot.slack.home import Home
from bot.slack.platform import payloads
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.client import in_time
from bot.slack.platform.payloads import Payload
from bot.templates import fingerprint

logger = logging.getLogger(__name__)

# What a press alone does; what opens a modal is not among them.
ACTIONS: Final = (
    buttons.START,
    buttons.START_RECENT,
    buttons.PAUSE,
    buttons.RESUME,
    buttons.STOP,
    buttons.RETRY,
    buttons.ARRIVED,
    buttons.NOT_ARRIVED,
)
STARTS: Final = (buttons.START, buttons.START_RECENT)
Act = Callable[[Batch, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ListActions:
    """One listener for all of them; the sender may press, and so may an admin."""

    batches: BatchRepository
    door: ListDoor
    notifier: BatchNotifier
    background: BackgroundTasks
    home: Home

    def register(self, app: AsyncApp) -> None:
        """Connect the one listener."""
        app.block_action(re.compile(f"^(?:{'|'.join(ACTIONS)})$"))(self.on_press)

    async def on_press(self, ack: AsyncAck, body: Payload) -> None:
        """Do what the button says, if it still can be done."""
        async with in_time("database.unreachable"):
            action, user = payloads.action(body), payloads.context(body).user
            name = str(action.get("action_id") or "")
            value = str(action.get("value") or "")
            batch = await self.door.decided_by(user, buttons.read(value))
            try:
                if name in STARTS:
                    _check_seen(batch, value)
                await self._acts[name](batch, user)
                logger.info("list decided", extra={"batch": batch.id, "user": user, "what": name})
            finally:
                # What could not be done may stand there though it is not so any more.
                self.notifier.show(batch.id)
                if is_home(body) or self.home.is_open(user):
                    self.background.start(self.home.refresh(user))
            await ack()

    @property
    def _acts(self) -> dict[str, Act]:
        return {
            buttons.START: self._start,
            buttons.START_RECENT: self._start_with_recent,
            buttons.PAUSE: self._pause,
            buttons.RESUME: self._resume,
            buttons.STOP: self._stop,
            buttons.RETRY: self._send_again,
            buttons.ARRIVED: self._arrived,
            buttons.NOT_ARRIVED: self._not_arrived,
        }

    async def _start(self, batch: Batch, user: str, *, with_recent: bool = False) -> None:
        _check_stands(batch, BatchStatus.CHECKED)
        if not batch.report.sendable(with_recent=with_recent):
            raise Refused("bulk.card.nothing_to_send")
        template = await self.door.template_for(batch, sender=batch.request.user, presser=user)
        await self.door.check_fresh(batch, template)
        needs_approval = await self.door.needs_approval(
            batch, template, with_recent=with_recent, presser=user
        )
        is_done = await self.batches.start(
            batch.id,
            user=user,
            checked=batch.checked,
            with_recent=with_recent,
            needs_approval=needs_approval,
        )
        if not is_done and (now := await self.door.found(batch.id)).checked != batch.checked:
            raise _looked_again(now)
        await self._check_done(batch, is_done=is_done)

    async def _start_with_recent(self, batch: Batch, user: str) -> None:
        await self._start(batch, user, with_recent=True)

    async def _pause(self, batch: Batch, user: str) -> None:
        await self._check_done(batch, is_done=await self.batches.pause(batch.id, user=user))

    async def _resume(self, batch: Batch, user: str) -> None:
        _check_stands(batch, BatchStatus.PAUSED)
        template = await self.door.template_for(batch, sender=batch.request.user, presser=user)
        if fingerprint(template) != batch.report.fingerprint:
            # Its rows were read for another text: what is left is looked at in a list of its own.
            raise Refused("bulk.resume.template")
        await self._check_done(batch, is_done=await self.batches.resume(batch.id, user=user))

    async def _stop(self, batch: Batch, user: str) -> None:
        await self._check_done(batch, is_done=await self.batches.stop(batch.id, user=user))

    async def _send_again(self, batch: Batch, user: str) -> None:
        if not batch.status.is_final:
            raise stands(batch)
        request = await again.request_of(batch, self.batches, user=user)
        await self.door.template_for(batch, sender=user, presser=user)
        await self.batches.create(request)

    async def _arrived(self, batch: Batch, user: str) -> None:
        await self._decide_unknown(batch, user, arrived=True)

    async def _not_arrived(self, batch: Batch, user: str) -> None:
        await self._decide_unknown(batch, user, arrived=False)

    async def _decide_unknown(self, batch: Batch, user: str, *, arrived: bool) -> None:
        if not await self.batches.decide_unknown(batch.id, arrived=arrived, user=user):
            raise Refused("bulk.unknown.none")

    async def _check_done(self, batch: Batch, *, is_done: bool) -> None:
        """Say what stands if somebody else was quicker."""
        if not is_done:
            raise stands(await self.door.found(batch.id))


def _check_seen(batch: Batch, value: str) -> None:
    """Start only what whoever presses has read: its rows may be others by now."""
    if not buttons.is_seen(value, batch):
        raise _looked_again(batch)


def _looked_again(batch: Batch) -> Refused:
    is_checked = batch.status is BatchStatus.CHECKED
    return Refused("bulk.look_again.since") if is_checked else stands(batch)


def _check_stands(batch: Batch, status: BatchStatus) -> None:
    if batch.status is not status:
        raise stands(batch)
