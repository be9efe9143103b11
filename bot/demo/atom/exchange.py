"""Reads a request from a bare socket, and writes the answer to it."""

import asyncio
import dataclasses
import json
import time
from typing import Any

from bot.demo.atom.replies import Reply, head

PATH = "/templates"


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    """One request that Atom read."""

    body: dict[str, Any]
    headers: dict[str, str]
    at: float
    path: str = PATH
    verb: str = "POST"


async def received(reader: asyncio.StreamReader) -> Call:
    """Read one request. Raises IncompleteReadError when the other side has ended."""
    start, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    verb, path, _ = start.split(" ", 2)
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    raw = await reader.readexactly(int(headers.get("content-length", 0)))
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        body = {}
    told = body if isinstance(body, dict) else {}
    return Call(told, headers, time.time(), path, verb)


async def write(writer: asyncio.StreamWriter, reply: Reply, *, slow: float = 0.0) -> None:
    """Write an answer; with `slow` its body drips over so many seconds."""
    writer.write(head(reply.status, reply.content_type, len(reply.body), reply.headers))
    if not slow:
        writer.write(reply.body)
    for byte in reply.body if slow else b"":
        writer.write(bytes((byte,)))
        await asyncio.sleep(slow / len(reply.body))
    await writer.drain()
