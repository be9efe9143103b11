"""One bot for all journeys of a module; each journey begins with Atom well and no form open."""

import dataclasses
import functools
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import sqlalchemy as sa

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.demo.slack.people import User
from bot.demo.slack.person import Person
from bot.demo.slack.server import SlackStandIn
from bot.retries import retry_key
from bot.sends import SendId, Status
from bot.store.database import open_engine
from bot.store.tables import rate_limit, sends
from tests import conftest
from tests.conftest import PHONE, TEMPLATE, World

COMMAND = "/whatsapp-template"
SOON = 60.0
"""Seconds within which whatever must come, comes, on a machine that has other things to do."""
FAR = timedelta(hours=1)
QUEUED = sa.and_(sends.c.status == Status.QUEUED, sends.c.batch == "")
ENDED = sends.c.status.in_([each for each in Status if each.is_final])
ON_THEIR_WAY = sa.select(sends.c.id).where(
    sends.c.batch == "",
    sa.or_(
        sends.c.status.in_([Status.QUEUED, Status.SENDING]),
        sa.and_(ENDED, sends.c.told != sends.c.status),
    ),
)

# Where a test is about Slack's three seconds it measures them.
open_world = functools.partial(conftest.open_world, is_patient=True)


@dataclass
class Journey:
    """What a journey needs: the world, and short ways to do what people do."""

    world: World
    heard: set[tuple[str, str]] = field(default_factory=set)
    """The private messages that were there before, or that were waited for already."""

    def person(self, user: str = seed.ALICE) -> Person:
        return self.world.person(user)

    async def open(
        self, text: str = "", user: str = seed.ALICE, channel: str = seed.SOPORTE
    ) -> Person:
        """Type the command; the form is open."""
        person = self.person(user)
        result = await person.command(channel, COMMAND, text)
        assert person.view is not None, result.shown
        return person

    async def send(
        self, text: str = f"{TEMPLATE} {PHONE}", user: str = seed.ALICE, channel: str = seed.SOPORTE
    ) -> str:
        """Type the command and press Send; return the send's id."""
        person = await self.open(text, user, channel)
        return await self.press_send(person)

    async def press_send(self, person: Person) -> str:
        assert person.view is not None
        view_id = person.view.id
        result = await person.submit()
        assert result.closed, (dict(result.errors), result.trouble, result.view)
        return await self.world.send_id(view_id)

    async def retry_of(self, send_id: str) -> str:
        """Wait until a send was sent again; return the new one's id."""
        return await self.world.send_id(retry_key(SendId(send_id)))

    def messages(self, send_id: str) -> list[Message]:
        """Find every message of a send, in every channel, as the workspace keeps them."""
        return [
            message
            for message in self.world.slack.workspace.records.values()
            if payload(message).get("send_id") == send_id
        ]

    def card(self, send_id: str) -> Message | None:
        found = [one for one in self.messages(send_id) if is_card(one) and not one.ephemeral]
        return found[0] if found else None

    def outcomes(self, send_id: str, status: str = "") -> list[Message]:
        return [
            one
            for one in self.messages(send_id)
            if not is_card(one) and (not status or payload(one).get("status") == status)
        ]

    async def outcome(self, send_id: str, status: str) -> Message:
        """Wait for the outcome."""
        await self.world.slack.until(lambda: self.outcomes(send_id, status), timeout=SOON)
        return self.outcomes(send_id, status)[0]

    async def card_says(self, send_id: str, words: str) -> Message:
        """Wait until the card says so."""

        def says() -> bool:
            card = self.card(send_id)
            return card is not None and words in card.text

        await self.world.slack.until(says, timeout=SOON)
        card = self.card(send_id)
        assert card is not None
        return card

    async def told(self, person: Person, channel: str, words: str) -> Message:
        """Wait until this person alone is told so: once for each time that it is waited for."""

        def new() -> Message | None:
            found = (one for one in person.ephemerals(channel) if words in one.text)
            return next((one for one in found if (one.channel, one.ts) not in self.heard), None)

        message = await self.world.slack.until(new, timeout=SOON)
        self.heard.add((message.channel, message.ts))
        return message

    async def held(self, send_id: str, words: str = "next try") -> Message:
        """Wait until its card says that it waits, and put off its next try: none is under way then.

        Else whatever a test does to what waits might meet a try.
        """
        card = await self.card_says(send_id, words)
        off = sa.update(sends).where(QUEUED, sends.c.id == send_id)
        later = off.values(next_try=datetime.now(UTC) + FAR)
        await self.world.slack.until(lambda: self.change(later), timeout=SOON)
        return card

    def let_try(self, send_id: str) -> None:
        """Let the moment of its next try be now."""
        due = sa.update(sends).where(QUEUED, sends.c.id == send_id)
        assert self.change(due.values(next_try=datetime.now(UTC)))

    async def let_go(self) -> None:
        """Let Atom answer the call that hangs, once it is there: a card may say so before that."""
        atom = self.world.atom
        await self.world.slack.until(lambda: atom.hanging, timeout=SOON)
        atom.let_go()

    def end_pause(self) -> None:
        """Let the minute be over for which a refused token pauses the queue."""
        self.change(sa.update(rate_limit).values(held_until=0.0))

    def change(self, statement: sa.Update) -> int:
        """Change what is written down, beside the bot; return in how many rows."""
        engine = open_engine(self.world.database_url)
        try:
            with engine.begin() as write:
                return write.execute(statement).rowcount
        finally:
            engine.dispose()

    async def at_rest(self) -> None:
        """Wait until no send is on its way any more, nor the word of what became of one."""
        engine = open_engine(self.world.database_url)

        def found() -> list[str]:
            with engine.connect() as read:
                return [*read.scalars(ON_THEIR_WAY)]

        try:
            if found():
                self.change(sa.update(sends).where(QUEUED).values(next_try=datetime.now(UTC)))
            await self.world.slack.until(lambda: not found(), timeout=SOON)
        finally:
            engine.dispose()


def is_card(message: Message) -> bool:
    """Only the card says which template goes to whom."""
    return "* → •••• " in message.text


def payload(message: Message) -> dict[str, str]:
    match message.metadata:
        case {"event_payload": dict(found)}:
            return found
    return {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("journeys")
    async with open_world(folder, f"sqlite:///{folder}/bot.db") as made:
        await made.start()
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def journey(running: World) -> AsyncIterator[Journey]:
    """A journey in a world that is well, and that nothing of the journey before goes on in."""
    slack = running.slack
    running.atom.behave("answers")
    running.atom.calls.clear()
    people = dict(slack.workspace.people)
    groups = {each.id: each.users for each in slack.workspace.groups.values()}
    made = Journey(running, {(one.channel, one.ts) for one in slack.workspace.messages})
    yield made
    for user in seed.MEMBERS:
        person = running.person(user)
        while person.view is not None:
            await person.close()
    slack.mend()
    running.atom.behave("answers")
    running.atom.let_go()
    await put_back(slack, people, groups)
    await made.at_rest()


async def put_back(
    slack: SlackStandIn, people: Mapping[str, User], groups: Mapping[str, Sequence[str]]
) -> None:
    """Let everybody be again who they were, and in the groups in which they were."""
    workspace = slack.workspace
    for was in people.values():
        if dataclasses.replace(workspace.people[was.id], updated=was.updated) != was:
            workspace.change_person(was.id, **dataclasses.asdict(was))
    for group, users in groups.items():
        if set(workspace.groups[group].users) != set(users):
            workspace.set_group(group, users)
    await slack.settled()
