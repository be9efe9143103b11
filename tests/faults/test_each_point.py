"""`kill -9` at each commit, each call to Atom and each call to Slack of a send's life."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.checks import Sends, press_until_taken, row
from tests.faults.conftest import SOON, Fleet, Say, outcomes, status
from tests.faults.killed_at import FILE, passed
from tests.forked_bots import Forks
from tests.postgres_server import until_left

pytestmark = pytest.mark.slow

CALM = 1.0
"""Seconds after its outcome in which a send comes to its last points."""
ENOUGH = 3
"""Sends in a row that came to their end: one alone may have had fewer points than most."""
ENDS = {"": "pending", "queued": "pending", "sending": "unknown", "pending": "pending"}
"""How a send ends, by what its row said when the process was killed; empty: there was none."""


@dataclass
class Killing:
    """One send after the other, each with a process that dies at a later point."""

    fleet: Fleet
    file: Path
    forks: Forks
    sends: Sends
    killed: Counter[str] = field(default_factory=Counter)
    """What the row said, over all the kills."""
    points: list[str] = field(default_factory=list)
    """Where the processes died."""

    async def every(self, numbers: Iterable[int]) -> None:
        """Send until some come to their end without reaching the point at which they would die."""
        ended = 0
        for number in numbers:
            ended = 0 if await self.send(number) else ended + 1
            if ended == ENOUGH:
                return

    async def send(self, number: int) -> bool:
        """Send once and see it through; say whether the process died."""
        code = f"point-{number}"
        person = self.fleet.world.person()
        view_id = await self.fleet.open_form(person, code)
        told_before = set(outcomes(self.fleet.world))
        passed(self.file).unlink(missing_ok=True)
        self.arm(number)
        await person.submit()
        await self.over(told_before)
        self.file.unlink()
        died = await self.died(number)
        was = row(self.fleet.world.database_url, view_id).get("status", "")
        if died:
            self.killed[was or "no row"] += 1
            self.points.append(passed(self.file).read_text().splitlines()[-1])
            del self.fleet.running[0]
            await self.start()
        await press_until_taken(self.fleet, person)
        send_id = await self.fleet.world.send_id(view_id)
        self.sends.codes[send_id] = code
        told = status(await self.fleet.outcome(send_id))
        where = self.points[-1] if died else "its end"
        assert told == ENDS[was], f"{was} when killed at {where}, then told {told}"
        return died

    async def start(self) -> None:
        """Start the one process, and wait until it works."""
        world = self.fleet.world
        log = world.folder / f"bot-{len(world.bots)}.log"
        bot = self.forks.start("serve", environment=world.environment(), log=log)
        world.bots.append(bot)
        self.fleet.running[0] = bot
        await world.slack.ready(timeout=SOON)
        await self.fleet.is_ready(bot)

    def arm(self, number: int) -> None:
        """Let the process die at a point; the file is whole at any moment."""
        new = self.file.with_suffix(".new")
        new.write_text(str(number))
        new.replace(self.file)

    async def died(self, number: int) -> bool:
        """Say whether it came to its point; if so, wait until nothing that it asked for goes on."""
        listed = passed(self.file)
        if not listed.exists() or len(listed.read_text().splitlines()) < number:
            return False
        await self.fleet.running[0].wait()
        if self.fleet.world.database_url.startswith("postgresql"):
            await asyncio.to_thread(until_left, self.fleet.world.database_url)
        return True

    async def over(self, told_before: set[str]) -> None:
        """Wait until the process is dead, or the send has come to its end."""
        bot, world = self.fleet.running[0], self.fleet.world
        told_at = 0.0

        def is_over() -> bool:
            nonlocal told_at
            if set(outcomes(world)) > told_before:
                told_at = told_at or time.monotonic()
            return bot.exit_code is not None or bool(told_at and time.monotonic() - told_at > CALM)

        await world.slack.until(is_over, timeout=SOON)


@pytest.fixture
async def killing(solo: Fleet, tmp_path: Path) -> AsyncIterator[Killing]:
    await solo.kill()
    file = tmp_path / "kill-at"
    forks = Forks(**{FILE: str(file)})
    try:
        killing = Killing(solo, file, forks, Sends(solo))
        await killing.start()
        yield killing
    finally:
        forks.close()


async def test_killed_at_any_point_a_send_is_called_once_and_told(
    killing: Killing, say: Say
) -> None:
    began = time.monotonic()

    await killing.every(itertools.count(1))

    say(
        f"killed at {len(killing.points)} points, rows then: {dict(killing.killed)}, "
        f"{killing.sends.told_again()} outcomes told again, {time.monotonic() - began:.0f} s"
    )
    found = " ".join(killing.points)
    assert [kind for kind in ("commit", "templates", "chat.postMessage") if kind not in found] == []
    assert killing.killed["sending"]
    killing.sends.assert_all("pending", "unknown")
    await killing.sends.assert_no_card_lies(one_each=False)
