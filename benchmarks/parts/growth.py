"""What people wait for when a million sends are kept, with the file in memory and without."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from benchmarks import databases
from benchmarks.catalogue import MEDIUM
from benchmarks.measure import forget_pages, median
from benchmarks.parts.idle import fill
from benchmarks.processes import Running
from benchmarks.report import MEGABYTES, MILLISECONDS, Row, Table
from benchmarks.stage import Stage
from benchmarks.traffic import Gesture

WARM, COLD = 20, 5
AIM = "≤ 100 ms"


@dataclass(frozen=True, slots=True)
class Surface:
    """Something that a person opens or asks."""

    what: str
    gesture: Gesture


@dataclass(frozen=True, slots=True)
class Times:
    """Of some answers; those that were only an apology stand apart."""

    seconds: list[float]
    failed: int

    def write(self) -> str:
        """Write the median, the worst, and how many failed."""
        words = f"{MILLISECONDS.write(median(self.seconds))} (most: {MILLISECONDS.write(max(self.seconds))})"
        return f"{words}, {self.failed} of {len(self.seconds)} failed" if self.failed else words


async def measure(stage: Stage) -> Table:
    """Ask at a small and at a large database in turn."""
    few = stage.size.few
    urls = {
        few: await stage.sqlite("few", count=MEDIUM),
        stage.size.grown: await stage.sqlite("grown", count=MEDIUM),
    }
    for count, url in urls.items():
        stage.say(f"{count:,} sends")
        await fill(stage, url, count, whole=False)
    folder = stage.folder / "grown"
    size = databases.size(urls[stage.size.grown])
    small, large = (stage.bot(url) for url in urls.values())
    async with small as small_bot, large as large_bot:
        rows = []
        for surface in _surfaces(stage):
            stage.say(surface.what)
            rows += await _rows(stage, surface, small_bot, large_bot, folder)
    rows.append(Row(f"database with {stage.size.grown:,} sends", MEGABYTES.write(size)))
    return Table(
        "growth",
        f"With {stage.size.grown:,} sends",
        f"Time until the answer on SQLite, beside the same with {few} sends. *Cold*: just before, "
        "the kernel was told to forget the file. `status` is an admin's, who sees everybody's.",
        rows,
    )


def _surfaces(stage: Stage) -> tuple[Surface, ...]:
    recording = stage.recording
    return (
        Surface("form", recording.typed("")),
        Surface("`recent`", recording.typed("recent")),
        Surface("Home", recording.home),
        # Last: what was given up goes on behind the answer, and would slow down the others.
        Surface("`status 4567`", recording.typed("status 4567", by_admin=True)),
        # No copy has such a number.
        Surface("`status 99999999`, in vain", recording.typed("status 99999999", by_admin=True)),
    )


async def _rows(
    stage: Stage, surface: Surface, small: Running, large: Running, folder: Path
) -> list[Row]:
    repeats = WARM if stage.size.rounds > 1 else 2
    for running in (small, large):
        # People are asked for once a minute, and code is loaded once.
        await stage.warm(running)
        await stage.sender.send(running.port, surface.gesture)
    beside = await _ask(stage, surface, small, repeats)
    warm = await _ask(stage, surface, large, repeats)
    cold = await _ask(stage, surface, large, COLD if stage.size.rounds > 1 else 1, folder)
    ratio = f"{median(warm.seconds) / median(beside.seconds):.1f}"
    return [
        Row(f"{surface.what}, warm", warm.write(), "few sends, warm", beside.write(), ratio, AIM),
        Row(f"{surface.what}, cold", cold.write(), "", "", "", AIM),
    ]


async def _ask(
    stage: Stage, surface: Surface, running: Running, repeats: int, folder: Path | None = None
) -> Times:
    """Ask some times; with a folder its files are forgotten before each of them."""
    seconds, failed = [], 0
    for _ in range(repeats):
        if folder is not None:
            await asyncio.to_thread(forget_pages, folder)
        views = stage.slack.calls["views.open"] + stage.slack.calls["views.publish"]
        answered = await stage.sender.send(running.port, surface.gesture)
        opened = stage.slack.calls["views.open"] + stage.slack.calls["views.publish"] - views
        # Whoever is shown something gets blocks, or a view; an apology is a bare sentence.
        failed += not opened and '"blocks"' not in answered.text
        seconds.append(answered.seconds)
    return Times(seconds, failed)
