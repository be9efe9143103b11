"""A stage for browser tests: the real bot, the stand-ins, the page, and Chromium in front of it.

Each test has a stage of its own: what an earlier one left on its way (a message, a call, a press)
would come to the next one late, and what it changed would stand there.
"""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypedDict, Unpack
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    Page,
    Request,
    ViewportSize,
    async_playwright,
    expect,
)

from bot.demo.page import first_messages
from bot.demo.page.controls import Options
from bot.demo.page.language import Speak
from bot.demo.page.run import CATALOGUE as DEMO_CATALOGUE
from bot.demo.page.server import Page as PageServer
from bot.demo.slack import seed
from bot.locales import Translator, load
from bot.slack import manifest
from bot.store.database import open_engine
from bot.store.templates import replace_all
from bot.templates import Template
from bot.templates.toml_file import read, write
from tests.conftest import World, open_world
from tests.e2e.catalogue import CATALOGUE
from tests.e2e.pages import Workspace
from tests.migrated import copy_file

# The shell is the same browser without what draws windows: a page takes a third of the processor.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but this machine is reached: what is elsewhere is asked of a proxy that is not there.
    "--proxy-server=http://127.0.0.1:9",
)
SHOTS = Path(os.environ.get("SHOTS", "shots"))
SIZE: ViewportSize = {"width": 1280, "height": 800}
LOCALES = {"en": "en-US", "es": "es-ES", "pt": "pt-BR"}  # as Slack names them
PATIENCE = 30_000  # milliseconds; these machines are noisy
# The three seconds that Slack gives are other tests' matter: a busy machine may stand still longer.
SLACK_SECONDS = 30.0
expect.set_options(timeout=PATIENCE)


@dataclass
class Stage:
    """The world, the page's server, and the windows that are open on it."""

    world: World
    server: PageServer
    browser: Browser
    windows: list[Page] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    async def open(self, user: str = seed.ALICE, size: ViewportSize = SIZE) -> Workspace:
        """Open a window as this person, in a browser of their own."""
        context = await self.browser.new_context(
            viewport=size, locale="en-US", timezone_id="America/Panama"
        )
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        # Not by a route, which every request would wait for.
        page.on("request", self._only_here)
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("requestfailed", self._failed)
        self.windows.append(page)
        workspace = Workspace(page)
        await page.goto(self.server.url)
        await workspace.become(user)
        # It takes the focus a moment after it is drawn, from whatever else has it by then.
        await expect(workspace.box()).to_be_focused()
        return workspace

    async def open_in(self, translator: Translator, user: str = seed.ALICE) -> Workspace:
        """Open a small window as this person, who reads the bot in the language of these words."""
        await self.let_read(user, LOCALES[translator.language])
        return await self.open(user, {"width": 960, "height": 800})

    async def let_read(self, user: str, locale: str) -> None:
        """Give somebody this language, and the bot the time to learn of it."""
        self.world.slack.workspace.change_person(user, locale=locale)
        await self.world.slack.settled()

    async def called(self, times: int) -> None:
        """Wait until Atom was called so many times."""
        calls = self.world.atom.calls
        await self.world.slack.until(lambda: len(calls) == times, timeout=PATIENCE / 1000)

    def _only_here(self, request: Request) -> None:
        if urlsplit(request.url).hostname not in {"127.0.0.1", None}:
            self.faults.append(f"outside request: {request.url}")

    def _failed(self, request: Request) -> None:
        # What ends with its page, as a stream does with a change of person, is no fault.
        if "/ui/events" not in request.url and request.failure != "net::ERR_ABORTED":
            self.faults.append(f"request failed: {request.url} {request.failure}")

    async def close_windows(self) -> None:
        for page in self.windows:
            await page.context.close()
        self.windows.clear()


def find_chromium() -> str:
    """Return the browser that CHROMIUM names or the path holds."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and Path(MAC).exists():
        found = MAC
    # Never a silent skip: `make test` installs one.
    assert found, "no Chromium: run tests/e2e/install-browser, or set CHROMIUM"
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all; every window has a context of its own."""
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(
            executable_path=find_chromium(), args=list(ARGUMENTS), timeout=4 * PATIENCE
        )
        yield made
        await made.close()


def speaker(world: World, url: str) -> Speak:
    """Make what starts the bot anew in another language."""

    async def speak(language: str) -> dict[str, Any]:
        await world.bots[-1].stop()
        await world.start(LANGUAGE=language)
        return manifest.build(url, language)

    return speak


