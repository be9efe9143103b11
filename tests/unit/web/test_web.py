"""Slack's requests: verified before anything is read from them, and the probes."""

import asyncio
import contextlib
import functools
import json
import time
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot.web import Site
from bot.web.probes import Probes
from bot.web.server import Server
from bot.web.signed_requests import BODY_LIMIT, BODY_SECONDS, Refusal, form_fields, parse, signature

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
EVENTS = "/slack/events"
FORM = "application/x-www-form-urlencoded"
AT_ONCE = 30.0  # seconds; who waits for what does not come, waits for longer
SLACKS = 3.0  # seconds, for which Slack waits


@dataclass
class Visit:
    """A site that is served, and what got through to the bot."""

    client: TestClient[Any, Any]
    dispatched: list[Mapping[str, Any]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    async def post(
        self, body: bytes, headers: Mapping[str, str | None] | None = None, *, kind: str = FORM
    ) -> aiohttp.ClientResponse:
        """Post as Slack does; headers that are None are left out."""
        stamp = str(int(time.time()))
        named = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(SECRET, stamp, body),
            **(headers or {}),
        }
        given_ = {name: value for name, value in named.items() if value is not None}
        return await self.client.post(EVENTS, data=body, headers=given_)


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    dispatched: list[Mapping[str, Any]] = []
    reasons: list[str] = []

    async def dispatch(payload: Mapping[str, Any]) -> tuple[int, str, str]:
        dispatched.append(payload)
        if payload.get("text") == "odd":
            return 400, "", "text/plain"
        return 200, '{"text": "hola"}', "application/json;charset=utf-8"

    def ready() -> list[str]:
        return reasons

    async def metrics() -> str:
        return "whatsapp_template_sends 1\n"

    site = Site(secret=SECRET, probes=Probes(ready, metrics))
    site.open(dispatch)
    server = TestServer(site.application())
    await server.start_server(auto_decompress=False)  # as `Server` does
    async with TestClient(server) as client:
        yield Visit(client, dispatched, reasons)


def command(**fields: str) -> bytes:
    return urlencode({"command": "/whatsapp-template", "text": "", **fields}).encode()


def test_a_body_is_signed_as_in_slack_s_documentation() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )

    assert signature(SECRET, "1531420618", body) == (
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    )


async def test_what_slack_signed_gets_through_and_is_answered(visit: Visit) -> None:
    response = await visit.post(command(text="hola"))

    assert response.status == 200
    assert await response.json() == {"text": "hola"}
    assert visit.dispatched == [{"command": "/whatsapp-template", "text": "hola"}]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": None},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0="},
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": "v1=" + "0" * 64},
        {"X-Slack-Signature": "v0=ñ"},
        {"X-Slack-Request-Timestamp": None},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Request-Timestamp": "1e9"},
        {"X-Slack-Request-Timestamp": "٣"},
        {"X-Slack-Request-Timestamp": "1531420618"},
        {"X-Slack-Request-Timestamp": "9" * 5000},
    ],
)
async def test_what_slack_did_not_sign_is_refused(
    visit: Visit, headers: dict[str, str | None]
) -> None:
    response = await visit.post(command(), headers)

    assert response.status == 401
    assert visit.dispatched == []


@pytest.mark.parametrize("age", [-400, -301, 301, 400])
async def test_a_signature_does_not_last(visit: Visit, age: int) -> None:
    stamp = str(int(time.time()) - age)
    body = command()

    response = await visit.post(
        body,
        {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(SECRET, stamp, body),
        },
    )

    assert response.status == 401


@pytest.mark.parametrize("age", [-290, 290])
async def test_clocks_may_differ_a_little(visit: Visit, age: int) -> None:
    stamp = str(int(time.time()) - age)
    body = command()

    response = await visit.post(
        body,
        {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(SECRET, stamp, body),
        },
    )

    assert response.status == 200


async def test_a_signature_is_for_one_body(visit: Visit) -> None:
    stamp = str(int(time.time()))

    response = await visit.post(
        command(text="other"), {"X-Slack-Signature": signature(SECRET, stamp, command())}
    )

    assert response.status == 401


