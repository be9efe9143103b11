"""The world around the bot: stand-ins for Slack and Atom, databases, and the bot as a process."""

import asyncio
import contextlib
import functools
import itertools
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings

from bot.demo.atom.server import AtomStandIn
from bot.demo.process import BotProcess
from bot.demo.slack import seed
from bot.demo.slack.person import Person
from bot.demo.slack.server import SlackStandIn
from bot.slack import manifest
from bot.store.database import open_engine
from bot.store.tables import request_key, sends
from bot.templates import Template
from bot.templates.toml_file import write
from tests.forked_bots import CAN_FORK, PATIENCE, shared
from tests.migrated import copy_file, create_file
from tests.ports import next_port
from tests.postgres_server import create_database, create_migrated, run_postgres

# No deadline: these machines are noisy. In CI the same examples each time, elsewhere new ones.
settings.register_profile("ours", deadline=None, derandomize="CI" in os.environ)
# `make quick` looks at a fifth of them; `make test` at all.
settings.register_profile("quick", deadline=None, max_examples=20)
settings.load_profile("ours")

TESTS = Path(__file__).parent
SECRET = "signing-secret-of-the-stand-in"
BOT_TOKEN = "xoxb-stand-in"
APP_TOKEN = "xapp-stand-in"
ATOM_TOKEN = "atom-token-of-the-stand-in"
TEMPLATE = "AbCdEfGhIjKlMnOpQrSt"
PHONE = "+50761234567"
START_SECONDS = 60.0
"""A busy machine may take so long to start a bot, or to let one write; what hangs takes longer."""
ANSWER_SECONDS = 3.0  # for which Slack waits
FEW = 4  # answers that may be late
RUN_SECONDS = 300.0  # for a command that comes to its end; one that goes on to run is ended

# What these folders are for: bots as processes, and browsers in front of them.
MARKS: dict[str, tuple[str, ...]] = {
    "journeys": ("process",),
    "faults": ("process",),
    "e2e": ("process", "browser"),
}
# The faults that take longest, so that other tests run beside them.
LONGEST = frozenset(
    {
        "test_cut_connections",
        "test_each_point",
        "test_every_python",
        "test_soak",
        "test_stalls",
        "test_wrong_clock",
    }
)
# A PostgreSQL server is a process as well; a fixture's parameter may name it, too.
ON_POSTGRES = frozenset(
    {"postgres", "postgresql", "postgres_url", "migrated_template", "migrated_url"}
)
NUMBERS = itertools.count()
UNMARKED: list[str] = []  # the test that runs, if it may start no process


# First: what is left out goes by the marks.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts a process or a browser, and what one worker runs; begin with the longest."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        for name in MARKS.get(folder, ()):
            item.add_marker(name)
        if _needs_postgres(item):
            item.add_marker("process")
        # Fixtures of a module, of which there is one a worker; each fault has its own bots.
        if folder != "faults" and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path)))
    # What comes last is short: else one worker ends long after the others.
    turns: dict[str, int] = {}
    for item in items:
        turns[_group(item)] = min(_turn(item), turns.get(_group(item), _turn(item)))
    items.sort(key=lambda item: turns[_group(item)])


def _needs_postgres(item: pytest.Item) -> bool:
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    named = {each for each in parameters if isinstance(each, str)}
    return not ON_POSTGRES.isdisjoint(named.union(getattr(item, "fixturenames", ())))


def _group(item: pytest.Item) -> str:
    """Name what stays together."""
    marker = item.get_closest_marker("xdist_group")
    return str(marker.args[0]) if marker else item.nodeid


