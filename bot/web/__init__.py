"""The HTTP side: Slack's requests, verified before anything is read from them, and the probes."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.web.connections import keep
from bot.web.probes import Probes, add_probes
from bot.web.signed_requests import (
    Refusal,
    check_headers,
    check_signature,
    parse,
    read_body,
)

logger = logging.getLogger(__name__)

Dispatch = Callable[[Mapping[str, Any]], Awaitable[tuple[int, str, str]]]


class Site:
    """The routes of `serve`."""

    def __init__(self, *, secret: str, probes: Probes) -> None:
        """Slack's requests are answered from `open` on."""
        self._secret = secret
        self._dispatch: Dispatch | None = None
        self._probes = probes

    def open(self, dispatch: Dispatch) -> None:
        """Answer Slack; `dispatch` takes a verified, parsed payload: status, body and content type.

        Until then each request is refused with 503. Slack shows the person who asked that it did
        not work, as it would if nobody listened, and sends an event again later.
        """
        self._dispatch = dispatch

    def application(self) -> web.Application:
        """Make the aiohttp application."""
        application = web.Application()
        application.router.add_post("/slack/events", self.events)
        add_probes(application, self._probes)
        return application

    async def events(self, request: web.Request) -> web.Response:
        """Answer a command, an interaction, an option load or an event."""
        if (dispatch := self._dispatch) is None:
            return _refused(Refusal(503, "starting"))
        try:
            check_headers(request.headers, request.content_length)
            body = await read_body(request)
            check_signature(self._secret, request.headers, body)
            keep(request)
            payload = parse(request.content_type, body)
        except Refusal as refusal:
            return _refused(refusal)
        if payload.get("ssl_check"):
            return web.Response()
        if payload.get("type") == "url_verification":
            return web.Response(text=str(payload.get("challenge") or ""))
        status, text, kind = await dispatch(payload)
        if status == HTTPStatus.BAD_REQUEST:
            return _refused(Refusal(status, "payload of another shape"))
        return web.Response(status=status, text=text, content_type=kind.partition(";")[0])


def _refused(refusal: Refusal) -> web.Response:
    logger.info("request refused", extra={"reason": refusal.reason})
    response = web.Response(status=refusal.status, text=refusal.reason)
    # A stranger's connection is not kept for its next request.
    response.force_close()
    return response
