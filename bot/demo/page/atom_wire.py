"""Atom's side of the panel that shows the wire: what the bot asked it, and what it answered."""

import json
import time
from collections.abc import Callable

from bot.demo.atom.exchange import Call
from bot.demo.atom.replies import Reply
from bot.demo.slack.errors import Json
from bot.demo.traffic import Record

HEADERS = ("authorization", "content-type", "user-agent")
"""What says something about a request; the rest is the transport's."""


def noted_by(note: Callable[[Record], None]) -> Callable[[Call, Reply | None, float], None]:
    """Make what hears Atom's requests out of what keeps records."""
    return lambda call, reply, seconds: note(record_of(call, reply, seconds))


def record_of(call: Call, reply: Reply | None, seconds: float) -> Record:
    """Describe one request without its token; no `reply` means that the connection ended."""
    headers = {name: call.headers[name] for name in HEADERS if name in call.headers}
    if "authorization" in headers:
        headers["authorization"] = headers["authorization"].partition(" ")[0] + " ***"
    request: Json = {"headers": headers, "body": call.body}
    kind = f"{call.verb} {call.path}"
    status = reply.status if reply else None
    return Record("to_atom", kind, request, status, answer_of(reply), seconds, time.time())


def answer_of(reply: Reply | None) -> object:
    """Give an answer's body, as JSON where it is some."""
    if reply is None:
        return "(the connection ended without an answer)"
    words = reply.body.decode(errors="replace")
    try:
        return json.loads(words)
    except ValueError:
        return words
