"""A Slack that answers at once what the whole stand-in answered, so that it holds nobody up."""

import asyncio
import collections
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bot.demo.slack.webapi import arguments

Answers = Mapping[tuple[str, str], str]
"""What a method answers, by its name and, where it asks for somebody, that person."""


class Slack:
    """Counts what it was asked, and remembers the last view and which outcomes were told."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._stamps = 0
        self._news = asyncio.Event()
        self.calls: collections.Counter[str] = collections.Counter()
        self.told: set[str] = set()
        """The ids of the sends whose outcome stands in its thread."""
        self.view: dict[str, Any] = {}
        """The last one that was opened, updated or published."""
        self.url = ""

    async def until_told(self, count: int, *, before: int) -> None:
        """Wait until so many sends more have their outcome than had it before."""
        while len(self.told) < before + count:
            self._news.clear()
            await self._news.wait()

    async def answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls[method] += 1
        asked = await arguments(request)
        self._look(asked)
        who = str(asked.get("user") or "")
        text = self._answers.get((method, who)) or self._answers.get((method, ""), '{"ok":true}')
        if method == "chat.postMessage":
            self._stamps += 1
            text = f'{{"ok":true,"channel":"C0SOPORTE01","ts":"1700000000.{self._stamps:06}"}}'
        return web.Response(text=text, content_type="application/json")

    def _look(self, body: dict[str, Any]) -> None:
        if isinstance(body.get("view"), dict):
            self.view = body["view"]
        known = (body.get("metadata") or {}).get("event_payload") or {}
        if body.get("thread_ts") and known.get("send_id"):
            self.told.add(str(known["send_id"]))
            self._news.set()


@asynccontextmanager
async def open_slack(answers: Answers) -> AsyncIterator[Slack]:
    """Answer on loopback while it is open."""
    slack = Slack(answers)
    application = web.Application(client_max_size=2**20)
    application.router.add_route("*", "/api/{method}", slack.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        yield slack
    finally:
        await runner.cleanup()
