"""The connections of a server: whoever keeps us waiting longest goes when there are too many."""

import asyncio
from dataclasses import dataclass
from typing import cast

from aiohttp import web
from aiohttp.typedefs import Handler
from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Limits:
    """What strangers may cost.

    Slack opens a connection for each of its requests or keeps a few open, and what it sends has
    10 to 25 kB; the process needs a few hundred file handles of the usual 1,024 for itself.
    """

    connections: int = 256
    unverified_bytes: int = 8 * 2**20  # all connections together
    head_seconds: float = 5.0
    # Longer than proxies keep theirs (60 s), so that none is closed while they write to it.
    idle_seconds: float = 75.0


class Connections:
    """Knows every connection, and those that may be closed: nobody's signed request hangs on them.

    Slack's own requests get in however many strangers wait: theirs are the older ones.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.unverified = 0  # bytes
        self._open: dict[asyncio.BaseTransport | None, Connection] = {}
        # In the order in which they began to wait.
        self._waiting: dict[Connection, None] = {}

    def __len__(self) -> int:
        return len(self._open)

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Follow a connection through a request."""
        connection = self.of(request)
        if connection is None:
            return await handler(request)
        connection.head_is_there()
        try:
            return await handler(request)
        finally:
            connection.is_answered()

    def of(self, request: web.Request) -> "Connection | None":
        """Return the connection of a request, None if it is gone by now."""
        return self._open.get(request.transport)

    def opened(self, connection: "Connection") -> None:
        """Take a new one in; the oldest that waits makes room for it."""
        self._open[connection.transport] = connection
        self.waits(connection)
        if len(self._open) > self.limits.connections:
            next(iter(self._waiting)).close("503 Service Unavailable")

    def closed(self, connection: "Connection") -> None:
        """Forget a connection."""
        self._open.pop(connection.transport, None)
        self._waiting.pop(connection, None)

    def waits(self, connection: "Connection") -> None:
        """Begin to wait for what a connection sends; not if it is gone by now."""
        self._waiting.pop(connection, None)
        if connection.transport in self._open:
            self._waiting[connection] = None

    def waits_no_more(self, connection: "Connection") -> None:
        """Keep a connection whatever comes."""
        self._waiting.pop(connection, None)

    def hold(self, change: int) -> None:
        """Count bytes of which nobody knows whose they are; the oldest make room for new ones."""
        self.unverified += change
        while self.unverified > self.limits.unverified_bytes:
            next(each for each in self._waiting if each.held).close("503 Service Unavailable")


CONNECTIONS = web.AppKey("CONNECTIONS", Connections)


def keep(request: web.Request) -> None:
    """Keep a request's connection until it is answered: the request is Slack's."""
    connections = request.app.get(CONNECTIONS)
    connection = connections.of(request) if connections else None
    if connection:
        connection.is_verified()


class Connection(asyncio.Protocol):
    """Stands between the network and aiohttp's protocol, and passes everything on."""

    def __init__(self, connections: Connections, inner: asyncio.Protocol) -> None:
        self.transport: asyncio.Transport | None = None
        self.held = 0  # bytes since the request began, unless it is verified
        self._connections = connections
        self._inner = inner
        self._is_idle = False
        self._is_verified = False
        self._deadline: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class
        self._inner.connection_made(transport)
        self._expect_head()
        self._connections.opened(self)

    @override
    def data_received(self, data: bytes) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        if self._is_idle:
            self._is_idle = False
            self._expect_head()
            self._connections.waits(self)
        if not self._is_verified:
            self.held += len(data)
            self._connections.hold(len(data))
        if not self.transport.is_closing():
            self._inner.data_received(data)

    @override
    def eof_received(self) -> bool | None:
        return self._inner.eof_received()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        self._inner.connection_lost(exc)

    @override
    def pause_writing(self) -> None:
        self._inner.pause_writing()

    @override
    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def head_is_there(self) -> None:
        """Wait for the head no more; whoever reads the body has a limit of its own."""
        if self._deadline is not None:
            self._deadline.cancel()

    def is_verified(self) -> None:
        """Keep it, and count what it sends no more."""
        self._is_verified = True
        self._let_go()
        self._connections.waits_no_more(self)

    def is_answered(self) -> None:
        """Wait for the next request."""
        self._is_idle, self._is_verified = True, False
        self._let_go()
        self._connections.waits(self)

    def close(self, why: str) -> None:
        """End it; `why`, a status, is said to whoever has begun a request."""
        has_begun = self.held > 0
        self._forget()
        if self.transport is None or self.transport.is_closing():
            return
        if has_begun:
            self.transport.write(f"HTTP/1.1 {why}\r\nConnection: close\r\n\r\n".encode())
            self.transport.close()
        else:
            self.transport.abort()

    def _expect_head(self) -> None:
        seconds = self._connections.limits.head_seconds
        self._deadline = asyncio.get_running_loop().call_later(
            seconds, self.close, "408 Request Timeout"
        )

    def _let_go(self) -> None:
        held, self.held = self.held, 0
        self._connections.hold(-held)

    def _forget(self) -> None:
        self.head_is_there()
        self._let_go()
        self._connections.closed(self)
