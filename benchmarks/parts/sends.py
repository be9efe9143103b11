"""Many sends through one process: how many a second, and what each takes."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks import databases
from benchmarks.catalogue import MEDIUM
from benchmarks.processes import LIFTED_BOT, Running
from benchmarks.report import (
    BYTES,
    MEGABYTES,
    MICROSECONDS,
    MILLISECONDS,
    PER_SECOND,
    TIMES,
    Row,
    Table,
    compared,
)
from benchmarks.stage import Stage, in_turn

RATE = "100000"
"""Calls to Atom a second: more than any process makes."""
ROUNDS = 10
AT_ONCE = 16  # people who submit
SLOWEST = 5.0  # sends a second: whoever is slower hangs
STATISTICS_SECONDS = 1.5  # until PostgreSQL has counted what it did


@dataclass(frozen=True, slots=True)
class Cost:
    """Of some sends together."""

    per_second: float
    cpu: float
    calls: float
    acks: Sequence[float]


async def measure(stage: Stage) -> Table:
    """Submit as fast as it goes, until all is told."""
    url, bare_url = await stage.sqlite("sends", count=MEDIUM), await stage.sqlite("sends-bare")
    rows = await _rows(stage, "SQLite", url, bare_url, stage.size.sends)
    async with databases.open_postgres() as server:
        url, bare_url = await stage.postgres(server, count=MEDIUM), databases.create(server)
        rows += await _rows(stage, "PostgreSQL", url, bare_url, stage.size.postgres_sends)
    return Table(
        "sends",
        "Sends through one process",
        f"{AT_ONCE} people submit as fast as they are answered, with the rate of the calls to Atom "
        "lifted (`ATOM_RATE` allows 80 a second); it ends when the last outcome is told. The floor "
        "is the bare commit, call, second commit, card and outcome.",
        rows,
    )


async def _rows(stage: Stage, kind: str, url: str, bare_url: str, sends: int) -> list[Row]:
    stage.say(f"{sends:,} sends, {kind}")
    rounds = min(ROUNDS, sends)
    bot_runs = stage.bot(url, command=LIFTED_BOT, BENCHMARK_RATE=RATE)
    async with bot_runs as bot, stage.bare(bare_url) as bare:
        before = _sizes(url, bare_url)
        memory = [bot.memory, bare.memory]
        ended = await _transactions(url)
        turns = {
            "bot": partial(_send, stage, bot, sends // rounds),
            "bare": partial(_send, stage, bare, sends // rounds),
        }
        found = await in_turn(turns, rounds)
        done = sends // rounds * rounds
        held = [bot.memory, bare.memory]
        committed = await _transactions(url) - ended
    grown = [
        (after - first) / done for first, after in zip(before, _sizes(url, bare_url), strict=True)
    ]
    rows = _costs(kind, found["bot"], found["bare"])
    if committed:
        rows.append(Row(f"transactions a send, {kind}", f"{committed / done:.1f}", "bare", "2.0"))
    return [
        *rows,
        compared(f"database a send, {kind}", grown[:1], "bare", grown[1:], BYTES),
        compared(f"memory before, {kind}", memory[:1], "bare", memory[1:], MEGABYTES),
        compared(
            f"memory after {done:,} sends, {kind}",
            held[:1],
            "bare",
            held[1:],
            MEGABYTES,
            "≤ 140 MB",
        ),
    ]


def _costs(kind: str, ours: Sequence[Cost], floor: Sequence[Cost]) -> list[Row]:
    return [
        compared(
            f"sends a second, {kind}",
            [each.per_second for each in ours],
            "bare",
            [each.per_second for each in floor],
            PER_SECOND,
            "≥ 120/s",
        ),
        compared(
            f"CPU a send, {kind}",
            [each.cpu for each in ours],
            "bare",
            [each.cpu for each in floor],
            MICROSECONDS,
        ),
        compared(
            f"submit → answer meanwhile, {kind}",
            [ack for each in ours for ack in each.acks],
            "bare",
            [ack for each in floor for ack in each.acks],
            MILLISECONDS,
        ),
        compared(
            f"calls to Slack a send, {kind}",
            [each.calls for each in ours],
            "bare",
            [each.calls for each in floor],
            TIMES,
        ),
    ]


async def _send(stage: Stage, running: Running, count: int) -> Cost:
    """Submit so many forms, and wait until all are told."""
    waiting = [stage.submission() for _ in range(count)]
    ids = {send_id for send_id, _ in waiting}
    acks: list[float] = []

    async def submit_all() -> None:
        while waiting:
            _, gesture = waiting.pop()
            acks.append(await stage.sender.acknowledged(running.port, gesture))

    stage.atom.calls.clear()
    calls, cpu, began = stage.slack.calls.total(), running.cpu, time.perf_counter()
    async with asyncio.timeout(60 + count / SLOWEST):
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(submit_all())
        await stage.slack.until_count(count, ids)
    seconds = time.perf_counter() - began
    return Cost(
        count / seconds,
        (running.cpu - cpu) / count,
        (stage.slack.calls.total() - calls) / count,
        acks,
    )


def _sizes(*urls: str) -> list[int]:
    return [databases.size(url) for url in urls]


async def _transactions(url: str) -> int:
    """Return how many there were so far; 0 where nobody counts them."""
    if url.startswith("sqlite"):
        return 0
    await asyncio.sleep(STATISTICS_SECONDS)
    return databases.transactions(url)
