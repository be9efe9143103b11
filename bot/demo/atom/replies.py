"""The answers that Atom is known to give, and those it may give."""

import dataclasses
import http
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

Given = dict[str, Any]
UNAUTHORIZED = {
    "code": 401,
    "body": {
        "type": "Unauthorized",
        "message": "No authorization token found",
        "path": ["headers.authorization"],
        "context": {"key": "Authorization", "label": "headers.authorization"},
    },
}


@dataclasses.dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer."""

    status: int
    body: bytes
    content_type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


def head(status: int, kind: str, size: int, more: Mapping[str, str] | None = None) -> bytes:
    """Write the head of an answer; each carries the two ids by which Google can be asked."""
    headers = {
        "Content-Type": kind,
        "Content-Length": str(size),
        "function-execution-id": secrets.token_urlsafe(9),
        "x-cloud-trace-context": f"{secrets.token_hex(16)};o=1",
        **(more or {}),
    }
    lines = [f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def told(status: int, body: object, **headers: str) -> Reply:
    """Answer with JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(body).encode(), headers=named)


def html(status: int, words: str) -> Reply:
    """Answer with a page, as Express and Google's front end do."""
    page = f"<!DOCTYPE html><html><head><title>Error</title></head><body>{words}</body></html>"
    return Reply(status, page.encode(), "text/html; charset=utf-8")


def no(status: int, words: str, **headers: str) -> Reply:
    """Answer that it did not work, in Atom's form."""
    return told(status, {"success": False, "message": words}, **headers)


def sent(given: Given) -> Reply:
    """Answer Sent, with the conversation's id."""
    conversation = given.get("conversation") or secrets.token_hex(10)
    return told(
        200, {"success": True, "message": "Sent", "data": {"conversation_id": conversation}}
    )


def too_many(given: Given) -> Reply:
    """Answer 429, with Retry-After only if that was asked for."""
    wait = given.get("retry_after")
    return no(429, "Too many requests", **({} if wait is None else {"Retry_After": str(wait)}))


PENDING = {"success": True, "message": "Pending"}
NO_DATA = "No hay datos para enviar"

MODES: dict[str, Callable[[Given], Reply]] = {
    "pending": lambda _: told(200, PENDING),
    "pending_202": lambda _: told(202, PENDING),
    "sent": sent,
    "rejects": lambda given: no(400, given.get("message", NO_DATA)),
    "not_success": lambda given: no(200, given.get("message", NO_DATA)),
    "unknown_path": lambda given: html(
        404, f"<pre>Cannot {given.get('verb', 'POST')} {given.get('path', '/templates')}</pre>"
    ),
    "unprocessable": lambda given: no(422, given.get("message", "Unprocessable Entity")),
    "unauthorized": lambda _: told(401, UNAUTHORIZED),
    "unauthorized_text": lambda _: Reply(
        401, b"No authorization token found.", "text/html; charset=utf-8"
    ),
    "forbidden": lambda _: no(403, "Forbidden"),
    "too_many": too_many,
    "server_error": lambda _: Reply(500, b"Internal Server Error", "text/plain; charset=utf-8"),
    "bad_gateway": lambda _: html(502, "<h1>502. That is an error.</h1>"),
    "odd_body": lambda _: told(200, {"status": "queued"}),
    "not_json": lambda _: Reply(200, b"OK, got it", "text/plain; charset=utf-8"),
    "redirects": lambda given: Reply(
        302, b"", "text/plain", {"Location": given.get("location", "/elsewhere")}
    ),
}
