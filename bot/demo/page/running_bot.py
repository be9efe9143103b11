"""The demo's bot: its settings, its process, and the same bot anew in another language."""

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from pathlib import Path

from bot.demo.process import BotProcess

SECRET = "signing-secret-of-the-stand-in"  # noqa: S105 - it opens nothing
BOT_TOKEN, APP_TOKEN = "xoxb-stand-in", "xapp-stand-in"
ATOM_TOKEN = "token-of-the-stand-in"  # noqa: S105 - it opens nothing
LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Ports:
    """Where everything will listen: the bot must know it before the stand-ins are there."""

    bot: int
    slack: int
    atom: int

    @classmethod
    def find(cls) -> "Ports":
        with contextlib.ExitStack() as stack:
            probes = [stack.enter_context(socket.socket()) for _ in range(3)]
            for probe in probes:
                probe.bind(("127.0.0.1", 0))
            return cls(*(int(probe.getsockname()[1]) for probe in probes))

    @property
    def events_url(self) -> str:
        return f"http://127.0.0.1:{self.bot}/slack/events"


def environment(ports: Ports, folder: str, language: str = LANGUAGE) -> dict[str, str]:
    """Give the bot its settings; nothing else of it is special."""
    from bot.demo.slack import seed  # noqa: PLC0415 - the stand-ins load while the bot does

    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"http://127.0.0.1:{ports.slack}/api/",
        "ATOM_TOKEN": ATOM_TOKEN,
        "ATOM_URL": f"http://127.0.0.1:{ports.atom}/templates",
        "ATOM_TIMEOUT": "5",
        "SENDERS": seed.SUPPORT,
        "ADMINS": seed.CARLA,
        "DEFAULT_REGION": "PA",
        "LANGUAGE": language,
        "DATABASE_URL": f"sqlite:///{folder}/bot.db",
        "HOST": "127.0.0.1",
        "PORT": str(ports.bot),
        "LOG_FORMAT": "text",
    }


class RunningBot:
    """The bot's process, which is another one after each change of language."""

    def __init__(self, process: BotProcess, command: str, ports: Ports, folder: str) -> None:
        self._process = process
        self._command = command
        self._ports = ports
        self._folder = folder
        self._is_settled = asyncio.Event()
        self._is_settled.set()

    @classmethod
    async def start(cls, *, is_socket: bool, ports: Ports, folder: str) -> "RunningBot":
        command = "socket" if is_socket else "serve"
        return cls(await _start(command, ports, folder, LANGUAGE), command, ports, folder)

    async def speak(self, language: str) -> None:
        """Stop it and start it with another `LANGUAGE`; its database stays."""
        self._is_settled.clear()
        try:
            await self._process.stop()
            self._process = await _start(self._command, self._ports, self._folder, language)
        finally:
            self._is_settled.set()

    async def wait(self) -> int:
        """Wait until it ends by itself; return the exit code."""
        while True:
            process = self._process
            code = await process.wait()
            await self._is_settled.wait()
            if process is self._process:
                return code

    async def stop(self) -> int:
        return await self._process.stop()

    def output(self) -> str:
        return self._process.output()


async def _start(command: str, ports: Ports, folder: str, language: str) -> BotProcess:
    settings = environment(ports, folder, language)
    return await BotProcess.start(command, environment=settings, log=Path(folder) / "log")
