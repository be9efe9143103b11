"""Atom's endpoint in our words: one request, and its answer as it came over HTTP.

Atom knows no idempotency key and no look-up, so nothing that may have gone out is ever repeated
from here.
"""

import asyncio
import contextlib
import json
import logging
import re
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp

from bot.atom_answers import read
from bot.errors import TryLater, Unclear
from bot.sends import Outcome, SendRequest

logger = logging.getLogger(__name__)

BODY_LIMIT = 64 * 1024  # bytes; the longest known answer has under 300
LIST_LIMIT = 4 * 1024 * 1024  # bytes; of a list of templates, whose length nobody knows
CONNECT_SECONDS = 5.0
TYPE_LIMIT = 200  # characters of the body's type that are read
_CHARSET = re.compile(r"""charset=["']?([\w.:-]+)""", re.ASCII | re.IGNORECASE)
PACKED = frozenset({"gzip", "x-gzip", "deflate"})
# Whatever goes wrong between us and Atom.
LOST = (aiohttp.ClientError, OSError, zlib.error)


@dataclass(slots=True)
class Call:
    """One call on its way, as its HTTP session goes on with it."""

    # Whether its connection stood, TLS and a proxy's tunnel included: what was lost before that has
    # many names, and nothing went out.
    is_connected: bool = False


@dataclass(frozen=True, slots=True)
class AtomAnswer:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]  # by their names in any case
    text: str
    whole: bool  # False: it was cut off, by its size or by time


class Atom:
    """The vendor's endpoint for template messages."""

    def __init__(
        self, session: aiohttp.ClientSession, *, url: str, token: str, timeout: float
    ) -> None:
        """Call over `session`, of `open_session`; `timeout` is in seconds, for the whole call."""
        self._session = session
        self._url = url
        self._token = token
        self._timeout = timeout

    async def send(self, request: SendRequest) -> Outcome:
        """Call Atom once and say what is known.

        Raises TryLater if surely nothing went out, Unclear if it may have.
        """
        call = Call()
        content = json.dumps(body_of(request), ensure_ascii=False).encode()
        try:
            answer = await self._ask("POST", content, call, limit=BODY_LIMIT)
        except Exception as error:
            if not isinstance(error, LOST):
                # A setting that nothing can be called with, or a fault of ours.
                logger.exception("atom not called", extra={"connected": call.is_connected})
            # Whatever it is: what counts is whether anything can have gone out.
            if not call.is_connected:
                raise _later(error) from error
            raise Unclear("no_answer") from error
        return read(answer.status, answer.headers, answer.text, whole=answer.whole)

    async def probe(self) -> AtomAnswer:
        """Ask for the announced list of templates, whose answer no page shows.

        It sends nothing to anybody. Raises TryLater if no answer came.
        """
        try:
            return await self._ask("GET", None, Call(), limit=LIST_LIMIT)
        except Exception as error:
            raise _later(error) from error

    async def _ask(self, verb: str, content: bytes | None, call: Call, *, limit: int) -> AtomAnswer:
        headers = {
            "Content-type": "application/json",
            "Charset": "utf-8",
            "Authorization": f"Bearer {self._token}",
            "Accept-Encoding": "identity",
        }
        # Well before the whole call's time is up: then it is known that nothing went out.
        connect = min(CONNECT_SECONDS, self._timeout / 2)
        async with asyncio.timeout(self._timeout) as clock:
            response = await self._session.request(
                verb,
                self._url,
                data=content,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(connect=connect),
                trace_request_ctx=call,
            )
            try:
                text, whole = await _read_body(response, until=clock.when(), limit=limit)
            finally:
                response.close()
            # What Atom says is shown to people, and it might repeat what it was sent.
            text = text.replace(self._token, "[token]") if self._token else text
            return AtomAnswer(response.status, response.headers, text, whole)


def is_untrusted(error: Exception) -> bool:
    """Whether the call failed for a certificate that this machine does not trust."""
    return isinstance(error, aiohttp.ClientConnectorCertificateError)


def _later(error: Exception) -> TryLater:
    if is_untrusted(error):
        return TryLater("atom.untrusted")
    return TryLater("atom.unreachable")


async def _read_body(
    response: aiohttp.ClientResponse, *, until: float | None, limit: int
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
    except LOST:
        whole = False
    return _decoded(body[:limit], response.headers.get("content-type", "")), whole


async def _unpacked(response: aiohttp.ClientResponse, limit: int) -> AsyncIterator[bytes]:
    """Give the body in bounded pieces: a few packed bytes could become gigabytes."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        async for chunk in response.content.iter_any():
            yield chunk
        return
    if encoding not in PACKED:
        raise aiohttp.ClientPayloadError(f"unknown encoding {encoding[:40]}")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # either header
    async for chunk in response.content.iter_any():
        yield unpacker.decompress(chunk, limit + 1)


def _decoded(body: bytes, content_type: str) -> str:
    # Not by a parser of such headers: an odd one takes it seconds, or fails.
    named = _CHARSET.search(content_type[:TYPE_LIMIT])
    try:
        return body.decode(named[1] if named else "utf-8", "replace")
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
async def open_session(proxy: str | None = None) -> AsyncIterator[aiohttp.ClientSession]:
    """Open the HTTP session with Atom, which goes through a proxy if there is one.

    Connections are not kept: one that Atom closes while idle fails just as a lost answer does,
    and a message would be called unknown that never left.
    """
    connector = aiohttp.TCPConnector(force_close=True, limit=100)
    tracing = aiohttp.TraceConfig()
    # The first of them is enough; the others leave nothing to how the library goes about it.
    tracing.on_connection_create_end.append(_connected)
    tracing.on_connection_reuseconn.append(_connected)
    tracing.on_request_headers_sent.append(_connected)
    tracing.on_request_chunk_sent.append(_connected)
    async with aiohttp.ClientSession(
        connector=connector,
        proxy=proxy,
        trace_configs=[tracing],
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
    ) as session:
        yield session


async def _connected(_session: object, context: SimpleNamespace, _about: object) -> None:
    call = context.trace_request_ctx
    if isinstance(call, Call):
        call.is_connected = True