async def test_a_body_that_is_no_text_is_refused_like_any_other(visit: Visit) -> None:
    unsigned = await visit.post(b"\xff\xfe", {"X-Slack-Signature": "v0=" + "0" * 64})
    signed = await visit.post(b"\xff\xfe")

    assert (unsigned.status, signed.status) == (401, 400)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a body take so long that whoever waits for it is late, also on a busy machine."""
    monkeypatch.setattr("bot.web.signed_requests.BODY_SECONDS", 2 * AT_ONCE)


async def raw_answer(visit: Visit, head: str, *pieces: bytes) -> tuple[int, float]:
    """Send the beginning of a request; return the status and the seconds until it came."""
    server = visit.client.server
    assert isinstance(server, TestServer)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    began = time.monotonic()
    writer.write(head.encode())
    with contextlib.suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
    status = int((await reader.readline()).split()[1])
    took = time.monotonic() - began
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return status, took


def head_of(*headers: str) -> str:
    lines = [
        f"POST {EVENTS} HTTP/1.1",
        "Host: bot",
        f"Content-Type: {FORM}",
        f"X-Slack-Request-Timestamp: {int(time.time())}",
        "X-Slack-Signature: v0=" + "0" * 64,
        *headers,
    ]
    return "\r\n".join(lines) + "\r\n\r\n"


@pytest.mark.usefixtures("patient")
async def test_a_large_body_is_refused_before_it_is_there(visit: Visit) -> None:
    status, took = await raw_answer(visit, head_of(f"Content-Length: {20 * 2**20}"))

    assert status == 413
    assert took < AT_ONCE


@pytest.mark.usefixtures("patient")
async def test_a_body_that_grows_too_large_is_refused(visit: Visit) -> None:
    piece = f"{2**16:x}\r\n".encode() + b"x" * 2**16 + b"\r\n"
    pieces = [piece] * (BODY_LIMIT // 2**16 + 2)

    status, took = await raw_answer(visit, head_of("Transfer-Encoding: chunked"), *pieces)

    assert status == 413
    assert took < AT_ONCE


async def test_the_largest_body_that_is_taken_gets_through(visit: Visit) -> None:
    start = command()
    body = start + b"&filler=" + b"x" * (BODY_LIMIT - len(start) - len("&filler="))

    response = await visit.post(body)

    assert response.status == 200


@pytest.mark.slow
async def test_a_body_that_does_not_come_is_not_waited_for_long(visit: Visit) -> None:
    status, took = await raw_answer(visit, head_of("Content-Length: 100"), b"command=")

    assert status == 408
    # It comes at all; that it comes in time is for the constant to say.
    assert took > BODY_SECONDS - 0.1
    assert BODY_SECONDS < SLACKS


@pytest.mark.usefixtures("patient")
async def test_a_stranger_s_body_is_not_waited_for(visit: Visit) -> None:
    head = head_of("Content-Length: 100").replace("X-Slack-Request-Timestamp", "X-Other")

    status, took = await raw_answer(visit, head, b"command=")

    assert status == 401
    assert took < AT_ONCE


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "GZIP", "identity, gzip"])
async def test_a_packed_body_is_refused(visit: Visit, encoding: str) -> None:
    status, took = await raw_answer(
        visit, head_of("Content-Length: 100", f"Content-Encoding: {encoding}")
    )

    assert status == 415
    assert took < AT_ONCE


async def test_a_body_that_says_it_is_not_packed_gets_through(visit: Visit) -> None:
    response = await visit.post(command(), {"Content-Encoding": "identity"})

    assert response.status == 200


@pytest.mark.slow
@pytest.mark.parametrize("path", [EVENTS, "/healthz"])
async def test_a_stranger_s_packed_body_holds_nobody_up(path: str) -> None:
    site = Site(secret=SECRET, probes=Probes(list, _no_metrics))
    site.open(_unreachable)
    server = Server(site.application(), host="127.0.0.1", port=0)
    port = await server.start()
    bomb = bombs()
    head = head_of(f"Content-Length: {len(bomb)}", "Content-Encoding: deflate")
    _, writer = await asyncio.open_connection("127.0.0.1", port)

    async with longest_pause() as pauses:
        writer.write(head.replace(EVENTS, path).encode() + bomb)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        await asyncio.sleep(0.3)

    writer.close()
    await server.stop()
    assert max(pauses) < 0.2


@functools.cache
def bombs() -> bytes:
    """Make a body just under the limit that is a gigabyte when it is unpacked."""
    packer = zlib.compressobj(9)
    zeros = bytes(2**20)
    return b"".join(packer.compress(zeros) for _ in range(900)) + packer.flush()


@contextlib.asynccontextmanager
async def longest_pause() -> AsyncIterator[list[float]]:
    """Collect how long the loop was busy each time, in seconds of the processor.

    On a busy machine it may stand still for longer, with nothing to blame.
    """
    pauses = []

    async def watch() -> None:
        while True:
            began = time.thread_time()
            await asyncio.sleep(0.005)
            pauses.append(time.thread_time() - began)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    yield pauses
    watching.cancel()


async def test_a_command_may_speak_of_a_payload(visit: Visit) -> None:
    await visit.post(command(text="payload={} payload"))

    assert visit.dispatched[0]["text"] == "payload={} payload"


async def test_an_interaction_is_json_in_a_form(visit: Visit) -> None:
    payload = {"type": "shortcut", "user": {"id": "U0ALICE0001"}, "text": "ñ"}

    await visit.post(urlencode({"payload": json.dumps(payload)}).encode())

    assert visit.dispatched == [payload]


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8"])
async def test_an_event_is_json(visit: Visit, kind: str) -> None:
    payload = {"type": "event_callback", "event": {"type": "user_change"}}

    await visit.post(json.dumps(payload).encode(), kind=kind)

    assert visit.dispatched == [payload]


async def test_what_has_another_shape_than_slack_s_is_refused_and_its_connection_closed(
    visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        response = await visit.post(command(text="odd"))

    assert response.status == 400
    assert response.headers["Connection"] == "close"
    reasons = [getattr(each, "reason", "") for each in caplog.records]
    assert "payload of another shape" in reasons


async def test_slack_s_challenge_is_answered_without_the_bot(visit: Visit) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()

    response = await visit.post(body, kind="application/json")

    assert (response.status, await response.text()) == (200, "3eZbrw1a")
    assert visit.dispatched == []


async def test_a_challenge_that_slack_did_not_sign_is_refused(visit: Visit) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()

    response = await visit.post(body, {"X-Slack-Signature": "v0=0"}, kind="application/json")

    assert response.status == 401


async def test_slack_s_look_at_our_certificate_is_answered_without_the_bot(visit: Visit) -> None:
    response = await visit.post(b"ssl_check=1&token=x")

    assert response.status == 200
    assert visit.dispatched == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b""),
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b"null"),
        ("application/json", b"[" * 100_000),
        (FORM, b"payload={"),
        (FORM, b"payload=[]"),
        (FORM, b"payload="),
        (FORM, b"&".join(b"a%d=b" % number for number in range(200))),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(visit: Visit, kind: str, body: bytes) -> None:
    response = await visit.post(body, kind=kind)

    assert response.status == 400
    assert visit.dispatched == []


@given(st.sampled_from(["application/json", FORM, "text/plain", ""]), st.binary() | st.text())
def test_any_body_is_read_or_refused(kind: str, body: bytes | str) -> None:
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "replace")
    try:
        payload = parse(kind, raw)
    except Refusal as refusal:
        payload = {"status": refusal.status}

    assert isinstance(payload, dict)


def slow(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))


@given(st.text())
def test_one_field_is_read_as_any_form_is(text: str) -> None:
    body = urlencode({"payload": text.encode("utf-8", "replace")}).encode()

    assert form_fields(body) == slow(body)


@given(st.text(st.sampled_from("%=+&;_?.\r\n\t aAbB09fñ\x00"), min_size=1))
def test_a_form_that_nobody_wrote_so_is_read_as_any_form_is(text: str) -> None:
    body = f"payload={text}".encode()

    assert form_fields(body) == slow(body)


async def test_the_probes_answer_without_a_signature(visit: Visit) -> None:
    answers = [await visit.client.get(path) for path in ("/healthz", "/readyz", "/metrics")]

    assert [each.status for each in answers] == [200, 200, 200]
    assert [await each.text() for each in answers] == [
        "alive\n",
        "ready\n",
        "whatsapp_template_sends 1\n",
    ]


async def test_a_bot_that_is_not_ready_says_why_and_is_alive(visit: Visit) -> None:
    visit.reasons += ["database: not reachable", "slack: invalid_auth"]

    ready, alive = await visit.client.get("/readyz"), await visit.client.get("/healthz")

    assert (ready.status, alive.status) == (503, 200)
    assert await ready.text() == "database: not reachable\nslack: invalid_auth\n"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", EVENTS, 405), ("POST", "/", 404), ("GET", "/", 404)]
)
async def test_there_is_nothing_else(visit: Visit, method: str, path: str, status: int) -> None:
    response = await visit.client.request(method, path)

    assert response.status == status


async def test_a_server_says_which_port_the_system_chose(visit: Visit) -> None:
    site = Site(secret=SECRET, probes=Probes(list, _no_metrics))
    server = Server(site.application(), host="127.0.0.1", port=0)

    port = await server.start()
    async with aiohttp.ClientSession() as session:
        response = await session.get(f"http://127.0.0.1:{port}/healthz")
    await server.stop()

    assert response.status == 200
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(f"http://127.0.0.1:{port}/healthz")


async def _unreachable(payload: Mapping[str, Any]) -> tuple[int, str, str]:
    raise AssertionError(payload)


async def _no_metrics() -> str:
    return ""
