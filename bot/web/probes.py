"""The probes: is it alive, can it do its work, and how many sends stand where."""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from bot.errors import TryLater

# A proxy adds one of these; it may run on this machine, and speak for anybody.
PASSED_ON = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
)
CLOSED = "Answered on this machine only, or with METRICS_TOKEN as a bearer token.\n"


@dataclass(frozen=True, slots=True)
class Probes:
    """What the probes ask; nothing is looked at because somebody asks `why_not_ready`."""

    why_not_ready: Callable[[], list[str]]
    metrics: Callable[[], Awaitable[str]]  # raises TryLater
    token: str = ""  # who has it is told everything from anywhere


def probes_only(probes: Probes) -> web.Application:
    """Make the application of a process that takes nothing over HTTP."""
    application = web.Application()
    add_probes(application, probes)
    return application


def add_probes(application: web.Application, probes: Probes) -> None:
    """Add /healthz, /readyz and /metrics."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(request: web.Request) -> web.Response:
        reasons = probes.why_not_ready()
        if not reasons:
            return web.Response(text="ready\n")
        is_told = _may_see(request, probes.token)
        return web.Response(
            status=503, text="\n".join(reasons if is_told else ["not ready"]) + "\n"
        )

    async def metrics(request: web.Request) -> web.Response:
        if not _may_see(request, probes.token):
            return web.Response(status=403, text=CLOSED)
        try:
            text = await probes.metrics()
        except TryLater as error:
            return web.Response(status=503, text=f"{error.key}\n")
        return web.Response(text=text, content_type="text/plain")

    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    application.router.add_get("/metrics", metrics)


def _may_see(request: web.Request, token: str) -> bool:
    """Whether to tell what is nobody's business: to this machine, and to who has the token."""
    given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
    has_token = bool(token) and hmac.compare_digest(f"Bearer {token}".encode(), given)
    return has_token or _is_from_here(request)


def _is_from_here(request: web.Request) -> bool:
    """Whether this machine asks for itself, and not as somebody's proxy."""
    if any(name in request.headers for name in PASSED_ON):
        return False
    # A proxy that adds no header may keep the host that was asked for.
    return _is_loopback(request.remote or "") and _is_loopback(_host(request))


def _host(request: web.Request) -> str:
    try:
        return urlsplit(f"//{request.headers.get('Host', 'localhost')}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
