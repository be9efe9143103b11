"""Atom's answers in our words: its documentation, what was seen elsewhere, what may be repeated."""

import asyncio
import contextlib
import email.utils
import gzip
import re
import socket
import ssl
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.atom import Atom, body_of, open_client
from bot.atom_answers import read, retry_after
from bot.demo.atom.server import AtomStandIn
from bot.errors import TryLater, Unclear
from bot.sends import SAID_LIMIT, Outcome, Status
from tests.fakes import make_order

TOKEN = "atom-token-of-the-tests"
NO_HEADERS = httpx.Headers()


@pytest.fixture
async def stand_in() -> AsyncIterator[AtomStandIn]:
    started = await AtomStandIn.start(token=TOKEN)
    yield started
    await started.close()


@contextlib.asynccontextmanager
async def opened(url: str, *, patience: float = 5.0, token: str = TOKEN) -> AsyncIterator[Atom]:
    async with open_client() as client:
        yield Atom(client, url=url, token=token, timeout=patience)


async def sent_to(
    url: str, *, patience: float = 5.0, token: str = TOKEN, **request: Any
) -> Outcome:
    async with opened(url, patience=patience, token=token) as atom:
        return await atom.send(make_order(**request))


def failing(error: Exception) -> Atom:
    async def fail(_request: httpx.Request) -> httpx.Response:
        raise error

    client = httpx.AsyncClient(transport=httpx.MockTransport(fail))
    return Atom(client, url="https://atom.example/templates", token=TOKEN, timeout=1.0)


@contextlib.asynccontextmanager
async def server(answer: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """Serve one behaviour on bare sockets."""
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
            await reader.readexactly(int(length[1]) if length else 0)
            await answer(writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.create_task(talk(reader, writer)))

    listening = await asyncio.start_server(begin, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/templates"
    finally:
        listening.close()
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


def raw(
    status: int, body: bytes, *headers: str
) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    head = "\r\n".join([f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers, "", ""])

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head.encode() + body)
        await writer.drain()

    return answer


# mode of the stand-in, its options, status, reason, what is kept of Atom's words
ANSWERS: list[tuple[str, dict[str, Any], Status, str, str]] = [
    # the documented answers
    ("pending", {}, Status.PENDING, "pending", ""),
    ("sent", {}, Status.SENT, "sent", ""),
    ("rejects", {}, Status.REJECTED, "rejected", "No hay datos para enviar"),
    # seen elsewhere
    ("pending_202", {}, Status.PENDING, "pending", ""),
    (
        "rejects",
        {"message": "Falta el parámetro client_name"},
        Status.REJECTED,
        "rejected",
        "Falta el parámetro client_name",
    ),
    ("unauthorized", {}, Status.FAILED, "token", "No authorization token found"),
    ("unauthorized_text", {}, Status.FAILED, "token", "No authorization token found."),
    ("unknown_path", {}, Status.REJECTED, "rejected", "Error Cannot POST /templates"),
    ("bad_gateway", {}, Status.UNKNOWN, "server_error", "Error 502. That is an error."),
    # what may be repeated, and what may not
    ("not_success", {}, Status.REJECTED, "rejected", "No hay datos para enviar"),
    ("unprocessable", {}, Status.REJECTED, "rejected", "Unprocessable Entity"),
    ("forbidden", {}, Status.FAILED, "token", "Forbidden"),
    ("server_error", {}, Status.UNKNOWN, "server_error", "Internal Server Error"),
    ("odd_body", {}, Status.UNKNOWN, "odd_answer", '{"status": "queued"}'),
    ("not_json", {}, Status.UNKNOWN, "odd_answer", "OK, got it"),
    ("redirects", {}, Status.UNKNOWN, "odd_status", ""),
]


@pytest.mark.parametrize(("mode", "options", "status", "reason", "said"), ANSWERS)
async def test_every_known_answer_has_its_meaning(
    stand_in: AtomStandIn,
    mode: str,
    options: dict[str, Any],
    status: Status,
    reason: str,
    said: str,
) -> None:
    stand_in.behave(mode, **options)

    outcome = await sent_to(stand_in.url)

    assert (outcome.status, outcome.reason, outcome.said) == (status, reason, said)
    assert len(stand_in.calls) == 1


async def test_a_number_with_a_conversation_is_sent_on_it(stand_in: AtomStandIn) -> None:
    conversation = stand_in.know("50761234567")

    outcome = await sent_to(stand_in.url)

    assert outcome.status is Status.SENT
    assert outcome.conversation == conversation


async def test_a_new_number_is_pending(stand_in: AtomStandIn) -> None:
    outcome = await sent_to(stand_in.url)

    assert outcome.status is Status.PENDING
    assert outcome.conversation == ""


async def test_a_wrong_token_is_the_token_s_fault(stand_in: AtomStandIn) -> None:
    outcome = await sent_to(stand_in.url, token="the-company-s-token")

    assert (outcome.status, outcome.reason, outcome.http_status) == (Status.FAILED, "token", 401)


@pytest.mark.parametrize(
    ("mode", "holds"),
    [("unauthorized", True), ("unauthorized_text", True), ("forbidden", True)]
    + [(mode, False) for mode in ("pending", "sent", "rejects", "server_error", "odd_body")],
)
async def test_only_a_refused_token_asks_to_hold_the_queue(
    stand_in: AtomStandIn, mode: str, *, holds: bool
) -> None:
    stand_in.behave(mode)

    outcome = await sent_to(stand_in.url)

    assert outcome.holds_queue is holds


# Meanings by status alone: with whatever Atom's machinery puts into the body.
@pytest.mark.parametrize("status", [400, 404, 405, 406, 410, 411, 413, 414, 415, 422, 431])
def test_what_atom_understood_and_refused_is_rejected(status: int) -> None:
    assert read(status, NO_HEADERS, "no").status is Status.REJECTED


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 599])
@pytest.mark.parametrize("text", ["", "<html>", '{"success": true, "message": "Sent"}'])
def test_an_error_of_atom_s_own_is_unknown_whatever_it_says(status: int, text: str) -> None:
    outcome = read(status, NO_HEADERS, text)

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, "server_error")


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308, 402, 408, 409, 425, 451])
def test_a_status_that_nobody_expects_is_unknown(status: int) -> None:
    outcome = read(status, NO_HEADERS, "")

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, "odd_status")
    assert outcome.http_status == status


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '"Sent"',
        '{"success": true}',
        '{"success": true, "message": "Queued"}',
        '{"success": "true", "message": "Sent"}',
        '{"success": 1, "message": "Sent"}',
        '{"success": true, "message": null}',
        '{"message": "Sent"}',
        '{"success": true, "message": "failed"}',
        "{" * 50_000,
        "[" * 50_000,
        "9" * 50_000,
    ],
)
@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_neither_sent_nor_pending_is_unknown(status: int, text: str) -> None:
    outcome = read(status, NO_HEADERS, text)

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, "odd_answer")


