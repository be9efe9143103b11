"""When calls reach Atom, as a process sees it that does nothing else: a test's own may stand still.

`python -m tests.faults.arrivals PORT` listens in front of that port and says where; each line of its
output after that is the moment at which a connection came.
"""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.faults.proxy import join, serving


@dataclass
class Arrivals:
    """Calls on their way to Atom, in seconds since 1970."""

    url: str
    moments: list[float] = field(default_factory=list)


@asynccontextmanager
async def in_front_of(atom_url: str) -> AsyncIterator[Arrivals]:
    """Listen in front of Atom, in a process of its own, on loopback."""
    target = urlsplit(atom_url)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, str(target.port), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        arrivals = Arrivals(f"http://127.0.0.1:{port}{target.path}")
        reading = asyncio.create_task(_read(process.stdout, arrivals))
        yield arrivals
        process.terminate()
        await reading
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _read(lines: asyncio.StreamReader, arrivals: Arrivals) -> None:
    while line := await lines.readline():
        arrivals.moments.append(float(line))


async def main(port: int) -> None:
    """Pass on what comes, and say when it came: before all others have their turn, if that may be."""
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        say(time.time())
        await join(reader, writer, *await asyncio.open_connection("127.0.0.1", port))

    def say(number: float) -> None:
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()

    async with serving(serve) as own:
        say(own)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
