"""Slack's requests: verified before anything is read from them, and parsed."""

import asyncio
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from aiohttp import web

# What Slack sends has 10 to 25 kB, but its largest view has 250 kB, which escaping for a form can
# triple, and a message's text and blocks may have as much.
BODY_LIMIT = 1024 * 1024  # bytes
BODY_SECONDS = 2.5
REPLAY_SECONDS = 300  # docs: verifying requests from Slack

MOST_FIELDS = 100  # of a form; a command has a dozen


class Refusal(Exception):
    """A request that is answered before it is parsed."""

    def __init__(self, status: int, reason: str) -> None:
        """`status` is HTTP's."""
        super().__init__(reason)
        self.status = status
        self.reason = reason


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Sign a body as Slack does (docs: verifying requests from Slack)."""
    signing = hmac.new(secret.encode(), f"v0:{timestamp}:".encode(), hashlib.sha256)
    signing.update(body)  # apart: a body is not to be copied
    return f"v0={signing.hexdigest()}"


def check_signature(secret: str, headers: Mapping[str, str], body: bytes) -> None:
    """Refuse what Slack did not sign."""
    good = signature(secret, headers["X-Slack-Request-Timestamp"], body)
    # Bytes: a header may hold what is no text at all.
    given = headers["X-Slack-Signature"].encode("utf-8", "surrogateescape")
    if not hmac.compare_digest(good.encode(), given):
        raise Refusal(401, "bad signature")


def check_headers(headers: Mapping[str, str], length: int | None) -> None:
    """Refuse what can be refused without reading the body."""
    # A few packed bytes become gigabytes, and Slack packs nothing.
    if headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Refusal(415, "body is packed")
    if length is not None and length > BODY_LIMIT:
        raise Refusal(413, "body too large")
    timestamp = headers.get("X-Slack-Request-Timestamp", "")
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:  # noqa: PLR2004
        raise Refusal(401, "bad timestamp")
    if abs(time.time() - int(timestamp)) > REPLAY_SECONDS:
        raise Refusal(401, "old timestamp")
    if not headers.get("X-Slack-Signature", "").startswith("v0="):
        raise Refusal(401, "no signature")


async def read_body(request: web.Request) -> bytes:
    """Read a body that is no larger and no slower than Slack's. Raises Refusal."""
    if request.content.is_eof():
        # It came with its head, as small ones do: there is nothing to wait for.
        whole = request.content.read_nowait()
        if len(whole) > BODY_LIMIT:
            raise Refusal(413, "body too large")
        return whole
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.content.iter_any():
                body += piece
                if len(body) > BODY_LIMIT:
                    raise Refusal(413, "body too large")
        return bytes(body)
    except TimeoutError as error:
        raise Refusal(408, "body too slow") from error
    except ConnectionError as error:
        raise Refusal(400, "body did not come") from error
    finally:
        # aiohttp keeps the error, and this frame with it, until the garbage is collected.
        body.clear()


def parse(content_type: str, body: bytes) -> dict[str, Any]:
    """Parse a verified body: JSON for events, a form for commands, JSON in a form for the rest.

    Done here since Bolt takes any form that contains the word "payload" for an interaction.
    """
    try:
        if content_type == "application/json":
            payload = json.loads(body.decode())
        else:
            fields = form_fields(body)
            if "payload" not in fields:
                return dict(fields)
            payload = json.loads(fields["payload"])
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "body can't be read") from error
    if not isinstance(payload, dict):
        raise Refusal(400, "body can't be read")
    return payload


def form_fields(body: bytes) -> dict[str, str]:
    """Read a form as `parse_qsl` does, which takes many times as long. Raises ValueError."""
    parts = body.decode().split("&")
    if len(parts) > MOST_FIELDS:
        raise ValueError("too many fields")
    pairs = [part.partition("=") for part in parts if part]
    return {_unquoted(name): _unquoted(value) for name, _, value in pairs}


def _unquoted(part: str) -> str:
    """Undo the escapes of a form. Quoted-printable has the same ones behind another sign, in C."""
    if "%" not in part:
        return part.replace("+", " ")
    packed = part.replace("+", " ").replace("=", "=3D").replace("%", "=").encode()
    plain = binascii.a2b_qp(packed)
    # Each escape has two characters more than what it stands for, unless it is none, or a newline
    # follows the sign.
    if len(plain) != len(packed) - 2 * packed.count(b"=") or "\n" in part or "\r" in part:
        return unquote_plus(part)
    return plain.decode(errors="replace")
