"""The stand-in for Atom, in every mood."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from bot.demo.atom.server import AtomStandIn

TOKEN = "stand-in"
BODY = {"templateId": "AbCdEfGhIjKlMnOpQrSt", "phoneNumber": "50761234567", "assign": False}


@pytest.fixture
async def atom() -> AsyncIterator[AtomStandIn]:
    started = await AtomStandIn.start(token=TOKEN)
    yield started
    await started.close()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read whole."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """As the bot calls: over a connection each."""
    connector = aiohttp.TCPConnector(force_close=True)
    timeout = aiohttp.ClientTimeout(30.0)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        yield session


async def send(
    http: aiohttp.ClientSession, atom: AtomStandIn, token: str = TOKEN, **more: Any
) -> Answer:
    return await post(http, atom, token, json={**BODY, **more})


async def post(
    http: aiohttp.ClientSession, atom: AtomStandIn, token: str = TOKEN, **how: Any
) -> Answer:
    headers = {"Authorization": f"Bearer {token}"}
    async with http.post(atom.url, headers=headers, allow_redirects=False, **how) as answer:
        return Answer(answer.status, answer.headers, await answer.read())


async def test_a_new_number_is_pending_and_a_known_one_is_sent(
    atom: AtomStandIn, http: aiohttp.ClientSession
) -> None:
    began = time.time()
    conversation = atom.know("+522221234567")
    new = [await send(http, atom), await send(http, atom)]
    known = await send(http, atom, phoneNumber="522221234567", params={"client_name": "Rosa"})

    assert [one.json() for one in new] == [{"success": True, "message": "Pending"}] * 2
    assert known.json()["message"] == "Sent"
    assert known.json()["data"] == {"conversation_id": conversation}
    assert len(atom.calls) == 3
    assert atom.calls[2].body["params"] == {"client_name": "Rosa"}
    assert atom.calls[2].headers["authorization"] == "Bearer stand-in"
    assert began <= atom.calls[2].at <= time.time()


async def test_every_answer_has_the_ids_to_ask_by(
    atom: AtomStandIn, http: aiohttp.ClientSession
) -> None:
    atom.behave("server_error", times=1)
    answers = [await send(http, atom), await send(http, atom)]

    ids = [one.headers["function-execution-id"] for one in answers]
    assert len(set(ids)) == 2
    assert all("x-cloud-trace-context" in one.headers for one in answers)


async def test_wrong_requests_are_refused_as_documented(
    atom: AtomStandIn, http: aiohttp.ClientSession
) -> None:
    plus = await send(http, atom, phoneNumber="+50761234567")
    nothing = await post(http, atom, data=b"not json")
    stranger = await send(http, atom, token="wrong")
    async with http.get(atom.url.replace("/templates", "/other")) as elsewhere:
        words = await elsewhere.text()

    assert plus.status == nothing.status == 400
    assert plus.json() == {"success": False, "message": "No hay datos para enviar"}
    assert stranger.status == 401
    assert stranger.json()["body"]["message"] == "No authorization token found"
    assert elsewhere.status == 404
    assert "Cannot GET /other" in words
    assert atom.strays[0].path == "/other"
    assert len(atom.calls) == 3


@pytest.mark.parametrize(
    ("mode", "status", "words"),
    [
        ("pending", 200, "Pending"),
        ("pending_202", 202, "Pending"),
        ("sent", 200, "conversation_id"),
        ("rejects", 400, "No hay datos para enviar"),
        ("not_success", 200, '"success": false'),
        ("unknown_path", 404, "Cannot POST /templates"),
        ("unprocessable", 422, "false"),
        ("unauthorized", 401, "Unauthorized"),
        ("unauthorized_text", 401, "No authorization token found."),
        ("forbidden", 403, "Forbidden"),
        ("too_many", 429, "Too many"),
        ("server_error", 500, "Internal"),
        ("bad_gateway", 502, "<html>"),
        ("odd_body", 200, "queued"),
        ("not_json", 200, "OK, got it"),
        ("redirects", 302, ""),
    ],
)
async def test_each_mode_answers_once_and_then_as_before(
    atom: AtomStandIn, http: aiohttp.ClientSession, mode: str, status: int, words: str
) -> None:
    atom.behave(mode, times=1)
    answer = await send(http, atom)
    after = await send(http, atom)

    assert answer.status == status
    assert words in answer.text
    assert after.json()["message"] == "Pending"


async def test_options_of_the_modes(atom: AtomStandIn, http: aiohttp.ClientSession) -> None:
    atom.behave("too_many", retry_after=7)
    limited = await send(http, atom)
    atom.behave("too_many")
    bare = await send(http, atom)
    atom.behave("rejects", message="Falta client_name")
    rejected = await send(http, atom)
    atom.behave("redirects", location="http://127.0.0.1:9/")
    redirected = await send(http, atom)

    assert limited.headers["Retry-After"] == "7"
    assert "Retry-After" not in bare.headers
    assert rejected.json()["message"] == "Falta client_name"
    assert redirected.headers["Location"] == "http://127.0.0.1:9/"
    with pytest.raises(ValueError, match="no such mode"):
        atom.behave("dances")


async def test_it_hangs_and_drips(atom: AtomStandIn, http: aiohttp.ClientSession) -> None:
    atom.behave("hangs", times=1)
    impatient = aiohttp.ClientTimeout(30.0, sock_read=0.5)
    with pytest.raises(aiohttp.SocketTimeoutError):
        await post(http, atom, json=BODY, timeout=impatient)
    atom.behave("hangs", times=1)
    hung = asyncio.create_task(send(http, atom))
    while len(atom.calls) == 1:  # noqa: ASYNC110 - nothing tells us of its arrival
        await asyncio.sleep(0.01)
    atom.let_go()
    assert (await hung).json()["message"] == "Pending"
    atom.behave("hangs", times=1, seconds=0.05)
    late = await send(http, atom)
    atom.behave("slow_body", times=1, seconds=0.1)
    began = time.monotonic()
    slow = await send(http, atom)

    assert late.json()["message"] == slow.json()["message"] == "Pending"
    assert time.monotonic() - began >= 0.1
    assert len(atom.calls) == 4


async def test_connections_are_lost_after_or_before_the_request_is_read(
    atom: AtomStandIn, http: aiohttp.ClientSession
) -> None:
    await send(http, atom)
    atom.behave("drops", times=1)
    with pytest.raises(aiohttp.ClientConnectionError):
        await send(http, atom)
    read = len(atom.calls)
    await send(http, atom)
    atom.behave("drops_before")
    for _ in range(2):
        with pytest.raises(aiohttp.ClientConnectionError):
            await send(http, atom)

    assert read == 2
    assert len(atom.calls) == 3
    assert atom.connections == 5


async def test_a_connection_kept_alive_is_closed_before_the_next_request(
    atom: AtomStandIn, http: aiohttp.ClientSession
) -> None:
    atom.behave("pending", times=1)
    atom.behave("drops_before", times=1)
    body = json.dumps(BODY).encode()
    head = (
        f"POST /templates HTTP/1.1\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: {len(body)}"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", atom.port)
    writer.write(f"{head}\r\n\r\n".encode() + body)
    answered = await reader.read()  # until it is closed
    writer.close()
    with pytest.raises(aiohttp.ClientConnectionError):
        await send(http, atom)

    assert b"Pending" in answered
    assert len(atom.calls) == 1
    assert (await send(http, atom)).status == 200


async def test_down_refuses_connections_and_comes_back_on_its_port(
    atom: AtomStandIn, http: aiohttp.ClientSession
) -> None:
    await send(http, atom)
    port = atom.port
    atom.behave("down")
    atom.behave("down")
    for _ in range(2):
        with pytest.raises(aiohttp.ClientConnectorError):
            await send(http, atom)
    atom.behave("answers")

    assert (await send(http, atom)).status == 200
    assert atom.port == port
    assert len(atom.calls) == 2


async def test_a_huge_answer_can_be_left_early(
    atom: AtomStandIn, http: aiohttp.ClientSession
) -> None:
    atom.behave("huge", slow=0.001)
    read = 0
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with http.post(atom.url, json=BODY, headers=headers) as answer:
        async for chunk in answer.content.iter_any():
            read += len(chunk)
            if read > 2**20:
                break
    atom.behave("huge", times=1, size=2**16)
    small = await send(http, atom)

    assert int(answer.headers["Content-Length"]) > 100 * 2**20
    assert len(small.content) == 2**16


async def test_many_at_once(atom: AtomStandIn, http: aiohttp.ClientSession) -> None:
    await asyncio.gather(*(send(http, atom) for _ in range(50)))

    assert len(atom.calls) == 50


async def test_only_loopback_is_served() -> None:
    with pytest.raises(ValueError, match="loopback"):
        await AtomStandIn.start(token=TOKEN, host="0.0.0.0")