@pytest.mark.parametrize("message", ["Sent", "sent", "SENT", " Sent "])
def test_the_case_of_atom_s_word_does_not_matter(message: str) -> None:
    text = f'{{"success": true, "message": "{message}"}}'

    assert read(200, NO_HEADERS, text).status is Status.SENT


@pytest.mark.parametrize(
    ("data", "conversation"),
    [
        ('{"conversation_id": "abc"}', "abc"),
        ('{"conversation_id": 42}', "42"),
        ('{"conversation_id": null}', ""),
        ('{"conversation_id": {"id": 1}}', ""),
        ("{}", ""),
        ("null", ""),
        ('"abc"', ""),
        ('{"conversation_id": "a\\u0000b\\ud83d"}', "ab"),
    ],
)
def test_sent_without_a_readable_conversation_is_still_sent(data: str, conversation: str) -> None:
    outcome = read(200, NO_HEADERS, f'{{"success": true, "message": "Sent", "data": {data}}}')

    assert (outcome.status, outcome.conversation) == (Status.SENT, conversation)


@pytest.mark.parametrize("status", [200, 400, 401, 500])
def test_an_answer_that_was_cut_off_is_judged_by_its_status(status: int) -> None:
    whole = read(status, NO_HEADERS, "{}").status

    assert read(status, NO_HEADERS, '{"mess', whole=False).status is whole


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 429])
@pytest.mark.parametrize(
    "text", ['{"success": true, "mess', '{"data": {"conversation_id": "c1', '{"message": "Sent", "']
)
def test_a_refusal_that_was_cut_off_behind_a_sign_of_success_is_unknown(
    status: int, text: str
) -> None:
    outcome = read(status, NO_HEADERS, text, whole=False)

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, "contradiction")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"success": false, "message": "Falta  client_name\\n"}', "Falta client_name"),
        ('{"body": {"message": "No token"}}', "No token"),
        ('{"message": "", "error": "x"}', '{"message": "", "error": "x"}'),
        ("<p>Tom &amp; Jerry</p>", "Tom & Jerry"),
        ("<STYLE>p{}</STYLE><script>if (1 < 2) {}</script><p>Why</p>", "Why"),
        ("1 < 2", "1 < 2"),
        ('{"message": "a\\u0000b\\ud83dc"}', "a b c"),
        ("x" * 10_000, "x" * SAID_LIMIT),
    ],
)
def test_of_an_answer_its_words_are_kept(text: str, said: str) -> None:
    assert read(400, NO_HEADERS, text).said == said


