"""Asks the senders of pending sends in private whether they arrived: nobody else reports it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.delivery.pauses import LONGEST_PAUSE_TO_TELL, pause_before
from bot.errors import NotAllowed, TryLater
from bot.locales import Translations
from bot.policy import nudges
from bot.policy.people import Person
from bot.sends import Send
from bot.slack.notifications import nudge_view
from bot.slack.platform.client import SlackRefused, Unanswered, translate_slack_errors
from bot.slack.platform.directory import SlackDirectory

logger = logging.getLogger(__name__)

# From look to look: a part of what is waited for, within these seconds.
PART = 10
SHORTEST, LONGEST = 1.0, 30.0
PAUSE = 60.0  # seconds, where nobody can say who somebody is
PEOPLE = 200  # that are asked in one look
# With pauses that double up to an hour, a day: as long as an outcome is tried to be told.
TRIES = 35


class NudgeStore(Protocol):
    """What is to be asked, of whom, and which process does it."""

    async def whom_to_ask(self, limit: int) -> tuple[str, ...]: ...

    async def to_ask_about(self, user: str, *, within: timedelta) -> tuple[Send, ...]: ...

    async def claim_nudges(self, found: Sequence[Send]) -> tuple[str, tuple[Send, ...]]: ...

    async def asked(self, sends: Sequence[Send], claim: str) -> None: ...

    async def never_asked(self, sends: Sequence[Send], claim: str) -> None: ...

    async def ask_later(self, sends: Sequence[Send], claim: str, moment: datetime) -> None: ...

    async def move_nudges(self, sends: Sequence[Send], moment: datetime) -> None: ...


class Nudges:
    """Looks from time to time whom to ask; several processes may."""

    def __init__(
        self,
        client: AsyncWebClient,
        store: NudgeStore,
        directory: SlackDirectory,
        words: Translations,
        *,
        nudge: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        """`nudge` is how long a send is pending before its sender is asked."""
        self._client = client
        self._store = store
        self._people = directory
        self._words = words
        self._window = nudges.gathering(nudge)
        self._every = min(max(nudge.total_seconds() / PART, SHORTEST), LONGEST)
        self._now = now
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look from now on."""
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Look no more; what was being asked is asked by another process, or after the start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        """Ask everybody who is to be asked now."""
        for user in await self._store.whom_to_ask(PEOPLE):
            found = await self._store.to_ask_about(user, within=self._window)
            moments = [each.nudge_at for each in found if each.nudge_at]
            now = self._now()
            if moments and nudges.is_time(moments, now, self._window):
                due = [each for each in found if each.nudge_at and each.nudge_at <= now]
                await self._ask_if_at_work(user, due)

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:  # whatever the database raises, somebody must go on to look
                logger.warning("nudges postponed", exc_info=True)
            await asyncio.sleep(self._every)

    async def _ask_if_at_work(self, user: str, due: Sequence[Send]) -> None:
        now = self._now()
        try:
            person = await self._people.check(user)
        except NotAllowed as error:
            # What they answered would be refused.
            claim, held = await self._store.claim_nudges(due)
            await self._give_up(user, held, claim, error.key)
            return
        except TryLater as error:
            logger.info("asked later", extra={"user": user, "reason": error.key})
            pause = timedelta(seconds=max(PAUSE, error.after))
            await self._store.move_nudges(due, now + pause)
            return
        begins = nudges.opening(now, self._people.zone_of(person))
        if begins > now:
            await self._store.move_nudges(due, begins)
            return
        size = 1 if len(due) <= nudges.SINGLY else nudge_view.MOST
        for first in range(0, len(due), size):
            await self._ask(person, due[first : first + size])

    async def _ask(self, person: Person, due: Sequence[Send]) -> None:
        """Ask in one message about what nobody else asks about."""
        claim, held = await self._store.claim_nudges(due)
        if not held:
            return
        try:
            await self._post(person, held)
        except TryLater as error:
            if isinstance(error, Unanswered):
                logger.warning("may stand twice", extra={"user": person.id, "what": "nudge"})
            await self._ask_later(held, claim, max(error.after, pause_before(_tries(held))))
        except SlackRefused as error:
            if _tries(held) >= TRIES:
                await self._give_up(person.id, held, claim, error.code)
                return
            logger.warning("can't ask", extra={"user": person.id, "slack_error": error.code})
            pause = pause_before(_tries(held), longest=LONGEST_PAUSE_TO_TELL)
            await self._ask_later(held, claim, pause)
        else:
            await self._store.asked(held, claim)

    async def _post(self, person: Person, sends: Sequence[Send]) -> None:
        asked = [nudge_view.as_asked(each) for each in sends]
        message = nudge_view.draw(asked, self._words.of(person.locale))
        arguments: dict[str, Any] = message.arguments()
        with translate_slack_errors():
            await self._client.chat_postMessage(channel=person.id, **arguments)

    async def _ask_later(self, sends: Sequence[Send], claim: str, seconds: float) -> None:
        await self._store.ask_later(sends, claim, self._now() + timedelta(seconds=seconds))

    async def _give_up(self, user: str, sends: Sequence[Send], claim: str, why: str) -> None:
        about = {"user": user, "sends": [each.id for each in sends], "reason": why}
        logger.error("never asked", extra=about)
        await self._store.never_asked(sends, claim)


def _tries(sends: Sequence[Send]) -> int:
    """Say the how manieth try it is to ask about these."""
    return max(each.nudge_tries for each in sends) + 1
