"""From the submission to the answer, to the call to Atom and to the outcome, on an idle bot."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from benchmarks.catalogue import MEDIUM
from benchmarks.databases import create, open_postgres
from benchmarks.processes import Running
from benchmarks.report import MILLISECONDS, Row, Table, compared
from benchmarks.stage import Stage, in_turn

REST = (0.05, 0.2)  # seconds: what is done at fixed times meets all submissions alike
WARM_UP = 5
LONGEST = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Times:
    """In seconds from the submission."""

    ack: float
    atom: float
    told: float


async def measure(stage: Stage) -> Table:
    """Submit one form after the other, each when the one before is told."""
    bare = await stage.sqlite("submit-bare")
    rows = await _rows(stage, "SQLite", await stage.sqlite("submit", count=MEDIUM), bare)
    async with open_postgres() as server:
        url = await stage.postgres(server, count=MEDIUM)
        rows += await _rows(stage, "PostgreSQL", url, create(server))
    return Table(
        "submit",
        "A submission",
        "The floor checks the signature, commits one row (SQLite: `synchronous=FULL`), answers, "
        "and calls Atom right away. Each submission comes when the one before is told, after a "
        "rest of random length.",
        rows,
    )


async def _rows(stage: Stage, kind: str, url: str, bare_url: str) -> list[Row]:
    stage.say(f"submissions, {kind}")
    async with stage.bot(url) as bot, stage.bare(bare_url) as bare:
        turns = {
            "bot": partial(submit, stage, bot),
            "bare": partial(submit, stage, bare),
        }
        await stage.warm(bot)
        if stage.size.submissions > 1:
            await in_turn(turns, WARM_UP)
        found = await in_turn(turns, stage.size.submissions)
    return _compared(kind, found["bot"], found["bare"])


def _compared(kind: str, ours: Sequence[Times], floor: Sequence[Times]) -> list[Row]:
    figures: tuple[tuple[str, str, str, Callable[[Times], float]], ...] = (
        ("answer", "bare commit and answer", "≤ 2.5", lambda each: each.ack),
        ("Atom", "bare call after the commit", "≤ 30 ms", lambda each: each.atom),
        ("outcome told", "bare card and outcome", "", lambda each: each.told),
    )
    return [
        compared(
            f"submit → {what}, {kind}",
            [*map(of, ours)],
            beside,
            [*map(of, floor)],
            MILLISECONDS,
            aim,
        )
        for what, beside, aim, of in figures
    ]


async def submit(stage: Stage, running: Running) -> Times:
    """Submit a form of its own and wait until it is told."""
    await asyncio.sleep(random.uniform(*REST))  # noqa: S311 - no secret
    gesture, told = stage.submission(), len(stage.slack.told)
    stage.atom.calls.clear()
    began = time.time()
    async with asyncio.timeout(LONGEST):
        ack = await stage.sender.acknowledged(running.port, gesture)
        await stage.slack.until_told(1, before=told)
    return Times(ack, stage.atom.calls[0].at - began, time.time() - began)
