"""Bolt for Python as quick as its own settings make it: opens the view that it was given.

`VIEWS` names a JSON file with a view for each text that may stand after the command.
"""

import asyncio
import json
import logging
import os
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.slack.workspace import BOT_ID, BOT_USER, TEAM

TOKEN = os.environ["SLACK_BOT_TOKEN"]


def make_app(client: AsyncWebClient, views: dict[str, Any]) -> AsyncApp:
    """Make the app: it asks nobody who it is, and answers when its listener ends."""
    known = AuthorizeResult(
        enterprise_id=None, team_id=TEAM, bot_token=TOKEN, bot_user_id=BOT_USER, bot_id=BOT_ID
    )

    async def authorize() -> AuthorizeResult:
        return known

    app = AsyncApp(
        client=client,
        authorize=authorize,
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],
        process_before_response=True,
        ssl_check_enabled=False,
    )

    @app.command("/whatsapp-template")
    async def open_view(ack: AsyncAck, body: dict[str, Any]) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=views[body.get("text", "")])
        await ack()

    return app


async def serve(views: dict[str, Any]) -> None:
    """Serve until killed."""
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(
            TOKEN, base_url=os.environ["SLACK_API_URL"], session=session, retry_handlers=[]
        )
        app = make_app(client, views)

        async def events(request: web.Request) -> web.Response:
            return await to_aiohttp_response(
                await app.async_dispatch(await to_bolt_request(request))
            )

        application = web.Application()
        application.router.add_post("/slack/events", events)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"])).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(json.loads(Path(os.environ["VIEWS"]).read_text())))
