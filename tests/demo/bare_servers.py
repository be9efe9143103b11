"""Servers in place of a Bolt app."""

from aiohttp import web

from tests.demo.kinds import Handler

SECRET = "stand-in-signing-secret"


async def serving(handler: Handler) -> tuple[web.AppRunner, str]:
    """Serve one bare handler in place of a Bolt app."""
    server = web.Application()
    server.router.add_post("/", handler)
    runner = web.AppRunner(server, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/"
