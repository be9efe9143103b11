"""The bot as `serve` runs it, but with the rate of its calls lifted, or its event loop watched.

What it takes beside the bot's own settings is for benchmarks alone, so the product has no such
settings: `BENCHMARK_RATE`, in calls a second, and `BENCHMARK_GAPS`, a file for `Gaps`.
"""

import asyncio
import contextlib
import mmap
import os
import struct
import time
from pathlib import Path

import uvloop

from bot import logs, transports
from bot.config import load

BEAT = 0.001  # seconds
GAP = struct.Struct("d")


class Gaps:
    """The longest time that an event loop did not run, shared by two processes through a file."""

    def __init__(self, file: Path) -> None:
        """Share `file`, which is made if it is not there."""
        with file.open("a+b") as opened:
            opened.truncate(GAP.size)
            self._memory = mmap.mmap(opened.fileno(), GAP.size)
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        GAP.pack_into(self._memory, 0, 0.0)

    @property
    def longest(self) -> float:
        """In seconds."""
        return float(GAP.unpack_from(self._memory)[0])

    async def watch(self) -> None:
        """Sleep for a moment, again and again; what it takes longer is a gap."""
        before = time.monotonic()
        while True:
            await asyncio.sleep(BEAT)
            now = time.monotonic()
            if now - before - BEAT > self.longest:
                GAP.pack_into(self._memory, 0, now - before - BEAT)
            before = now


async def serve() -> None:
    """Serve until told to stop."""
    settings = load("slack_bot_token", "slack_signing_secret", "atom_token")
    logs.set_up(settings.log_format)
    if rate := os.environ.get("BENCHMARK_RATE"):
        # A copy is not validated: the limit is for operators, and protects Atom.
        settings = settings.model_copy(update={"atom_rate": float(rate)})
    watching = None
    if file := os.environ.get("BENCHMARK_GAPS"):
        watching = asyncio.create_task(Gaps(Path(file)).watch())
    await transports.serve(settings, deliveries=True)
    if watching is not None:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


if __name__ == "__main__":
    uvloop.run(serve())