def _turn(item: pytest.Item) -> int:
    """Order the tests: the longest first, then those that start a process, then all others."""
    if item.path.stem in LONGEST:
        return 0
    slow, process = (item.get_closest_marker(name) is not None for name in ("slow", "process"))
    return 3 - slow - process


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
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
    forks: bool = CAN_FORK
    """Whether its bots come out of one process; else each is a new interpreter."""
    is_patient: bool = False
    """Whether a machine may stand still for longer than Slack's three seconds."""

    def environment(self, **changes: str) -> dict[str, str]:
        """Return a bot's whole environment."""
        return {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": self.slack.api_url,
            "ATOM_TOKEN": ATOM_TOKEN,
            "ATOM_URL": self.atom.url,
            # Much longer than a busy machine stands still: a call that ends in time is not unknown.
            "ATOM_TIMEOUT": "60",
            "SENDERS": f"{seed.ALICE},{seed.SUPPORT}",
            "ADMINS": seed.CARLA,
            "DEFAULT_REGION": "PA",
            # Most tests send the same thing over and over.
            "DUPLICATE_WINDOW": "0",
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
        bot = await self.spawn(*command, environment=self.environment(**changes), log=log)
        self.bots.append(bot)
        if command[0] == "serve":
            self.slack.connect(f"http://127.0.0.1:{self.port}/slack/events")
        if command[0] in {"serve", "socket"}:
            await self.slack.ready(timeout=START_SECONDS)
        return bot

    async def run(self, *arguments: str, **changes: str) -> tuple[int, str]:
        """Run a command to its end; return its exit code and all that it printed."""
        log = self.folder / f"command-{next(NUMBERS)}.log"
        process = await self.spawn(*arguments, environment=self.environment(**changes), log=log)
        try:
            async with asyncio.timeout(RUN_SECONDS):
                return await process.wait(), process.output()
        finally:
            process.kill()

    async def spawn(self, *arguments: str, environment: Mapping[str, str], log: Path) -> BotProcess:
        """Start a process of the bot, without waiting for anything."""
        # Only a new interpreter heeds it.
        preloads = any(name.startswith(("LD_", "SSL_")) for name in environment)
        if self.forks and not preloads:
            start = functools.partial(
                shared(patient=self.is_patient).start, environment=environment, log=log
            )
            return await asyncio.to_thread(start, *arguments)
        return await BotProcess.start(*arguments, environment=environment, log=log)

    async def keep(self, *templates: Template) -> None:
        """Make these the catalogue, beside whatever runs."""
        file = self.folder / f"templates-{next(NUMBERS)}.toml"
        file.write_text(write(templates))
        code, printed = await self.run("templates", "import", str(file), "--yes")
        assert code == 0, printed

    def person(self, user: str = seed.ALICE) -> Person:
        return self.slack.person(user)

    async def history(self) -> list[dict[str, Any]]:
        """Return what `history` prints."""
        code, printed = await self.run("history", "--format", "jsonl")
        assert code == 0, printed
        return [json.loads(line) for line in printed.splitlines()]

    async def send_id(self, key: str) -> str:
        """Wait until there is the send that a request made, as a form's view or a retry's key."""
        engine = open_engine(self.database_url)
        query = sa.select(sends.c.id).where(sa.or_(request_key() == key, sends.c.id == key))
        try:
            async with asyncio.timeout(START_SECONDS):
                while True:
                    with contextlib.suppress(sa.exc.OperationalError), engine.connect() as read:
                        if found := read.scalar(query):
                            return str(found)
                    await asyncio.sleep(0.05)
        finally:
            engine.dispose()

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
    is_patient: bool = False,
    **slack_options: object,
) -> AsyncIterator[World]:
    """Make a world; every bot in it is gone when it closes.

    In a patient one neither Slack nor the bot minds Slack's three seconds, for worlds in which no
    test is about them: on a busy machine all stands still at times. The bot must keep to them as a
    rule.
    """
    patient = {"deadline": PATIENCE, "trigger_life": PATIENCE} if is_patient else {}
    port = next_port()
    url = "" if socket else f"http://127.0.0.1:{port}/slack/events"
    slack = await SlackStandIn.start(
        manifest=manifest.build(url),
        signing_secret=SECRET,
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        **{"rate_limits": False, **patient, **slack_options},  # type: ignore[arg-type]
    )
    atom = await AtomStandIn.start(token=ATOM_TOKEN)
    world = World(slack, atom, folder, port, database_url, dict(settings or {}))
    world.is_patient = is_patient
    try:
        yield world
        if is_patient:
            keeps_to_the_rule(slack)
    finally:
        for bot in world.bots:
            bot.kill()
            await bot.wait()
        await slack.close()
        await atom.close()


def keeps_to_the_rule(slack: SlackStandIn) -> None:
    """See that the bot answered Slack within three seconds, but for when all stood still."""
    answers = [one.seconds for one in slack.traffic if one.direction == "to_bot"]
    late = [seconds for seconds in answers if seconds >= ANSWER_SECONDS]
    assert len(late) <= max(FEW, len(answers) // 20), late


@pytest.fixture
async def world(tmp_path: Path, sqlite_url: str) -> AsyncIterator[World]:
    """A world with a bot that serves over HTTP on SQLite."""
    async with open_world(tmp_path, sqlite_url) as made:
        await made.start()
        yield made


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file as `migrate` leaves it, which is only copied."""
    return create_file(tmp_path_factory.mktemp("migrated"))


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    """A new SQLite file as `migrate` leaves it."""
    return copy_file(migrated_file, tmp_path)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL server, one for each worker; the URL of its administrator's database."""
    with run_postgres() as server:
        yield server.get_uri()


@pytest.fixture
def postgres_url(postgres: str) -> str:
    """A new, empty PostgreSQL database."""
    return create_database(postgres)


@pytest.fixture(scope="session")
def migrated_template(postgres: str) -> str:
    """A PostgreSQL database as `migrate` leaves it, which is only copied."""
    return create_migrated(postgres)


@pytest.fixture
def migrated_url(postgres: str, migrated_template: str) -> str:
    """A new PostgreSQL database as `migrate` leaves it."""
    return create_database(postgres, template=migrated_template)
