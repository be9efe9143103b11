"""What must be true of sends once quiet has returned, as people, Atom and the rows have it."""

import asyncio
import os
import signal
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.demo.slack.person import Person
from bot.store.database import open_engine
from bot.store.tables import request_key
from bot.store.tables import sends as table
from tests.conftest import World
from tests.faults.conftest import COMMAND, SOON, Fleet, calls, outcomes, status
from tests.stopwatch import stopwatch

QUIET = 10.0
"""Seconds after which, once nothing is wrong any more, nothing in Slack may be wrong either."""

AGAIN = 0.1  # seconds until somebody tries again


@dataclass
class Sends:
    """Sends that were taken: the parameter that marks each, by its id."""

    fleet: Fleet
    codes: dict[str, str] = field(default_factory=dict)

    async def submit(self, *codes: str, **who: str) -> None:
        """Fill in a form and press Send for each, one after the other."""
        for code in codes:
            self.codes[await self.fleet.submit(code, **who)] = code

    async def submit_until_taken(self, *codes: str) -> None:
        """Send as a person does who tries again while the bot can't be reached or has trouble."""
        for code in codes:
            person = self.fleet.world.person()
            async with asyncio.timeout(SOON):
                while person.view is None:
                    await self.fleet.world.slack.ready(timeout=SOON)
                    await person.command(seed.SOPORTE, COMMAND, self.fleet.text(code))
                    await asyncio.sleep(AGAIN)
                view_id = person.view.id
                await press_until_taken(self.fleet, person)
            self.codes[await self.fleet.world.send_id(view_id)] = code

    async def learn_ids(self) -> None:
        """Call each by its own id that was called by its form's until it was taken."""
        known = {await self.fleet.world.send_id(name): code for name, code in self.codes.items()}
        self.codes = known

    async def all_called(self) -> None:
        """Wait until Atom has read the request of each."""
        for code in self.codes.values():
            await self.fleet.called(code)

    async def all_wait(self) -> None:
        """Wait until the card of each says that Atom can't be reached."""

        def each_says_so() -> bool:
            found = cards_of(self.fleet.world, self.codes)
            return all(
                any("Tries so far" in card.text for card in cards) for cards in found.values()
            )

        await self.fleet.world.slack.until(each_says_so, timeout=2 * SOON)

    async def all_told(self, *, seconds: float = SOON) -> None:
        """Wait until each has an outcome. Raises AssertionError with how many have none."""
        world = self.fleet.world
        try:
            await world.slack.until(lambda: not self.untold(), timeout=seconds)
        except AssertionError:
            untold, asked = self.untold(), f"{len(self.codes)} after {seconds:.0f} s of quiet"
            rows = {each["id"]: each["status"] for each in await world.history()}
            found = [rows.get(send_id, "no row") for send_id in untold]
            raise AssertionError(f"{len(untold)} without an outcome of {asked}: {found}") from None

    def untold(self) -> list[str]:
        told = outcomes(self.fleet.world)
        return [send_id for send_id in self.codes if send_id not in told]

    def called_twice(self) -> list[str]:
        counted = calls(self.fleet.world)
        return [code for code in self.codes.values() if counted[code] > 1]

    def told_again(self) -> int:
        """Count the outcomes that say what the send's outcome before them said."""
        return sum(
            len(found) - len({status(one) for one in found})
            for send_id, found in outcomes(self.fleet.world).items()
            if send_id in self.codes
        )

    def statuses(self) -> dict[str, str]:
        """Give what was told last of each, by the parameter that marks it."""
        told = outcomes(self.fleet.world)
        return {code: status(told[send_id][-1]) for send_id, code in self.codes.items()}

    def assert_all(self, *allowed: str) -> None:
        """Assert that Atom was called once at most for each, and that it ended as it may."""
        assert self.called_twice() == []
        odd = {code: was for code, was in self.statuses().items() if was not in allowed}
        assert odd == {}

    async def assert_no_card_lies(self, *, one_each: bool = True) -> None:
        """Wait until no card says anything but its row, for as long as that may take."""
        rows = {each["id"]: each["status"] for each in await self.fleet.world.history()}
        assert set(self.codes) <= set(rows)
        async with stopwatch() as watch:
            await self.fleet.world.slack.until(
                lambda: not contradictions(self.fleet.world, rows) or watch.seconds > QUIET,
                timeout=SOON,
            )
        assert contradictions(self.fleet.world, rows) == []
        if one_each:
            counted = cards_of(self.fleet.world, self.codes)
            assert {send_id: len(found) for send_id, found in counted.items() if found[1:]} == {}


async def press_until_taken(fleet: Fleet, person: Person) -> None:
    """Press Send as a person does: again with the same form while it is still there."""
    while person.view is not None and not (await person.submit()).closed:
        await asyncio.sleep(AGAIN)
        await fleet.world.slack.ready(timeout=SOON)


async def killed_in_a_pause(fleet: Fleet, send_id: str, *indexes: int) -> float:
    """Kill processes while a send waits for its next try; the moment at which that one is due."""
    chosen = indexes or tuple(fleet.running)
    pids = [fleet.running[index].pid for index in chosen]
    async with asyncio.timeout(SOON):
        while True:
            due = row(fleet.world.database_url, send_id)["next_try"]
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            # Else it may be in the middle of a call by now: nobody knows what would come of that.
            if due is not None and time.time() < due.timestamp():
                await fleet.kill(*chosen)
                return float(due.timestamp())
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
            await asyncio.sleep(AGAIN)


def cards_of(world: World, send_ids: Iterable[str]) -> dict[str, list[Message]]:
    """Give every card of each send: what carries its id and is no reply to it."""
    wanted = set(send_ids)
    found: dict[str, list[Message]] = {send_id: [] for send_id in wanted}
    for message in world.slack.workspace.records.values():
        if message.thread_ts not in {None, message.ts} or message.ephemeral:
            continue
        match message.metadata:
            case {"event_payload": {"send_id": str(send_id)}} if send_id in wanted:
                found[send_id].append(message)
    return found


def contradictions(world: World, rows: Mapping[str, str]) -> list[str]:
    """Name the cards that say something else than the row of their send."""
    return [
        f"{send_id}: the card says {status(card)}, the row {rows[send_id]}"
        for send_id, found in cards_of(world, rows).items()
        for card in found
        if status(card) != rows[send_id]
    ]


def row(database_url: str, name: str) -> dict[str, Any]:
    """Read what is written down of a send, by its id or its form's; nothing if never taken."""
    engine = open_engine(database_url)
    try:
        with engine.connect() as connection:
            found = connection.execute(
                sa.select(table).where(sa.or_(table.c.id == name, request_key() == name))
            ).one_or_none()
    finally:
        engine.dispose()
    return {} if found is None else dict(found._mapping)  # noqa: SLF001 - SQLAlchemy's public way
