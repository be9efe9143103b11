"""The HTTP side: Slack's requests, verified before anything is read from them, and the probes."""

import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from bot.web.probes import Probes, add_probes
from bot.web.signed_requests import BODY_LIMIT, Refusal, check_headers, parse, read_body, signature

logger = logging.getLogger(__name__)

Dispatch = Callable[[Mapping[str, Any]], Awaitable[tuple[int, str, str]]]


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
            check_headers(request.headers, request.content_length)
            body = await read_body(request)
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
