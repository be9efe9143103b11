"""A stage for browser tests: the real bot, the stand-ins, the page, and Chromium in front of it."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Request, Route, ViewportSize, async_playwright

from bot.demo.page import first_messages
from bot.demo.page.controls import Options
from bot.demo.page.language import Speak
from bot.demo.page.run import CATALOGUE as DEMO_CATALOGUE
from bot.demo.page.server import Page as PageServer
from bot.demo.slack import seed
from bot.locales import Translator, load
from bot.slack import manifest
from bot.templates.toml_file import read
from tests.conftest import World, open_world
from tests.e2e.catalogue import CATALOGUE
from tests.e2e.pages import Workspace

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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
)
SHOTS = Path(os.environ.get("SHOTS", "shots"))
SIZE: ViewportSize = {"width": 1280, "height": 800}
LOCALES = {"en": "en-US", "es": "es-ES", "pt": "pt-BR"}  # as Slack names them
PATIENCE = 10_000  # milliseconds; these machines are noisy


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
        await context.route("**/*", self._only_here)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("requestfailed", self._failed)
        self.windows.append(page)
        workspace = Workspace(page)
        await page.goto(self.server.url)
        await workspace.become(user)
        return workspace

    async def open_in(self, translator: Translator, user: str = seed.ALICE) -> Workspace:
        """Open a small window as this person, who reads the bot in the language of these words."""
        await self.let_read(user, LOCALES[translator.language])
        return await self.open(user, {"width": 960, "height": 800})

    async def let_read(self, user: str, locale: str) -> None:
        """Give somebody this language, and the bot the time to learn of it."""
        self.world.slack.workspace.change_person(user, locale=locale)
        await self.world.slack.settled()

    async def _only_here(self, route: Route) -> None:
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            await route.continue_()
            return
        self.faults.append(f"outside request: {route.request.url}")
        await route.abort()

    def _failed(self, request: Request) -> None:
        # A stream that ends with its window, or with a change of person, is no fault.
        if "/ui/events" not in request.url:
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
            executable_path=find_chromium(), args=list(ARGUMENTS)
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


async def raise_stage(
    folder: Path, browser: Browser, *, socket: bool, is_demo: bool = False, **settings: str
) -> AsyncIterator[Stage]:
    """Set up everything for one stage, and take it down.

    With `is_demo` the page has what it has in the demo: the tour, the choice of a language.
    """
    database = f"sqlite:///{folder}/bot.db"
    async with open_world(folder, database, socket=socket, settings=settings) as world:
        world.slack.workspace.change_person(seed.ALICE, locale="en-US")
        for number in first_messages.KNOWN:
            world.atom.know(number)
        await world.start("socket" if socket else "serve")
        url = f"http://127.0.0.1:{world.port}/slack/events"
        server = await PageServer.start(
            world.slack,
            world.atom,
            manifest.build("" if socket else url),
            options=Options(
                first_messages.NOTES, speaker(world, url) if is_demo else None, has_tour=is_demo
            ),
        )
        yield Stage(world, server, browser)
        await server.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def http_stage(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """The stage of most tests."""
    async for stage in raise_stage(tmp_path_factory.mktemp("http"), browser, socket=False):
        yield stage


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage_with_catalogue(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """A stage where templates have names."""
    async for stage in raise_stage(tmp_path_factory.mktemp("named"), browser, socket=False):
        await stage.world.keep(*CATALOGUE)
        yield stage


@pytest_asyncio.fixture(loop_scope="session")
async def named(
    stage_with_catalogue: Stage, request: pytest.FixtureRequest
) -> AsyncIterator[Stage]:
    """A stage with a catalogue, with Atom well and no window open."""
    async for each in guarded(stage_with_catalogue, request):
        yield each


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo_stage(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[Stage]:
    """A stage with all that the demo has, with its module's own `SETTINGS`."""
    settings: dict[str, str] = getattr(request.module, "SETTINGS", {})
    folder = tmp_path_factory.mktemp("demo")
    async for stage in raise_stage(folder, browser, socket=False, is_demo=True, **settings):
        await stage.world.keep(*read(DEMO_CATALOGUE.read_text()))
        yield stage


@pytest_asyncio.fixture(loop_scope="session")
async def demo(demo_stage: Stage, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async for each in guarded(demo_stage, request):
        yield each


@pytest.fixture(params=LOCALES)
def translator(request: pytest.FixtureRequest) -> Translator:
    """Everything that the bot says, in one language after the other."""
    return load(request.param)


@pytest.fixture
def english() -> Translator:
    return load("en")


@pytest_asyncio.fixture(loop_scope="session")
async def stage(http_stage: Stage, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A stage with Atom well and no window open; a page error or outside request fails the test."""
    async for each in guarded(http_stage, request):
        yield each


async def guarded(stage: Stage, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """Begin anew on a stage, and keep pictures of what went wrong."""
    # Whatever the test before had her read.
    await stage.let_read(seed.ALICE, "en-US")
    stage.server.corner.choose("answers")
    stage.world.atom.calls.clear()
    stage.world.slack.workspace.records.clear()
    stage.faults.clear()
    yield stage
    if request.node.stash.get(FAILED, False) or stage.faults:
        await _keep_pictures(stage, request.node.name)
    await stage.close_windows()
    stage.server.corner.choose("answers")
    for user in seed.MEMBERS:
        stage.world.slack.workspace.views.clear(user)
    assert stage.faults == []


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
