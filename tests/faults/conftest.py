"""Bots that are killed and started again, and what people and Atom saw of each send."""

import re
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from bot.demo.process import BotProcess
from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.demo.slack.person import Person
from tests.conftest import PHONE, TEMPLATE, World, open_world
from tests.stopwatch import patiently

pytest.register_assert_rewrite("tests.faults.checks", "tests.faults.crowd")


COMMAND = "/whatsapp-template"
SQLITE = (("serve",),)
POSTGRES = (("serve",), ("worker",), ("worker",))
SOON = 60.0
"""Seconds within which whatever must come, comes, on a machine that has other things to do."""
TRIES = re.compile(r"Tries so far: (\d+);")


@dataclass
class Fleet:
    """The processes of one bot: they start, they are killed, they start again."""

    world: World
    roles: tuple[tuple[str, ...], ...]
    running: dict[int, BotProcess] = field(default_factory=dict)

    async def start(self, **changes: str) -> None:
        """Start every process that does not run, and wait until all of them work."""
        await self.start_only(*range(len(self.roles)), **changes)

    async def start_only(self, *indexes: int, **changes: str) -> None:
        """Start some processes unless they run, and wait until they work."""
        missing = [index for index in indexes if index not in self.running]
        # The last one is `serve`, which is waited for: the workers start meanwhile.
        for index in reversed(missing):
            self.running[index] = await self.world.start(*self.roles[index], **changes)
        for index in missing:
            await self.is_ready(self.running[index])

    async def is_ready(self, bot: BotProcess) -> None:
        await self.world.slack.until(
            lambda: '"event": "ready"' in bot.output() or bot.exit_code is not None, timeout=SOON
        )
        assert bot.exit_code is None, bot.output()

    async def kill(self, *indexes: int) -> None:
        """End some processes as a power cut would; all of them if none is named."""
        chosen = indexes or tuple(self.running)
        bots = [self.running.pop(index) for index in chosen]
        for bot in bots:
            bot.kill()
        for bot in bots:
            await bot.wait()

    async def submit(
        self, code: str, *, user: str = seed.ALICE, channel: str = seed.SOPORTE
    ) -> str:
        """Fill in the form and press Send; the send's id. `code` is a parameter that marks it."""
        person = self.world.person(user)
        view_id = await self.open_form(person, code, channel=channel)
        sent = await patiently(person.submit, lambda result: result.closed)
        assert sent.closed, (sent.trouble, sent.errors)
        return await self.world.send_id(view_id)

    async def open_form(self, person: Person, code: str, *, channel: str = seed.SOPORTE) -> str:
        """Type the command; the id of the form that is open then."""
        opened = await patiently(
            lambda: person.command(channel, COMMAND, self.text(code)),
            lambda _: person.view is not None,
        )
        assert person.view is not None, opened.shown
        return person.view.id

    def text(self, code: str) -> str:
        """Give what is typed after the command for a send marked with a parameter."""
        return f"{TEMPLATE} {PHONE} code={code}"

    async def deliver_silently(self, person: Person) -> None:
        """Let the bot take the form while Slack hears nothing of it, so that the form stays."""
        view = person.view
        assert view is not None
        await patiently(person.submit, lambda result: result.closed)
        self.world.slack.workspace.views.open_views[view.id] = view
        self.world.slack.workspace.views.stacks[person.id] = [view.id]

    def calls(self, code: str) -> int:
        """How often Atom was called for the send with this parameter."""
        return calls(self.world)[code]

    def most_calls(self) -> int:
        """How often Atom was called for the send it was called for most."""
        return max(calls(self.world).values())

    async def called(self, code: str) -> None:
        """Wait until Atom has read the request."""
        await self.world.slack.until(lambda: self.calls(code), timeout=SOON)

    async def outcome(self, send_id: str, *, seconds: float = SOON) -> Message:
        """Wait for the first outcome in the send's thread."""
        await self.world.slack.until(lambda: outcomes(self.world).get(send_id), timeout=seconds)
        return outcomes(self.world)[send_id][0]

    async def waits(self, send_id: str, *, tries: int = 1) -> None:
        """Wait until the card says that Atom can't be reached, after so many tries or more."""

        def says() -> bool:
            found = TRIES.search(card(self.world, send_id))
            # Whoever looks late finds one more.
            return found is not None and int(found[1]) >= tries

        await self.world.slack.until(says, timeout=SOON)


