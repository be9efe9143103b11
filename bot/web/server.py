"""What listens for HTTP."""

from aiohttp import web


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
