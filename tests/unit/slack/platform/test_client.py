"""Slack's Web API: its answers in our words, nothing repeated, nothing waited for long."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError, TryLater
from bot.slack.platform.client import (
    BACKGROUND_SECONDS,
    SlackRefused,
    TokenRefused,
    Unanswered,
    open_slack,
    respond,
    translate_slack_errors,
)
from tests.stopwatch import stopwatch
from tests.unit.slack.slack_refusals import ELSEWHERE, LATER, TOKEN_WIDE

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Api:
    """Slack's address, with one answer to everything."""

    url: str = ""
    answer: web.Response | Answer = field(default_factory=web.Response)
    asked: list[dict[str, str]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append({name.lower(): value for name, value in request.headers.items()})
        if isinstance(self.answer, web.Response):
            return self.answer
        return await self.answer(request)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    made = Api()
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", made.handle)
    async with TestServer(application) as server:
        made.url = str(server.make_url("/"))
        yield made


@pytest.fixture
async def client(api: Api) -> AsyncIterator[AsyncWebClient]:
    async with open_slack("xoxb-test", f"{api.url}api/") as opened:
        yield opened


async def error_of(client: AsyncWebClient) -> BotError:
    with pytest.raises(BotError) as raised, translate_slack_errors():
        await client.chat_postMessage(channel="C0SOPORTE01", text="hola")
    return raised.value


def says(code: str, status: int = 200, **headers: str) -> web.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.json_response({"ok": False, "error": code}, status=status, headers=named)


KINDS = (
    *((code, TokenRefused) for code in TOKEN_WIDE),
    *((code, TryLater) for code in LATER),
    *((code, SlackRefused) for code in ELSEWHERE),
)


@pytest.mark.parametrize(("code", "kind"), KINDS, ids=[code for code, _ in KINDS])
async def test_each_refusal_of_slack_s_says_what_to_do_next(
    api: Api, client: AsyncWebClient, code: str, kind: type[BotError]
) -> None:
    api.answer = says(code)

    error = await error_of(client)

    assert isinstance(error, kind)
    assert isinstance(error, TokenRefused) == (kind is TokenRefused)
    if isinstance(error, SlackRefused):
        assert error.values == {"code": code}


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        (says("ratelimited", 429, Retry_After="30"), 30.0),
        (says("rate_limited", Retry_After="2"), 2.0),
        (says("message_limit_exceeded"), 1.0),
        (says("ratelimited", 429, Retry_After="soon"), 1.0),
        (says("ratelimited", 429, Retry_After="²"), 1.0),
        (web.Response(status=429, text="slow down", headers={"Retry-After": "5"}), 5.0),
    ],
    ids=["429", "200", "bare", "words", "sign", "text"],
)
async def test_a_limit_is_a_pause(
    api: Api, client: AsyncWebClient, answer: web.Response, after: float
) -> None:
    api.answer = answer

    error = await error_of(client)

    assert isinstance(error, TryLater)
    assert (error.key, error.after) == ("slack.limited", after)


@pytest.mark.parametrize(
    "answer",
    [
        says("internal_error"),
        says("fatal_error"),
        says("service_unavailable", 503),
        web.Response(status=502, text="<h1>Bad gateway</h1>", content_type="text/html"),
        web.Response(status=500, text="no", content_type="text/plain"),
        web.Response(status=500, text="{", content_type="application/json"),
        web.Response(status=200, text="<p>Log in</p>", content_type="text/html"),
        web.Response(status=200, text="ok", content_type="text/plain"),
        web.Response(status=200, text="{", content_type="application/json"),
        web.Response(status=200, text="[]", content_type="application/json"),
        web.Response(status=200, text="", content_type="application/json"),
        web.Response(status=200, text='{"ok": false}', content_type="application/json"),
    ],
    ids=[
        "internal", "fatal", "unavailable", "gateway", "text-500", "broken-500", "login", "text",
        "broken", "list", "empty", "silent",
    ],
)  # fmt: skip
async def test_what_is_no_answer_of_slack_s_is_tried_later(
    api: Api, client: AsyncWebClient, answer: web.Response
) -> None:
    api.answer = answer

    error = await error_of(client)

    # It may have been done all the same.
    assert isinstance(error, Unanswered)
    assert error.key == "slack.unreachable"


