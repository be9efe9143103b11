"""Socket Mode's link by itself: a server that hangs up, refuses, hangs or talks nonsense."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from bot.slack.platform import socket_mode
from bot.slack.platform.client import SlackRefused, open_slack
from bot.slack.platform.socket_mode import SocketLink, open_link

Json = dict[str, Any]
SOON = 60.0


@dataclass
class Server:
    """Slack's side: each address has a ticket that opens one connection."""

    url: str = ""
    asked: int = 0
    tickets: set[str] = field(default_factory=set)
    used: list[str] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    acks: list[Json] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)  # to apps.connections.open
    handshakes: list[int] = field(default_factory=list)  # statuses in place of a connection
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def open(self, _request: web.Request) -> web.Response:
        self.asked += 1
        if self.answers:
            return self.answers.pop(0)
        ticket = str(self.asked)
        self.tickets.add(ticket)
        return web.json_response({"ok": True, "url": f"{self.url}link?ticket={ticket}"})

    async def link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query["ticket"]
        self.used.append(ticket)
        if ticket not in self.tickets:
            return web.Response(status=408)
        self.tickets.discard(ticket)
        if self.handshakes:
            return web.Response(status=self.handshakes.pop(0))
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await self.tell()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.acks.append({**json.loads(message.data), "on": self.sockets.index(socket)})
                await self.tell()
        return socket

    async def tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def until(self, wanted: Callable[[], bool]) -> None:
        async with asyncio.timeout(SOON), self.changed:
            await self.changed.wait_for(wanted)


@dataclass
class Bot:
    """Takes what arrives."""

    answer: tuple[int, str, str] = (200, "", "text/plain")
    got: list[Mapping[str, Any]] = field(default_factory=list)
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def dispatch(self, payload: Mapping[str, Any]) -> tuple[int, str, str]:
        self.got.append(payload)
        await self.may_go_on.wait()
        return self.answer


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    application = web.Application()
    application.router.add_post("/api/apps.connections.open", made.open)
    application.router.add_get("/link", made.link)
    async with TestServer(application) as running:
        made.url = str(running.make_url("/"))
        yield made
        for socket in made.sockets:
            await socket.close()


@pytest.fixture
def bot() -> Bot:
    made = Bot()
    made.may_go_on.set()
    return made


