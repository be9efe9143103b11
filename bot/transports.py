"""The ways in which a bot runs: over HTTP, over Socket Mode, or for deliveries alone."""

import logging
from contextlib import AsyncExitStack

from aiohttp import web

from bot.app import Bot, open_bot, open_slack_client
from bot.config import Settings
from bot.errors import CannotStart
from bot.health import Health, look_at
from bot.slack import make_dispatch
from bot.slack.platform.client import LISTENER_SECONDS, SlackRefused
from bot.slack.platform.socket_mode import OPEN_SECONDS, SocketLink, open_link
from bot.stopping import stop_event, unless_stopped, until_stopped
from bot.web import Site
from bot.web.probes import Probes, probes_only
from bot.web.server import Server
from bot.workflow.drain import Drain

logger = logging.getLogger(__name__)


async def serve(settings: Settings, *, deliveries: bool) -> None:
    """Take Slack's requests over HTTP until told to stop."""
    stop, health = stop_event(), Health()
    site = Site(
        secret=settings.slack_signing_secret.get_secret_value(), probes=_probes(health, settings)
    )
    async with until_stopped(), AsyncExitStack() as stack:
        # Before all else: whoever watches the process must see that it lives while it waits.
        server, port = await _listen(stack, site.application(), settings)
        bot = await stack.enter_async_context(
            open_bot(settings, stop, transport="http", deliveries=deliveries)
        )
        await stack.enter_async_context(health.watching(bot.database, bot.looks()))
        site.open(make_dispatch(bot.app))
        logger.info("ready", extra={"transport": "http", "host": settings.host, "port": port})
        await stop.wait()
        await server.stop()


async def socket(settings: Settings, *, deliveries: bool, probes: bool) -> None:
    """Take Slack's requests over Socket Mode until told to stop."""
    stop, health = stop_event(), Health()
    async with until_stopped(), AsyncExitStack() as stack:
        if probes:
            await _listen(stack, probes_only(_probes(health, settings)), settings)
        bot = await stack.enter_async_context(
            open_bot(settings, stop, transport="socket", deliveries=deliveries)
        )
        drain = Drain()
        link = await _open_link(stack, settings, bot, drain)
        try:
            await unless_stopped(link.connected(), stop)
        except SlackRefused as error:
            raise CannotStart(
                f"Slack took no Socket Mode connection ({error.code}): check SLACK_APP_TOKEN "
                "(scope connections:write) and that Socket Mode is on."
            ) from error
        looks = [*bot.looks(), look_at("socket", link.is_up, "not connected")]
        await stack.enter_async_context(health.watching(bot.database, looks))
        logger.info("ready", extra={"transport": "socket"})
        await stop.wait()
        await drain.end(LISTENER_SECONDS)


async def _open_link(
    stack: AsyncExitStack, settings: Settings, bot: Bot, drain: Drain
) -> SocketLink:
    slack = await stack.enter_async_context(open_slack_client(settings, OPEN_SECONDS))
    token = settings.slack_app_token.get_secret_value()
    link = open_link(slack, token, make_dispatch(bot.app), drain.counted, proxies=settings.proxies)
    return await stack.enter_async_context(link)


async def work(settings: Settings, *, probes: bool) -> None:
    """Carry out deliveries, and take nothing, until told to stop."""
    stop, health = stop_event(), Health()
    async with until_stopped(), AsyncExitStack() as stack:
        if probes:
            await _listen(stack, probes_only(_probes(health, settings)), settings)
        bot = await stack.enter_async_context(
            open_bot(settings, stop, transport="worker", deliveries=True)
        )
        await stack.enter_async_context(health.watching(bot.database, bot.looks()))
        logger.info("ready", extra={"transport": "none"})
        await stop.wait()


def _probes(health: Health, settings: Settings) -> Probes:
    return Probes(health.why_not_ready, health.metrics, settings.metrics_token.get_secret_value())


async def _listen(
    stack: AsyncExitStack, application: web.Application, settings: Settings
) -> tuple[Server, int]:
    server = Server(application, host=settings.host, port=settings.port)
    stack.push_async_callback(server.stop)
    try:
        return server, await server.start()
    except OSError as error:
        raise CannotStart(
            f"HOST, PORT: can't listen on {settings.host}:{settings.port} ({error.strerror})."
        ) from error
