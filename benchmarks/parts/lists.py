"""A list through one process: how close it keeps to the rate, and what a row takes."""

import asyncio
import itertools
import time
from dataclasses import dataclass
from datetime import timedelta

from benchmarks import databases
from benchmarks.catalogue import MEDIUM, templates
from benchmarks.measure import median, most_in_a_second
from benchmarks.processes import Running
from benchmarks.report import MICROSECONDS, MILLISECONDS, PER_SECOND, Row, Table, Unit, compared
from benchmarks.stage import Stage
from bot.bulk.batches import BatchId, BatchRequest, BatchStatus, ListFile, ListRow, Report, RowKind
from bot.bulk.ports import Looked
from bot.demo.slack import seed
from bot.sends import Origin, Periods
from bot.store.batches import BatchStore
from bot.store.database import Database, open_engine
from bot.store.rate_limit import StoredRateLimit
from bot.templates import fingerprint, text_mark

RATE = 80.0  # calls a second: what WhatsApp takes from one number, and the most ATOM_RATE may be
PATIENCE = 60.0  # seconds beside those of the rate
SINGLES = 10  # sends in the middle of the list
ROWS = "5076200"  # how the numbers of rows begin, and no other does
APART = 0.3  # seconds between two of them
NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Found:
    """Of one list."""

    per_second: float
    most: int  # calls in any one second
    cpu: float  # seconds a row
    singles: list[float]  # seconds from a submission to its call


async def measure(stage: Stage) -> Table:
    """Start a list, and send some beside it."""
    url = await stage.sqlite("lists", count=MEDIUM)
    rows = await _rows(stage, "SQLite", url)
    async with databases.open_postgres() as server:
        rows += await _rows(stage, "PostgreSQL", await stage.postgres(server, count=MEDIUM))
    return Table(
        "lists",
        "A list through one process",
        f"A list of {stage.size.rows:,} rows with `ATOM_RATE=80`, from its first call to its last; "
        f"{SINGLES} single sends are submitted meanwhile. Beside each stands what the rate allows.",
        rows,
    )


async def _rows(stage: Stage, kind: str, url: str) -> list[Row]:
    stage.say(f"a list of {stage.size.rows:,} rows, {kind}")
    async with stage.bot(url) as bot:
        await stage.warm(bot)
        found = await _run(stage, bot, url, stage.size.rows)

    def row(what: str, figure: float, beside: float, unit: Unit, aim: str = "") -> Row:
        return compared(f"{what}, {kind}", [figure], "the rate", [beside], unit, aim)

    return [
        row("rows a second", found.per_second, RATE, PER_SECOND, "≥ 76/s"),
        row("most calls in one second", found.most, RATE, PER_SECOND, "≤ 80/s"),
        row("CPU a row", found.cpu, 1 / RATE, MICROSECONDS),
        row("submit → Atom meanwhile", median(found.singles), 1 / RATE, MILLISECONDS, "≤ 500 ms"),
        row("the slowest of them", max(found.singles), 1 / RATE, MILLISECONDS, "≤ 500 ms"),
    ]


async def _run(stage: Stage, bot: Running, url: str, count: int) -> Found:
    calls = stage.atom.calls
    calls.clear()
    cpu = bot.cpu
    await _start(url, count)
    singles: list[float] = []
    async with asyncio.timeout(PATIENCE + count / RATE):
        await _called(stage, min(count // 4, int(RATE)))
        for _ in range(min(SINGLES, count // 4)):
            singles.append(await _send_one(stage, bot))
            await asyncio.sleep(APART)
        await _called(stage, count + len(singles))
    moments = sorted(call.at for call in calls)
    per_second = (len(moments) - 1) / (moments[-1] - moments[0])
    return Found(per_second, most_in_a_second(moments), (bot.cpu - cpu) / len(moments), singles)


async def _called(stage: Stage, times: int) -> None:
    while len(stage.atom.calls) < times:  # noqa: ASYNC110 - many calls a second
        await asyncio.sleep(0.05)


async def _send_one(stage: Stage, bot: Running) -> float:
    """Submit one, and say how long it took until Atom was called for it."""
    known = {id(call) for call in stage.atom.calls}
    began = time.time()
    await stage.sender.is_acknowledged(bot.port, stage.submission())
    while True:
        for call in stage.atom.calls:
            if id(call) not in known and not call.body["phoneNumber"].startswith(ROWS):
                return float(call.at - began)
        await asyncio.sleep(0.002)


async def _start(url: str, count: int) -> None:
    """Write down a list as it stands once its sender pressed Start."""
    engine = open_engine(url)
    database = Database(engine)
    pace = StoredRateLimit(database, rate=RATE)
    store = BatchStore(database, rate_limit=pace, periods=Periods(timedelta(hours=6)))
    name = f"LIST-{next(NUMBERS)}"
    template = templates(1)[0]
    asked = BatchRequest(
        BatchId(name),
        name,
        seed.ALICE,
        Origin(seed.SOPORTE),
        template.id,
        template.name,
        ListFile("F0LISTA", "list.csv"),
    )
    made = await store.create(asked)
    values = tuple((param.name, "Rosa") for param in template.params)
    rows = tuple(
        ListRow(
            line,
            (f"+507{62_000_000 + line}", "Rosa"),
            RowKind.GOOD,
            phone=f"507{62_000_000 + line}",
            country="PA",
            client_name="Rosa",
            params=values,
        )
        for line in range(2, count + 2)
    )
    report = Report(
        titles=("phone", "name"),
        counts={RowKind.GOOD: count},
        rate=RATE,
        fingerprint=fingerprint(template),
        mark=text_mark(template),
    )
    await store.looked_at(made, Looked(BatchStatus.CHECKED, report, rows))
    seen = (await store.get(made.id)).checked
    await store.start(
        made.id, user=seed.ALICE, checked=seen, with_recent=False, needs_approval=False
    )
    database.close()
    engine.dispose()
