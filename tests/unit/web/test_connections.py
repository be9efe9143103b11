"""What strangers may cost the HTTP side: raw sockets against the real application."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import pytest

from bot.web import Site
from bot.web.connections import Limits
from bot.web.probes import Probes
from bot.web.server import Server
from bot.web.signed_requests import signature

pytestmark = pytest.mark.slow

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
SOON = 60.0
"""Seconds within which whatever must come, comes."""
HALF = b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nX-A: "


def request(body: bytes, *, secret: str = SECRET, length: int | None = None) -> bytes:
    """Write a request as Slack does; with another secret it is a stranger's."""
    stamp = str(int(time.time()))
    size = f"Content-Length: {len(body) if length is None else length}"
    return head(stamp, signature(secret, stamp, body), size) + body


def head(stamp: str, sign: str, *more: str) -> bytes:
    lines = (
        "POST /slack/events HTTP/1.1",
        "Host: bot",
        "Content-Type: application/x-www-form-urlencoded",
        f"X-Slack-Request-Timestamp: {stamp}",
        f"X-Slack-Signature: {sign}",
        *more,
    )
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> Self:
        self.writer.write(data)
        with contextlib.suppress(ConnectionError):
            await self.writer.drain()
        return self

    async def status(self) -> int:
        """Wait for the status of an answer; 0 if the connection ends without one."""
        async with asyncio.timeout(SOON):
            try:
                line = await self.reader.readline()
            except ConnectionError:
                return 0
        return int(line.split()[1]) if line else 0

    async def answer(self) -> int:
        """Read one whole answer."""
        status = await self.status()
        async with asyncio.timeout(SOON):
            headers = await self.reader.readuntil(b"\r\n\r\n")
            size = headers.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]
            await self.reader.readexactly(int(size or 0))
        return status

    async def ends(self) -> None:
        """Wait until the other side has closed it."""
        async with asyncio.timeout(SOON):
            with contextlib.suppress(ConnectionError):
                await self.reader.read()

    async def is_open(self) -> bool:
        """Whether the other side has not closed it, once it had the time to."""
        try:
            async with asyncio.timeout(0.1):
                await self.reader.read()
        except TimeoutError:
            return True
        except ConnectionError:
            return False
        return False


@dataclass
class Origin:
    """A server with a bot that answers when it may."""

    server: Server
    port: int
    may_answer: asyncio.Event
    begun: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    clients: list[Client] = field(default_factory=list)

    async def connect(self, data: bytes = b"") -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self.clients.append(client)
        return await client.send(data)

    async def accepted(self, count: int) -> None:
        """Wait until the server has so many connections."""
        async with asyncio.timeout(SOON):
            while len(self.server.connections) != count:  # noqa: ASYNC110 - nothing tells us
                await asyncio.sleep(0.005)

    async def let_go(self) -> None:
        """Wait until the server holds nothing that it has not verified."""
        async with asyncio.timeout(SOON):
            while self.server.connections.unverified:  # noqa: ASYNC110 - nothing tells us
                await asyncio.sleep(0.005)

    async def holds(self, least: int) -> None:
        """Wait until the server holds so many bytes at least."""
        async with asyncio.timeout(SOON):
            while self.server.connections.unverified < least:  # noqa: ASYNC110 - nothing tells us
                await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def serving(limits: Limits) -> AsyncIterator[Origin]:
    begun: asyncio.Queue[str] = asyncio.Queue()
    may_answer = asyncio.Event()
    may_answer.set()

    async def dispatch(payload: Mapping[str, Any]) -> tuple[int, str, str]:
        begun.put_nowait(str(payload.get("text")))
        await may_answer.wait()
        return 200, "", "text/plain"

    async def no_metrics() -> str:
        return ""

    site = Site(secret=SECRET, probes=Probes(list, no_metrics))
    site.open(dispatch)
    server = Server(site.application(), host="127.0.0.1", port=0, limits=limits)
    place = Origin(server, await server.start(), may_answer, begun)
    try:
        yield place
    finally:
        may_answer.set()
        for client in place.clients:
            client.writer.close()
        await server.stop()
    assert (len(server.connections), server.connections.unverified) == (0, 0)


async def test_a_head_that_does_not_come_whole_ends_the_connection() -> None:
    async with serving(Limits(head_seconds=0.2)) as place:
        client = await place.connect(HALF)

        assert await client.status() == 408
        await client.ends()


async def test_a_head_that_trickles_in_gains_no_time() -> None:
    async with serving(Limits(head_seconds=0.3)) as place:
        # Before the server counts.
        began = time.monotonic()
        client = await place.connect(HALF)

        async def trickle() -> None:
            while True:
                await client.send(b"x")
                await asyncio.sleep(0.05)

        trickling = asyncio.create_task(trickle())
        status = await client.status()
        trickling.cancel()

        assert status == 408
        assert time.monotonic() - began >= 0.25


async def test_empty_lines_before_a_head_gain_no_time() -> None:
    async with serving(Limits(head_seconds=0.2)) as place:
        client = await place.connect(b"\r\n\r\n" + HALF)

        assert await client.status() == 408


async def test_a_connection_that_says_nothing_is_closed_without_a_word() -> None:
    async with serving(Limits(head_seconds=0.2)) as place:
        client = await place.connect()

        assert await client.status() == 0


