"""Who may ask the page's server, what a request says, and how one is refused."""

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def is_loopback(host: str) -> bool:
    """Say whether a host name or address is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def name_of(host: str) -> str:
    """Take the port off a Host header; what can't be read has no name."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


@web.middleware
async def only_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse whoever came by another name (DNS rebinding) or from another page."""
    origin = request.headers.get("Origin")
    if not is_loopback(name_of(request.host)) or origin not in {None, f"http://{request.host}"}:
        raise web.HTTPForbidden(text="This page answers its own machine only.")
    return await handler(request)


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Let the browser keep nothing, and fetch nothing from elsewhere."""
    response.headers.update(HEADERS)


async def body_of(request: web.Request) -> dict[str, Any]:
    """Read a gesture. Another page could send text without asking first, but no JSON."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    try:
        given = await request.json()
    except ValueError:
        raise web.HTTPBadRequest from None
    if not isinstance(given, dict):
        raise web.HTTPBadRequest
    return given


def refusal(status: int, words: str) -> web.Response:
    """Say why a gesture did nothing."""
    return web.json_response({"error": words}, status=status)
