"""A wire between the bot and Atom that holds answers back, and tells when one went through."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.faults.proxy import pass_on, serving

SIZE = 64 * 1024


@dataclass
class Relay:
    """Passes bytes on, both ways."""

    url: str = ""
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def between(atom_url: str) -> AsyncIterator[Relay]:
    """Listen in front of Atom, on loopback."""
    relay = Relay()
    relay.may_answer.set()
    target = urlsplit(atom_url)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        atom_reader, atom_writer = await asyncio.open_connection(target.hostname, target.port)
        asking = asyncio.create_task(pass_on(reader, atom_writer))
        try:
            with contextlib.suppress(ConnectionError):
                while answer := await atom_reader.read(SIZE):
                    await relay.may_answer.wait()
                    writer.write(answer)
                    await writer.drain()
                    relay.answered.set()
            await asking
        finally:
            asking.cancel()
            atom_writer.close()

    async with serving(serve) as port:
        relay.url = f"http://127.0.0.1:{port}{target.path}"
        yield relay
