"""Tells the admins that Atom refuses the bot's token, what to do, and when it is mended."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import NotAllowed, TryLater
from bot.locales import Translations, Translator
from bot.policy.people import Right
from bot.slack.notifications.cards import Message
from bot.slack.platform.blocks import actions, section
from bot.slack.platform.client import SlackRefused, Unanswered, translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.elements import button

logger = logging.getLogger(__name__)

CHECK_NOW: Final = "check_now"
MOST_TOLD = 50
TRIES = 6
FIRST_PAUSE = 1.0  # seconds; doubled before each further try

Draw = Callable[[Translator], Message]


class Claims(Protocol):
    """Which of all processes tells it; what nobody could be told goes back."""

    async def claim_refused(self) -> bool: ...

    async def claim_mended(self) -> bool: ...

    async def return_refused(self) -> None: ...

    async def return_mended(self) -> None: ...


class TokenAlert:
    """Writes to each admin, beside the runs; a process that dies meanwhile leaves it for an hour."""

    def __init__(
        self,
        client: AsyncWebClient,
        claims: Claims,
        directory: SlackDirectory,
        translations: Translations,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._claims = claims
        self._people = directory
        self._translations = translations
        self._sleep = sleep
        # One after the other: it is mended only after it was refused.
        self._lock = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def token_refused(self, http_status: int) -> None:
        """Tell it once an hour at most; never waited for."""
        self._begin(self._tell_refused(http_status))

    def token_taken(self) -> None:
        """Tell that it is mended, if the admins were told that it was not; never waited for."""
        self._begin(self._tell_mended())

    async def settled(self) -> None:
        """Wait until nothing of it runs any more."""
        await asyncio.gather(*self._tasks)

    async def close(self, *, patience: float) -> None:
        """Let what is under way end within so many seconds, and leave the rest."""
        if self._tasks:
            _, late = await asyncio.wait(tuple(self._tasks), timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._in_turn(work))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("admins not told", exc_info=error)

    async def _in_turn(self, work: Coroutine[Any, Any, None]) -> None:
        async with self._lock:
            await work

    async def _tell_refused(self, http_status: int) -> None:
        if await self._claims.claim_refused():
            logger.error("atom refuses the token", extra={"http_status": http_status})
            if not await self._tell_all(lambda words: refused(http_status, words)):
                await self._claims.return_refused()

    async def _tell_mended(self) -> None:
        if await self._claims.claim_mended():
            logger.warning("atom takes the token again")
            if not await self._tell_all(mended):
                await self._claims.return_mended()

    async def _tell_all(self, draw: Draw) -> bool:
        """Write to each of them; say whether that need not be done again."""
        admins = await self._people.admins()
        if not admins:
            logger.error("no admins to tell")
            return True
        told = [await self._tell(each, draw) for each in admins[:MOST_TOLD]]
        return any(told)

    async def _tell(self, user: str, draw: Draw) -> bool:
        try:
            await self._people.check(user, Right.ADMINISTER)
        except NotAllowed:
            return False
        except TryLater as error:
            # It says nothing that a former admin may not know.
            logger.info("told unchecked", extra={"user": user, "reason": error.key})
        message = draw(self._translations.of(await self._people.locale(user)))
        arguments: dict[str, Any] = message.arguments()
        for number in range(TRIES):
            try:
                with translate_slack_errors():
                    await self._client.chat_postMessage(channel=user, **arguments)
            except Unanswered:
                # It may stand there; twice would be worse than a reminder in an hour.
                logger.warning("admin perhaps told", extra={"user": user})
            except TryLater as error:
                await self._sleep(max(error.after, FIRST_PAUSE * 2.0**number))
                continue
            except SlackRefused as error:
                logger.warning("admin not told", extra={"user": user, "slack_error": error.code})
                return False
            return True
        return False


def refused(http_status: int, translator: Translator) -> Message:
    """Say what is wrong, what to do about it, and offer to try at once."""
    text = translator("token_alert.refused", status=http_status)
    how = translator("token_alert.what_to_do")
    check = button(CHECK_NOW, translator("token_alert.check_now"))
    return Message(f"{text}\n{how}", [section(text), section(how), actions([check])], None)


def mended(translator: Translator) -> Message:
    """Say that nothing is left to do."""
    text = translator("token_alert.mended")
    return Message(text, [section(text)], None)
