"""/api/<method>: who may call what, how often, and the faults that a test puts in."""

import asyncio
import collections
import dataclasses
import json
import time
from typing import Literal

from aiohttp import web

from bot.demo.slack.call import Call
from bot.demo.slack.errors import Json, Refusal
from bot.demo.slack.methods import METHODS, Method
from bot.demo.slack.rate_limits import Limits
from bot.demo.slack.socket_mode import SocketServer
from bot.demo.slack.workspace import Workspace
from bot.demo.traffic import Record, Traffic

LIMITED = frozenset({"ratelimited", "rate_limited"})
TOO_MANY = 429


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one call of a method."""

    error: str | None = None
    retry_after: int = 1
    status: int | None = None
    delay: float = 0.0
    drop: Literal["", "before", "after"] = ""
    location: str = ""


class WebApi:
    """Answers the bot's calls as Slack does."""

    def __init__(
        self,
        workspace: Workspace,
        traffic: Traffic,
        limits: Limits,
        socket: SocketServer,
        tokens: tuple[str, str],
    ) -> None:
        self._workspace = workspace
        self._traffic = traffic
        self._limits = limits
        self._socket = socket
        self._bot_token, self._app_token = tokens
        self._faults: dict[str, collections.deque[Fault]] = {}
        self._lasting: dict[str, Fault] = {}

    def fail(self, method: str, fault: Fault, times: int | None) -> None:
        """Let the next calls of a method fail; `None` lets all of them fail, 0 none any more."""
        if times is None:
            self._lasting[method] = fault
        elif times == 0:
            self._lasting.pop(method, None)
            self._faults.pop(method, None)
        else:
            self._faults.setdefault(method, collections.deque()).extend([fault] * times)

    def mend(self) -> None:
        """Forget what was to go wrong."""
        self._lasting.clear()
        self._faults.clear()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        began = time.monotonic()
        method = request.match_info["method"]
        args = await arguments(request)
        fault = self.next_fault(method)
        await asyncio.sleep(fault.delay)
        if fault.drop == "before":
            self._note(method, args, None, "dropped before", began)
            return dropped(request)
        response, told = self._answer(method, args, request, fault)
        if fault.drop == "after":
            self._note(method, args, None, "dropped after", began)
            return dropped(request)
        self._note(method, args, response.status, told, began)
        return response

    def next_fault(self, method: str) -> Fault:
        """Give what goes wrong with this call, and forget it if it was for one call."""
        waiting = self._faults.get(method)
        return waiting.popleft() if waiting else self._lasting.get(method, Fault())

    def _answer(
        self, method: str, args: Json, request: web.Request, fault: Fault
    ) -> tuple[web.Response, object]:
        if fault.location:
            headers = {"Location": fault.location}
            return web.Response(status=fault.status or 302, headers=headers), fault.location
        if fault.status is not None and fault.error is None:
            return web.Response(status=fault.status, text="<html>Sorry</html>"), "html"
        try:
            body = {"ok": True} | self._run(method, args, request, fault)
        except Refusal as refusal:
            body = refusal.body()
        return self._response(body, fault.status), body

    def _run(self, method: str, args: Json, request: web.Request, fault: Fault) -> Json:
        if fault.error:
            raise Refusal(fault.error, retry_after=fault.retry_after)
        known = METHODS.get(method)
        self._authorize(args, request, known)
        if known is None:
            raise Refusal("unknown_method", req_method=method)
        scopes = self._workspace.app.scopes
        if known.scope and known.scope not in scopes:
            provided = ",".join(sorted(scopes))
            raise Refusal("missing_scope", needed=known.scope, provided=provided)
        if wait := self._limits.wait(method, known.tier):
            raise Refusal("ratelimited", retry_after=wait)
        return known.run(Call(args, self._workspace, self._limits, self._socket))

    def _authorize(self, args: Json, request: web.Request, method: Method | None) -> None:
        header = request.headers.get("Authorization", "")
        token = header.removeprefix("Bearer ") or str(args.get("token", ""))
        if not token:
            raise Refusal("not_authed")
        if token not in {self._bot_token, self._app_token}:
            raise Refusal("invalid_auth")
        if token == self._bot_token and not self._workspace.installed:
            raise Refusal("token_revoked")
        if method and method.app_token != (token == self._app_token):
            raise Refusal("not_allowed_token_type")

    def _response(self, body: Json, status: int | None) -> web.Response:
        headers = {"X-OAuth-Scopes": ",".join(sorted(self._workspace.app.scopes))}
        wait = body.pop("retry_after", None)
        if body.get("error") in LIMITED:
            headers["Retry-After"] = str(wait)
            status = status or TOO_MANY
        return web.json_response(body, status=status or 200, headers=headers)

    def _note(
        self, method: str, args: Json, status: int | None, answer: object, began: float
    ) -> None:
        seconds, at = time.monotonic() - began, self._workspace.clock.now()
        self._traffic.note(Record("from_bot", method, args, status, answer, seconds, at))
        self._workspace.changes.touch()


async def arguments(request: web.Request) -> Json:
    """Merge query, form and JSON: the SDK uses all three."""
    args: Json = dict(request.query)
    raw = await request.read()
    if "json" in request.content_type and raw:
        try:
            told = json.loads(raw)
        except ValueError:
            told = None
        args |= told if isinstance(told, dict) else {}
    elif raw:
        args |= dict(await request.post())
    return args


def dropped(request: web.Request) -> web.Response:
    """Close the connection without an answer."""
    request.protocol.force_close()
    return web.Response()
