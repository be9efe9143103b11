"""How Atom is called, and what a connection that fails means."""

import asyncio
import email.utils
import errno
import gzip
import socket
import ssl
import time
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bot.atom import body_of
from bot.atom_answers import retry_after
from bot.demo.atom.server import AtomStandIn
from bot.errors import TryLater, Unclear
from bot.sends import Status
from tests.builders import make_send_request
from tests.unit.atom_scene import TOKEN, failing, opened, raw, sent_to, server

KEY = ConnectionKey("atom.example", 443, True, True, None, None, None)  # noqa: FBT003 - its own way
INFO = aiohttp.RequestInfo(
    URL("https://atom.example"),
    "POST",
    CIMultiDictProxy(CIMultiDict()),
    URL("https://atom.example"),
)
LONG = 60.0  # seconds; who is to leave early does so long before, also on a busy machine


async def test_a_refused_connection_is_tried_later(stand_in: AtomStandIn) -> None:
    stand_in.behave("down")

    with pytest.raises(TryLater) as raised:
        await sent_to(stand_in.url)

    assert raised.value.key == "atom.unreachable"


@pytest.mark.parametrize("mode", ["drops", "drops_before"])
async def test_a_connection_that_is_lost_in_the_middle_is_unclear(
    stand_in: AtomStandIn, mode: str
) -> None:
    stand_in.behave(mode)

    with pytest.raises(Unclear) as raised:
        await sent_to(stand_in.url)

    assert raised.value.key == "no_answer"


@pytest.mark.slow
async def test_an_answer_that_never_comes_is_unclear(stand_in: AtomStandIn) -> None:
    stand_in.behave("hangs")

    with pytest.raises(Unclear) as raised:
        await sent_to(stand_in.url, patience=1.0)

    assert raised.value.key == "no_answer"
    assert len(stand_in.calls) == 1


async def test_a_connection_that_never_comes_about_is_tried_later() -> None:
    # Its queue is full, so the system leaves whoever knocks without an answer.
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(8)]
        for each in waiting:
            each.setblocking(False)  # noqa: FBT003 - its own way
            each.connect_ex(full.getsockname())
        with pytest.raises(TryLater) as raised:
            await sent_to(f"http://127.0.0.1:{full.getsockname()[1]}/templates", patience=0.6)
        for each in waiting:
            each.close()

    assert raised.value.key == "atom.unreachable"


async def test_a_name_that_nobody_knows_is_tried_later() -> None:
    with pytest.raises(TryLater):
        await sent_to("http://atom.invalid/templates")


@pytest.mark.slow
async def test_a_server_that_speaks_no_tls_is_tried_later(stand_in: AtomStandIn) -> None:
    with pytest.raises(TryLater):
        await sent_to(stand_in.url.replace("http:", "https:"), patience=1.0)

    assert stand_in.calls == []


# Whatever a library may call it: what counts is whether the connection stood.
ERRORS = [
    aiohttp.ClientConnectorError(KEY, OSError(errno.ECONNREFUSED, "refused")),
    aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(-2, "Name or service not known")),
    aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError("self-signed")),
    aiohttp.ConnectionTimeoutError("too slow"),
    aiohttp.ClientHttpProxyError(INFO, (), status=502, message="no way"),
    aiohttp.ServerDisconnectedError(),
    aiohttp.ClientOSError(errno.EPIPE, "reset"),
    aiohttp.ClientConnectionResetError("closing"),
    aiohttp.ClientPayloadError("nonsense"),
    aiohttp.SocketTimeoutError("no answer"),
    ConnectionResetError(errno.ECONNRESET, "reset"),
    TimeoutError(),
    ValueError("no such header"),
    UnicodeError("no such name"),
    RuntimeError("closed"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_what_never_connected_is_tried_later(error: Exception) -> None:
    with pytest.raises(TryLater):
        await failing(error, is_connected=False).send(make_send_request())


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_what_was_lost_after_connecting_is_unclear(error: Exception) -> None:
    with pytest.raises(Unclear):
        await failing(error, is_connected=True).send(make_send_request())


async def test_an_endless_answer_is_left_early(stand_in: AtomStandIn) -> None:
    # All of it would take ten minutes.
    stand_in.behave("huge", slow=0.2)
    began = time.monotonic()

    outcome = await sent_to(stand_in.url, patience=LONG)

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, "odd_answer")
    assert time.monotonic() - began < LONG / 2


