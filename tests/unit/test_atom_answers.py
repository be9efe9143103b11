"""The documented shapes mean what they say; a sign that it went out beside one that it did not
is unknown: never repeated, never to be corrected and sent again.

The table is a product of statuses and bodies, judged by an oracle that knows only the signs.
"""

import itertools
import json
from dataclasses import dataclass

import pytest

from bot.atom_answers import read
from bot.errors import TryLater

NO_HEADERS: dict[str, str] = {}
OK = (200, 201, 202)
REFUSED = (400, 404, 405, 410, 413, 415, 422)
TOKEN = (401, 403)
BROKEN = (500, 502, 503, 504)
ODD = (302, 402, 408, 409)


@dataclass(frozen=True)
class Piece:
    """A part of a body, as JSON, and what it is a sign of."""

    text: str
    gone: bool = False
    not_gone: bool = False


SUCCESS = [
    Piece(""),
    Piece('"success": true', gone=True),
    Piece('"success": false', not_gone=True),
    Piece('"Success": "true"', gone=True),
    Piece('"success": "false"', not_gone=True),
]
MESSAGE = [
    Piece(""),
    Piece('"message": "Sent"', gone=True),
    Piece('"message": "Pending"', gone=True),
    Piece('"message": " sent. "', gone=True),
    Piece('"message": "Message sent successfully"', gone=True),
    Piece('"message": "Mensaje enviado"', gone=True),
    Piece('"message": "No hay datos para enviar"'),
    Piece('"message": "The parameter sent is wrong"'),
]
MORE = [
    Piece(""),
    Piece('"data": {"conversation_id": "c-1"}', gone=True),
    Piece('"data": {"conversationId": 42}', gone=True),
    Piece('"data": {"conversation_id": null}'),
    Piece('"data": {"conversation_id": " "}'),
    Piece('"error": "no credit"', not_gone=True),
    Piece('"errors": [{"code": 131026}]', not_gone=True),
    Piece('"error": null'),
    Piece('"errors": []'),
    Piece('"code": 400', not_gone=True),
    Piece('"result": "failed"', not_gone=True),
    Piece('"body": {"success": true}', gone=True),
    Piece('"messages": [{"message_id": "m-1"}]', gone=True),
]
BODIES = [*itertools.product(SUCCESS, MESSAGE, MORE)]


def expected(status: int, pieces: tuple[Piece, ...]) -> str:
    """Say what an answer must be taken for, from the signs alone."""
    gone = any(piece.gone for piece in pieces)
    not_gone = any(piece.not_gone for piece in pieces)
    if status in REFUSED:
        return "unknown" if gone else "rejected"
    if status in TOKEN:
        return "unknown" if gone else "failed"
    if status == 429:
        return "unknown" if gone else "later"
    if status in OK and not (gone and not_gone):
        success, message = (piece.text for piece in pieces[:2])
        if success == '"success": true' and message in {
            '"message": "Sent"',
            '"message": "Pending"',
        }:
            return str(json.loads(f"{{{message}}}")["message"]).lower()
        if success == '"success": false':
            return "rejected"
    return "unknown"


def taken_for(status: int, text: str) -> str:
    try:
        return str(read(status, NO_HEADERS, text).status)
    except TryLater:
        return "later"


@pytest.mark.parametrize("status", [*OK, *REFUSED, *TOKEN, 429, *BROKEN, *ODD])
def test_each_body_with_each_status_is_what_its_signs_say(status: int) -> None:
    for pieces in BODIES:
        text = "{" + ", ".join(piece.text for piece in pieces if piece.text) + "}"
        # Atom's words are compared without case or spaces, as they always were.
        if pieces[0].text == '"success": true' and "sent. " in pieces[1].text:
            continue

        assert taken_for(status, text) == expected(status, pieces), (status, text)


@pytest.mark.parametrize(
    "text",
    [
        '{"success": true, "success": false, "message": "Sent"}',
        '{"success": false, "success": true, "message": "Sent"}',
        '{"success": true, "message": "Sent", "message": "No hay datos para enviar"}',
        '{"success": false, "message": "No hay datos", "message": "Sent"}',
        '{"success": true, "message": "Sent", "message": "Pending"}',
        '{"success": true, "success": "true", "message": "Sent"}',
        '{"success": true, "success": 1, "message": "Sent"}',
        '{"success": true, "message": "Sent", "data": {"conversation_id": "a"}, "data": {}}',
        '{"success": true, "message": "Sent", "data": {"conversation_id": "a", '
        '"conversation_id": "b"}}',
        '{"success": false, "message": "uno", "message": "dos"}',
    ],
)
@pytest.mark.parametrize("status", [200, 202, 400, 401, 422, 429])
def test_a_key_that_says_two_things_is_unknown(status: int, text: str) -> None:
    assert taken_for(status, text) == "unknown"


@pytest.mark.parametrize(
    ("status", "text", "meaning"),
    [
        (200, '{"success": true, "success": true, "message": "Sent"}', "sent"),
        (200, '{"success": true, "message": "Pending", "message": "Pending"}', "pending"),
        (400, '{"success": false, "success": false, "message": "No"}', "rejected"),
        (429, '{"success": false, "success": false}', "later"),
        (200, '\ufeff{"success": true, "message": "Sent"}', "sent"),
    ],
)
def test_a_key_that_says_the_same_thing_twice_says_it(status: int, text: str, meaning: str) -> None:
    assert taken_for(status, text) == meaning


@pytest.mark.parametrize("text", ["Sent", "  sent!", "<p>Message sent</p>", "Enviado", "Pending"])
@pytest.mark.parametrize("status", [400, 401, 404, 422, 429])
def test_a_refusal_whose_whole_text_says_sent_is_unknown(status: int, text: str) -> None:
    assert taken_for(status, text) == "unknown"


@pytest.mark.parametrize(
    "text", ["Not sent", "No enviado", "The message was not sent", "Sent data is wrong", "Too many"]
)
def test_a_refusal_that_only_speaks_of_sending_is_a_refusal(text: str) -> None:
    assert taken_for(400, text) == "rejected"
    assert taken_for(429, text) == "later"


def test_of_a_contradiction_the_whole_answer_is_shown_and_nothing_is_held() -> None:
    outcome = read(401, NO_HEADERS, '{"success": true, "message": "No token"}')

    assert outcome.vendor_message == '{"success": true, "message": "No token"}'
    assert outcome.reason == "contradiction"
    assert not outcome.pauses_queue
