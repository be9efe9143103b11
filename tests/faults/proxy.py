"""A proxy on loopback that counts whom it was asked for, and a server whose certificate is its own."""

import asyncio
import contextlib
import ssl
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

SIZE = 64 * 1024
Refusal = Literal["", "hangs up", "502", "407"]


@dataclass
class Proxy:
    """What passed, by `host:port`."""

    port: int = 0
    refuses: Refusal = ""
    asked: Counter[str] = field(default_factory=Counter)
    headers: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        line, _, rest = head.partition(b"\r\n")
        method, target, version = line.split(b" ")
        self.headers.append(rest)
        is_tunnel = method == b"CONNECT"
        parts = urlsplit(f"//{target.decode()}" if is_tunnel else target.decode())
        self.asked[f"{parts.hostname}:{parts.port}"] += 1
        if self.refuses:
            if self.refuses != "hangs up":
                writer.write(f"HTTP/1.1 {self.refuses} No\r\nContent-Length: 0\r\n\r\n".encode())
            return
        there, onward = await asyncio.open_connection(parts.hostname, parts.port)
        if is_tunnel:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            path = parts._replace(scheme="", netloc="").geturl().encode() or b"/"
            # One request a connection, so that each one is counted.
            rest = rest.replace(b"keep-alive", b"close")
            onward.write(b" ".join((method, path, version)) + b"\r\n" + rest)
        await join(reader, writer, there, onward)


async def join(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    there: asyncio.StreamReader,
    onward: asyncio.StreamWriter,
) -> None:
    """Pass on what either side says, until both have ended."""
    try:
        await asyncio.gather(pass_on(reader, onward), pass_on(there, writer))
    finally:
        onward.close()


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass bytes on until they end."""
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(SIZE):
            writer.write(data)
            await writer.drain()
    writer.close()


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


@asynccontextmanager
async def serving(serve: Serve, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve on a loopback port until this is closed."""
    tasks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await serve(reader, writer)
        finally:
            writer.close()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(talk(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def counting() -> AsyncIterator[Proxy]:
    """Serve as a proxy."""
    proxy = Proxy()
    async with serving(proxy.serve) as proxy.port:
        yield proxy


def certified(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate for loopback that nobody knows; its file, and what a server needs."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    files = ["-keyout", str(key), "-out", str(certificate), "-addext", names]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return certificate, context


@asynccontextmanager
async def behind_tls(url: str, context: ssl.SSLContext) -> AsyncIterator[str]:
    """Serve what is at a plain address over TLS; its new address."""
    target = urlsplit(url)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await join(reader, writer, *await asyncio.open_connection(target.hostname, target.port))

    async with serving(serve, context) as port:
        yield f"https://127.0.0.1:{port}{target.path}"
