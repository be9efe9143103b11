"""What listens for HTTP."""

import asyncio

from aiohttp import web

from bot.web.connections import CONNECTIONS, Connection, Connections, Limits

LINGER_SECONDS = 2.0  # for which a body that was refused is still read, so that its sender hears it
STOP_SECONDS = 3.0
BACKLOG = 512  # connections that the system keeps for us until we take them


class Server:
    """Listens, and stops in two steps: first nothing new, then what is under way."""

    def __init__(
        self, application: web.Application, *, host: str, port: int, limits: Limits | None = None
    ) -> None:
        self.connections = connections = Connections(limits or Limits())
        application[CONNECTIONS] = connections
        application.middlewares.append(connections.middleware)
        # No access log: it costs half as much again as the request itself. Nothing is unpacked:
        # aiohttp would do it before we know who sent it.
        self._runner = web.AppRunner(
            application,
            access_log=None,
            shutdown_timeout=STOP_SECONDS,
            auto_decompress=False,
            keepalive_timeout=connections.limits.idle_seconds,
            lingering_time=LINGER_SECONDS,
        )
        self._host = host
        self._port = port
        self._listener: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen; return the port, which the system chose if it was 0."""
        await self._runner.setup()
        make = self._runner.server
        assert make is not None  # noqa: S101 - set up above
        self._listener = await asyncio.get_running_loop().create_server(
            lambda: Connection(self.connections, make()), self._host, self._port, backlog=BACKLOG
        )
        return int(self._listener.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Take nothing more, and let what is under way end."""
        if self._listener is not None:
            self._listener.close()
        await self._runner.cleanup()
