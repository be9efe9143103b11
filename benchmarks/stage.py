"""What every part works with, and turns that are taken so that noise hits all alike."""

import contextlib
import itertools
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from benchmarks.catalogue import templates
from benchmarks.databases import create
from benchmarks.processes import BARE, BOT, Running, run
from benchmarks.recording import Recording, record
from benchmarks.settings import ATOM_TOKEN, environment, keep
from benchmarks.slack import Slack, open_slack
from benchmarks.traffic import Gesture, Sender, WrongAnswer
from bot.demo.atom.server import AtomStandIn

T = TypeVar("T")

LONGEST = 60.0  # seconds for the rounds of one figure


@dataclass(frozen=True, slots=True)
class Size:
    """How much is done; more gives steadier figures."""

    rounds: int = 15
    requests: int = 40  # a round
    submissions: int = 60
    sends: int = 10_000
    rows: int = 2_000  # of a list
    seconds: float = 20.0  # of idleness
    finished: int = 400_000
    grown: int = 1_000_000
    starts: int = 5
    few: int = 100
    catalogue: int = 5_000


TINY = Size(
    rounds=1,
    requests=2,
    submissions=1,
    sends=5,
    rows=8,
    seconds=0.3,
    finished=10,
    grown=20,
    few=3,
    starts=1,
    catalogue=300,
)


@dataclass(frozen=True, slots=True)
class Stage:
    """Slack, Atom, and what people do; the bot and its peers come and go."""

    slack: Slack
    atom: AtomStandIn
    sender: Sender
    recording: Recording
    folder: Path
    size: Size
    say: Callable[[str], None]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def submission(self) -> Gesture:
        """Return a submission that there was not before."""
        return self.recording.submitted(next(self.numbers))

    async def warm(self, running: Running) -> None:
        """Open the form once, so that the bot knows people and templates. Raises WrongAnswer."""
        first = await self.sender.first(running.port, self.recording.typed(""))
        if not first.is_open:
            raise WrongAnswer(f"the form did not open, {first.refused} times")

    def settings(self, database_url: str) -> dict[str, str]:
        """Return the environment of a bot or a peer on this database."""
        return environment(database_url, self.slack.url, self.atom.url)

    async def sqlite(self, name: str, *, count: int = 0) -> str:
        """Make a database in a folder of its own, with a catalogue of so many templates."""
        prepared = self.folder / f"prepared-{count}.db"
        if not prepared.exists():
            settings = self.settings(f"sqlite:///{prepared}")
            await keep(templates(count), settings, self.folder)
        folder = self.folder / name
        folder.mkdir()
        shutil.copy(prepared, folder / f"{name}.db")
        return f"sqlite:///{folder}/{name}.db"

    async def postgres(self, server: str, *, count: int) -> str:
        """Make a database on a server, with a catalogue of so many templates."""
        url = create(server)
        await keep(templates(count), self.settings(url), self.folder)
        return url

    def bot(
        self, url: str, *, command: tuple[str, ...] = BOT, **more: str
    ) -> contextlib.AbstractAsyncContextManager[Running]:
        """Run the bot on a database, whose sends' ids are its own: another's may have the same."""
        self.slack.told.clear()
        return run(command, self.settings(url) | more, self.sender, self.folder)

    def bare(self, url: str) -> contextlib.AbstractAsyncContextManager[Running]:
        """Run the floor on a database."""
        return run(BARE, self.settings(url), self.sender, self.folder)


@asynccontextmanager
async def open_stage(folder: Path, size: Size, say: Callable[[str], None]) -> AsyncIterator[Stage]:
    """Record what people do, and let Slack and Atom answer while it is open."""
    say("recording what people do")
    recording = await record(folder)
    atom = await AtomStandIn.start(token=ATOM_TOKEN)
    sender = Sender()
    try:
        async with open_slack(recording.answers) as slack:
            yield Stage(slack, atom, sender, recording, folder, size, say)
    finally:
        await sender.close()
        await atom.close()


async def in_turn(
    contestants: Mapping[str, Callable[[], Awaitable[T]]],
    rounds: int,
    *,
    seconds: float = LONGEST,
) -> dict[str, list[T]]:
    """Let everyone have a turn in each round, each time from another one on.

    No round begins after so many seconds: a slow machine gives fewer figures.
    """
    until = time.monotonic() + seconds
    found: dict[str, list[T]] = {name: [] for name in contestants}
    names = list(contestants)
    for number in range(rounds):
        if number and time.monotonic() > until:
            break
        first = number % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(await contestants[name]())
    return found
