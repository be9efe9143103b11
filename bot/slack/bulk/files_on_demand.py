"""A file that a person asks for: made then, and handed over in a direct message."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError
from bot.locales import Translator
from bot.slack.error_handler import Reader, explain, new_reference
from bot.slack.notifications.cards import quoted
from bot.slack.platform.background import BackgroundTasks
from bot.slack.platform.blocks import View, modal, section
from bot.slack.platform.client import translate_slack_errors
from bot.slack.platform.directory import SlackDirectory
from bot.slack.platform.payloads import RequestContext
from bot.slack.platform.uploads import NamedFile, SlackUploads

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AskedFile:
    """A file that was asked for, and the words around it."""

    title: str  # of the modal
    coming: str  # what is said until it is there
    above: str  # what stands above it in the direct message
    make: Callable[[], Awaitable[NamedFile]]


@dataclass(frozen=True, slots=True)
class FilesOnDemand:
    """Makes and hands them over; who may have one is decided before."""

    client: AsyncWebClient
    directory: SlackDirectory
    uploads: SlackUploads
    background: BackgroundTasks

    async def begin(
        self,
        context: RequestContext,
        asked: AskedFile,
        translator: Translator,
        *,
        on_top: bool = False,
    ) -> None:
        """Say that it comes, and let it come: that may take longer than a listener has."""
        show = self.client.views_push if on_top else self.client.views_open
        view = _says(asked, asked.coming, translator)
        with translate_slack_errors():
            answer = await show(trigger_id=context.trigger_id, view=view)
        view_id = str((answer.get("view") or {}).get("id") or "")
        self.background.start(self._hand_over(context.user, asked, translator, view_id))

    async def _hand_over(
        self, user: str, asked: AskedFile, translator: Translator, view_id: str
    ) -> None:
        try:
            told = await self._upload(user, asked, await asked.make(), translator)
        except BotError as error:
            told = self._explained(error, user, translator)
        await self._tell(view_id, _says(asked, told, translator))

    async def _upload(
        self, user: str, asked: AskedFile, file: NamedFile, translator: Translator
    ) -> str:
        """Return what is to be said of it where it was asked for."""
        channel, ts = await self.uploads.write_to(user, asked.above)
        try:
            link = await self.uploads.upload(channel, file.name, file.content)
        except BotError as error:
            told = self._explained(error, user, translator)
            # What stands there promises a file.
            with translate_slack_errors():
                await self.client.chat_update(channel=channel, ts=ts, text=told)
            return told
        logger.info("file handed over", extra={"user": user})
        named = f"<{link}|{_link_text(file.name)}>" if link else file.name
        return translator("bulk.file_is_there", file=named)

    def _explained(self, error: BotError, user: str, translator: Translator) -> str:
        reference = new_reference()
        about = {"user": user, "reason": error.key, "reference": reference}
        logger.info("file not handed over", extra=about)
        return explain(error, translator, reference, Reader.of(self.directory, user))

    async def _tell(self, view_id: str, view: View) -> None:
        try:
            with translate_slack_errors():
                await self.client.views_update(view_id=view_id, view=view)
        except BotError as error:
            # It was closed; the message says the same.
            logger.info("not told", extra={"reason": error.key})


def _says(asked: AskedFile, text: str, translator: Translator) -> View:
    return modal(asked.title, [section(text)], close=translator("details.close"))


def _link_text(name: str) -> str:
    return quoted(name).replace("|", " ")