class Wanted(TypedDict, total=False):
    """What a test may want of its stage."""

    socket: bool
    is_demo: bool  # then the page has what it has in the demo: the tour, the choice of a language
    templates: Sequence[Template]  # the bot's catalogue
    settings: Mapping[str, str]  # of the bot


class RaiseStage(Protocol):
    """Sets up the stage of a test."""

    async def __call__(self, **wanted: Unpack[Wanted]) -> Stage: ...


@pytest_asyncio.fixture(loop_scope="session")
async def raise_stage(
    browser: Browser, tmp_path: Path, migrated_file: Path, request: pytest.FixtureRequest
) -> AsyncIterator[RaiseStage]:
    """Set up a stage as a test wants it; it is taken down at the test's end."""
    async with contextlib.AsyncExitStack() as stack:

        async def raised(**wanted: Unpack[Wanted]) -> Stage:
            url = copy_file(migrated_file, tmp_path)
            made = await stack.enter_async_context(open_stage(browser, tmp_path, url, **wanted))
            await stack.enter_async_context(guarded(made, request))
            return made

        yield raised


@contextlib.asynccontextmanager
async def open_stage(
    browser: Browser, folder: Path, database_url: str, **wanted: Unpack[Wanted]
) -> AsyncIterator[Stage]:
    """Start the stand-ins, the bot and the page's server."""
    if templates := wanted.get("templates"):
        keep(database_url, templates)
    is_socket = wanted.get("socket", False)
    async with open_world(
        folder,
        database_url,
        socket=is_socket,
        settings=wanted.get("settings"),
        deadline=SLACK_SECONDS,
        trigger_life=SLACK_SECONDS,
    ) as world:
        world.slack.workspace.change_person(seed.ALICE, locale=LOCALES["en"])
        for number in first_messages.KNOWN:
            world.atom.know(number)
        await world.start("socket" if is_socket else "serve")
        url = "" if is_socket else f"http://127.0.0.1:{world.port}/slack/events"
        is_demo = wanted.get("is_demo", False)
        speak = speaker(world, url) if is_demo else None
        options = Options(first_messages.NOTES, speak, has_tour=is_demo)
        told = manifest.build(url)
        server = await PageServer.start(world.slack, world.atom, told, options=options)
        yield Stage(world, server, browser)
        await server.close()


def keep(database_url: str, templates: Sequence[Template]) -> None:
    """Make these the catalogue of a database that nobody has open, as an import would."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        assert replace_all(connection, read(write(templates)), expected=())
    engine.dispose()


@pytest_asyncio.fixture(loop_scope="session")
async def stage(raise_stage: RaiseStage) -> Stage:
    """The stage of most tests: no catalogue, everybody reads what they read in Slack."""
    return await raise_stage()


@pytest_asyncio.fixture(loop_scope="session")
async def named(raise_stage: RaiseStage) -> Stage:
    """A stage where templates have names."""
    return await raise_stage(templates=CATALOGUE)


@pytest_asyncio.fixture(loop_scope="session")
async def demo(raise_stage: RaiseStage, request: pytest.FixtureRequest) -> Stage:
    """A stage with all that the demo has, with its module's own `SETTINGS`."""
    settings: dict[str, str] = getattr(request.module, "SETTINGS", {})
    templates = read(DEMO_CATALOGUE.read_text())
    return await raise_stage(is_demo=True, templates=templates, settings=settings)


@pytest.fixture(params=LOCALES)
def translator(request: pytest.FixtureRequest) -> Translator:
    """Everything that the bot says, in one language after the other."""
    return load(request.param)


@pytest.fixture
def english() -> Translator:
    return load("en")


@contextlib.asynccontextmanager
async def guarded(stage: Stage, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Close a stage's windows in the end, keep pictures of what went wrong, and fail for faults."""
    yield
    if request.node.stash.get(FAILED, False) or stage.faults:
        await _keep_pictures(stage, request.node.name)
    faults = [*stage.faults]
    # What is cut off when they close is no fault.
    await stage.close_windows()
    assert faults == []


async def _keep_pictures(stage: Stage, name: str) -> None:
    await asyncio.to_thread(SHOTS.mkdir, exist_ok=True)
    for number, page in enumerate(stage.windows):
        safe = "".join(each if each.isalnum() else "-" for each in name)
        await page.screenshot(path=SHOTS / f"{safe}-{number}.png")


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the fixtures know, when they end, whether the test failed."""
    report = yield
    if call.when == "call":
        item.stash[FAILED] = report.failed
    return report
