"""The bot and its peers as processes of their own, on loopback."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import cpu_seconds, resident_bytes
from benchmarks.traffic import Sender
from bot.demo.process import free_port

ROOT = Path(__file__).parents[1]
START_SECONDS = 60.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.005
BOT = (sys.executable, "-m", "benchmarks.watched", "bot", "serve")
LIFTED_BOT = (sys.executable, "-m", "benchmarks.watched", "benchmarks.bot_process")
BARE = (sys.executable, "-m", "benchmarks.watched", "benchmarks.peers.bare")
BOLT_PYTHON = (sys.executable, "-m", "benchmarks.watched", "benchmarks.peers.bolt_python")
INHERITED = ("PATH", "HOME", "LANG", "TZ", "VIRTUAL_ENV")


class CannotRun(Exception):
    """A process did not start, or ended; the words say which one, and what it said last."""


@dataclass(frozen=True, slots=True)
class Running:
    """A process that answers."""

    process: asyncio.subprocess.Process
    port: int
    started_in: float  # seconds until it answered

    @property
    def cpu(self) -> float:
        """In seconds, since it was started."""
        return cpu_seconds(self.process.pid)

    @property
    def memory(self) -> int:
        """In bytes."""
        return resident_bytes(self.process.pid)


@asynccontextmanager
async def run(
    command: tuple[str, ...], environment: Mapping[str, str], sender: Sender, folder: Path
) -> AsyncIterator[Running]:
    """Start something that takes Slack's requests; it is gone afterwards. Raises CannotRun."""
    port = free_port()
    log = folder / f"{port}.log"
    began = time.perf_counter()
    process = await _spawn(command, {**environment, "PORT": str(port)}, log, folder)
    try:
        await _until_ready(process, sender, port, log)
        yield Running(process, port, time.perf_counter() - began)
    finally:
        await _stop(process)


async def complete(command: tuple[str, ...], environment: Mapping[str, str], folder: Path) -> None:
    """Run a command to its end. Raises CannotRun if it fails."""
    log = folder / f"{free_port()}.log"
    process = await _spawn(command, environment, log, folder)
    if await process.wait():
        raise CannotRun(f"{' '.join(command)}: {_last_words(log)}")


async def _spawn(
    command: tuple[str, ...], environment: Mapping[str, str], log: Path, folder: Path
) -> asyncio.subprocess.Process:
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    with log.open("wb") as output:
        return await asyncio.create_subprocess_exec(
            *command,
            # While this end is open it runs.
            stdin=asyncio.subprocess.PIPE,
            stdout=output,
            stderr=output,
            # No `.env` of whoever runs the benchmarks is read there.
            cwd=folder,
            start_new_session=True,
            env={**inherited, "PYTHONPATH": str(ROOT), **environment},
        )


async def _until_ready(
    process: asyncio.subprocess.Process, sender: Sender, port: int, log: Path
) -> None:
    try:
        async with asyncio.timeout(START_SECONDS):
            while not await sender.challenge(port):
                if process.returncode is not None:
                    raise CannotRun(_last_words(log))
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        raise CannotRun(f"not ready in {START_SECONDS:.0f} s: {_last_words(log)}") from None


async def _stop(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


def _last_words(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]
