"""Socket Mode: the same listeners, behind a connection that the bot opens."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from typing_extensions import override


class SocketLink(AsyncSocketModeHandler):
    """Bolt's handler, which counts what it answers, so that a stop can wait for it."""

    def __init__(
        self, app: AsyncApp, token: str, counted: Callable[[], AbstractContextManager[None]]
    ) -> None:
        """`token` is the app-level one; `counted` surrounds each answer."""
        super().__init__(app, token, web_client=app.client)
        self._counted = counted

    @override
    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # as Bolt itself does
        with self._counted():
            await super().handle(client, req)

    async def open(self) -> None:
        """Connect; slack_sdk connects again whenever it has to."""
        await self.connect_async()  # type: ignore[no-untyped-call]

    async def is_up(self) -> bool:
        """Whether Slack reaches us at the moment, as far as slack_sdk knows."""
        return await self.client.is_connected()

    async def close(self) -> None:
        """Take nothing more."""
        await self.close_async()  # type: ignore[no-untyped-call]
