"""Processes that are launched, and what their probes say."""

import asyncio
from collections.abc import Callable

import aiohttp

from bot.demo.process import BotProcess
from tests.conftest import World
from tests.faults.conftest import SOON


async def ask(port: int, path: str = "/readyz") -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as answer,
    ):
        return answer.status, await answer.text()


async def until(port: int, is_it: Callable[[int, str], bool], path: str = "/readyz") -> str:
    """Ask until the answer is like this; return its words."""
    async with asyncio.timeout(SOON):
        while True:
            try:
                status, words = await ask(port, path)
            except aiohttp.ClientError:  # it does not listen yet
                status, words = 0, ""
            if is_it(status, words):
                return words
            await asyncio.sleep(0.1)


async def until_ready(port: int) -> None:
    await until(port, lambda status, _: status == 200)


async def until_named(port: int, words: str) -> str:
    return await until(port, lambda status, found: status == 503 and words in found)


async def launch(world: World, *command: str, **changes: str) -> BotProcess:
    """Start a process without waiting for anything."""
    log = world.folder / f"launched-{len(world.bots)}.log"
    bot = await BotProcess.start(*command, environment=world.environment(**changes), log=log)
    world.bots.append(bot)
    return bot
