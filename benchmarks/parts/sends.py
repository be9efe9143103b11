"""Many sends through one process: how many a second, and what each takes."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks import databases
from benchmarks.catalogue import MEDIUM
from benchmarks.measure import median
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
    Unit,
    compared,
)
from benchmarks.stage import Stage, in_turn

RATE = "100000"
"""Calls to Atom a second: more than any process makes."""
ROUNDS = 20
AT_ONCE = 16  # people who submit
LONGEST = 100.0  # seconds for the rounds of one database
SLOWEST = 5.0  # sends a second: whoever is slower hangs
STATISTICS_SECONDS = 1.5  # until PostgreSQL has counted what it did


@dataclass(frozen=True, slots=True)
class Cost:
    """Of some sends together."""

    per_second: float
    cpu: float
    calls: float
    acks: Sequence[float]
    tries: float  # until it was acknowledged


@dataclass(frozen=True, slots=True)
class State:
    """Of a process and its database at one moment."""

    memory: int  # bytes
    database: int  # bytes
    transactions: int  # so far; 0 where nobody counts them


async def measure(stage: Stage) -> Table:
    """Submit as fast as it goes, until all is told."""
    url, bare_url = await stage.sqlite("sends", count=MEDIUM), await stage.sqlite("sends-bare")
    rows = await _rows(stage, "SQLite", url, bare_url, stage.size.sends)
    async with databases.open_postgres() as server:
        url, bare_url = await stage.postgres(server, count=MEDIUM), databases.create(server)
        rows += await _rows(stage, "PostgreSQL", url, bare_url, stage.size.sends)
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
        await stage.warm(bot)
        before = await _state(bot, url), await _state(bare, bare_url)
        turns = {
            "bot": partial(_send, stage, bot, sends // rounds),
            "bare": partial(_send, stage, bare, sends // rounds),
        }
        found = await in_turn(turns, rounds, seconds=LONGEST)
        after = await _state(bot, url), await _state(bare, bare_url)
    done = sends // rounds * len(found["bot"])
    return [
        *_costs(kind, found["bot"], found["bare"]),
        *_kept(f"{done:,} sends, {kind}", before, after, done),
    ]


def _kept(what: str, before: Sequence[State], after: Sequence[State], done: int) -> list[Row]:
    """Say what the sends have left in memory and in the database."""

    def row(name: str, figures: Sequence[float], unit: Unit, aim: str = "") -> Row:
        ours, floor = figures
        return compared(f"{name} {what}", [ours], "bare", [floor], unit, aim)

    pairs = [*zip(before, after, strict=True)]
    grown = [(late.database - early.database) / done for early, late in pairs]
    ended = [(late.transactions - early.transactions) / done for early, late in pairs]
    rows = [
        row("database a send, over", grown, BYTES),
        row("memory before", [each.memory for each in before], MEGABYTES),
        row("memory after", [each.memory for each in after], MEGABYTES, "≤ 140 MB"),
    ]
    return [row("transactions a send, over", ended, TIMES), *rows] if any(ended) else rows


def _costs(kind: str, ours: Sequence[Cost], floor: Sequence[Cost]) -> list[Row]:
    figures: tuple[tuple[str, Unit, str, Callable[[Cost], float]], ...] = (
        ("sends a second", PER_SECOND, "≥ 120/s", lambda cost: cost.per_second),
        ("CPU a send", MICROSECONDS, "", lambda cost: cost.cpu),
        ("submit → answer meanwhile", MILLISECONDS, "", lambda cost: median(cost.acks)),
        ("tries until it is taken", TIMES, "", lambda cost: cost.tries),
        ("calls to Slack a send", TIMES, "", lambda cost: cost.calls),
    )
    return [
        compared(f"{what}, {kind}", [*map(of, ours)], "bare", [*map(of, floor)], unit, aim)
        for what, unit, aim, of in figures
    ]


async def _send(stage: Stage, running: Running, count: int) -> Cost:
    """Submit so many forms, and wait until all are told."""
    waiting = [stage.submission() for _ in range(count)]
    told = len(stage.slack.told)
    acks: list[float] = []
    tries = 0

    async def submit_all() -> None:
        nonlocal tries
        while waiting:
            gesture = waiting.pop()
            before, tries = time.perf_counter(), tries + 1
            # Whoever reads that it is not known yet presses the button again.
            while not await stage.sender.is_acknowledged(running.port, gesture):
                tries += 1
            acks.append(time.perf_counter() - before)

    stage.atom.calls.clear()
    calls, cpu, began = stage.slack.calls.total(), running.cpu, time.perf_counter()
    async with asyncio.timeout(60 + count / SLOWEST):
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(submit_all())
        await stage.slack.until_told(count, before=told)
    seconds = time.perf_counter() - began
    calls = stage.slack.calls.total() - calls
    cpu = running.cpu - cpu
    return Cost(count / seconds, cpu / count, calls / count, acks, tries / count)


async def _state(running: Running, url: str) -> State:
    ended = 0
    if not url.startswith("sqlite"):
        await asyncio.sleep(STATISTICS_SECONDS)
        ended = databases.transactions(url)
    return State(running.memory, databases.size(url), ended)
