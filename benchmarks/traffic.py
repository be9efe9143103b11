"""Slack's requests, signed, to whoever is measured; and how long the answers took."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.demo.slack.delivery import Kind, encoded, signed

OK = 200
TRIES, PAUSE = 12, 3.0  # times, seconds
KEPT = 2.0  # seconds
SECRET = "signing-secret-of-the-benchmark"  # noqa: S105 - it opens nothing


class WrongAnswer(Exception):
    """Something was answered that is not measured: an error is quick."""


@dataclass(frozen=True, slots=True)
class Gesture:
    """What somebody does in Slack, as it goes over the wire."""

    kind: Kind
    payload: dict[str, Any]

    def replacing(self, old: str, new: str) -> "Gesture":
        """Return the same with another id, number or text, wherever it stands."""
        return Gesture(self.kind, json.loads(json.dumps(self.payload).replace(old, new)))

    def saying(self, **fields: Any) -> "Gesture":
        """Return the same with other fields."""
        return Gesture(self.kind, {**self.payload, **fields})


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer and the seconds that it took."""

    seconds: float
    text: str


@dataclass(frozen=True, slots=True)
class First:
    """How the first requests after a start went."""

    seconds: float
    refused: int
    is_open: bool


class Sender:
    """Brings Slack's requests over connections that stay open."""

    def __init__(self) -> None:
        """Needs a running event loop."""
        # Shorter than any server lets a connection idle: none is met while it is being closed.
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT)
        self._session = aiohttp.ClientSession(connector=connector)

    async def close(self) -> None:
        await self._session.close()

    async def send(self, port: int, gesture: Gesture) -> Answered:
        """Return the answer. Raises WrongAnswer for any but a 200."""
        body, content_type = encoded(gesture.kind, gesture.payload)
        headers = signed(body, SECRET, content_type)
        url = f"http://127.0.0.1:{port}/slack/events"
        began = time.perf_counter()
        async with self._session.post(url, data=body, headers=headers) as response:
            text = await response.text()
            seconds = time.perf_counter() - began
        if response.status != OK:
            raise WrongAnswer(f"{response.status}: {text[:200]}")
        return Answered(seconds, text)

    async def acknowledged(self, port: int, gesture: Gesture) -> float:
        """Return the seconds until the bare answer. Raises WrongAnswer if it says something."""
        answered = await self.send(port, gesture)
        if answered.text.strip() not in {"", "{}"}:
            raise WrongAnswer(answered.text[:500])
        return answered.seconds

    async def is_acknowledged(self, port: int, gesture: Gesture) -> bool:
        """Say whether it was acknowledged, and not only apologised for."""
        try:
            await self.acknowledged(port, gesture)
        except WrongAnswer:
            return False
        return True

    async def first(self, port: int, gesture: Gesture) -> First:
        """Repeat until it is acknowledged, or has been refused too often.

        The first time a catalogue is read, which takes longer than the bot lets a person wait
        where it is long and the machine slow.
        """
        began = time.perf_counter()
        for refused in range(TRIES):
            if await self.is_acknowledged(port, gesture):
                return First(time.perf_counter() - began, refused, is_open=True)
            # What was given up goes on behind the answer, and would slow down the next try.
            await asyncio.sleep(PAUSE)
        return First(time.perf_counter() - began, TRIES, is_open=False)

    async def challenge(self, port: int) -> bool:
        """Say whether somebody answers there."""
        asked = Gesture("events_api", {"type": "url_verification", "challenge": "c"})
        try:
            await self.send(port, asked)
        except (aiohttp.ClientError, WrongAnswer):
            return False
        return True
