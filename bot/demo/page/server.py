"""The page's server: static files, what each person sees as a stream, gestures. Loopback only."""

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Self

from aiohttp import web

from bot.demo.atom.server import AtomStandIn
from bot.demo.page import state
from bot.demo.page.atom_controls import AtomControls
from bot.demo.page.atom_wire import noted_by
from bot.demo.page.controls import Controls, Options
from bot.demo.page.gestures import GESTURES, Gone, Unreadable
from bot.demo.page.requests import add_headers, body_of, is_loopback, only_here, refusal
from bot.demo.slack.errors import Impossible, Json, Refusal
from bot.demo.slack.file_server import attachment
from bot.demo.slack.server import SlackStandIn
from bot.demo.slack.workspace import TEAM

STATIC = Path(__file__).parent / "static"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
BODY = 48 * 2**20
TICK, PING = 0.25, 10.0


class Page:
    """Serves the page over two stand-ins that run in this process."""

    def __init__(
        self, slack: SlackStandIn, atom: AtomStandIn, manifest: Json, options: Options
    ) -> None:
        self._slack = slack
        self._controls = Controls(slack, atom, manifest, options)
        self._notes = options.notes
        atom.tell(noted_by(slack.note))
        self._is_closing = False
        self._runner = web.AppRunner(self._server(), access_log=None, shutdown_timeout=0.2)
        self.url = ""

    @classmethod
    async def start(
        cls,
        slack: SlackStandIn,
        atom: AtomStandIn,
        manifest: Json,
        *,
        options: Options | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> Self:
        """Start serving. Raises ValueError for any host but loopback, OSError for a taken port."""
        if not is_loopback(host):
            raise ValueError(f"the page is served on loopback only, not on {host}")
        made = cls(slack, atom, manifest, options or Options())
        await made._runner.setup()
        try:
            await web.TCPSite(made._runner, host, port).start()
        except OSError:
            await made.close()
            raise
        shown = f"[{host}]" if ":" in host else host
        made.url = f"http://{shown}:{made._runner.addresses[0][1]}/"
        return made

    @property
    def corner(self) -> AtomControls:
        """Where a person sets how Atom behaves."""
        return self._controls.atom

    async def close(self) -> None:
        """End the streams and stop serving."""
        self._is_closing = True
        self._slack.workspace.changes.touch()
        await self._runner.cleanup()

    def _server(self) -> web.Application:
        server = web.Application(client_max_size=BODY, middlewares=[only_here])
        server.on_response_prepare.append(add_headers)
        server.router.add_get("/", self._index)
        server.router.add_get("/static/{name}", self._static)
        server.router.add_get("/ui/events", self._events)
        server.router.add_get(r"/ui/wire/{n:\d+}", self._wire)
        server.router.add_get("/ui/file/{file}/{name}", self._file)
        self._controls.add_routes(server.router)
        server.router.add_post("/ui/{gesture}", self._gesture)
        return server

    async def _index(self, _: web.Request) -> web.Response:
        return static("index.html")

    async def _static(self, request: web.Request) -> web.Response:
        return static(request.match_info["name"])

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Stream what a person sees: all of it first, then the parts that changed."""
        user = self._person(request.query.get("person") or self._somebody())
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        with contextlib.suppress(ConnectionError):
            await self._tell(stream, user)
        return stream

    def _somebody(self) -> str:
        people = self._slack.workspace.people.values()
        return next(one.id for one in people if not one.is_bot and not one.deleted)

    async def _tell(self, stream: web.StreamResponse, user: str) -> None:
        loop = asyncio.get_running_loop()
        workspace = self._slack.workspace
        if workspace.people[user].team_id == TEAM:
            # The app stands in everybody's sidebar from the start.
            workspace.direct(user)
        changes = workspace.changes
        sent: dict[str, str] = {}
        last = loop.time()
        while not self._is_closing:
            revision = changes.revision
            parts = {name: json.dumps(one) for name, one in self._seen(user).items()}
            new = [f"{json.dumps(k)}:{v}" for k, v in parts.items() if sent.get(k) != v]
            if new or loop.time() - last > PING:
                event = f"data: {{{','.join(new)}}}\n\n" if new else ": ping\n\n"
                await stream.write(event.encode())
                sent, last = parts, loop.time()
            # Atom's counter changes without a word to the workspace: so never wait for long.
            await changes.wait(revision, at_most=TICK)

    def _seen(self, user: str) -> Json:
        told = state.seen(self._slack.workspace, self._controls.features, user, self._notes)
        return told | self._controls.told() | {"wire": state.wire(self._slack.traffic)}

    async def _wire(self, request: web.Request) -> web.Response:
        n = int(request.match_info["n"])
        if n >= len(self._slack.traffic):
            raise web.HTTPNotFound
        return web.json_response(state.whole(self._slack.traffic[n]))

    async def _file(self, request: web.Request) -> web.Response:
        """Give a file that this person sees, to be kept."""
        person = self._slack.person(self._person(request.query.get("person")))
        file_id = request.match_info["file"]
        try:
            person.download(file_id)
        except Impossible as error:
            raise web.HTTPNotFound(text=str(error)) from None
        return attachment(self._slack.workspace.files[file_id])

    async def _gesture(self, request: web.Request) -> web.Response:
        gesture = GESTURES.get(request.match_info["gesture"])
        if gesture is None:
            raise web.HTTPNotFound
        given = await body_of(request)
        person = self._slack.person(self._person(given.get("person")))
        try:
            return web.json_response(await gesture(person, given))
        except Gone:
            return web.json_response({"gone": True})
        except Unreadable as error:
            return refusal(400, str(error))
        except Impossible as error:
            return refusal(409, str(error))
        except Refusal as error:
            return refusal(409, error.error)

    def _person(self, user: object) -> str:
        known = self._slack.workspace.people.get(str(user))
        if known is None or known.is_bot or known.deleted:
            raise web.HTTPNotFound(text="There is no such person.")
        return known.id


def static(name: str) -> web.Response:
    """Give one of the page's own files; nothing else is reachable."""
    path = STATIC / name
    if path.suffix not in TYPES or path.parent != STATIC or not path.is_file():
        raise web.HTTPNotFound
    return web.Response(text=path.read_text("utf-8"), content_type=TYPES[path.suffix])
