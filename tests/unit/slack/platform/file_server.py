"""A server for files: Slack's methods about them, its downloads and uploads, and another host."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.builders import ALICE
from tests.builders.people import TEAM

TOKEN = "xoxb-of-the-file-server"
FILE, DIRECT = "F0LIST00001", "D0ALICE0001"
LOGIN = "<!DOCTYPE html><html><head><title>Sign in</title></head></html>"

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class FileServer:
    """What it answers, and what it was asked, in order."""

    url: str = ""
    file: dict[str, Any] = field(default_factory=dict)
    infos: list[dict[str, Any]] = field(default_factory=list)  # told one by one before `file`
    errors: dict[str, str] = field(default_factory=dict)  # by method
    lost: set[str] = field(default_factory=set)  # methods whose answer never comes
    served: web.Response | Answer = field(
        default_factory=lambda: web.Response(body=b"phone\n", content_type="text/csv")
    )
    posted: web.Response = field(default_factory=lambda: web.Response(text="OK"))
    asked: list[str] = field(default_factory=list)  # methods and paths
    given: dict[str, dict[str, str]] = field(default_factory=dict)  # arguments, by method
    tokens: list[str] = field(default_factory=list)  # of each request that is no method's
    taken: bytes = b""  # what was uploaded

    async def handle(self, request: web.Request) -> web.StreamResponse:
        name = request.path.removeprefix("/api/")
        self.asked.append(name)
        if request.path.startswith("/api/"):
            return await self._method(name, request)
        self.tokens.append(request.headers.get("Authorization", ""))
        if request.path.startswith("/upload/"):
            self.taken = await request.read()
            return self.posted
        if isinstance(self.served, web.Response):
            # Each is sent once.
            known = self.served
            return web.Response(status=known.status, headers=known.headers, body=known.body)
        return await self.served(request)

    async def _method(self, name: str, request: web.Request) -> web.StreamResponse:
        self.given[name] = {
            **request.query,
            **{k: str(v) for k, v in (await _body(request)).items()},
        }
        if error := self.errors.get(name):
            return web.json_response({"ok": False, "error": error})
        if name in self.lost:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if name == "files.info" and self.infos:
            return web.json_response({"ok": True, "file": self.infos.pop(0)})
        answers: dict[str, Any] = {
            "files.info": {"file": self.file},
            "files.getUploadURLExternal": {"file_id": FILE, "upload_url": f"{self.url}upload/1"},
            "chat.postMessage": {"channel": DIRECT, "ts": "1.2"},
        }
        return web.json_response({"ok": True, **answers.get(name, {})})


async def _body(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        read: dict[str, Any] = json.loads(await request.text() or "{}")
        return read
    return dict(await request.post())


def a_file(url: str, **changes: Any) -> dict[str, Any]:
    """Describe a file as Slack does."""
    return {
        "id": FILE,
        "name": "pacientes.csv",
        "mimetype": "text/csv",
        "mode": "hosted",
        "is_external": False,
        "user": ALICE,
        "user_team": TEAM,
        "size": 6,
        "url_private_download": f"{url}files-pri/{TEAM}-{FILE}/download/pacientes.csv",
        **changes,
    }


@asynccontextmanager
async def open_server() -> AsyncIterator[FileServer]:
    made = FileServer()
    application = web.Application(client_max_size=1 << 25)
    application.router.add_route("*", "/{tail:.*}", made.handle)
    async with TestServer(application) as server:
        made.url = str(server.make_url("/"))
        made.file = a_file(made.url)
        yield made
