"""People who send in several channels at once, and somebody who kills random processes."""

import asyncio
import contextlib
import random
from collections import Counter
from dataclasses import dataclass, field

from bot.demo.slack.workspace import BOT_USER
from tests.conftest import PHONE, TEMPLATE
from tests.faults.conftest import COMMAND, SOON, Fleet, calls, outcomes, status

PAUSE = (2.0, 3.0)  # seconds from one kill to the next
LONG = 180.0
"""Seconds within which all of a crowd is told, on a machine that has other things to do."""
CHANNELS = tuple(f"C0CROWD{number:05d}" for number in range(5))


@dataclass
class Crowd:
    """People who send and try again, and what came of it."""

    fleet: Fleet
    sends: int
    size: int = 5
    rest: tuple[float, float] = (0.3, 0.9)
    """Seconds from one send of a person to their next."""
    taken: dict[str, str] = field(default_factory=dict)
    """The code of each send by its id."""
    kills: int = 0
    _done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(f"U0CROWD{number:05d}" for number in range(self.size))

    async def settle_in(self) -> None:
        """Let the people and channels be there, the bot know them, and Atom take its time."""
        workspace = self.fleet.world.slack.workspace
        for user in self.people:
            workspace.add_person(user)
        for channel in CHANNELS:
            workspace.add_channel(channel, channel.lower(), (*self.people, BOT_USER))
        self.fleet.world.atom.behave("hangs", seconds=0.3)
        self.fleet.world.settings |= {"SENDERS": "*", "ATOM_RATE": "80"}
        await self.fleet.kill()
        await self.fleet.start()

    async def people_send(self) -> None:
        async with asyncio.TaskGroup() as group:
            for number, user in enumerate(self.people):
                group.create_task(self.person_sends(user, range(number, self.sends, self.size)))
        self._done.set()

    async def person_sends(self, user: str, numbers: range) -> None:
        for number in numbers:
            await self.send(user, f"crowd-{number:04d}", CHANNELS[number % len(CHANNELS)])
            await asyncio.sleep(random.uniform(*self.rest))

    async def send(self, user: str, code: str, channel: str) -> None:
        """Send once, as a person does: what fails is tried again with the same form."""
        person = self.fleet.world.person(user)
        text = f"{TEMPLATE} {PHONE} code={code}"
        while person.view is None:
            await self.fleet.world.slack.ready(timeout=SOON)
            await person.command(channel, COMMAND, text)
        view_id = person.view.id
        while not (await person.submit()).closed:
            await self.fleet.world.slack.ready(timeout=SOON)
        self.taken[await self.fleet.world.send_id(view_id)] = code

    async def kill(self) -> None:
        """Kill a random process and start it again at once, until everybody has sent."""
        while not await self.is_done(within=random.uniform(*PAUSE)):
            await self.fleet.kill(random.choice(tuple(self.fleet.running)))
            self.kills += 1
            await self.fleet.start()

    async def is_done(self, *, within: float) -> bool:
        """Say whether everybody has sent, or will have in so many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._done.wait(), within)
        return self._done.is_set()

    async def everything_told(self) -> None:
        world = self.fleet.world
        await world.slack.until(lambda: set(self.taken) <= set(outcomes(world)), timeout=LONG)

    async def check(self) -> None:
        """Assert that every send was called once at most, and told as it is written down."""
        world = self.fleet.world
        assert len(self.taken) == self.sends
        assert self.twice() == 0
        assert set(calls(world)) <= set(self.taken.values())
        assert set(self.taken) == set(outcomes(world))
        rows = {each["id"]: each["status"] for each in await world.history()}

        def untold() -> dict[str, str]:
            told = outcomes(world)
            return {
                send_id: was
                for send_id, was in rows.items()
                if was not in {status(one) for one in told[send_id]}
            }

        # What became known late is written down first, and then told.
        with contextlib.suppress(AssertionError):
            await world.slack.until(lambda: not untold(), timeout=SOON)
        assert untold() == {}

    def figures(self) -> str:
        told = outcomes(self.fleet.world)
        last = Counter(status(told[send_id][-1]) for send_id in self.taken if send_id in told)
        return (
            f"{len(self.taken)} sends, {self.kills} kills, "
            f"{sum(calls(self.fleet.world).values())} calls to Atom, {self.twice()} called twice, "
            f"{len(set(self.taken) - set(told))} without an outcome, {dict(last)}, "
            f"{sum(len(found) - 1 for found in told.values())} outcomes told again"
        )

    def twice(self) -> int:
        return sum(count > 1 for count in calls(self.fleet.world).values())