@pytest.mark.slow
async def test_a_body_that_drips_is_left_in_time(stand_in: AtomStandIn) -> None:
    stand_in.behave("slow_body", seconds=LONG)
    began = time.monotonic()

    outcome = await sent_to(stand_in.url, patience=0.5)

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, "odd_answer")
    assert time.monotonic() - began < LONG / 2


async def test_a_refusal_whose_body_never_ends_is_still_a_refusal() -> None:
    async def answer(writer: asyncio.StreamWriter, _: bytes) -> None:
        writer.write(b"HTTP/1.1 400 Bad\r\nContent-Length: 99\r\n\r\nNo hay datos")
        await writer.drain()
        await asyncio.Event().wait()

    async with server(answer) as url:
        outcome = await sent_to(url, patience=0.3)

    assert (outcome.status, outcome.vendor_message) == (Status.REJECTED, "No hay datos")


async def test_a_small_answer_does_not_become_a_huge_one() -> None:
    bomb = gzip.compress(gzip.compress(bytes(50_000_000)))
    headers = "Content-Encoding: gzip"
    async with server(raw(200, gzip.decompress(bomb), headers)) as url:
        tracemalloc.start()
        outcome = await sent_to(url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, "odd_answer")
    assert peak < 5_000_000


PENDING = b'{"success": true, "message": "Pending"}'


@pytest.mark.parametrize(
    ("encoding", "body", "status"),
    [
        ("gzip", gzip.compress(PENDING), Status.PENDING),
        ("x-gzip", gzip.compress(PENDING), Status.PENDING),
        ("deflate", zlib.compress(PENDING), Status.PENDING),
        ("identity", PENDING, Status.PENDING),
        ("gzip", b"no gzip at all", Status.UNKNOWN),
        ("gzip, gzip", gzip.compress(gzip.compress(PENDING)), Status.UNKNOWN),
        ("br", PENDING, Status.UNKNOWN),
    ],
    ids=["gzip", "x-gzip", "deflate", "identity", "broken", "twice", "unknown"],
)
async def test_an_answer_that_is_packed_all_the_same_is_read_where_it_can_be(
    encoding: str, body: bytes, status: Status
) -> None:
    async with server(raw(200, body, f"Content-Encoding: {encoding}")) as url:
        outcome = await sent_to(url)

    assert outcome.status is status


@pytest.mark.parametrize(
    "charset",
    [
        "charset=utf-8",
        'Charset="UTF-8"',
        "charset=no-such-charset",
        "charset=hex",
        "charset=idna",
        "charset=undefined",
        "charset*0*",
        f"x={'(' * 4000}",
        'x="' * 2600,
        f"charset={'a' * 8000}",
    ],
    ids=lambda text: str(text)[:24],
)
async def test_an_odd_name_of_a_charset_does_no_harm(charset: str) -> None:
    kind = f"Content-Type: application/json; {charset}"
    async with server(raw(200, PENDING, kind)) as url:
        outcome = await sent_to(url)

    assert outcome.status is Status.PENDING


async def test_a_text_in_another_charset_is_read_as_it_says() -> None:
    kind = 'Content-Type: text/plain; charset="ISO-8859-1"'
    async with server(raw(400, "Número".encode("latin-1"), kind)) as url:
        outcome = await sent_to(url)

    assert outcome.vendor_message == "Número"


async def test_the_other_place_of_a_redirect_is_never_called(stand_in: AtomStandIn) -> None:
    other = await AtomStandIn.start(token=TOKEN)
    stand_in.behave("redirects", location=other.url)

    outcome = await sent_to(stand_in.url)
    await other.close()

    assert (outcome.status, outcome.http_status) == (Status.UNKNOWN, 302)
    assert (other.calls, other.strays) == ([], [])


