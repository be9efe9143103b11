"""A file put into a conversation, once: by Slack's external upload, and looked after until it is there.

Sources: <https://docs.slack.dev/reference/methods/files.getUploadURLExternal>,
<https://docs.slack.dev/reference/methods/files.completeUploadExternal>.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Refused, TryLater, Unclear
from bot.proxies import Proxies
from bot.slack.platform import payloads
from bot.slack.platform.client import DIRECT, SlackRefused, Unanswered, translate_slack_errors
from bot.slack.platform.files import NO_SCOPE, no_scope, own_address, session_of
from bot.slack.platform.payloads import Payload

logger = logging.getLogger(__name__)

POST_SECONDS = 60.0
# Seconds between looks: Slack goes on with a file after it has said yes.
LOOKS = (0.3, 0.7, 1.0, 2.0, 3.0, 4.0, 5.0)
REFUSED = {
    "file_uploads_disabled": "upload.disabled",
    "file_uploads_except_images_disabled": "upload.disabled",
    "file_type_not_allowed": "upload.type_not_allowed",
    "file_upload_size_restricted": "upload.too_large",
    "storage_limit_reached": "upload.storage_limit",
    "over_file_storage_limit": "upload.storage_limit",
    **dict.fromkeys(
        ("channel_not_found", "not_in_channel", "is_archived", "invalid_channel"),
        "upload.not_there",
    ),
    **dict.fromkeys(
        ("access_denied", "ekm_access_denied", "restricted_action", "posting_to_channel_denied"),
        "upload.denied",
    ),
    **dict.fromkeys(
        ("user_disabled", "user_not_found", "messages_tab_disabled", "cannot_dm_bot"),
        "upload.nobody",
    ),
}


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that is ready to be handed over."""

    name: str
    content: bytes | Path


class NotSeen(Unclear):
    """Slack may have put the file there; twice would be worse than not to know."""

    def __init__(self) -> None:
        super().__init__("upload.not_seen")


@dataclass(frozen=True, slots=True)
class SlackUploads:
    """Puts files where people find them."""

    client: AsyncWebClient
    helpers: Callable[[], tuple[str, ...]]  # who can install the app anew, as Slack's ids
    proxies: Proxies = DIRECT
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def write_to(self, user: str, text: str) -> tuple[str, str]:
        """Write to a person; return where that stands: the conversation's id, `D…`, and `ts`.

        A file needs that id, for which nobody is asked for another scope so. Raises Refused and
        TryLater.
        """
        with self._refusals("chat:write"), translate_slack_errors():
            answer = await self.client.chat_postMessage(channel=user, text=text)
        return str(answer["channel"]), str(answer["ts"])

    async def send(self, user: str, name: str, content: bytes | Path, comment: str) -> None:
        """Put a file into the direct message with a person, once, below what is said of it.

        Raises Refused and TryLater, after which nothing is there, and NotSeen.
        """
        channel, ts = await self.write_to(user, comment)
        try:
            await self.upload(channel, name, content)
        except (Refused, TryLater):
            await self._take_back(channel, ts)
            raise

    async def _take_back(self, channel: str, ts: str) -> None:
        """Delete what promises a file; if that can't be done it stays, and the file comes later."""
        try:
            with translate_slack_errors():
                await self.client.chat_delete(channel=channel, ts=ts)
        except (Refused, TryLater) as error:
            logger.warning("comment stays without a file", extra={"reason": error.key})

    async def upload(
        self,
        channel_id: str,
        name: str,
        content: bytes | Path,
        comment: str = "",
        *,
        thread_ts: str = "",
    ) -> str:
        """Put a file into a conversation (`D…`, `C…`), and return its permalink.

        Raises Refused and TryLater, after which nothing is there, and NotSeen.
        """
        held = (
            content if isinstance(content, bytes) else await asyncio.to_thread(content.read_bytes)
        )
        file_id, address = await self._begin(name, len(held))
        await self._post(address, held)
        try:
            with self._refusals("files:write"), translate_slack_errors():
                await self.client.files_completeUploadExternal(
                    files=[{"id": file_id, "title": name}],
                    channel_id=channel_id,
                    initial_comment=comment or None,
                    thread_ts=thread_ts or None,
                )
        except Unanswered:
            # It may be done: the look at the file says so.
            logger.info("upload unanswered", extra={"file": file_id})
        return await self._seen(file_id, channel_id)

    async def _begin(self, name: str, length: int) -> tuple[str, str]:
        with self._refusals("files:write"), translate_slack_errors():
            answer = await self.client.files_getUploadURLExternal(filename=name, length=length)
        return str(answer.get("file_id") or ""), str(answer.get("upload_url") or "")

    async def _post(self, address: str, content: bytes) -> None:
        """Hand over what is in it; until it is completed, nobody sees anything."""
        url = own_address(address, self.client.base_url)
        if url is None:
            raise Refused("upload.denied")
        with translate_slack_errors():
            async with session_of(self.client).post(
                url,
                data=content,
                headers={"Content-Type": "application/octet-stream"},
                allow_redirects=False,
                proxy=self.proxies.of(address),
                timeout=aiohttp.ClientTimeout(total=POST_SECONDS),
            ) as response:
                if response.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                    raise Refused("upload.too_large")
                if response.status == HTTPStatus.TOO_MANY_REQUESTS:
                    raise TryLater("slack.limited", after=1.0)
                if response.status != HTTPStatus.OK:
                    raise TryLater("slack.unreachable")

    async def _seen(self, file_id: str, channel_id: str) -> str:
        """Wait until the file stands in the conversation; return its permalink."""
        for pause in LOOKS:
            await self.sleep(pause)
            try:
                with translate_slack_errors():
                    answer = await self.client.files_info(file=file_id)
            except TryLater as error:
                await self.sleep(error.after)
                continue
            except SlackRefused as error:
                logger.warning("upload not seen", extra={"slack_error": error.code})
                break
            found = payloads.part({"file": answer.get("file")}, "file")
            if channel_id in _places(found):
                return str(found.get("permalink") or "")
        raise NotSeen

    @contextmanager
    def _refusals(self, scope: str) -> Iterator[None]:
        """Turn Slack's words for no into what can be done about it."""
        try:
            yield
        except SlackRefused as error:
            logger.warning("upload refused", extra={"slack_error": error.code})
            if error.code in NO_SCOPE:
                raise no_scope(scope, self.helpers()) from error
            if key := REFUSED.get(error.code):
                raise Refused(key) from error
            raise


def _places(found: Payload) -> set[str]:
    """Name the conversations in which a file stands."""
    listed = {str(each) for kind in ("channels", "groups", "ims") for each in found.get(kind) or ()}
    shares = payloads.part(found, "shares")
    return listed | {str(each) for kind in shares for each in payloads.part(shares, kind)}
