"""Starts bots out of one process that has imported all of it: a start costs no two seconds then.

Such a bot is a process like any other, with its own environment, output and exit code. What only a
new interpreter heeds (`LD_PRELOAD`, `PYTHON…`) needs `BotProcess.start`.
"""

import asyncio
import atexit
import ctypes
import functools
import gc
import importlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from bot.demo.process import PACKAGE, BotProcess

PARENT_DIED = 1  # man prctl: PR_SET_PDEATHSIG
CAN_FORK = sys.platform == "linux"  # elsewhere nothing ends the bots of a process that was killed
INHERITED = ("PATH", "HOME", "LANG", "TZ", "VIRTUAL_ENV")
LOADED = (
    "bot.transports",
    "bot.health",
    "bot.migrate",
    "bot.commands.doctor",
    "bot.commands.history",
    "bot.commands.templates",
)
# By the environment of the process that they come out of: bots in no hurry to answer Slack. What
# they give each step of it is set before anything takes the value along.
PATIENT = "PATIENT"
PATIENCE = 30  # seconds
HURRIES = (
    ("bot.store.send_table", "LISTENER_PATIENCE"),
    ("bot.slack.platform.client", "CALL_SECONDS"),
    ("bot.slack.platform.client", "LISTENER_SECONDS"),
    ("bot.slack.send_form.confirmation", "LINK_SECONDS"),
    ("bot.slack.template_form.groups", "PATIENCE"),
    ("bot.web.signed_requests", "BODY_SECONDS"),
)
AGAIN = 0.01  # seconds until the exit of another's child is looked for again


class Forked:
    """What `BotProcess` asks of a process, for one that is somebody else's child."""

    def __init__(self, pid: int, exited: Path) -> None:
        self.pid = pid
        self._exited = exited  # appears with its exit code in it

    @property
    def returncode(self) -> int | None:
        if self._exited.exists():
            return int(self._exited.read_text())
        # Whoever would write it down is gone, and took its bots along.
        return None if self._exited.parent.exists() else -signal.SIGKILL

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    async def wait(self) -> int:
        while (code := self.returncode) is None:  # noqa: ASYNC110 - nothing tells us of its end
            await asyncio.sleep(AGAIN)
        return code


class Forks:
    """The process that has imported the bot, as the tests see it; it ends with all its bots."""

    def __init__(self, **environment: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forked_bots", self._folder.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**_inherited(), "PYTHONPATH": str(PACKAGE), **environment},
        )
        self._started = 0
        self._turn = threading.Lock()  # one order and its answer at a time

    def start(self, *arguments: str, environment: Mapping[str, str], log: Path) -> BotProcess:
        """Start a bot as `BotProcess.start` does."""
        with self._turn:
            return self._start(arguments, environment, log)

    def _start(
        self, arguments: tuple[str, ...], environment: Mapping[str, str], log: Path
    ) -> BotProcess:
        self._started += 1
        exited = Path(self._folder.name) / str(self._started)
        request = {
            "arguments": arguments,
            "environment": {**_inherited(), "PYTHONPATH": str(PACKAGE), **environment},
            "log": str(log),
            "exited": str(exited),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        return BotProcess(cast("asyncio.subprocess.Process", Forked(pid, exited)), log)

    def close(self) -> None:
        with self._process:
            self._process.kill()
        self._folder.cleanup()


@functools.cache
def shared(*, patient: bool = False) -> Forks:
    """Return the one of this process, which every world starts its bots from; two with `patient`."""
    made = Forks(**{PATIENT: "1"} if patient else {})
    atexit.register(made.close)
    return made


def _inherited() -> dict[str, str]:
    return {name: os.environ[name] for name in INHERITED if name in os.environ}


class Children:
    """The bots, as their parent sees them: it writes down how each ended."""

    def __init__(self) -> None:
        self._exited: dict[int, Path] = {}
        signal.signal(signal.SIGCHLD, self._reap)

    def fork(self, request: Mapping[str, Any]) -> int:
        # One that ends at once ends after it is known.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        if pid := os.fork():
            self._exited[pid] = Path(request["exited"])
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        return pid

    def _reap(self, *_: object) -> None:
        while self._exited:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            exited = self._exited.pop(pid)
            written = exited.with_suffix(".new")
            written.write_text(str(os.waitstatus_to_exitcode(status)))
            written.rename(exited)


def be_patient() -> None:
    """Let a machine stand still for longer than Slack waits for an answer."""
    for module, name in HURRIES:
        found = importlib.import_module(module)
        assert getattr(found, name) < PATIENCE
        setattr(found, name, PATIENCE)


def main() -> int:
    """Fork for each order on standard input, and say the child's id."""
    if PATIENT in os.environ:
        be_patient()
    # Here only: it takes the two seconds, and those who start us need nothing of it.
    from bot import __main__  # noqa: PLC0415
    from tests.faults.killed_at import install  # noqa: PLC0415

    for name in LOADED:
        importlib.import_module(name)
    install()
    assert threading.active_count() == 1, "a fork takes no thread along"
    gc.freeze()
    children = Children()
    for line in sys.stdin:
        request = json.loads(line)
        if not (pid := children.fork(request)):
            _become(request)
            return __main__.main(request["arguments"])
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
    return 0


def _become(request: Mapping[str, Any]) -> None:
    """Make this the process that was ordered; it ends with the one that forked it."""
    ctypes.CDLL(None).prctl(PARENT_DIED, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.chdir(Path(request["log"]).parent)
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for given, number in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(given, number)
    os.close(log)
    os.close(nothing)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - a handle, for as long as it runs
    # Else every bot would draw what the one before it drew.
    random.seed()


if __name__ == "__main__":
    sys.exit(main())
