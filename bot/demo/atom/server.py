"""The stand-in for Atom: its one endpoint, and every way in which it may misbehave.

It speaks HTTP over bare sockets, for some of its faults lie below what a web framework can do.
"""

import asyncio
import contextlib
import dataclasses
import functools
import ipaddress
import secrets
import socket
import time
from collections.abc import Callable
from typing import Self, TypedDict, Unpack

from bot.demo.atom.exchange import PATH, Call, received, write
from bot.demo.atom.replies import MODES, Reply, head

GARBAGE = 64 * 2**10
TAKEN = b'"success": true'


Note = Callable[[Call, Reply | None, float], None]
"""Hears each request once it has come to its end: the answer if there was one, the seconds."""


class Options(TypedDict, total=False):
    """What a mode may want to know."""

    seconds: float
    retry_after: int | None
    message: str
    location: str
    slow: float
    size: int


@dataclasses.dataclass(frozen=True, slots=True)
class Behaviour:
    """One mode and its options."""

    mode: str
    options: Options


ANSWERS = Behaviour("answers", {})
HANDLED = frozenset({"answers", "hangs", "drops", "drops_before", "down", "huge", "slow_body"})


class AtomStandIn:
    """Atom as far as the bot can tell."""

    def __init__(self, token: str, listening: socket.socket) -> None:
        self.calls: list[Call] = []
        self.strays: list[Call] = []
        """Requests for another path than the endpoint, or with another verb."""
        self.connections = 0
        self.taken = 0
        """How many messages it took, whatever it then answered."""
        self.port: int = listening.getsockname()[1]
        self._host: str = listening.getsockname()[0]
        self._token = token
        self._known: dict[str, str] = {}
        self._lasting = ANSWERS
        self._next: list[Behaviour] = []
        self._listening = listening
        self._talks: dict[socket.socket, asyncio.Task[None]] = {}
        self._idle: set[socket.socket] = set()
        self._notes: list[Note] = []
        self._let_go = asyncio.Event()
        self.hanging = 0
        """Calls that hang now."""
        self._accepting = self._open()

    @classmethod
    async def start(cls, *, token: str, port: int = 0, host: str = "127.0.0.1") -> Self:
        """Start answering. Raises ValueError for any host but loopback."""
        if not ipaddress.IPv4Address(host).is_loopback:
            raise ValueError(f"a stand-in serves loopback only, not {host}")
        return cls(token, bound(host, port))

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self.port}{PATH}"

    async def close(self) -> None:
        self._shut()
        self._listening.close()
        await asyncio.gather(*self._talks.values(), return_exceptions=True)

    def tell(self, note: Note) -> None:
        """Tell somebody of every request from now on."""
        self._notes.append(note)

    def know(self, phone: str, conversation: str | None = None) -> str:
        """Let a number have a conversation, so that messages to it are Sent at once."""
        digits = phone.removeprefix("+")
        return self._known.setdefault(digits, conversation or secrets.token_hex(10))

    def behave(self, mode: str, times: int | None = None, **options: Unpack[Options]) -> None:
        """Choose how it answers: for the next `times` calls, or from now on.

        Raises ValueError for a mode that there is not.
        """
        if mode not in HANDLED | set(MODES):
            raise ValueError(f"no such mode: {mode}; there are {sorted(HANDLED | set(MODES))}")
        chosen = Behaviour(mode, options)
        if mode == "drops_before":
            # A connection that is already open would be read from.
            for connection in tuple(self._idle):
                self._end(connection)
        if times is not None and mode != "down":
            self._next.extend([chosen] * times)
            return
        self._next.clear()
        was, self._lasting = self._lasting, chosen
        if mode == "down" and was.mode != "down":
            self._shut()
            # Bound but not listening: connections are refused, and the port stays ours.
            self._listening.close()
            self._listening = bound(self._host, self.port)
        elif was.mode == "down" and mode != "down":
            self._accepting = self._open()

    def let_go(self) -> None:
        """Answer now all calls that hang."""
        self._let_go.set()
        self._let_go = asyncio.Event()

    def _open(self) -> asyncio.Task[None]:
        self._listening.listen(128)
        return asyncio.create_task(self._accept())

    def _shut(self) -> None:
        self._accepting.cancel()
        for connection in tuple(self._talks):
            self._end(connection)

    def _end(self, connection: socket.socket) -> None:
        """End a connection now: a client that looks before it sends must see it gone."""
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        self._talks[connection].cancel()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(self._listening)
            self.connections += 1
            if self._peek().mode == "drops_before":
                self._take()
                connection.close()
                continue
            self._idle.add(connection)
            talk = self._talks[connection] = asyncio.create_task(self._talk(connection))
            talk.add_done_callback(functools.partial(self._forget, connection))

    async def _talk(self, connection: socket.socket) -> None:
        """Serve one connection until either side ends it."""
        reader, writer = await asyncio.open_connection(sock=connection)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._exchange(await self._request(connection, reader), writer):
                    pass
        finally:
            writer.transport.abort()

    def _forget(self, connection: socket.socket, _: asyncio.Task[None]) -> None:
        """Let go of a connection, also of one that ended before it was served."""
        self._idle.discard(connection)
        del self._talks[connection]
        connection.close()

    async def _request(self, connection: socket.socket, reader: asyncio.StreamReader) -> Call:
        """Read a request, on a connection that a new behaviour may close until it comes."""
        self._idle.add(connection)
        call = await received(reader)
        self._idle.discard(connection)
        return call

    async def _exchange(self, call: Call, writer: asyncio.StreamWriter) -> bool:
        """Answer one request and tell of it; false says that the connection ends here."""
        began = time.monotonic()
        answered: list[Reply] = []
        try:
            return await self._answer(call, writer, answered)
        finally:
            for note in self._notes:
                note(call, next(iter(answered), None), time.monotonic() - began)

    async def _answer(
        self, call: Call, writer: asyncio.StreamWriter, answered: list[Reply]
    ) -> bool:
        """Answer one request, and add the answer to those given once it goes out."""
        if call.path != PATH or call.verb != "POST":
            self.strays.append(call)
            answered.append(MODES["unknown_path"]({"path": call.path, "verb": call.verb}))
            await write(writer, answered[0])
            return True
        self.calls.append(call)
        how = self._take()
        reply = MODES[how.mode]({**how.options}) if how.mode in MODES else self._reply(call)
        self.taken += how.mode != "drops_before" and TAKEN in reply.body
        if how.mode in {"drops", "drops_before"}:
            return False
        if how.mode == "hangs":
            self.hanging += 1
            try:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._let_go.wait(), how.options.get("seconds", 3600.0))
            finally:
                self.hanging -= 1
        if how.mode == "huge":
            await self._endless(writer, how.options)
            return False
        slow = how.options.get("seconds", 3600.0) if how.mode == "slow_body" else 0.0
        answered.append(reply)
        await write(writer, reply, slow=slow)
        return self._peek().mode != "drops_before"

    def _reply(self, call: Call) -> Reply:
        """Answer as the documentation says."""
        if call.headers.get("authorization") != f"Bearer {self._token}":
            return MODES["unauthorized"]({})
        template, phone = call.body.get("templateId"), call.body.get("phoneNumber")
        if not template or not isinstance(phone, str) or not phone.isdigit():
            return MODES["rejects"]({})
        if conversation := self._known.get(phone):
            return MODES["sent"]({"conversation": conversation})
        return MODES["pending"]({})

    async def _endless(self, writer: asyncio.StreamWriter, options: Options) -> None:
        size = options.get("size", 200 * 2**20)
        writer.write(head(200, "application/json", size))
        for _ in range(0, size, GARBAGE):
            writer.write(b" " * GARBAGE)
            await writer.drain()
            await asyncio.sleep(options.get("slow", 0.0))

    def _peek(self) -> Behaviour:
        return self._next[0] if self._next else self._lasting

    def _take(self) -> Behaviour:
        return self._next.pop(0) if self._next else self._lasting


def bound(host: str, port: int) -> socket.socket:
    """Take a port without listening on it yet."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.settimeout(0.0)
    made.bind((host, port))
    return made
