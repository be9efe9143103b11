"""A real `socket` process whose Slack goes away, takes connections back, or refuses it."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.process import BotProcess
from bot.demo.slack import seed
from bot.demo.slack.person.base import Result
from bot.demo.slack.server import SlackStandIn
from bot.slack import manifest
from tests.conftest import APP_TOKEN, BOT_TOKEN, SECRET, World, open_world
from tests.faults.conftest import COMMAND, SOON
from tests.faults.probes import ask, launch, until_named, until_ready
from tests.ports import next_port
from tests.stopwatch import AT_ONCE, patiently, stopped, stopwatch

pytestmark = pytest.mark.slow

AWAY = 30.0
BACK = 20.0
"""Seconds within which the bot is there once Slack is; its own pauses come to fifteen."""


@pytest.fixture
async def down(tmp_path: Path) -> AsyncIterator[World]:
    """A world whose bot is not started yet."""
    # It goes away and comes back: nobody may take its port meanwhile.
    url, port = f"sqlite:///{tmp_path}/bot.db", next_port()
    async with open_world(tmp_path, url, socket=True, port=port) as world:
        before = world.slack
        yield world
        if world.slack is not before:
            await world.slack.close()


@pytest.fixture
async def up(down: World) -> World:
    """A world whose bot is connected, and answers the probes."""
    await down.start("socket", "--probes")
    await until_ready(down.port)
    return down


async def answers(world: World) -> bool:
    """Whether a command that is typed now reaches the bot, and gets its answer."""

    def is_answer(result: Result) -> bool:
        return "/whatsapp-template" in result.shown and "error" not in result.shown

    person = world.person(seed.ALICE)
    return is_answer(
        await patiently(lambda: person.command(seed.SOPORTE, COMMAND, "help"), is_answer)
    )


async def gone(world: World) -> int:
    """Let Slack go away with all its connections and tickets; its port."""
    port = world.slack.port
    await world.slack.close()
    return port


async def back(world: World, port: int) -> float:
    """Let Slack come back at the same address; the seconds until the bot is connected again."""
    world.slack = await SlackStandIn.start(
        manifest=manifest.build(""),
        signing_secret=SECRET,
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        port=port,
        rate_limits=False,
    )
    async with stopwatch() as watch:
        await world.slack.ready(timeout=SOON)
    return watch.seconds


async def test_slack_away_in_the_middle(up: World) -> None:
    port = await gone(up)
    await until_named(up.port, "socket: not connected")
    await pass_time(up, AWAY)
    away = await ask(up.port)

    seconds = await back(up, port)

    assert away[0] == 503
    assert seconds < BACK
    await until_ready(up.port)  # within 20 s, too
    assert await answers(up)


async def test_slack_away_at_the_start(down: World) -> None:
    port = await gone(down)
    bot = await launch(down, "socket", "--probes")
    await pass_time(down, AWAY)
    unready = await ask(down.port)

    seconds = await back(down, port)

    assert unready == (503, "starting\n")
    assert bot.exit_code is None
    assert seconds < BACK
    await until_ready(down.port)
    assert await answers(down)


async def test_handshakes_that_fail_at_the_start(down: World) -> None:
    down.slack.refuse_sockets(3)

    await launch(down, "socket", "--probes")
    await down.slack.ready(timeout=SOON)

    await until_ready(down.port)
    assert len(down.slack.calls("apps.connections.open")) == 4
    assert await answers(down)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
async def test_handshakes_that_fail_after_slack_took_the_connection_back(
    up: World, reason: str
) -> None:
    up.slack.refuse_sockets(3)
    before = len(up.slack.calls("apps.connections.open"))

    await up.slack.disconnect(reason)
    async with stopwatch() as watch:
        await up.slack.until(
            lambda: len(up.slack.calls("apps.connections.open")) >= before + 4, timeout=SOON
        )
        await up.slack.ready(timeout=SOON)

    assert watch.seconds < BACK
    await until_ready(up.port)
    assert await answers(up)


async def test_tickets_that_grow_old_on_their_way(
    up: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(up.slack.calls("apps.connections.open"))
    with monkeypatch.context() as impatient:
        impatient.setattr("bot.demo.slack.socket_mode.TICKET_SECONDS", 0.0)
        await up.slack.disconnect()
        await up.slack.until(
            lambda: len(up.slack.calls("apps.connections.open")) >= before + 3, timeout=SOON
        )

    async with stopwatch() as watch:
        await up.slack.ready(timeout=SOON)

    assert watch.seconds < BACK
    assert await answers(up)


async def test_a_refused_app_token_ends_the_start_with_the_way_out(down: World) -> None:
    # One that goes on asking comes to no end.
    code, printed = await down.run("socket", SLACK_APP_TOKEN="xapp-of-somebody-else")

    assert code == 2, printed
    assert "Slack took no Socket Mode connection (invalid_auth): check SLACK_APP_TOKEN" in printed
    assert "of-somebody-else" not in printed


@pytest.mark.parametrize("away", ["auth.test", "apps.connections.open"])
async def test_it_stops_at_once_before_it_is_connected(down: World, away: str) -> None:
    down.slack.fail(away, times=None, status=503)
    bot = await launch(down, "socket", "--probes")
    await down.slack.until(lambda: len(down.slack.calls(away)) > 1, timeout=SOON)

    code, seconds = await stopped(bot)

    assert code == 0, bot.output()
    assert seconds < AT_ONCE


async def pass_time(world: World, seconds: float) -> None:
    """Let real time pass; no bot may end meanwhile."""
    until = time.monotonic() + seconds
    await world.slack.until(
        lambda: time.monotonic() > until or any(map(_ended, world.bots)), timeout=seconds + 5
    )
    assert not any(map(_ended, world.bots)), world.logs()


def _ended(bot: BotProcess) -> bool:
    return bot.exit_code is not None
