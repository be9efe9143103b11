"""Atom behind HTTP: the stand-in, bare servers, raw sockets."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx

from bot.atom import Atom, open_transport
from bot.sends import Outcome
from tests.builders import make_send_request

TOKEN = "atom-token-of-the-tests"
NO_HEADERS = httpx.Headers()


@contextlib.asynccontextmanager
async def opened(url: str, *, patience: float = 5.0, token: str = TOKEN) -> AsyncIterator[Atom]:
    async with open_transport() as transport:
        yield Atom(transport, url=url, token=token, timeout=patience)


async def sent_to(
    url: str, *, patience: float = 5.0, token: str = TOKEN, **request: Any
) -> Outcome:
    async with opened(url, patience=patience, token=token) as atom:
        return await atom.send(make_send_request(**request))


def failing(error: Exception) -> Atom:
    async def fail(_request: httpx.Request) -> httpx.Response:
        raise error

    transport = httpx.MockTransport(fail)
    return Atom(transport, url="https://atom.example/templates", token=TOKEN, timeout=1.0)


@contextlib.asynccontextmanager
async def server(answer: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """Serve one behaviour on bare sockets."""
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
            await reader.readexactly(int(length[1]) if length else 0)
            await answer(writer)
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


def raw(
    status: int, body: bytes, *headers: str
) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    head = "\r\n".join([f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers, "", ""])

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head.encode() + body)
        await writer.drain()

    return answer
