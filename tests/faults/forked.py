"""Starts bots out of one process that has imported all of it: where hundreds of starts are needed.

Such a bot is a process like any other. It has only not spent two seconds of a processor on imports.
"""

import asyncio
import ctypes
import importlib
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from bot.demo.process import PACKAGE, BotProcess

PARENT_DIED = 1  # man prctl: PR_SET_PDEATHSIG
KILLED = -9


class Forked:
    """What `BotProcess` asks of a process, for one that is somebody else's child."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    @property
    def returncode(self) -> int | None:
        """Return None while it runs; how it ended, only its parent knows."""
        try:
            status = Path(f"/proc/{self.pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return KILLED
        return KILLED if status.rpartition(")")[2].split()[0] in "ZX" else None

    def kill(self) -> None:
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)

    async def wait(self) -> int:
        while self.returncode is None:  # noqa: ASYNC110 - nothing tells us of another's child
            await asyncio.sleep(0.02)
        return KILLED


class Forks:
    """The process that has imported the bot, as the tests see it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def start(self, *arguments: str, environment: Mapping[str, str], log: Path) -> BotProcess:
        """Start a bot as `BotProcess.start` does."""
        request = {"arguments": arguments, "environment": dict(environment), "log": str(log)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        await self._process.stdin.drain()
        pid = int(await self._process.stdout.readline())
        return BotProcess(cast("asyncio.subprocess.Process", Forked(pid)), log)


@asynccontextmanager
async def forks(**environment: str) -> AsyncIterator[Forks]:
    """Import the bot in a process with this environment, which ends with all its bots."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.forked",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGE), **environment},
    )
    try:
        yield Forks(process)
    finally:
        process.kill()
        await process.wait()


def main() -> None:
    """Fork for each order on standard input, and say the child's id."""
    # Here only: it takes the two seconds, and those who start us need nothing of it.
    from bot import __main__  # noqa: PLC0415
    from tests.faults.killed_at import install  # noqa: PLC0415

    importlib.import_module("bot.app")
    install()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if pid := os.fork():
            sys.stdout.write(f"{pid}\n")
            sys.stdout.flush()
        else:
            request = json.loads(line)
            _become(request)
            os._exit(__main__.main(request["arguments"]))


def _become(request: Mapping[str, Any]) -> None:
    """Make this the process that was ordered; it ends with the one that forked it."""
    ctypes.CDLL(None).prctl(PARENT_DIED, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(Path(request["log"]).parent)
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for given, number in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(given, number)
    # Else every bot would draw what the one before it drew.
    random.seed()


if __name__ == "__main__":
    main()