@pytest.mark.parametrize("piece", ["<", "<script", "<style><script", "<script>", "</", "&lt;"])
def test_a_page_of_nothing_but_openings_is_read_at_once(piece: str) -> None:
    page = (piece * 65_536)[:65_536]
    began = time.process_time()

    read(502, NO_HEADERS, page)

    assert time.process_time() - began < 0.5


@given(st.integers(200, 599).filter(lambda status: status != 429), st.text())
def test_any_answer_has_a_meaning(status: int, text: str) -> None:
    outcome = read(status, NO_HEADERS, text)

    assert outcome.status.is_final
    outcome.said.encode()
    assert "\0" not in outcome.said


async def test_the_ids_to_ask_atom_by_are_kept(stand_in: AtomStandIn) -> None:
    stand_in.behave("server_error")

    outcome = await sent_to(stand_in.url)

    assert len(outcome.execution_id) == 12
    assert outcome.trace.endswith(";o=1")


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


async def test_an_answer_that_never_comes_is_unclear(stand_in: AtomStandIn) -> None:
    stand_in.behave("hangs")

    with pytest.raises(Unclear) as raised:
        await sent_to(stand_in.url, patience=0.2)

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


async def test_a_server_that_speaks_no_tls_is_tried_later(stand_in: AtomStandIn) -> None:
    with pytest.raises(TryLater):
        await sent_to(stand_in.url.replace("http:", "https:"), patience=1.0)

    assert stand_in.calls == []


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("too slow"),
        httpx.PoolTimeout("too many"),
        httpx.ConnectError(str(socket.gaierror(-2, "Name or service not known"))),
        httpx.ConnectError(str(ssl.SSLCertVerificationError("self-signed certificate"))),
    ],
)
async def test_what_never_connected_is_tried_later(error: httpx.HTTPError) -> None:
    with pytest.raises(TryLater):
        await failing(error).send(make_order())


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout("no answer"),
        httpx.WriteTimeout("not taken"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.RemoteProtocolError("nonsense"),
        httpx.CloseError("reset"),
        TimeoutError(),
    ],
)
async def test_what_was_lost_after_connecting_is_unclear(error: Exception) -> None:
    with pytest.raises(Unclear):
        await failing(error).send(make_order())


async def test_an_endless_answer_is_left_early(stand_in: AtomStandIn) -> None:
    stand_in.behave("huge", slow=0.001)
    began = time.monotonic()

    outcome = await sent_to(stand_in.url)

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, "odd_answer")
    assert time.monotonic() - began < 2.0


async def test_a_body_that_drips_is_left_in_time(stand_in: AtomStandIn) -> None:
    stand_in.behave("slow_body", seconds=30.0)
    began = time.monotonic()

    outcome = await sent_to(stand_in.url, patience=0.5)

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, "odd_answer")
    assert time.monotonic() - began < 2.0


async def test_a_refusal_whose_body_never_ends_is_still_a_refusal() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad\r\nContent-Length: 99\r\n\r\nNo hay datos")
        await writer.drain()
        await asyncio.Event().wait()

    async with server(answer) as url:
        outcome = await sent_to(url, patience=0.3)

    assert (outcome.status, outcome.said) == (Status.REJECTED, "No hay datos")


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


@pytest.mark.parametrize("charset", ["utf-8", "no-such-charset", "hex", "idna", "undefined"])
async def test_an_odd_name_of_a_charset_does_no_harm(charset: str) -> None:
    kind = f"Content-Type: application/json; charset={charset}"
    async with server(raw(200, PENDING, kind)) as url:
        outcome = await sent_to(url)

    assert outcome.status is Status.PENDING


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

    assert 88 < retry_after(email.utils.format_datetime(due, usegmt=True)) <= 90


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
    request = make_order(client_name="", group="", params=())

    assert body_of(request) == {
        "templateId": "AbCdEfGhIjKlMnOpQrSt",
        "phoneNumber": "50761234567",
        "assign": False,
    }


async def test_letters_go_out_as_utf_8() -> None:
    bodies = []

    async def keep(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content)
        return httpx.Response(200, json={"success": True, "message": "Pending"})

    client = httpx.AsyncClient(transport=httpx.MockTransport(keep))
    atom = Atom(client, url="https://atom.example/templates", token=TOKEN, timeout=1.0)
    await atom.send(make_order(client_name="José 🌴"))

    assert '"José 🌴"'.encode() in bodies[0]


async def test_what_atom_repeats_of_the_token_is_not_kept() -> None:
    body = f'{{"success": false, "message": "Bad token {TOKEN}!"}}'.encode()
    async with server(raw(401, body)) as url:
        outcome = await sent_to(url)

    assert outcome.said == "Bad token [token]!"


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
        outcomes = await asyncio.gather(*(atom.send(make_order()) for _ in range(50)))

    assert {outcome.status for outcome in outcomes} == {Status.PENDING}
    assert stand_in.connections == 50
