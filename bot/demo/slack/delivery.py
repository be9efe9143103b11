"""Slack's requests to the app: signed, with three seconds to answer, events tried again."""

import asyncio
import dataclasses
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlencode

import aiohttp

from bot.demo.slack.errors import Json
from bot.demo.slack.socket_mode import SocketServer
from bot.demo.slack.workspace import APP_ID, BOT_USER, TEAM, Workspace
from bot.demo.traffic import Record, Traffic

Kind = Literal["slash_commands", "interactive", "events_api"]
VERIFICATION = "stand-in-verification-token"
OK, REDIRECT = 200, 300


@dataclasses.dataclass(frozen=True, slots=True)
class AppResponse:
    """What the app answered, or how it failed to."""

    status: int | None
    body: object
    seconds: float
    failure: Literal["", "timeout", "connection_failed", "http_error", "too_many_redirects"] = ""
    retry: bool = True

    @property
    def slack_error(self) -> str:
        """The word that Slack's client shows; empty when all is well."""
        if not self.failure:
            return ""
        return "operation_timeout" if self.failure == "timeout" else "dispatch_failed"


def signed(body: bytes, secret: str, content_type: str) -> dict[str, str]:
    """Give the headers of a request of Slack's (docs: verifying-requests-from-slack)."""
    stamp = str(int(time.time()))
    base = b"v0:" + stamp.encode() + b":" + body
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
    }


class Deliveries:
    """Brings commands, interactions and events to the app, over HTTP or Socket Mode."""

    def __init__(
        self,
        workspace: Workspace,
        traffic: Traffic,
        *,
        signing_secret: str,
        deadline: float,
        retry_pauses: Sequence[float],
    ) -> None:
        self._workspace = workspace
        self._traffic = traffic
        self._secret = signing_secret
        self._deadline = deadline
        self._pauses = tuple(retry_pauses)
        # A bot that was killed and started again must not be met on an old connection.
        connector = aiohttp.TCPConnector(force_close=True)
        self._http = aiohttp.ClientSession(connector=connector)
        self._tasks: set[asyncio.Task[None]] = set()
        self.socket = SocketServer(deadline, workspace.clock)
        self.url = ""
        workspace.emit = self._emit

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.socket.close()
        await self._http.close()

    async def settled(self) -> None:
        """Wait until no event is on its way any more (retries included)."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))

    @property
    def over_http(self) -> bool:
        return bool(self.url)

    async def send(
        self, kind: Kind, payload: Json, *, retry: tuple[int, str] | None = None
    ) -> AppResponse:
        """Deliver one thing once and give the app's answer; every delivery is recorded."""
        began = time.monotonic()
        if self.over_http:
            answer = await self._post(kind, payload, retry)
        else:
            status, body, failure = await self.socket.send(kind, payload, retry)
            answer = AppResponse(status, body, time.monotonic() - began, failure)
        self._note(kind, payload, answer)
        return answer

    async def challenge(self) -> bool:
        """Ask the Request URL the question that Slack asks before it saves one."""
        challenge = secrets.token_hex(20)
        asked = {"token": VERIFICATION, "challenge": challenge, "type": "url_verification"}
        answer = await self.send("events_api", asked)
        told = answer.body
        return answer.status == OK and (
            told == challenge or (isinstance(told, dict) and told.get("challenge") == challenge)
        )

    def event(self, kind: str, body: Json) -> asyncio.Future[AppResponse]:
        """Send an event in the background; the future has the answer to the first try."""
        first: asyncio.Future[AppResponse] = asyncio.get_running_loop().create_future()
        now = self._workspace.clock.now()
        name = kind.partition(".")[0]
        event: Json = {"type": name, **body, "event_ts": self._workspace.ts()}
        wrapped: Json = {
            "token": VERIFICATION,
            "team_id": TEAM,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(5).upper()}",
            "event_time": int(now),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": self._shared(body),
        }
        task = asyncio.create_task(self._try(wrapped, first))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return first

    def _emit(self, kind: str, body: Json) -> None:
        if self._workspace.app.hears(kind) and (self.over_http or self.socket.ever):
            _first = self.event(kind, body)

    def _shared(self, body: Json) -> bool:
        channel = self._workspace.channels.get(str(body.get("channel")))
        return bool(channel and channel.shared)

    async def _try(self, wrapped: Json, first: asyncio.Future[AppResponse]) -> None:
        reason = ""
        for attempt, pause in enumerate((0.0, *self._pauses)):
            await self._workspace.clock.sleep(pause)
            retry = (attempt, reason) if attempt else None
            answer = await self.send("events_api", wrapped, retry=retry)
            if attempt == 0:
                first.set_result(answer)
            if not answer.failure or not answer.retry:
                return
            reason = answer.failure

    async def _post(self, kind: Kind, payload: Json, retry: tuple[int, str] | None) -> AppResponse:
        if not self._workspace.app.has_url(kind, payload):
            return AppResponse(None, "the manifest has no URL for this", 0.0, "connection_failed")
        body, content_type = encoded(kind, payload)
        headers = signed(body, self._secret, content_type)
        if retry:
            reason = "http_timeout" if retry[1] == "timeout" else retry[1]
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": reason}
        began = time.monotonic()
        try:
            async with (
                asyncio.timeout(self._deadline),
                self._http.post(
                    self.url, data=body, headers=headers, allow_redirects=False
                ) as response,
            ):
                raw = await response.text()
                return answer_of(response, raw, time.monotonic() - began)
        except TimeoutError:
            return AppResponse(None, None, time.monotonic() - began, "timeout")
        except aiohttp.ClientError:
            return AppResponse(None, None, time.monotonic() - began, "connection_failed")

    def _note(self, kind: str, payload: Json, answer: AppResponse) -> None:
        kind = str(payload.get("event", payload).get("type", kind))
        told = answer.body or answer.failure
        at = self._workspace.clock.now()
        self._traffic.note(Record("to_bot", kind, payload, answer.status, told, answer.seconds, at))
        self._workspace.changes.touch()


def encoded(kind: Kind, payload: Json) -> tuple[bytes, str]:
    """Write a payload as Slack does over HTTP: a form, a form with JSON in it, or JSON."""
    if kind == "slash_commands":
        return urlencode(payload).encode(), "application/x-www-form-urlencoded"
    if kind == "interactive":
        form = urlencode({"payload": json.dumps(payload)})
        return form.encode(), "application/x-www-form-urlencoded"
    return json.dumps(payload).encode(), "application/json"


def answer_of(response: aiohttp.ClientResponse, raw: str, seconds: float) -> AppResponse:
    """Read the app's answer: only a 200 counts, and its body is JSON or text."""
    retry = response.headers.get("X-Slack-No-Retry") != "1"
    if response.status != OK:
        redirect = response.status // 100 == REDIRECT // 100
        failure: Literal["too_many_redirects", "http_error"] = (
            "too_many_redirects" if redirect else "http_error"
        )
        return AppResponse(response.status, raw, seconds, failure, retry)
    body: object = raw
    if "json" in response.headers.get("Content-Type", ""):
        try:
            body = json.loads(raw) if raw else ""
        except ValueError:
            body = raw
    return AppResponse(OK, body, seconds)
