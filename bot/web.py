"""The HTTP side: Slack's requests, verified before anything is read from them, and the probes."""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from bot.errors import TryLater

logger = logging.getLogger(__name__)

# Slack's largest view has 250 kB, which escaping for a form can triple.
BODY_LIMIT = 1024 * 1024  # bytes
BODY_SECONDS = 2.5
REPLAY_SECONDS = 300  # docs: verifying requests from Slack

# What these are wherever Bolt and the listeners look into them without asking.
OBJECTS = ("container", "event", "message", "view")
NAMED = ("channel", "enterprise", "team", "user")  # an object with an id, or the id
LISTS = ("actions", "authorizations", "response_urls")  # of objects
# What a payload of a type can't do without.
NEEDED = {
    "block_actions": ("user", "actions"),
    "block_suggestion": ("user",),
    "event_callback": ("event",),
    "message_action": ("user",),
    "shortcut": ("user",),
    "view_closed": ("user", "view"),
    "view_submission": ("user", "view"),
}

Dispatch = Callable[[Mapping[str, Any]], Awaitable[tuple[int, str, str]]]


class Refusal(Exception):
    """A request that is answered before it is parsed."""

    def __init__(self, status: int, reason: str) -> None:
        """`status` is HTTP's."""
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Probes:
    """What the probes ask: each returns text, and `ready` the reasons why not."""

    ready: Callable[[], Awaitable[list[str]]]
    metrics: Callable[[], Awaitable[str]]


class Site:
    """The routes of `serve`."""

    def __init__(self, *, secret: str, dispatch: Dispatch, probes: Probes) -> None:
        """`dispatch` takes a verified, parsed payload: status, body and content type."""
        self._secret = secret
        self._dispatch = dispatch
        self._probes = probes

    def application(self) -> web.Application:
        """Make the aiohttp application; limits are kept here, not by aiohttp."""
        application = web.Application(client_max_size=BODY_LIMIT)
        application.router.add_post("/slack/events", self.events)
        add_probes(application, self._probes)
        return application

    async def events(self, request: web.Request) -> web.Response:
        """Answer a command, an interaction, an option load or an event."""
        try:
            _check_headers(request.headers, request.content_length)
            body = await _read_body(request)
            self._check_signature(request.headers, body)
            payload = parse(request.content_type, body)
        except Refusal as refusal:
            logger.info("request refused", extra={"reason": refusal.reason})
            return web.Response(status=refusal.status, text=refusal.reason)
        if payload.get("ssl_check"):
            return web.Response()
        if payload.get("type") == "url_verification":
            return web.Response(text=str(payload.get("challenge") or ""))
        status, text, kind = await self._dispatch(payload)
        return web.Response(status=status, text=text, content_type=kind.partition(";")[0])

    def _check_signature(self, headers: Mapping[str, str], body: bytes) -> None:
        good = signature(self._secret, headers["X-Slack-Request-Timestamp"], body)
        # Bytes: a header may hold what is no text at all.
        given = headers["X-Slack-Signature"].encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(good.encode(), given):
            raise Refusal(401, "bad signature")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Sign a body as Slack does (docs: verifying requests from Slack)."""
    base = f"v0:{timestamp}:".encode() + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def _check_headers(headers: Mapping[str, str], length: int | None) -> None:
    """Refuse what can be refused without reading the body."""
    # A few packed bytes become gigabytes, and Slack packs nothing.
    if headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Refusal(415, "body is packed")
    if length is not None and length > BODY_LIMIT:
        raise Refusal(413, "body too large")
    timestamp = headers.get("X-Slack-Request-Timestamp", "")
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:  # noqa: PLR2004
        raise Refusal(401, "bad timestamp")
    if abs(time.time() - int(timestamp)) > REPLAY_SECONDS:
        raise Refusal(401, "old timestamp")
    if not headers.get("X-Slack-Signature", "").startswith("v0="):
        raise Refusal(401, "no signature")


async def _read_body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise Refusal(413, "body too large") from error
    except TimeoutError as error:
        raise Refusal(408, "body too slow") from error


def parse(content_type: str, body: bytes) -> dict[str, Any]:
    """Parse a verified body: JSON for events, a form for commands, JSON in a form for the rest.

    Done here since Bolt takes any form that contains the word "payload" for an interaction.
    """
    try:
        text = body.decode()
        if content_type != "application/json":
            fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=100))
            if "payload" not in fields:
                return _checked(dict(fields))
            text = fields["payload"]
        payload = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "body can't be read") from error
    if not isinstance(payload, dict):
        raise Refusal(400, "body can't be read")
    return _checked(payload)


def _checked(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a payload that has the shape of its type; a list that is null is left out."""
    shaped = {k: v for k, v in payload.items() if v is not None or k not in LISTS}
    objects = [shaped.get(name) or {} for name in OBJECTS]
    lists = [shaped.get(name, []) for name in LISTS]
    is_whole = all(shaped.get(name) for name in NEEDED.get(str(shaped.get("type")), ()))
    if not is_whole or not all(map(_is_list_of_objects, [objects, *lists])):
        raise Refusal(400, "payload of another shape")
    if not all(map(_names_well, [shaped, *objects, *chain.from_iterable(lists)])):
        raise Refusal(400, "payload of another shape")
    if shaped.get("view") and not _is_view(shaped["view"]):
        raise Refusal(400, "payload of another shape")
    return shaped


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _names_well(part: Mapping[str, Any]) -> bool:
    return all(isinstance(part.get(name), dict | str | None) for name in NAMED)


def _is_view(view: Mapping[str, Any]) -> bool:
    """Whether a view has what is looked up in it; its state may be wanting."""
    blocks = view.get("blocks") or []
    is_drawn = _is_list_of_objects(blocks) and all("block_id" in block for block in blocks)
    return is_drawn and isinstance(view.get("type"), str)


def add_probes(application: web.Application, probes: Probes) -> None:
    """Add /healthz, /readyz and /metrics."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_request: web.Request) -> web.Response:
        reasons = await probes.ready()
        if reasons:
            return web.Response(status=503, text="\n".join(reasons) + "\n")
        return web.Response(text="ready\n")

    async def metrics(_request: web.Request) -> web.Response:
        try:
            text = await probes.metrics()
        except TryLater as error:
            return web.Response(status=503, text=f"{error.key}\n")
        return web.Response(text=text, content_type="text/plain")

    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    application.router.add_get("/metrics", metrics)


class Server:
    """Listens, and stops in two steps: first nothing new, then what is under way."""

    def __init__(self, application: web.Application, *, host: str, port: int) -> None:
        # No access log: it costs half as much again as the request itself. Nothing is unpacked:
        # aiohttp would do it before we know who sent it.
        self._runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=3.0, auto_decompress=False
        )
        self._host = host
        self._port = port

    async def start(self) -> int:
        """Listen; return the port, which the system chose if it was 0."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Take nothing more, and let what is under way end."""
        await self._runner.cleanup()
