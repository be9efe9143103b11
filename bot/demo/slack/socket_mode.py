"""Socket Mode's server: websocket connections that carry what would else come over HTTP."""

import asyncio
import contextlib
import itertools
import json
import secrets
import uuid
from typing import Literal

from aiohttp import WSMsgType, web

from bot.demo.clock import Clock
from bot.demo.slack.errors import Json, Refusal

CONNECTIONS = 10
TICKET_SECONDS = 30.0
Failure = Literal["", "timeout", "connection_failed"]


class SocketServer:
    """Up to ten connections; each payload goes to one of them and is acknowledged on it."""

    def __init__(self, deadline: float, clock: Clock) -> None:
        self._deadline = deadline
        self._clock = clock
        self._tickets: dict[str, float] = {}
        self._waiting: dict[str, asyncio.Future[object]] = {}
        self._turn = itertools.count()
        self._refusals = 0
        self.connections: list[web.WebSocketResponse] = []
        self.ever = False
        self.arrived = asyncio.Event()

    def ticket(self) -> str:
        """Give out the right to one connection, for half a minute (apps.connections.open)."""
        if len(self.connections) >= CONNECTIONS:
            raise Refusal("too_many_websockets")
        made = secrets.token_hex(16)
        self._tickets[made] = self._clock.now() + TICKET_SECONDS
        return made

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        until = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        is_refused = self._refusals > 0
        self._refusals -= is_refused
        if is_refused or self._clock.now() >= until:
            return web.Response(status=403)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections.append(socket)
        try:
            await socket.send_json(self._hello(request.query.get("app", "")))
            self.ever = True
            self.arrived.set()
            await self._listen(socket)
        finally:
            self.connections.remove(socket)
            if not self.connections:
                self.arrived.clear()
        return socket

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            with contextlib.suppress(ValueError):
                told = json.loads(message.data)
                waiting = self._waiting.pop(str(told.get("envelope_id")), None)
                if waiting and not waiting.done():
                    waiting.set_result(told.get("payload"))

    def refuse(self, times: int) -> None:
        """Refuse so many handshakes, whose tickets are spent all the same."""
        self._refusals = times

    def _hello(self, app: str) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {
                "host": "stand-in",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": app},
        }

    async def send(
        self, kind: str, payload: Json, retry: tuple[int, str] | None
    ) -> tuple[int | None, object, Failure]:
        """Send one envelope and wait for its acknowledgement."""
        if not self.connections:
            return None, None, "connection_failed"
        socket = self.connections[next(self._turn) % len(self.connections)]
        name = str(uuid.uuid4())
        envelope: Json = {"envelope_id": name, "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        if retry:
            envelope |= {"retry_attempt": retry[0], "retry_reason": retry[1]}
        waiting = self._waiting[name] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._deadline):
                # What is lost on its way is not acknowledged either.
                with contextlib.suppress(ConnectionError):
                    await socket.send_json(envelope)
                return 200, await waiting, ""
        except TimeoutError:
            return None, None, "timeout"
        finally:
            self._waiting.pop(name, None)

    async def disconnect(self, reason: str) -> None:
        """Tell every connection that it ends, as Slack does every few hours, and end it."""
        for socket in tuple(self.connections):
            await socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "stand-in"}}
            )
            if reason != "warning":
                await socket.close()

    async def close(self) -> None:
        for socket in tuple(self.connections):
            await socket.close()
