"""The stand-in for Slack: one server on loopback that speaks Slack's protocol to the bot."""

import asyncio
import ipaddress
import time
from collections.abc import Callable, Sequence
from typing import Literal, Self, TypedDict, TypeVar, Unpack

from aiohttp import web

from bot.demo.clock import Clock
from bot.demo.slack.delivery import Deliveries
from bot.demo.slack.errors import Json, Refusal
from bot.demo.slack.file_server import FileServer
from bot.demo.slack.input_values import Untouched
from bot.demo.slack.manifest import App
from bot.demo.slack.person import Person
from bot.demo.slack.rate_limits import Limits
from bot.demo.slack.response_urls import ResponseUrls
from bot.demo.slack.seed import seed
from bot.demo.slack.webapi import Fault, WebApi, arguments
from bot.demo.slack.workspace import BOT_USER, Workspace
from bot.demo.traffic import Record, Traffic

T = TypeVar("T")
OK = 200
BODY = 64 * 2**20


class Options(TypedDict, total=False):
    """What a test may want otherwise than Slack has it."""

    rate_limits: bool
    untouched_files: Untouched
    deadline: float
    trigger_life: float
    retry_pauses: Sequence[float]


class SlackStandIn:
    """Slack as far as the bot and a person in front of it can tell."""

    def __init__(
        self, app: App, signing_secret: str, tokens: tuple[str, str], options: Options
    ) -> None:
        self.app = app
        self.workspace = Workspace(app, trigger_life=options.get("trigger_life", 3.0))
        self._traffic = Traffic(signing_secret, *tokens)
        self._hooks = ResponseUrls(self.workspace)
        self._deliveries = Deliveries(
            self.workspace,
            self._traffic,
            signing_secret=signing_secret,
            deadline=options.get("deadline", 3.0),
            retry_pauses=options.get("retry_pauses", (0.0, 60.0, 300.0)),
        )
        limits = Limits(self.clock, enabled=options.get("rate_limits", True))
        socket = self._deliveries.socket
        self._api = WebApi(self.workspace, self._traffic, limits, socket, tokens)
        next_fault = self._api.next_fault
        self._file_server = FileServer(self.workspace, self._traffic, next_fault, tokens[0])
        self._runner = web.AppRunner(self._server(), access_log=None, shutdown_timeout=0.2)
        self.port = 0
        self.workspace.untouched_files = options.get("untouched_files", "empty")
        seed(self.workspace, app)

    @classmethod
    async def start(
        cls,
        *,
        manifest: Json,
        signing_secret: str,
        bot_token: str = "xoxb-stand-in",  # noqa: S107 - it opens nothing
        app_token: str = "xapp-stand-in",  # noqa: S107 - it opens nothing
        port: int = 0,
        host: str = "127.0.0.1",
        **options: Unpack[Options],
    ) -> Self:
        """Start with a seeded workspace. Raises ValueError for any host but loopback."""
        if not ipaddress.IPv4Address(host).is_loopback:
            raise ValueError(f"a stand-in serves loopback only, not {host}")
        tokens = bot_token, app_token
        made = cls(App.from_manifest(manifest), signing_secret, tokens, options)
        try:
            await made._listen(host, port)
        except OSError:
            await made.close()
            raise
        return made

    def _server(self) -> web.Application:
        server = web.Application(client_max_size=BODY)
        server.router.add_route("*", "/api/{method}", self._api.handle)
        server.router.add_get("/link", self._deliveries.socket.handle)
        self._file_server.add_routes(server.router)
        for kind in ("commands", "actions", "app"):
            server.router.add_post(f"/{kind}/{{rest:.*}}", self._hook)
        return server

    async def _listen(self, host: str, port: int) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.port = self._runner.addresses[0][1]
        self.workspace.base_url = f"http://{host}:{self.port}"

    async def close(self) -> None:
        await self._deliveries.close()
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """What the bot takes for Slack's https://slack.com/api/."""
        return f"{self.workspace.base_url}/api/"

    @property
    def clock(self) -> Clock:
        """The stand-in's time; `clock.forward(1800)` lets half an hour pass."""
        return self.workspace.clock

    @property
    def traffic(self) -> list[Record]:
        """Everything that went over the wire so far, the oldest first."""
        return self._traffic.records

    def note(self, record: Record) -> None:
        """Keep what went over another wire beside Slack's own."""
        self._traffic.note(record)
        self.workspace.changes.touch()

    def calls(self, method: str) -> list[Record]:
        """Give the traffic of one Web API method, or of one kind of delivery."""
        return [one for one in self.traffic if one.kind == method]

    def person(self, user_id: str) -> Person:
        return Person(user_id, self.workspace, self._deliveries, self._hooks)

    def connect(self, events_url: str) -> None:
        """Say where the bot serves HTTP; without it, deliveries go over a websocket."""
        self._deliveries.url = events_url

    async def ready(self, timeout: float = 60.0) -> None:  # noqa: ASYNC109 - the public interface
        """Wait until the bot answers the challenge, or has opened a websocket."""
        try:
            async with asyncio.timeout(timeout):
                if not self._deliveries.over_http:
                    await self._deliveries.socket.arrived.wait()
                    return
                # Nothing tells us that the bot is up but asking it.
                while not await self._deliveries.challenge():  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"the bot was not ready in {timeout} s.\n{self.dump()}") from None

    def install(self, manifest: Json) -> None:
        """Let the app be another one from now on: its names, its commands, its rights."""
        self.app = self.workspace.app = App.from_manifest(manifest)
        self.workspace.change_person(BOT_USER, name=self.app.bot_name)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """End the bot's websockets as Slack does; after a "warning" they go on for a while."""
        await self._deliveries.socket.disconnect(reason)

    def refuse_sockets(self, times: int = 1) -> None:
        """Let the next handshakes fail; their tickets are spent."""
        self._deliveries.socket.refuse(times)

    async def settled(self) -> None:
        """Wait until no event is on its way any more, retries included."""
        await self._deliveries.settled()

    def fail(  # noqa: PLR0913 - one fault, described in one line of a test
        self,
        method: str,
        error: str | None = None,
        *,
        times: int | None = 1,
        retry_after: int = 1,
        status: int | None = None,
        delay: float = 0.0,
        drop: Literal["before", "after"] | bool = False,
        location: str = "",
    ) -> None:
        """Let the next `times` calls of a method go wrong (None: all from now on; 0: none).

        With nothing else named the error is "ratelimited", a 429 with Retry-After. `status` alone
        is a page in place of JSON, `delay` alone is slowness, `drop` closes the connection
        "before" (or True) or "after" the call took effect, `location` is a redirect. Downloads
        and the bytes of uploads are "files.download" and "files.upload": any error but
        "ratelimited" is Slack's login page there, and a download dropped "after" ends half-way.
        """
        if not any((error, status, delay, drop, location)):
            error = "ratelimited"
        cut: Literal["", "before", "after"] = "before" if drop is True else drop or ""
        self._api.fail(method, Fault(error, retry_after, status, delay, cut, location), times)

    def mend(self) -> None:
        """Let every call go well from now on, whatever was to go wrong."""
        self._api.mend()

    async def until(
        self,
        wanted: Callable[[], T | None],
        timeout: float = 60.0,  # noqa: ASYNC109 - the public interface
    ) -> T:
        """Wait until `wanted()` is true and give what it returned; it is asked on every change.

        Raises AssertionError with what the stand-in saw last if that takes too long.
        """
        until = time.monotonic() + timeout
        while True:
            revision = self.workspace.changes.revision
            if got := wanted():
                return got
            if time.monotonic() > until:
                raise AssertionError(f"not so after {timeout} s.\n{self.dump()}")
            # What is waited for may also be the bot's or Atom's: so never wait for long.
            await self.workspace.changes.wait(revision, at_most=0.05)

    def dump(self) -> str:
        """Tell in a few lines what stands where: modals, last messages, last traffic."""
        lines = [
            f"modal of {view.user}: {view.title!r} {view.text!r} errors={dict(view.errors)}"
            for user in self.workspace.people
            for view in self.workspace.views.stack(user)
        ]
        for message in self.workspace.messages[-10:]:
            to = f" only for {message.only_for}" if message.only_for else ""
            lines.append(f"{message.channel} {message.ts} {message.user}{to}: {message.shown!r}")
        for one in self.traffic[-15:]:
            answer = str(one.answer)[:200]
            lines.append(f"{one.direction} {one.kind} -> {one.status} {one.seconds:.2f}s {answer}")
        return "\n".join(lines)

    async def _hook(self, request: web.Request) -> web.Response:
        began = time.monotonic()
        body = await arguments(request)
        answer: Json = {"ok": True}
        status = OK
        try:
            self._hooks.use(request.path, body)
        except Refusal as refusal:
            answer = refusal.body()
            status = 404 if refusal.error.endswith(("_url", "_hook")) else 400
        seconds, at = time.monotonic() - began, self.clock.now()
        self._traffic.note(Record("from_bot", "response_url", body, status, answer, seconds, at))
        self.workspace.changes.touch()
        # Slack's answer to what went well is two letters, not JSON.
        return web.Response(text="ok") if status == OK else web.json_response(answer, status=status)