async def test_a_kept_connection_may_rest_longer_than_a_head_may_take() -> None:
    async with serving(Limits(head_seconds=1.0)) as place:
        client = await place.connect(request(b"text=1"))
        first = await client.answer()
        await asyncio.sleep(1.5)
        await client.send(request(b"text=2"))

        assert (first, await client.answer()) == (200, 200)


async def test_the_next_head_on_a_kept_connection_must_come_whole_too() -> None:
    async with serving(Limits(head_seconds=0.2)) as place:
        client = await place.connect(request(b"text=1"))
        await client.answer()
        await client.send(HALF)

        assert await client.status() == 408


async def test_a_kept_connection_that_rests_too_long_is_closed_without_a_word() -> None:
    async with serving(Limits(idle_seconds=0.3)) as place:
        client = await place.connect(request(b"text=1"))
        await client.answer()

        assert await client.status() == 0


async def test_slack_gets_in_where_strangers_hold_every_place() -> None:
    async with serving(Limits(connections=8)) as place:
        strangers = [await place.connect(HALF) for _ in range(8)]
        await place.accepted(8)

        slack = await place.connect(request(b"text=hi"))

        assert await slack.answer() == 200
        # The one that waits longest made room, and it alone.
        assert await strangers[0].status() == 503
        await strangers[0].ends()
        assert [await each.is_open() for each in strangers[1:]] == [True] * 7
        await place.accepted(8)


async def test_resting_connections_make_room_too() -> None:
    async with serving(Limits(connections=4)) as place:
        resting = [await place.connect(request(b"text=1")) for _ in range(4)]
        for each in resting:
            await each.answer()

        slack = await place.connect(request(b"text=hi"))

        assert await slack.answer() == 200
        # Without a word: a proxy would take it for the answer to its next request.
        assert await resting[0].status() == 0


async def test_a_flood_of_half_heads_takes_no_more_than_the_places_there_are() -> None:
    async with serving(Limits(connections=16)) as place:
        most = 0
        for _ in range(200):
            await place.connect(HALF)
            most = max(most, len(place.server.connections))
        slack = await place.connect(request(b"text=hi"))

        assert await slack.answer() == 200
        assert most <= 16


async def test_slack_s_requests_are_never_closed_for_new_ones() -> None:
    async with serving(Limits(connections=4)) as place:
        place.may_answer.clear()
        signed = [await place.connect(request(b"text=%d" % number)) for number in range(4)]
        for _ in signed:
            await place.begun.get()

        late = await place.connect(HALF)
        refused = await late.status()
        place.may_answer.set()

        assert refused == 0
        assert [await each.answer() for each in signed] == [200] * 4


async def test_strangers_bodies_take_no_more_memory_than_there_is_for_them() -> None:
    async with serving(Limits(unverified_bytes=200_000)) as place:
        body = b"x" * 60_000
        data = request(body, length=len(body) + 1)
        strangers = [await place.connect(data) for _ in range(3)]
        await place.holds(3 * len(data))

        last = await place.connect(data)

        assert await strangers[0].status() == 503
        assert place.server.connections.unverified <= 200_000
        assert [await each.is_open() for each in strangers[1:]] == [True, True]
        assert await last.is_open()


async def test_slack_s_body_gets_in_where_strangers_hold_all_the_memory() -> None:
    async with serving(Limits(unverified_bytes=200_000)) as place:
        data = request(b"x" * 60_000, length=60_001)
        for _ in range(3):
            await place.connect(data)
        await place.holds(3 * len(data))

        slack = await place.connect(request(b"text=" + b"y" * 100_000))

        assert await slack.answer() == 200


async def test_what_slack_signed_counts_no_more() -> None:
    async with serving(Limits(unverified_bytes=200_000)) as place:
        place.may_answer.clear()
        signed = [await place.connect(request(b"text=" + b"y" * 100_000)) for _ in range(6)]
        for _ in signed:
            await place.begun.get()
        held = place.server.connections.unverified
        place.may_answer.set()

        assert held == 0
        assert [await each.answer() for each in signed] == [200] * 6


async def test_a_body_in_pieces_is_counted_as_it_comes() -> None:
    async with serving(Limits(unverified_bytes=200_000)) as place:
        start = head(str(int(time.time())), "v0=" + "0" * 64, "Transfer-Encoding: chunked")
        piece = b"ea60\r\n" + b"x" * 60_000 + b"\r\n"
        strangers = [await place.connect(start + piece) for _ in range(3)]
        await place.holds(180_000)

        await strangers[1].send(piece)

        assert await strangers[0].status() == 503
        assert await strangers[2].is_open()


async def test_large_heads_count_too() -> None:
    async with serving(Limits(unverified_bytes=100_000)) as place:
        lines = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 4000) for number in range(10))
        data = HALF + b"\r\n" + lines
        strangers = [await place.connect(data) for _ in range(2)]
        await place.holds(2 * len(data))

        await place.connect(data)

        assert await strangers[0].status() == 503


@pytest.mark.parametrize("body", [b"text=hi", b"text=" + b"y" * 100_000])
async def test_a_stranger_s_body_and_connection_are_let_go_of_once_it_is_refused(
    body: bytes,
) -> None:
    async with serving(Limits()) as place:
        stranger = await place.connect(request(body, secret="another"))

        assert await stranger.answer() == 401
        await stranger.ends()
        await place.let_go()


async def test_who_goes_away_in_the_middle_of_a_body_is_forgotten(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving(Limits()) as place:
        client = await place.connect(request(b"text", length=100))
        await place.holds(1)
        client.writer.close()

        await place.accepted(0)
        await place.let_go()
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []
