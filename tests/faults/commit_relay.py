"""A wire before PostgreSQL that breaks around a COMMIT: before it arrives, or before its answer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from tests.faults.proxy import pass_on

SIZE = 64 * 1024
COMMIT = b"COMMIT"


@dataclass
class CommitRelay:
    """Passes on what client and server say, but for every so many commits."""

    database_url: str
    every: int = 0
    """One commit of so many is cut, in turn after and before it; 0: none."""
    commits: int = 0
    lost: int = 0
    """Commits that took effect, whose answer nobody heard."""
    prevented: int = 0

    def cut_here(self) -> str:
        """Say whether this commit is cut, and on which side."""
        self.commits += 1
        if not self.every or self.commits % self.every:
            return ""
        if (self.commits // self.every) % 2:
            self.lost += 1
            return "after"
        self.prevented += 1
        return "before"


@asynccontextmanager
async def before_postgres(database_url: str) -> AsyncIterator[CommitRelay]:
    """Listen in front of the server, on loopback."""
    url = sa.make_url(database_url)
    folder = str(url.query["host"])

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{url.port or 5432}")
        with contextlib.closing(writer), contextlib.closing(upstream[1]):
            answering = asyncio.create_task(pass_on(upstream[0], writer))
            with contextlib.suppress(ConnectionError):
                await _ask(reader, upstream[1], answering, relay)
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    own = url.set(host="127.0.0.1", port=port, query={"sslmode": "disable"})
    relay = CommitRelay(own.render_as_string(hide_password=False))
    try:
        yield relay
    finally:
        server.close()


async def _ask(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    answering: "asyncio.Task[None]",
    relay: CommitRelay,
) -> None:
    """Pass on what the client asks, until it ends or the wire breaks."""
    while data := await reader.read(SIZE):
        side = relay.cut_here() if COMMIT in data else ""
        if side == "before":
            return
        if side:
            # What the server answers from now on, nobody hears.
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)
        writer.write(data)
        await writer.drain()
        if side:
            # Long enough for the server to commit; it may not see the end before.
            await asyncio.sleep(0.05)
            return
