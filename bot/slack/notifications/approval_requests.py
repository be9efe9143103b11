"""Asks those who may approve a send, where they are, and says there what was decided."""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import TryLater
from bot.policy.approvals import Approvers
from bot.repositories import ApprovalQuestion, ApprovalQuestions
from bot.sends import Send, Status
from bot.slack.notifications import approval_question, cards
from bot.slack.notifications.approval_question import Question
from bot.slack.notifications.redraw import TRIES, CardUpdater
from bot.slack.platform.client import SlackRefused, TokenRefused, translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.members import members_of
from bot.templates import Template

logger = logging.getLogger(__name__)

THREAD = ""  # in place of a person: the question in the card's thread
MOST_ASKED = 10  # people; all others find it on Home


@dataclass(frozen=True, slots=True)
class ApprovalRequests:
    """Each of it may happen twice; what stands already is not asked again."""

    client: AsyncWebClient
    questions: ApprovalQuestions
    directory: SlackDirectory
    drawing: CardUpdater
    template: Callable[[str], Awaitable[Template | None]]  # of the catalogue, by its id

    async def ask(self, send: Send) -> None:
        """See that everybody is asked. Raises TryLater or TokenRefused."""
        stand = {each.user for each in await self.questions.of(send.id) if each.send == send.id}
        if THREAD in stand:
            # It comes last, and says who was asked.
            return
        requesters = await self.drawing.sends.requesters(send.id)
        known = (await self.directory.approvers()).without(requesters)
        members = await members_of(self.client, send.card_channel) if known else frozenset[str]()
        here = [each for each in known.people if each in members][:MOST_ASKED]
        others = [each for each in known.people if each not in members]
        template = await self.template(send.request.template)
        asked = await self._ask_each(send, template, others[: MOST_ASKED - len(here)], stand)
        if await self._is_open(send):
            await self._ask_here(send, template, here, asked, known)
            return
        # Decided while people were asked: they need not decide any more.
        await self.follow(await self.drawing.sends.get(send.id))

    async def _is_open(self, send: Send) -> bool:
        """Whether it still waits for somebody who approves it."""
        now = await self.drawing.sends.get(send.id)
        return now.status is Status.AWAITING_APPROVAL

    async def follow(self, send: Send) -> None:
        """Say wherever people were asked what was decided. Raises TryLater or TokenRefused."""
        if not (send.request.needs_approval or send.request.changed_from):
            return
        for question in await self.questions.of(send.id):
            is_own = question.send == send.id
            asked = send if is_own else await self.drawing.sends.get(question.send)
            if approval_question.is_answered(asked):
                await self._answer(question, asked)
                await self.questions.closed(question)

    async def _ask_each(
        self,
        send: Send,
        template: Template | None,
        people: Sequence[str],
        stand: Collection[str],
    ) -> list[str]:
        """Ask by direct message; return who was reached."""
        reached = []
        for user in people:
            translator = self.drawing.translations.of(await self.directory.locale(user))
            question = Question(send, template, is_private=True)
            message = approval_question.ask(question, translator, await self.drawing.names(send))
            if user not in stand and not await self._is_open(send):
                break
            if user in stand or await self._post(send, user, user, message):
                reached.append(user)
        return reached

    async def _ask_here(
        self,
        send: Send,
        template: Template | None,
        here: Sequence[str],
        elsewhere: Sequence[str],
        known: Approvers,
    ) -> None:
        """Ask in the thread of the card, and say who else was asked."""
        is_open = known.is_open and not send.card_channel.startswith("D")
        question = Question(send, template, here, elsewhere, is_open=is_open)
        translator = await self.drawing.translator_in(send, send.card_channel)
        names = {each: await self.directory.name(each) for each in elsewhere}
        names |= await self.drawing.names(send)
        message = approval_question.ask(question, translator, names)
        origin = send.request.origin
        is_there = send.card_channel == origin.channel
        thread = (origin.thread_ts if is_there else "") or send.card_ts
        await self._post(send, THREAD, send.card_channel, message, thread)

    async def _post(
        self, send: Send, user: str, channel: str, message: cards.Message, thread: str = ""
    ) -> bool:
        """Ask one person, or in the thread; say whether that stands now."""
        arguments: dict[str, Any] = message.arguments()
        if thread:
            arguments["thread_ts"] = thread
        try:
            with translate_slack_errors():
                answer = await self.client.chat_postMessage(channel=channel, **arguments)
        except TokenRefused:
            raise
        except (TryLater, SlackRefused) as error:
            if isinstance(error, TryLater) and send.tell_tries < TRIES:
                raise
            logger.info("not asked", extra={"send": send.id, "user": user, "reason": error.key})
            return False
        place = (str(answer["channel"]), str(answer["ts"]))
        await self.questions.posted(ApprovalQuestion(send.id, user, *place))
        return True

    async def _answer(self, question: ApprovalQuestion, send: Send) -> None:
        if question.user:
            translator = self.drawing.translations.of(await self.directory.locale(question.user))
        else:
            translator = await self.drawing.translator_in(send, question.channel)
        message = approval_question.answered(send, translator, await self.drawing.names(send))
        # One that is gone is answered elsewhere.
        await self.drawing.update(send, question.channel, question.ts, message)