async def test_an_address_where_nobody_listens_is_tried_later(client: AsyncWebClient) -> None:
    client.base_url = "http://127.0.0.1:9/api/"

    error = await error_of(client)

    assert error.key == "slack.unreachable"
    assert not isinstance(error, Unanswered)


@pytest.mark.parametrize("code", ["rate_limited", "team_added_to_org"])
async def test_what_slack_puts_off_was_surely_not_done(
    api: Api, client: AsyncWebClient, code: str
) -> None:
    api.answer = says(code)

    assert not isinstance(await error_of(client), Unanswered)


async def test_a_post_whose_answer_was_lost_is_not_repeated(
    api: Api, client: AsyncWebClient
) -> None:
    async def drop(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    api.answer = drop

    error = await error_of(client)

    assert isinstance(error, Unanswered)
    assert len(api.asked) == 1


@pytest.mark.slow
@pytest.mark.parametrize("way", ["api", "response_url"])
async def test_a_slack_that_does_not_answer_is_not_waited_for_long(
    api: Api, client: AsyncWebClient, way: str
) -> None:
    async def hang(_request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        return web.Response()

    async def call() -> None:
        if way == "api":
            await client.chat_postMessage(channel="C0SOPORTE01", text="hola")
        else:
            await respond(client, f"{api.url}commands/x", text="hola")

    api.answer = hang

    async with stopwatch() as watch:
        with pytest.raises(TryLater), translate_slack_errors():
            await call()

    assert watch.seconds < 2.9


@pytest.mark.slow
@pytest.mark.parametrize("way", ["api", "response_url"])
async def test_in_the_background_a_slow_slack_is_waited_for(api: Api, way: str) -> None:
    async def slowly(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(2.5)
        return web.json_response({"ok": True})

    api.answer = slowly
    async with open_slack("xoxb-test", f"{api.url}api/", seconds=BACKGROUND_SECONDS) as patient:
        if way == "api":
            answer = await patient.chat_postMessage(channel="C0SOPORTE01", text="hola")
            assert answer["ok"]
        else:
            await respond(patient, f"{api.url}commands/x", text="hola")


async def test_an_answer_in_private_goes_to_its_address(api: Api, client: AsyncWebClient) -> None:
    bodies = []

    async def keep(request: web.Request) -> web.StreamResponse:
        bodies.append((request.path, await request.json()))
        return web.Response(text="ok")

    api.answer = keep

    await respond(client, f"{api.url}commands/x", text="hola")

    body = {"response_type": "ephemeral", "replace_original": False, "text": "hola"}
    assert bodies == [("/commands/x", body)]
    # Whoever holds that address is not shown our token.
    assert "authorization" not in api.asked[0]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (web.Response(status=404, text="used_url"), "used_url"),
        (web.Response(status=404, text="<!channel> <p>Gone</p>"), "response_url"),
        (web.Response(status=404, text=""), "response_url"),
        (web.Response(status=302, text=""), "response_url"),
    ],
    ids=["code", "page", "empty", "elsewhere"],
)
async def test_an_address_that_is_used_up_is_a_refusal(
    api: Api, client: AsyncWebClient, answer: web.Response, code: str
) -> None:
    api.answer = answer

    with pytest.raises(SlackRefused) as raised:
        await respond(client, f"{api.url}commands/x", text="hola")

    assert raised.value.code == code


@pytest.mark.parametrize(
    ("status", "key"),
    [(429, "slack.limited"), (500, "slack.unreachable"), (503, "slack.unreachable")],
)
async def test_an_answer_in_private_may_be_tried_later(
    api: Api, client: AsyncWebClient, status: int, key: str
) -> None:
    api.answer = web.Response(status=status, headers={"Retry-After": "3"})

    with pytest.raises(TryLater) as raised:
        await respond(client, f"{api.url}commands/x", text="hola")

    assert raised.value.key == key


async def test_no_request_is_written_out_for_a_log_that_takes_none(
    api: Api, client: AsyncWebClient, caplog: pytest.LogCaptureFixture
) -> None:
    """slack_sdk writes each one out at great length unless its own logger has a level."""
    caplog.set_level(logging.DEBUG)

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    api.answer = answer

    await client.api_test(error="secret")
    await respond(client, f"{api.url}answer", text="secret")

    assert len(api.asked) == 2
    assert not [each for each in caplog.records if each.name.startswith("slack_sdk")]
