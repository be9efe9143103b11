"""A file in Slack: asked about first, then downloaded, with the token from Slack's own hosts alone.

Sources: <https://docs.slack.dev/reference/objects/file-object>,
<https://docs.slack.dev/reference/methods/files.info>.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.bulk.batches import ListFile
from bot.bulk.list_file.table import FILE_LIMIT
from bot.errors import Refused, TryLater
from bot.policy.people import Workspace
from bot.proxies import Proxies
from bot.slack.platform import payloads
from bot.slack.platform.client import DIRECT, SlackRefused, Unanswered, translate_slack_errors
from bot.slack.platform.error_messages import mentions
from bot.slack.platform.payloads import Payload

logger = logging.getLogger(__name__)

FETCH_SECONDS = 60.0  # all of it
PROCESSING = (1.0, 2.0, 4.0)  # seconds between looks at what Slack does not hold ready yet
MOST_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# The second one is of Slack's for governments.
SLACK = ("slack.com", "slack-gov.com")
NO_SCOPE = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})
NOT_THERE = frozenset({"file_not_found", "access_denied", "not_visible"})
LOGIN = (b"<!doctype", b"<html")
UNSHOWN = {
    "tombstone": "bulk.file.deleted",
    "hidden_by_limit": "bulk.file.hidden_by_limit",
    "external": "bulk.file.external",
}
CONTENT = frozenset({"hosted", "snippet", ""})  # others are Slack's own documents


@dataclass(frozen=True, slots=True)
class SlackFiles:
    """Fetches lists' files with the bot's token."""

    client: AsyncWebClient
    workspace: Workspace
    helpers: Callable[[], tuple[str, ...]]  # who can install the app anew, as Slack's ids
    proxies: Proxies = DIRECT
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def fetch(self, file: ListFile, *, user: str) -> bytes:
        """Return a file that this person gave. Raises Refused and TryLater."""
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                return await self._download(await self._look_up(file.id, user))
        except TimeoutError as error:
            raise TryLater("slack.unreachable") from error
        except Refused as error:
            logger.info("file refused", extra={"user": user, "reason": error.key})
            raise

    async def _look_up(self, file_id: str, user: str) -> URL:
        """Find out where it is; a file that was just handed in may take Slack some seconds."""
        for pause in (*PROCESSING, None):
            found = await self._info(file_id)
            self._check(found, user)
            address = str(found.get("url_private_download") or "")
            # Without a type it can't be downloaded yet.
            if address and found.get("mimetype") != "":
                return self._own(address)
            if pause:
                await self.sleep(pause)
        raise Refused("bulk.file.processing")

    async def _info(self, file_id: str) -> Payload:
        try:
            with translate_slack_errors():
                answer = await self.client.files_info(file=file_id)
        except SlackRefused as error:
            if error.code == "file_deleted":
                raise Refused("bulk.file.deleted") from error
            if error.code in NOT_THERE:
                raise Refused("bulk.file.not_found") from error
            if error.code in NO_SCOPE:
                raise no_scope("files:read", self.helpers()) from error
            raise
        return payloads.part({"file": answer.get("file")}, "file")

    def _check(self, found: Payload, user: str) -> None:
        """Raise Refused for what is not this person's own file, kept by Slack."""
        mode = str(found.get("mode") or "")
        if found.get("is_external") is True:
            mode = "external"
        if mode in UNSHOWN:
            raise Refused(UNSHOWN[mode])
        if str(found.get("file_access") or "") in NOT_THERE:
            raise Refused("bulk.file.not_found")
        if found.get("user") != user:
            raise Refused("bulk.file.not_yours")
        # In an organization people are of several teams; that it is this person's file is enough.
        team = str(found.get("user_team") or "")
        if team and not self.workspace.enterprise and team != self.workspace.team:
            raise Refused("bulk.file.other_workspace")
        if mode not in CONTENT:
            raise Refused("bulk.file.unknown")
        size = found.get("size")
        if isinstance(size, int) and size > FILE_LIMIT:
            raise _too_large()

    def _own(self, address: str) -> URL:
        if (url := own_address(address, self.client.base_url)) is None:
            raise Refused("bulk.file.elsewhere")
        return url

    async def _download(self, url: URL) -> bytes:
        for _ in range(MOST_REDIRECTS + 1):
            with translate_slack_errors():
                async with self._get(url) as response:
                    if response.status not in REDIRECTS:
                        return await self._read(response)
                    target = url.join(URL(response.headers.get("Location", "")))
            if target.scheme != "https" and _origin(target) != _origin(url):
                break
            url = target
        raise Refused("bulk.file.elsewhere")

    def _get(self, url: URL) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        headers = {"Accept-Encoding": "identity"}
        if own_address(str(url), self.client.base_url):
            headers["Authorization"] = f"Bearer {self.client.token}"
        return session_of(self.client).get(
            url,
            headers=headers,
            # Followed by hand: aiohttp would not know where the token may go.
            allow_redirects=False,
            proxy=self.proxies.of(str(url)),
            timeout=aiohttp.ClientTimeout(total=FETCH_SECONDS),
        )

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        if response.status == HTTPStatus.NOT_FOUND:
            # It was there when Slack was asked.
            raise Refused("bulk.file.deleted")
        if response.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise no_scope("files:read", self.helpers())
        if response.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise TryLater("slack.limited", after=1.0)
        if response.status != HTTPStatus.OK:
            raise Unanswered("slack.unreachable")
        read = bytearray()
        async for chunk in response.content.iter_chunked(1 << 16):
            read += chunk
            if len(read) > FILE_LIMIT:
                raise _too_large()
        if _is_login_page(response, bytes(read[:100])):
            raise no_scope("files:read", self.helpers())
        return bytes(read)


def own_address(address: str, api_url: str) -> URL | None:
    """Return an address if it is Slack's own, or of the host that `SLACK_API_URL` names."""
    try:
        url, api = URL(address), URL(api_url)
    except ValueError:
        return None
    host = (url.host or "").lower().rstrip(".")
    if url.scheme == "https" and any(host == one or host.endswith(f".{one}") for one in SLACK):
        return url
    return url if _origin(url) == _origin(api) else None


def _origin(url: URL) -> tuple[str, str | None, int | None]:
    return url.scheme, url.host, url.port


def session_of(client: AsyncWebClient) -> aiohttp.ClientSession:
    """Return the session that a client was opened with."""
    assert client.session is not None  # noqa: S101 - `open_slack` gives it one
    return client.session


def no_scope(scope: str, people: tuple[str, ...]) -> Refused:
    """Make the refusal of what the app was not allowed at its installation."""
    if not people:
        return Refused("slack.no_scope_owner", scope=scope)
    return Refused("slack.no_scope", scope=scope, people=mentions(people))


def _too_large() -> Refused:
    return Refused("bulk.file.bytes", limit=FILE_LIMIT // 1024 // 1024)


def _is_login_page(response: aiohttp.ClientResponse, start: bytes) -> bool:
    """Tell Slack's page, which it shows with a 200, from a web page that somebody handed in."""
    if response.headers.get("Content-Disposition", "").lower().startswith("attachment"):
        return False
    is_page = start.lstrip().lower().startswith(LOGIN)
    return is_page or response.content_type == "text/html"
