"""Socket Mode: the same listeners, behind connections that the bot opens.

Not by slack_sdk's client: after a failed handshake it tries the same address for ever, whose
ticket is good once and not for long.
Source: <https://docs.slack.dev/apis/events-api/using-socket-mode>.
"""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import TryLater
from bot.proxies import Proxies
from bot.slack.platform.client import DIRECT, SlackRefused, translate_slack_errors
from bot.slack.platform.payloads import Payload

logger = logging.getLogger(__name__)

Dispatch = Callable[[Payload], Awaitable[tuple[int, str, str]]]
Socket = aiohttp.ClientWebSocketResponse

# All in seconds. Slack is back at most this long before we are: a call or a handshake that hangs,
# the longest pause, one more call and handshake.
OPEN_SECONDS = 4
HANDSHAKE_SECONDS = 4.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 6.0
HEARTBEAT = 8.0  # a ping after so long a silence, and half of it for the pong
STEADY = 10.0  # a connection that lived for so long was a good one
LEAVE = 15.0  # a connection that Slack takes back is listened to for so long, at most
ANSWER_SECONDS = 3.0  # for which Slack waits for an answer
CLOSE = 1.0
# One that must go before another one can come.
GO_AT_ONCE = frozenset({"link_disabled", "too_many_websockets"})
# Other processes hold as many connections as there may be; that passes.
PASSES = frozenset({"too_many_websockets"})


class SocketLink:
    """One connection that Slack uses, and those that it has taken back and not yet closed."""

    def __init__(
        self,
        client: AsyncWebClient,
        token: str,
        dispatch: Dispatch,
        counted: Callable[[], AbstractContextManager[None]],
        session: aiohttp.ClientSession,
        proxies: Proxies,
    ) -> None:
        """`token` is the app-level one; `counted` surrounds each answer."""
        self._client = client
        self._token = token
        self._dispatch = dispatch
        self._counted = counted
        self._session = session
        self._proxies = proxies
        self._in_use: set[Socket] = set()
        self._is_up = asyncio.Event()
        self._was_up = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._keeping = asyncio.create_task(self._keep())

    async def connected(self) -> None:
        """Wait for the first connection. Raises SlackRefused if Slack takes none with our token."""
        is_up = asyncio.create_task(self._is_up.wait())
        try:
            await asyncio.wait({is_up, self._keeping}, return_when=asyncio.FIRST_COMPLETED)
            if self._keeping.done():
                self._keeping.result()
        finally:
            is_up.cancel()

    async def is_up(self) -> bool:
        """Whether Slack reaches us at the moment, as far as we know."""
        return any(not socket.closed for socket in self._in_use)

    async def close(self) -> None:
        """Take nothing more."""
        tasks = [self._keeping, *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self) -> None:
        """Stay connected. Raises SlackRefused if there never was a connection."""
        pause = 0.0
        while True:
            lived, after = 0.0, 0.0
            try:
                lived = await self._use(await self._connect())
                reason = "disconnected"
            except TryLater as error:
                after, reason = error.after, error.key
            except SlackRefused as error:
                if not self._was_up and error.code not in PASSES:
                    raise
                reason = error.code
            except Exception as error:  # whatever it is, it must not leave us deaf
                reason = type(error).__name__
                logger.exception("unexpected", extra={"reason": reason})
            # What was good a moment ago is replaced at once; what never is, not all the time.
            pause = 0.0 if lived >= STEADY else min(max(pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
            wait = max(pause, after)
            logger.info("socket not connected", extra={"reason": reason, "pause": wait})
            await asyncio.sleep(wait)

    async def _connect(self) -> Socket:
        """Ask for a new address and open it. Raises TryLater or SlackRefused."""
        with translate_slack_errors():
            answer = await self._client.apps_connections_open(app_token=self._token)
            url = str(answer.get("url") or "")
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                return await self._session.ws_connect(
                    url,
                    heartbeat=HEARTBEAT,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE),
                    proxy=self._proxies.of(url),
                )

    async def _use(self, socket: Socket) -> float:
        """Listen until the connection ends, or until Slack takes it back: after so many seconds."""
        began = time.monotonic()
        self._in_use.add(socket)
        self._was_up = True
        self._is_up.set()
        logger.info("socket connected")
        leaving = asyncio.Event()
        self._begin(self._listen(socket, leaving))
        await leaving.wait()
        return time.monotonic() - began

    async def _listen(self, socket: Socket, leaving: asyncio.Event) -> None:
        try:
            # What arrives on it until Slack closes it is answered, while another one is opened.
            async with asyncio.timeout(None) as clock:
                async for message in socket:
                    told = _read(message)
                    if told.get("type") == "disconnect":
                        self._leave(socket, leaving)
                        clock.reschedule(asyncio.get_running_loop().time() + LEAVE)
                        if told.get("reason") in GO_AT_ONCE:
                            return
                    elif "envelope_id" in told and isinstance(told.get("payload"), dict):
                        self._begin(self._answer(socket, told))
        except TimeoutError:
            logger.info("socket left")
        finally:
            self._leave(socket, leaving)
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await socket.close()

    def _leave(self, socket: Socket, leaving: asyncio.Event) -> None:
        self._in_use.discard(socket)
        if not self._in_use:
            self._is_up.clear()
        leaving.set()

    async def _answer(self, socket: Socket, envelope: Mapping[str, Any]) -> None:
        """Acknowledge once the listener has done its work; what it refuses is not acknowledged."""
        with self._counted():
            status, body, kind = await self._dispatch(envelope["payload"])
            if status != HTTPStatus.OK:
                logger.info("request refused", extra={"reason": f"status {status}"})
                return
            answer: dict[str, object] = {"envelope_id": envelope["envelope_id"]}
            if body:
                is_json = kind.startswith("application/json")
                answer["payload"] = json.loads(body) if is_json else {"text": body}
            await self._send(socket, json.dumps(answer))

    async def _send(self, socket: Socket, answer: str) -> None:
        """Send it where the question came from, or on what takes that connection's place."""
        if await _sent(socket, answer):
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._is_up.wait()
        for each in tuple(self._in_use):
            if await _sent(each, answer):
                return
        logger.warning("socket answer lost")

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its name only: its text may hold what a person typed.
            logger.error("unexpected", extra={"reason": type(error).__name__})


async def _sent(socket: Socket, answer: str) -> bool:
    if socket.closed:
        return False
    try:
        await socket.send_str(answer)
    except ConnectionError:  # it breaks at this moment
        return False
    return True


def _read(message: aiohttp.WSMessage) -> Mapping[str, Any]:
    if message.type is not aiohttp.WSMsgType.TEXT:
        return {}
    try:
        told = json.loads(message.data)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


@asynccontextmanager
async def open_link(
    client: AsyncWebClient,
    token: str,
    dispatch: Dispatch,
    counted: Callable[[], AbstractContextManager[None]],
    *,
    proxies: Proxies = DIRECT,
) -> AsyncIterator[SocketLink]:
    """Connect to Slack, again and again, as long as this is open."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as session:
        link = SocketLink(client, token, dispatch, counted, session, proxies)
        try:
            yield link
        finally:
            await link.close()
