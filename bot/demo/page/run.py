"""`demo`: the real bot between the stand-ins, on a page in the browser until somebody stops it."""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.page.language import Speak
from bot.demo.page.running_bot import (
    APP_TOKEN,
    ATOM_TOKEN,
    BOT_TOKEN,
    LANGUAGE,
    SECRET,
    Ports,
    RunningBot,
    environment,
)
from bot.demo.process import BotProcess
from bot.demo.slack.errors import Json

if TYPE_CHECKING:
    from bot.demo.slack.server import SlackStandIn

START_SECONDS = 60.0
CATALOGUE = Path(__file__).parents[1] / "templates.toml"
LOG_LINES = 20
DONE, WANTING, WRONG_USE = 0, 1, 2

MakeManifest = Callable[[str, str], Json]
"""Makes the app's manifest from where the bot serves, and in a language."""


class CannotRun(Exception):
    """The demo can't go on; the words say why, the code is its exit code."""

    def __init__(self, words: str, code: int) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class Given:
    """What was asked for on the command line."""

    host: str = "127.0.0.1"
    port: int = 3333
    is_socket: bool = False
    opens_browser: bool = True


async def play(make_manifest: MakeManifest, given: Given) -> int:
    """Run until a signal comes or the bot ends; return the exit code."""
    stopped = asyncio.Event()
    _listen_to_signals(stopped)
    ports = Ports.find()
    with tempfile.TemporaryDirectory(prefix="whatsapp-template-demo-") as folder:
        # The slowest comes first: while the bot loads its code, we load ours.
        bot = await RunningBot.start(is_socket=given.is_socket, ports=ports, folder=folder)
        try:
            async with _scene(make_manifest, given, ports, bot) as (slack, address):
                ready = asyncio.create_task(slack.ready(timeout=START_SECONDS))
                if await _unless_it_ends(ready, bot, stopped):
                    await _fill_catalogue(ports, folder)
                    _show(address, given)
                    await _unless_it_ends(asyncio.create_task(stopped.wait()), bot, stopped)
        except CannotRun as error:
            sys.stderr.write(f"{error}\n")
            return error.code
        finally:
            await bot.stop()
    return DONE


async def _fill_catalogue(ports: Ports, folder: str) -> None:
    """Bring in the demo's templates as an owner would, beside the running bot."""
    bringing = await BotProcess.start(
        *("templates", "import", str(CATALOGUE), "--yes"),
        environment=environment(ports, folder),
        log=Path(folder) / "import.log",
    )
    if await bringing.wait() != DONE:
        raise CannotRun(_last_words("The templates could not be brought in", bringing), WANTING)


@contextlib.asynccontextmanager
async def _scene(
    make_manifest: MakeManifest, given: Given, ports: Ports, bot: RunningBot
) -> "AsyncIterator[tuple[SlackStandIn, str]]":
    """Serve the stand-ins and the page; give the page's address, which is not usable yet."""
    from bot.demo.atom.server import AtomStandIn  # noqa: PLC0415 - see above
    from bot.demo.page import first_messages  # noqa: PLC0415
    from bot.demo.page.controls import Options  # noqa: PLC0415
    from bot.demo.page.server import Page  # noqa: PLC0415
    from bot.demo.slack.server import SlackStandIn  # noqa: PLC0415

    url = "" if given.is_socket else ports.events_url
    manifest = make_manifest(url, LANGUAGE)
    async with contextlib.AsyncExitStack() as stack:
        slack = await SlackStandIn.start(
            manifest=manifest,
            signing_secret=SECRET,
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            port=ports.slack,
        )
        stack.push_async_callback(slack.close)
        atom = await AtomStandIn.start(token=ATOM_TOKEN, port=ports.atom)
        stack.push_async_callback(atom.close)
        for number in first_messages.KNOWN:
            atom.know(number)
        first_messages.furnish(slack.workspace)
        speak = _speaker(make_manifest, url, bot, slack)
        options = Options(first_messages.NOTES, speak, has_tour=True)
        try:
            page = await Page.start(
                slack, atom, manifest, options=options, host=given.host, port=given.port
            )
        except OSError as error:
            raise CannotRun(taken(given, error), WRONG_USE) from error
        stack.push_async_callback(page.close)
        if not given.is_socket:
            slack.connect(ports.events_url)
        yield slack, page.url


def _speaker(
    make_manifest: MakeManifest, url: str, bot: RunningBot, slack: "SlackStandIn"
) -> Speak:
    """Make what starts the bot anew in another language."""

    async def speak(language: str) -> Json:
        await bot.speak(language)
        await slack.ready(timeout=START_SECONDS)
        return make_manifest(url, language)

    return speak


def taken(given: Given, error: OSError) -> str:
    """Say that the port can't be had, and what to do."""
    why = os.strerror(error.errno) if error.errno else str(error)
    return (
        f"Port {given.port} on {given.host} can't be used: {why}. "
        "Is another demo running? Take another port: python -m bot demo --port 4444"
    )


async def _unless_it_ends(
    wanted: asyncio.Task[object], bot: RunningBot, stopped: asyncio.Event
) -> bool:
    """Wait for what is wanted: true once it is there, false if somebody stopped us before.

    Raises CannotRun if the bot ends by itself or does not get ready.
    """
    ended = asyncio.create_task(bot.wait())
    stop = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({wanted, ended, stop}, return_when=asyncio.FIRST_COMPLETED)
        if stopped.is_set():
            return False
        if ended.done():
            raise CannotRun(
                _last_words(f"The bot ended by itself ({ended.result()})", bot), WANTING
            )
        if wanted.exception():
            raise CannotRun(_last_words("The bot did not get ready", bot), WANTING)
        return True
    finally:
        for task in (wanted, ended, stop):
            task.cancel()


def _last_words(what: str, bot: RunningBot | BotProcess) -> str:
    end = "\n".join(bot.output().splitlines()[-LOG_LINES:])
    return f"{what}. The end of its log:\n{end}"


def _listen_to_signals(stopped: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        # Windows has no handlers in the loop; there Ctrl-C raises KeyboardInterrupt.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(one, stopped.set)


def _show(address: str, given: Given) -> None:
    _say("The bot is ready, with stand-ins for Slack and Atom. Nothing leaves this machine.")
    _say(address)
    _say("Ctrl-C stops it.")
    if given.opens_browser and _has_display():
        webbrowser.open(address)


def _has_display() -> bool:
    """Say whether a browser could show itself; one in the terminal would be in our way."""
    elsewhere = sys.platform in {"darwin", "win32"}
    return elsewhere or any(os.environ.get(one) for one in ("DISPLAY", "WAYLAND_DISPLAY"))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
