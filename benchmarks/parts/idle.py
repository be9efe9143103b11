"""What a bot costs that has nothing to do, with nothing behind it and with a long past."""

import asyncio
import contextlib

from benchmarks.catalogue import MEDIUM
from benchmarks.databases import copy_send, open_postgres
from benchmarks.processes import Running
from benchmarks.report import PERCENT, Row, Table
from benchmarks.stage import Stage

SETTLING = 3.0  # seconds after the start


async def measure(stage: Stage) -> Table:
    """Let bots do nothing, all at the same time."""
    many = f"{stage.size.finished:,} finished sends"
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(open_postgres())
        old = await stage.sqlite("idle-old", count=MEDIUM)
        old_postgres = await stage.postgres(server, count=MEDIUM)
        for url in (old, old_postgres):
            stage.say(many)
            await fill(stage, url, stage.size.finished, whole=True)
        bots = {
            "idle, new, SQLite": stage.bot(await stage.sqlite("idle-new")),
            f"idle, {many}, SQLite": stage.bot(old),
            f"idle, {many}, PostgreSQL": stage.bot(old_postgres),
        }
        running = {what: await stack.enter_async_context(each) for what, each in bots.items()}
        bare = await stack.enter_async_context(stage.bare(await stage.sqlite("idle-bare")))
        stage.say("idle")
        await asyncio.sleep(SETTLING if stage.size.rounds > 1 else 0)
        *ours, floor = await _shares([*running.values(), bare], stage.size.seconds)
    rows = [
        Row(what, PERCENT.write(share), "bare", PERCENT.write(floor), "", "< 1 %")
        for what, share in zip(running, ours, strict=True)
    ]
    return Table(
        "idle",
        "Doing nothing",
        f"CPU of the process, as a share of one core, over {stage.size.seconds:g} s, all at once.",
        rows,
    )


async def fill(stage: Stage, url: str, count: int, *, whole: bool) -> None:
    """Send once through the bot, and copy what that left in the database."""
    async with stage.bot(url) as bot:
        await stage.warm(bot)
        told = len(stage.slack.told)
        await stage.sender.acknowledged(bot.port, stage.submission())
        async with asyncio.timeout(60):
            await stage.slack.until_told(1, before=told)
    await asyncio.to_thread(copy_send, url, count, whole=whole)


async def _shares(running: list[Running], seconds: float) -> list[float]:
    before = [each.cpu for each in running]
    await asyncio.sleep(seconds)
    return [(each.cpu - cpu) / seconds for each, cpu in zip(running, before, strict=True)]
