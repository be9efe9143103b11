"""Atom's endpoint in our words: one request, and its answer as it came over HTTP.

Atom knows no idempotency key and no look-up, so nothing that may have gone out is ever repeated
from here.
"""

import asyncio
import contextlib
import json
import zlib
from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from bot.atom_answers import read
from bot.errors import TryLater, Unclear
from bot.sends import Outcome, SendRequest

BODY_LIMIT = 64 * 1024  # bytes; the longest known answer has under 300
LIST_LIMIT = 4 * 1024 * 1024  # bytes; of a list of templates, whose length nobody knows
CONNECT_SECONDS = 5.0
PACKED = frozenset({"gzip", "x-gzip", "deflate"})

# The connection was never made, so nothing went out. Asked of aiohttp itself where it is the
# cause: httpx-aiohttp calls a connection lost in the middle of a call a ConnectTimeout, too.
NOT_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
NEVER_MADE = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
# Whether this call's connection stood, TLS and a proxy's tunnel included: what was lost before
# that has many names.
CONNECTED: ContextVar[bool] = ContextVar("CONNECTED", default=True)


@dataclass(frozen=True, slots=True)
class AtomAnswer:
    """What came back over HTTP."""

    status: int
    headers: httpx.Headers
    text: str
    whole: bool  # False: it was cut off, by its size or by time


class Atom:
    """The vendor's endpoint for template messages."""

    def __init__(
        self, transport: httpx.AsyncBaseTransport, *, url: str, token: str, timeout: float
    ) -> None:
        """`timeout` is in seconds, for the whole call."""
        self._transport = transport
        self._url = httpx.URL(url)
        self._token = token
        self._timeout = timeout

    async def send(self, request: SendRequest) -> Outcome:
        """Call Atom once and say what is known.

        Raises TryLater if surely nothing went out, Unclear if it may have.
        """
        try:
            content = json.dumps(body_of(request), ensure_ascii=False).encode()
            answer = await self._ask("POST", content, limit=BODY_LIMIT)
        except (httpx.HTTPError, aiohttp.ClientError, TimeoutError) as error:
            if _never_connected(error):
                raise _later(error) from error
            raise Unclear("no_answer") from error
        return read(answer.status, answer.headers, answer.text, whole=answer.whole)

    async def probe(self) -> AtomAnswer:
        """Ask for the announced list of templates, whose answer no page shows.

        It sends nothing to anybody. Raises TryLater if no answer came.
        """
        try:
            return await self._ask("GET", None, limit=LIST_LIMIT)
        except (httpx.HTTPError, aiohttp.ClientError, TimeoutError) as error:
            raise _later(error) from error

    async def _ask(self, verb: str, content: bytes | None, *, limit: int) -> AtomAnswer:
        headers = {
            "Content-type": "application/json",
            "Charset": "utf-8",
            "Authorization": f"Bearer {self._token}",
            "Accept-Encoding": "identity",
        }
        # Well before the whole call's time is up: then it is known that nothing went out.
        connect = min(CONNECT_SECONDS, self._timeout / 2)
        limits = httpx.Timeout(None, connect=connect, pool=connect)
        # Not through httpx's client: its cookies, redirects and logins are not wanted here, and
        # take as long as all the rest of the call.
        request = httpx.Request(
            verb,
            self._url,
            content=content,
            headers=headers,
            extensions={"timeout": limits.as_dict()},
        )
        CONNECTED.set(False)
        async with asyncio.timeout(self._timeout) as clock:
            response = await self._transport.handle_async_request(request)
            try:
                text, whole = await _read_body(response, until=clock.when(), limit=limit)
            finally:
                await response.aclose()
            # What Atom says is shown to people, and it might repeat what it was sent.
            text = text.replace(self._token, "[token]") if self._token else text
            return AtomAnswer(response.status_code, response.headers, text, whole)


def _never_connected(error: Exception) -> bool:
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientError):
        return isinstance(cause, NEVER_MADE) or not CONNECTED.get()
    return isinstance(error, NOT_CONNECTED)


def is_untrusted(error: Exception) -> bool:
    """Whether the call failed for a certificate that this machine does not trust."""
    return isinstance(error.__cause__, aiohttp.ClientConnectorCertificateError)


def _later(error: Exception) -> TryLater:
    if is_untrusted(error):
        return TryLater("atom.untrusted")
    return TryLater("atom.unreachable")


async def _read_body(
    response: httpx.Response, *, until: float | None, limit: int
) -> tuple[str, bool]:
    """Read no more than the limit. A status without its body still tells something."""
    body = b""
    whole = False
    # A little before the whole call's time is up, so that the status is not lost with the body.
    deadline = None if until is None else until - 0.05
    try:
        async with asyncio.timeout_at(deadline):
            async for chunk in _unpacked(response, limit):
                body += chunk
                if len(body) > limit:
                    break
            else:
                whole = True
    except (TimeoutError, httpx.HTTPError, aiohttp.ClientError, zlib.error):
        whole = False
    return _decoded(body[:limit], response.charset_encoding), whole


async def _unpacked(response: httpx.Response, limit: int) -> AsyncIterator[bytes]:
    """Give the body in bounded pieces: a few packed bytes could become gigabytes."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        async for chunk in response.aiter_bytes():
            yield chunk
        return
    if encoding not in PACKED:
        raise httpx.DecodingError(f"unknown encoding {encoding[:40]}")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # either header
    async for chunk in response.aiter_raw():
        yield unpacker.decompress(chunk, limit + 1)


def _decoded(body: bytes, charset: str | None) -> str:
    try:
        return body.decode(charset or "utf-8", "replace")
    except (LookupError, UnicodeError):  # a name that Python does not know
        return body.decode("utf-8", "replace")


def body_of(request: SendRequest) -> dict[str, object]:
    """Make the documented request; what was left out is left out, except `assign`."""
    body: dict[str, object] = {"templateId": request.template, "phoneNumber": request.phone}
    if request.client_name:
        body["clientName"] = request.client_name
    if request.group:
        body["groupName"] = request.group
    body["assign"] = request.assign
    if request.params:
        body["params"] = dict(request.params)
    return body


@contextlib.asynccontextmanager
async def open_transport(proxy: str | None = None) -> AsyncIterator[httpx.AsyncBaseTransport]:
    """Make the HTTP transport to Atom, which goes through a proxy if there is one.

    Connections are not kept: one that Atom closes while idle fails just as a lost answer does,
    and a message would be called unknown that never left.
    """
    connector = aiohttp.TCPConnector(force_close=True, limit=100)
    tracing = aiohttp.TraceConfig()
    tracing.on_connection_create_end.append(_connected)
    async with aiohttp.ClientSession(
        connector=connector, proxy=proxy, trace_configs=[tracing]
    ) as session:
        yield AiohttpTransport(client=session)


async def _connected(*_about: object) -> None:
    CONNECTED.set(True)
