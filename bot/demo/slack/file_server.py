"""The addresses of files themselves: downloads with the bot's token, uploads with a ticket."""

import asyncio
import time
from collections.abc import Callable
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from bot.demo.slack import file_sharing
from bot.demo.slack.errors import Json
from bot.demo.slack.files import KINDS, File, Upload
from bot.demo.slack.webapi import LIMITED, TOO_MANY, Fault, dropped
from bot.demo.slack.workspace import BOT_USER, Workspace
from bot.demo.traffic import Record, Traffic

DOWNLOAD, UPLOAD = "files.download", "files.upload"
"""What faults and the traffic call them; Slack has no such methods."""
LOGIN = "<!DOCTYPE html><html><head><title>Slack | Login</title></head></html>"


class FileServer:
    """Gives and takes bytes."""

    def __init__(
        self,
        workspace: Workspace,
        traffic: Traffic,
        next_fault: Callable[[str], Fault],
        bot_token: str,
    ) -> None:
        self._workspace = workspace
        self._traffic = traffic
        self._next_fault = next_fault
        self._bearer = f"Bearer {bot_token}"

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve both."""
        router.add_get("/files-pri/{file}/{rest:.*}", self._download)
        router.add_post("/upload/v1/{ticket}", self._upload)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        file_id = request.match_info["file"].rpartition("-")[2]
        header = request.headers.get("Authorization", "")
        asked: Json = {"file": file_id, "authorization": header}
        return await self._serve(DOWNLOAD, asked, request, lambda: self._given(file_id, header))

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        content = await content_of(request)
        upload = self._workspace.files.announced(request.match_info["ticket"])
        asked: Json = {"file": upload.file_id if upload else "", "bytes": len(content)}
        return await self._serve(UPLOAD, asked, request, lambda: self._taken(upload, content))

    async def _serve(
        self, kind: str, asked: Json, request: web.Request, answer: Callable[[], web.Response]
    ) -> web.StreamResponse:
        """Answer, unless a test lets it go wrong."""
        began = time.monotonic()
        fault = self._next_fault(kind)
        await asyncio.sleep(fault.delay)
        if fault.drop == "before":
            self._note(kind, asked, None, "dropped before", began)
            return dropped(request)
        broken = faulty(fault)
        response = answer() if broken is None else broken
        if fault.drop == "after":
            self._note(kind, asked, None, "dropped after", began)
            return await half(request, response)
        self._note(kind, asked, response.status, response.content_type, began)
        return response

    def _given(self, file_id: str, header: str) -> web.Response:
        file = self._workspace.files.get(file_id)
        can_read = "files:read" in self._workspace.app.scopes and self._workspace.installed
        # Slack sends whoever may not read a file to its login page, with a 200.
        if file is None or header != self._bearer or not can_read:
            return page(LOGIN)
        if not file_sharing.reads(self._workspace, BOT_USER, file):
            return page(LOGIN)
        if file.is_deleted or file.is_processing or file.mode == "external":
            return page("<html>Not found</html>", 404)
        return attachment(file)

    def _taken(self, upload: Upload | None, content: bytes) -> web.Response:
        if upload is None:
            return web.Response(status=404, text="no such upload")
        if len(content) != upload.length:
            return web.Response(status=400, text="not the length that was announced")
        self._workspace.files.arrived(upload, content)
        return web.Response(text=f"OK - {len(content)}")

    def _note(
        self, kind: str, asked: Json, status: int | None, answer: object, began: float
    ) -> None:
        seconds, at = time.monotonic() - began, self._workspace.clock.now()
        self._traffic.note(Record("from_bot", kind, asked, status, answer, seconds, at))
        self._workspace.changes.touch()


def faulty(fault: Fault) -> web.Response | None:
    """Build the answer that a fault wants, if it wants one."""
    if fault.error in LIMITED:
        return web.Response(status=TOO_MANY, headers={"Retry-After": str(fault.retry_after)})
    if fault.location:
        return web.Response(status=fault.status or 302, headers={"Location": fault.location})
    if fault.status is not None:
        return page("<html>Sorry</html>", fault.status)
    return page(LOGIN) if fault.error else None


def page(words: str, status: int = 200) -> web.Response:
    """Build a page where a file was asked for."""
    return web.Response(status=status, text=words, content_type="text/html")


def attachment(file: File) -> web.Response:
    """Give a file's bytes to be kept, not to be shown."""
    kind, _ = KINDS.get(file.filetype, ("application/octet-stream", ""))
    disposition = f"attachment; filename*=UTF-8''{quote(file.name)}"
    headers = {"Content-Disposition": disposition, "Content-Type": kind}
    return web.Response(body=file.content, headers=headers)


async def half(request: web.Request, whole: web.Response) -> web.StreamResponse:
    """Send half of what was promised, then close the connection."""
    body = whole.body if isinstance(whole.body, bytes) else b""
    cut = web.StreamResponse(status=whole.status, headers={"Content-Length": str(len(body))})
    await cut.prepare(request)
    await cut.write(body[: len(body) // 2])
    request.protocol.force_close()
    return cut


async def content_of(request: web.Request) -> bytes:
    """Read an upload: the bytes alone, or the first part of a form."""
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader):
            return bytes(await part.read())
    return b""
