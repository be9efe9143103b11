"""Asks those who may approve a list, where they are, and says there what was decided."""

import dataclasses
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.bulk.batches import Batch
from bot.errors import TryLater
from bot.policy.approvals import Approvers
from bot.repositories import ApprovalQuestion, ApprovalQuestions
from bot.sends import Card, SendId
from bot.slack.bulk import approval_view, buttons
from bot.slack.bulk.approval_view import Asked
from bot.slack.bulk.lookup import reads_alone
from bot.slack.bulk.posting import ListPosting
from bot.slack.bulk.shown import requesters
from bot.slack.notifications.approval_requests import MOST_ASKED, THREAD
from bot.slack.notifications.cards import Message
from bot.slack.notifications.redraw import TRIES
from bot.slack.platform.client import SlackRefused, TokenRefused
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.members import members_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ListApprovalRequests:
    """Each of it may happen twice; what stands already is not asked again."""

    posting: ListPosting
    questions: ApprovalQuestions
    directory: SlackDirectory

    async def ask(self, batch: Batch) -> None:
        """See that everybody is asked. Raises TryLater or TokenRefused."""
        stand = {each.user for each in await self.questions.of(_key(batch))}
        if THREAD in stand:
            # It comes last, and says who was asked.
            return
        known = (await self.directory.approvers()).without(requesters(batch))
        members = frozenset[str]()
        if known:
            members = await members_of(self.posting.client, batch.card_channel)
        here = [each for each in known.people if each in members][:MOST_ASKED]
        others = [each for each in known.people if each not in members][: MOST_ASKED - len(here)]
        asked = [each for each in others if each in stand or await self._ask_one(batch, each)]
        now = await self.posting.batches.find(batch.id)
        if now is None or approval_view.is_answered(now):
            # Decided while people were asked: they need not decide any more.
            await self.follow(now or batch)
            return
        await self._ask_here(batch, here, asked, known)

    async def follow(self, batch: Batch) -> None:
        """Say wherever people were asked what was decided. Raises TryLater or TokenRefused."""
        if batch.approve_until is None or not approval_view.is_answered(batch):
            return
        lookup = self.posting.lookup
        for question in await self.questions.of(_key(batch)):
            shown = await lookup.shown(batch, in_private=bool(question.user))
            translator = (
                await lookup.translator_of(question.user)
                if question.user
                else await lookup.translator_in(batch, question.channel)
            )
            message = approval_view.answered(shown, translator)
            # One that is gone is answered elsewhere.
            await self.posting.update(batch, Card(question.channel, question.ts), message)
            await self.questions.closed(question)

    async def _ask_one(self, batch: Batch, user: str) -> bool:
        """Ask by direct message; say whether that stands now."""
        lookup = self.posting.lookup
        shown = await lookup.shown(batch, in_private=True)
        message = approval_view.ask(shown, Asked(), await lookup.translator_of(user))
        return await self._post(batch, user, user, message)

    async def _ask_here(
        self, batch: Batch, here: Sequence[str], elsewhere: Sequence[str], known: Approvers
    ) -> None:
        """Ask in the thread of the card, and say who else was asked."""
        lookup, channel = self.posting.lookup, batch.card_channel
        is_open = known.is_open and not reads_alone(batch, channel)
        # Its sender reads it alone there, and does not decide.
        shown = await lookup.shown(batch)
        names = {each: await self.directory.name(each) for each in elsewhere}
        shown = dataclasses.replace(shown, names={**names, **shown.names})
        asked = Asked(here, elsewhere, is_open=is_open)
        message = approval_view.ask(shown, asked, await lookup.translator_in(batch, channel))
        origin = batch.request.origin
        thread = (origin.thread_ts if channel == origin.channel else "") or batch.card_ts
        await self._post(batch, THREAD, channel, message, thread)

    async def _post(
        self, batch: Batch, user: str, channel: str, message: Message, thread: str = ""
    ) -> bool:
        try:
            card = await self.posting.post(batch, channel, message, thread)
        except TokenRefused:
            raise
        except (TryLater, SlackRefused) as error:
            if isinstance(error, TryLater) and batch.tell_tries < TRIES:
                raise
            logger.info("not asked", extra={"batch": batch.id, "user": user, "reason": error.key})
            return False
        await self.questions.posted(ApprovalQuestion(_key(batch), user, card.channel, card.ts))
        return True


def _key(batch: Batch) -> SendId:
    """Name it among the questions, which are kept by what they are about."""
    return SendId(buttons.as_asked(batch.id))
