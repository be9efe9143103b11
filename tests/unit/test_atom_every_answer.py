"""Every answer of Atom's has its meaning, whatever is in it."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.atom_answers import read
from bot.demo.atom.server import AtomStandIn
from bot.sends import SAID_LIMIT, Status
from tests.unit.atom_scene import NO_HEADERS, sent_to

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

    assert (outcome.status, outcome.reason, outcome.vendor_message) == (status, reason, said)
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

    assert outcome.pauses_queue is holds


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
    assert read(400, NO_HEADERS, text).vendor_message == said


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
    outcome.vendor_message.encode()
    assert "\0" not in outcome.vendor_message


async def test_the_ids_to_ask_atom_by_are_kept(stand_in: AtomStandIn) -> None:
    stand_in.behave("server_error")

    outcome = await sent_to(stand_in.url)

    assert len(outcome.execution_id) == 12
    assert outcome.trace.endswith(";o=1")