def calls(world: World) -> Counter[str]:
    """Count Atom's calls by the parameter that marks each send."""
    return Counter(str(call.body["params"]["code"]) for call in world.atom.calls)


def outcomes(world: World) -> dict[str, list[Message]]:
    """Give the outcomes by send: replies in the thread of a card that say how it ended."""
    found: dict[str, list[Message]] = {}
    for message in world.slack.workspace.records.values():
        if message.thread_ts in {None, message.ts} or message.ephemeral:
            continue
        match message.metadata:
            case {"event_payload": {"send_id": str(send_id)}}:
                found.setdefault(send_id, []).append(message)
    return found


def card(world: World, send_id: str) -> str:
    """Give what the card of a send says; empty while there is none."""
    for message in world.slack.workspace.records.values():
        match message.metadata:
            case {"event_payload": {"send_id": str(found)}} if found == send_id:
                if message.thread_ts in {None, message.ts}:
                    return message.text
    return ""


def status(message: Message) -> str:
    match message.metadata:
        case {"event_payload": {"status": str(found)}}:
            return found
    return ""


@contextmanager
def locked(database_url: str, *, reads: bool = False) -> Iterator[None]:
    """Hold the database so that the bot can't write down anything; on SQLite it may read."""
    if database_url.startswith("sqlite"):
        file = sqlite3.connect(
            database_url.removeprefix("sqlite:///"), timeout=SOON, isolation_level=None
        )
        try:
            file.execute("BEGIN IMMEDIATE")
            yield
        finally:
            file.close()
        return
    with psycopg.connect(database_url) as connection:
        mode = "EXCLUSIVE" if reads else "ACCESS EXCLUSIVE"
        connection.execute(f"LOCK TABLE sends IN {mode} MODE")
        yield


Say = Callable[[str], None]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Show a figure that was measured, whatever pytest captures."""

    def to_the_terminal(figure: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{figure}\n")

    return to_the_terminal


@pytest.fixture
async def sqlite_fleet(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Fleet]:
    """One process on SQLite, started."""
    async with open_world(tmp_path, sqlite_url) as world:
        fleet = Fleet(world, SQLITE)
        await fleet.start()
        yield fleet


@pytest.fixture
async def postgres_fleet(tmp_path: Path, migrated_url: str) -> AsyncIterator[Fleet]:
    """`serve` and two workers on PostgreSQL, started."""
    async with open_world(tmp_path, migrated_url) as world:
        fleet = Fleet(world, POSTGRES)
        await fleet.start()
        yield fleet


@pytest.fixture(params=["sqlite", "postgres"])
def fleet(request: pytest.FixtureRequest) -> Fleet:
    """Every process of one bot, on each database."""
    made = request.getfixturevalue(f"{request.param}_fleet")
    assert isinstance(made, Fleet)
    return made


@pytest.fixture
async def postgres_solo(tmp_path: Path, migrated_url: str) -> AsyncIterator[Fleet]:
    """One process on PostgreSQL, started."""
    async with open_world(tmp_path, migrated_url) as world:
        fleet = Fleet(world, SQLITE)
        await fleet.start()
        yield fleet


@pytest.fixture(params=["sqlite_fleet", "postgres_solo"], ids=["sqlite", "postgres"])
def solo(request: pytest.FixtureRequest) -> Fleet:
    """One process, on each database."""
    made = request.getfixturevalue(request.param)
    assert isinstance(made, Fleet)
    return made
