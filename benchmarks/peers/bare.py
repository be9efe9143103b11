"""The floor: checks the signature, and does only what the kind of request can't do without.

A command is answered at once. A submission is one row, committed before the answer; then come one
call to Atom, one more commit, and the card and the outcome in Slack, with no thought for anything
that may go wrong.
"""

import asyncio
import hashlib
import hmac
import json
import os
import sqlite3
import time
from typing import Any, Protocol
from urllib.parse import parse_qs

import aiohttp
import psycopg
import uvloop
from aiohttp import web
from typing_extensions import override

TABLE = "CREATE TABLE IF NOT EXISTS bare (id TEXT PRIMARY KEY, body TEXT, outcome TEXT)"
SECRET = os.environ["SLACK_SIGNING_SECRET"].encode()


class Rows(Protocol):
    """Commits one statement at a time."""

    async def commit(self, statement: str, *values: str) -> None: ...


class SqliteRows(Rows):
    """In this very thread: nothing is quicker, though the event loop stands still meanwhile."""

    def __init__(self, file: str) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(TABLE)

    @override
    async def commit(self, statement: str, *values: str) -> None:
        self._connection.execute(statement.replace("%s", "?"), values)


class PostgresRows(Rows):
    """Over one connection."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection

    @override
    async def commit(self, statement: str, *values: str) -> None:
        await self._connection.execute(statement, values)


async def open_rows(url: str) -> Rows:
    """Open `sqlite:///FILE` or a PostgreSQL database, and make the table."""
    if url.startswith("sqlite:///"):
        return SqliteRows(url.removeprefix("sqlite:///"))
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
    await connection.execute(TABLE)
    return PostgresRows(connection)


class Bare:
    """The one route."""

    def __init__(self, rows: Rows, http: aiohttp.ClientSession) -> None:
        self._rows = rows
        self._http = http
        self._tasks: set[asyncio.Task[None]] = set()

    async def events(self, request: web.Request) -> web.Response:
        """Answer a request that is Slack's."""
        body = await request.read()
        stamp = request.headers["X-Slack-Request-Timestamp"]
        good = hmac.new(SECRET, b"v0:%s:%s" % (stamp.encode(), body), hashlib.sha256).hexdigest()
        is_good = hmac.compare_digest(f"v0={good}", request.headers["X-Slack-Signature"])
        if not is_good or abs(time.time() - int(stamp)) > 300:  # noqa: PLR2004 - Slack's five minutes
            return web.Response(status=401)
        if body.startswith(b"payload="):
            await self._submitted(json.loads(parse_qs(body.decode())["payload"][0]))
        return web.Response()

    async def _submitted(self, payload: dict[str, Any]) -> None:
        send_id = payload["view"]["id"]
        values = payload["view"]["state"]["values"]
        await self._rows.commit(
            "INSERT INTO bare (id, body) VALUES (%s, %s)", send_id, json.dumps(values)
        )
        task = asyncio.create_task(self._deliver(send_id, values))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, send_id: str, values: dict[str, Any]) -> None:
        phone = values["phone"]["input"]["value"].lstrip("+")
        outcome = await self._post(
            os.environ["ATOM_URL"],
            os.environ["ATOM_TOKEN"],
            {"templateId": "0", "phoneNumber": phone},
        )
        await self._rows.commit(
            "UPDATE bare SET outcome = %s WHERE id = %s", json.dumps(outcome), send_id
        )
        card = await self._say(send_id, {"text": "A card"})
        await self._say(send_id, {"text": "The outcome", "thread_ts": card["ts"]})

    async def _say(self, send_id: str, message: dict[str, Any]) -> dict[str, Any]:
        payload = {"send_id": send_id, "status": "pending"}
        metadata = {"event_type": "whatsapp_template", "event_payload": payload}
        return await self._post(
            os.environ["SLACK_API_URL"] + "chat.postMessage",
            os.environ["SLACK_BOT_TOKEN"],
            {"channel": "C0", "metadata": metadata, **message},
        )

    async def _post(self, url: str, token: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        async with self._http.post(url, json=body, headers=headers) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
        return answer


async def serve() -> None:
    """Serve until killed."""
    rows = await open_rows(os.environ["DATABASE_URL"])
    async with aiohttp.ClientSession() as http:
        application = web.Application()
        application.router.add_post("/slack/events", Bare(rows, http).events)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"])).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve())