@asynccontextmanager
async def linked(server: Server, bot: Bot) -> AsyncIterator[SocketLink]:
    async with (
        open_slack("xoxb-test", f"{server.url}api/") as client,
        open_link(client, "xapp-test", bot.dispatch, nullcontext) as link,
    ):
        yield link


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait for the pauses, which it does not ask about."""
    monkeypatch.setattr(socket_mode, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(socket_mode, "LONGEST_PAUSE", 0.02)


def refusal(code: str, status: int = 200, **headers: str) -> web.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.json_response({"ok": False, "error": code}, status=status, headers=named)


def envelope(name: str, payload: object = None, kind: str = "slash_commands") -> Json:
    return {"envelope_id": name, "type": kind, "payload": {"command": "/x"} | (payload or {})}  # type: ignore[operator]


@pytest.mark.usefixtures("at_once")
class TestConnecting:
    """An address is used once, and a new one is asked for as long as it takes."""

    @pytest.mark.parametrize("statuses", [[403], [408, 408, 404], [500, 502, 503, 429, 403]])
    async def test_no_address_is_tried_twice(
        self, server: Server, bot: Bot, statuses: list[int]
    ) -> None:
        server.handshakes = [*statuses]

        async with linked(server, bot) as link:
            await asyncio.wait_for(link.connected(), SOON)

            assert await link.is_up()
        assert server.used == [str(number + 1) for number in range(len(statuses) + 1)]

    @pytest.mark.parametrize(
        "answers",
        [
            [web.Response(status=503, text="<html>")],
            [refusal("internal_error"), refusal("fatal_error"), refusal("service_unavailable")],
            [web.json_response({"ok": True})],
            [web.json_response({"ok": True, "url": "no address"})],
            [web.json_response({"ok": True, "url": "wss://127.0.0.1:9/"})],
            [web.json_response(["ok"])],
            [refusal("too_many_websockets")],
        ],
        ids=["page", "broken", "no url", "odd url", "nobody there", "a list", "too many"],
    )
    async def test_what_passes_is_tried_again(
        self, server: Server, bot: Bot, answers: list[web.Response]
    ) -> None:
        server.answers = [*answers]

        async with linked(server, bot) as link:
            await asyncio.wait_for(link.connected(), SOON)

        assert server.asked == len(answers) + 1

    @pytest.mark.parametrize(
        "code",
        ["invalid_auth", "not_allowed_token_type", "token_revoked", "forbidden_team", "new_code"],
    )
    async def test_a_token_that_is_refused_is_said(
        self, server: Server, bot: Bot, code: str
    ) -> None:
        server.answers = [refusal(code)]

        async with linked(server, bot) as link:
            with pytest.raises(SlackRefused) as raised:
                await asyncio.wait_for(link.connected(), SOON)

        assert raised.value.code == code

    async def test_refused_later_it_goes_on_asking(self, server: Server, bot: Bot) -> None:
        async with linked(server, bot) as link:
            await asyncio.wait_for(link.connected(), SOON)
            server.answers = [refusal("invalid_auth"), refusal("invalid_auth")]
            await server.sockets[0].close()
            await server.until(lambda: len(server.sockets) == 2)

        assert server.asked == 4

    @pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled", None])
    async def test_a_connection_that_slack_takes_back_is_replaced(
        self, server: Server, bot: Bot, reason: str | None
    ) -> None:
        async with linked(server, bot) as link:
            await asyncio.wait_for(link.connected(), SOON)
            await server.sockets[0].send_json({"type": "disconnect", "reason": reason})
            await server.until(lambda: len(server.sockets) == 2)

            async with asyncio.timeout(SOON):
                while not await link.is_up():  # noqa: ASYNC110 - nothing tells it
                    await asyncio.sleep(0.01)

    async def test_on_the_old_connection_nothing_is_lost(self, server: Server, bot: Bot) -> None:
        async with linked(server, bot) as link:
            await asyncio.wait_for(link.connected(), SOON)
            await server.sockets[0].send_json({"type": "disconnect", "reason": "warning"})
            await server.until(lambda: len(server.sockets) == 2)
            await server.sockets[0].send_json(envelope("late"))
            await server.sockets[1].send_json(envelope("new"))
            await server.until(lambda: len(server.acks) == 2)

        assert {(each["envelope_id"], each["on"]) for each in server.acks} == {
            ("late", 0),
            ("new", 1),
        }

    async def test_an_answer_whose_connection_is_gone_takes_the_next_one(
        self, server: Server, bot: Bot
    ) -> None:
        bot.may_go_on.clear()
        async with linked(server, bot) as link:
            await asyncio.wait_for(link.connected(), SOON)
            await server.sockets[0].send_json(envelope("slow"))
            await asyncio.wait_for(_until(lambda: bool(bot.got)), SOON)
            await server.sockets[0].close()
            bot.may_go_on.set()
            await server.until(lambda: bool(server.acks))

        assert [(each["envelope_id"], each["on"]) for each in server.acks] == [("slow", 1)]

    async def test_a_server_that_falls_silent_is_left(
        self, server: Server, bot: Bot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(socket_mode, "HEARTBEAT", 0.2)
        async with silent() as (address, began):
            server.answers = [web.json_response({"ok": True, "url": address})]

            async with linked(server, bot) as link:
                await asyncio.wait_for(link.connected(), SOON)
                await server.until(lambda: bool(server.sockets))

        assert began.is_set()

    async def test_a_handshake_that_hangs_is_given_up(
        self, server: Server, bot: Bot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(socket_mode, "HANDSHAKE_SECONDS", 0.2)
        async with silent(answers=False) as (address, began):
            server.answers = [web.json_response({"ok": True, "url": address})]

            async with linked(server, bot) as link:
                await asyncio.wait_for(began.wait(), SOON)
                # Of the next one as long as it takes.
                monkeypatch.setattr(socket_mode, "HANDSHAKE_SECONDS", SOON)
                await asyncio.wait_for(link.connected(), SOON)

        assert server.asked == 2


async def _until(wanted: Callable[[], bool]) -> None:
    while not wanted():  # noqa: ASYNC110 - nothing tells it
        await asyncio.sleep(0.01)


@asynccontextmanager
async def silent(*, answers: bool = True) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """Serve a websocket that opens and then answers nothing, no ping either; or not even opens."""
    began = asyncio.Event()

    async def hang(request: web.Request) -> web.StreamResponse:
        if answers:
            socket = web.WebSocketResponse(autoping=False)
            await socket.prepare(request)
        began.set()
        await asyncio.sleep(SOON)
        return web.Response()

    application = web.Application()
    application.router.add_get("/", hang)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/", began
    finally:
        await runner.cleanup()


@pytest.mark.slow
async def test_the_pause_that_slack_asks_for_is_kept(server: Server, bot: Bot) -> None:
    server.answers = [refusal("ratelimited", status=429, Retry_After="2")]
    loop = asyncio.get_running_loop()
    began = loop.time()

    async with linked(server, bot) as link:
        await asyncio.wait_for(link.connected(), SOON)

    assert loop.time() - began >= 2.0
    assert server.asked == 2


async def test_pauses_grow_and_stay_short(
    server: Server, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0.0)

    monkeypatch.setattr("bot.slack.platform.socket_mode.asyncio.sleep", noted)
    server.handshakes = [503] * 8

    async with linked(server, bot) as link:
        await asyncio.wait_for(link.connected(), SOON)

    kept = [each for each in pauses if each]
    assert kept[:8] == sorted(kept[:8])
    assert kept[0] < 1.0
    assert kept[7] <= 10.0


async def test_each_kind_of_answer_is_acknowledged(server: Server, bot: Bot) -> None:
    found = {}
    async with linked(server, bot) as link:
        await asyncio.wait_for(link.connected(), SOON)
        for number, answer in enumerate(
            [
                (200, "", "text/plain"),
                (200, "hola", "text/plain"),
                (200, '{"options": []}', "application/json;charset=utf-8"),
            ]
        ):
            bot.answer = answer
            await server.sockets[0].send_json(envelope(f"E{number}"))
            await server.until(lambda: bool(server.acks))
            ack = server.acks.pop()
            found[ack["envelope_id"]] = ack.get("payload")

    assert found == {"E0": None, "E1": {"text": "hola"}, "E2": {"options": []}}


async def test_what_is_refused_and_what_is_odd_is_not_acknowledged(
    server: Server, bot: Bot
) -> None:
    async with linked(server, bot) as link:
        await asyncio.wait_for(link.connected(), SOON)
        socket = server.sockets[0]
        bot.answer = (404, "{}", "application/json")
        await socket.send_json(envelope("refused"))
        await _until(lambda: bool(bot.got))
        for odd in ("", "[]", "null", "{", '"x"', "[" * 5000, '{"envelope_id": "E", "payload": 1}'):
            await socket.send_str(odd)
        await socket.send_bytes(b"\xff")
        bot.answer = (200, "", "text/plain")
        await socket.send_json(envelope("good"))
        await server.until(lambda: bool(server.acks))

    assert [each["envelope_id"] for each in server.acks] == ["good"]


async def test_a_listener_that_breaks_breaks_nothing_else(
    server: Server, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    async with linked(server, bot) as link:
        await asyncio.wait_for(link.connected(), SOON)
        bot.answer = (200, "Rosa, not JSON", "application/json")
        await server.sockets[0].send_json(envelope("broken"))
        await _until(lambda: "JSONDecodeError" in str([each.__dict__ for each in caplog.records]))
        bot.answer = (200, "", "text/plain")
        await server.sockets[0].send_json(envelope("good"))
        await server.until(lambda: bool(server.acks))

    assert [each["envelope_id"] for each in server.acks] == ["good"]
    assert "Rosa" not in caplog.text
