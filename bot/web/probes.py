"""The probes: is it alive, can it do its work, and how many sends stand where."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.errors import TryLater


@dataclass(frozen=True, slots=True)
class Probes:
    """What the probes ask: each returns text, and `ready` the reasons why not."""

    ready: Callable[[], Awaitable[list[str]]]
    metrics: Callable[[], Awaitable[str]]


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
