"""One bot for all journeys of a module; each journey begins with Atom well and no form open."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.demo.slack import seed
from bot.demo.slack.messages import Message
from bot.demo.slack.person import Person
from bot.retries import retry_key
from bot.sends import SendId
from tests.conftest import PHONE, TEMPLATE, World, open_world
from tests.stopwatch import patiently

COMMAND = "/whatsapp-template"
SOON = 60.0
"""Seconds within which whatever must come, comes, on a machine that has other things to do."""


@dataclass
class Journey:
    """What a journey needs: the world, and short ways to do what people do."""

    world: World

    def person(self, user: str = seed.ALICE) -> Person:
        return self.world.person(user)

    async def open(
        self, text: str = "", user: str = seed.ALICE, channel: str = seed.SOPORTE
    ) -> Person:
        """Type the command; the form is open."""
        person = self.person(user)
        result = await patiently(
            lambda: person.command(channel, COMMAND, text), lambda _: person.view is not None
        )
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
        result = await patiently(person.submit, lambda found: found.closed or bool(found.errors))
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

    async def told(self, person: Person, channel: str, words: str) -> None:
        """Wait until this person alone is told so."""
        await self.world.slack.until(
            lambda: any(words in one.text for one in person.ephemerals(channel)), timeout=SOON
        )

    def end_pause(self) -> None:
        """Let the minute be over for which a refused token pauses the queue."""
        path = self.world.database_url.removeprefix("sqlite:///")
        with contextlib.closing(sqlite3.connect(path, timeout=SOON)) as connection, connection:
            connection.execute("UPDATE pace SET held_until = 0")


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
    """A journey in a world that is well."""
    running.atom.behave("answers")
    running.atom.calls.clear()
    yield Journey(running)
    for user in seed.MEMBERS:
        person = running.person(user)
        while person.view is not None:
            await person.close()
    running.atom.behave("answers")
