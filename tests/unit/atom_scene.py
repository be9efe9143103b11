"""Atom behind HTTP: the stand-in, bare servers, raw sockets."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

import aiohttp

from bot.atom import Atom, Call, open_session
from bot.sends import Outcome
from tests.builders import make_send_request

TOKEN = "atom-token-of-the-tests"
NO_HEADERS: dict[str, str] = {}
# Answers one request, of which it is given the body.
Behaviour = Callable[[asyncio.StreamWriter, bytes], Awaitable[None]]


@contextlib.asynccontextmanager
async def opened(url: str, *, patience: float = 5.0, token: str = TOKEN) -> AsyncIterator[Atom]:
    async with open_session() as session:
        yield Atom(session, url=url, token=token, timeout=patience)


async def sent_to(
    url: str, *, patience: float = 5.0, token: str = TOKEN, **request: Any
) -> Outcome:
    async with opened(url, patience=patience, token=token) as atom:
        return await atom.send(make_send_request(**request))


class Failing:
    """An HTTP session in which every call fails, once it is connected or before."""

    def __init__(self, error: Exception, *, is_connected: bool) -> None:
        self._error, self._is_connected = error, is_connected

    async def request(self, *_: object, trace_request_ctx: Call, **__: object) -> None:
        trace_request_ctx.is_connected = self._is_connected
        raise self._error


def failing(error: Exception, *, is_connected: bool) -> Atom:
    session = cast("aiohttp.ClientSession", Failing(error, is_connected=is_connected))
    return Atom(session, url="https://atom.example/templates", token=TOKEN, timeout=1.0)


@contextlib.asynccontextmanager
async def server(answer: Behaviour) -> AsyncIterator[str]:
    """Serve one behaviour on bare sockets."""
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
            await answer(writer, await reader.readexactly(int(length[1]) if length else 0))
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.create_task(talk(reader, writer)))

    listening = await asyncio.start_server(begin, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/templates"
    finally:
        listening.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


def raw(status: int, body: bytes, *headers: str) -> Behaviour:
    head = "\r\n".join([f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers, "", ""])

    async def answer(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(head.encode() + body)
        await writer.drain()

    return answer
