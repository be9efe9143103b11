"""The real bot as a process of its own, configured through its environment alone."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

STOP_SECONDS = 15.0
PACKAGE = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """Return a loopback port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class BotProcess:
    """A running bot. It stops when it is told to, or when this process is gone."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self.log = log

    @classmethod
    async def start(
        cls, *arguments: str, environment: Mapping[str, str], log: Path
    ) -> "BotProcess":
        """Start `python -m bot ARGUMENTS` with nothing of our own settings; output goes to `log`.

        It works in the log's folder: a `.env` that lies about where we run is not for it.
        """
        output = await asyncio.to_thread(log.open, "ab")
        with output:
            return cls(await _spawn(arguments, environment, output, log.parent), log)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.returncode

    def kill(self) -> None:
        """End it as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def wait(self) -> int:
        """Wait for its end; return the exit code."""
        return await self._process.wait()

    async def stop(self) -> int:
        """Ask it to stop; kill it if it doesn't within 15 seconds. Return the exit code."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
        except TimeoutError:
            self.kill()
            return await self._process.wait()

    def output(self) -> str:
        """Return what it printed and logged so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


async def _spawn(
    arguments: tuple[str, ...], environment: Mapping[str, str], output: IO[bytes], folder: Path
) -> asyncio.subprocess.Process:
    inherited = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "LANG", "TZ", "SYSTEMROOT", "VIRTUAL_ENV")
        if name in os.environ
    }
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.demo.parent_watch",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=output,
        stderr=output,
        cwd=folder,
        # Ctrl-C is for whoever started it, who then stops it.
        start_new_session=True,
        env={**inherited, "PYTHONPATH": str(PACKAGE), **environment},
    )