@pytest.mark.parametrize(
    ("asked", "after"), [(7, 7.0), (0, 0.0), (None, 0.0), ("soon", 0.0), ("-5", 0.0), ("", 0.0)]
)
async def test_too_many_requests_are_tried_later(
    stand_in: AtomStandIn, asked: Any, after: float
) -> None:
    stand_in.behave("too_many", retry_after=asked)

    with pytest.raises(TryLater) as raised:
        await sent_to(stand_in.url)

    assert (raised.value.key, raised.value.after) == ("atom.too_many", after)


def test_retry_after_may_be_a_date() -> None:
    due = datetime.now(UTC) + timedelta(seconds=90)

    # It is read some time after it was written.
    assert 30 < retry_after(email.utils.format_datetime(due, usegmt=True)) <= 90


def test_a_date_that_is_past_asks_for_no_pause() -> None:
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


def test_a_date_that_is_past_all_calendars_says_nothing() -> None:
    assert retry_after("Wed, 21 Oct 99999999999 07:28:00 GMT") == 0.0


@given(st.text() | st.from_regex(r"\A\w{3}, \d{1,3} \w{3} \d{1,9} \d\d:\d\d:\d\d [+-]?\w{1,9}\Z"))
def test_any_retry_after_can_be_read(header: str) -> None:
    assert retry_after(header) >= 0.0


async def test_the_request_is_the_documented_one(stand_in: AtomStandIn) -> None:
    await sent_to(
        stand_in.url,
        client_name="Ana María",
        group="Citas",
        assign=True,
        params=(("client_name", "Ana María"), ("Fecha de cita", "3 de mayo")),
    )

    call = stand_in.calls[0]
    assert call.body == {
        "templateId": "AbCdEfGhIjKlMnOpQrSt",
        "phoneNumber": "50761234567",
        "clientName": "Ana María",
        "groupName": "Citas",
        "assign": True,
        "params": {"client_name": "Ana María", "Fecha de cita": "3 de mayo"},
    }
    assert call.verb == "POST"
    assert call.headers["content-type"] == "application/json"
    assert call.headers["charset"] == "utf-8"
    assert call.headers["authorization"] == f"Bearer {TOKEN}"


def test_what_was_left_out_is_left_out_except_assign() -> None:
    request = make_send_request(client_name="", group="", params=())

    assert body_of(request) == {
        "templateId": "AbCdEfGhIjKlMnOpQrSt",
        "phoneNumber": "50761234567",
        "assign": False,
    }


async def test_letters_go_out_as_utf_8() -> None:
    came: list[bytes] = []

    async def answer(writer: asyncio.StreamWriter, body: bytes) -> None:
        came.append(body)
        await raw(200, PENDING)(writer, body)

    async with server(answer) as url:
        await sent_to(url, client_name="José 🌴")

    assert '"José 🌴"'.encode() in came[0]


async def test_what_atom_repeats_of_the_token_is_not_kept() -> None:
    body = f'{{"success": false, "message": "Bad token {TOKEN}!"}}'.encode()
    async with server(raw(401, body)) as url:
        outcome = await sent_to(url)

    assert outcome.vendor_message == "Bad token [token]!"


@pytest.mark.parametrize("mode", ["down", "drops", "hangs"])
async def test_the_token_is_in_no_error(stand_in: AtomStandIn, mode: str) -> None:
    stand_in.behave(mode)

    with pytest.raises((TryLater, Unclear)) as raised:
        await sent_to(stand_in.url, patience=0.3)

    error: BaseException | None = raised.value
    while error is not None:
        assert TOKEN not in f"{error} {error!r} {vars(error)}"
        error = error.__cause__ or error.__context__


async def test_many_calls_go_out_at_once(stand_in: AtomStandIn) -> None:
    async with opened(stand_in.url) as atom:
        outcomes = await asyncio.gather(*(atom.send(make_send_request()) for _ in range(50)))

    assert {outcome.status for outcome in outcomes} == {Status.PENDING}
    assert stand_in.connections == 50
