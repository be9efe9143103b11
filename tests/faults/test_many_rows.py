"""A long list under kills: no row called twice, each with an outcome, and the rate kept."""

import asyncio
import itertools
import os
import random
import time
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from benchmarks.measure import most_in_a_second
from bot.bulk.batches import (
    BatchId,
    BatchRequest,
    BatchStatus,
    ListFile,
    ListRow,
    Report,
    RowKind,
)
from bot.bulk.ports import Looked
from bot.demo.slack import seed
from bot.sends import Origin, Periods
from bot.store.batches import BatchStore
from bot.store.database import Database, open_engine
from bot.store.rate_limit import StoredRateLimit
from bot.store.tables import batches, sends
from tests.conftest import TEMPLATE
from tests.faults.arrivals import in_front_of
from tests.faults.call_rate import most_until
from tests.faults.conftest import Fleet, Say, calls

pytestmark = pytest.mark.slow

COUNT = int(os.environ.get("LIST_ROWS", "400"))
RATE = int(os.environ.get("LIST_RATE", "20"))  # calls a second; what two cores can carry
KILL_EVERY = float(os.environ.get("LIST_KILL_EVERY", "5"))  # seconds
LIMIT = 300.0 + 8 * COUNT / RATE  # seconds for all of it; on a quiet machine it takes a tenth
MANY = 10 * COUNT  # rows of a list that is at work whatever else takes how long
# Calls that one process may have begun, and not have settled, at the moment when it is killed.
UNDER_WAY = 10
LIST = BatchId("K7R2-M9T5W")


def rows(count: int) -> tuple[ListRow, ...]:
    """Make rows to as many numbers, each with a code by which Atom's calls are told apart."""
    return tuple(
        ListRow(
            line,
            (f"+507{61_000_000 + line}", f"row-{line:05d}"),
            RowKind.GOOD,
            phone=f"507{61_000_000 + line}",
            country="PA",
            params=(("code", f"row-{line:05d}"),),
        )
        for line in range(2, count + 2)
    )


async def start_list(url: str, count: int, *, batch: BatchId = LIST) -> None:
    """Write down a list as it stands once its sender pressed Start."""
    engine = open_engine(url)
    database = Database(engine)
    store = BatchStore(
        database,
        rate_limit=StoredRateLimit(database, rate=RATE),
        periods=Periods(timedelta(hours=6)),
    )
    asked = BatchRequest(
        batch,
        f"view-{batch}",
        seed.ALICE,
        Origin(seed.SOPORTE),
        TEMPLATE,
        "",
        ListFile("F0LISTA", "lista.csv"),
    )
    made = await store.create(asked)
    found = rows(count)
    report = Report(titles=("phone", "code"), counts={RowKind.GOOD: count}, rate=RATE)
    await store.looked_at(made, Looked(BatchStatus.CHECKED, report, found))
    seen = (await store.get(made.id)).checked
    assert await store.start(
        made.id, user=seed.ALICE, checked=seen, with_recent=False, needs_approval=False
    )
    database.close()
    engine.dispose()


def status(url: str, batch: BatchId = LIST) -> BatchStatus:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = connection.scalar(sa.select(batches.c.status).where(batches.c.id == batch))
    engine.dispose()
    return BatchStatus(str(found))


def statuses(url: str, batch: BatchId = LIST) -> Counter[str]:
    engine = open_engine(url)
    counted = (
        sa.select(sends.c.status, sa.func.count())
        .where(sends.c.batch == batch)
        .group_by(sends.c.status)
    )
    with engine.connect() as connection:
        found = Counter({str(name): count for name, count in connection.execute(counted)})
    engine.dispose()
    return found


def unknown_codes(url: str) -> set[str]:
    """Return the codes of the rows of which nobody knows what became."""
    engine = open_engine(url)
    with engine.connect() as connection:
        wanted = sa.select(sends.c.params).where(sends.c.status == "unknown")
        found = {dict(params)["code"] for params in connection.scalars(wanted)}
    engine.dispose()
    return found


def rates(moments: list[float], kills: list[float]) -> list[float]:
    """Return the calls a second of each stretch between two kills, where it is long enough."""
    found = []
    for begin, end in itertools.pairwise([0.0, *kills, float("inf")]):
        inside = [each for each in moments if begin <= each < end]
        if len(inside) > RATE:
            found.append((len(inside) - 1) / (inside[-1] - inside[0]))
    return found


def figures(
    processes: int, counted: Counter[str], found: Counter[str], *, kept: list[float]
) -> str:
    """Say how a list came through."""
    outcomes = found["unknown"] + found["pending"] + found["sent"]
    return (
        f"{COUNT} rows, {processes} processes, {len(kept)} stretches: {counted.total()} calls, "
        f"{sum(n > 1 for n in counted.values())} twice, {found['unknown']} unknown, "
        f"{COUNT - outcomes} without an outcome; "
        + ", ".join(f"{each:.2f}" for each in kept)
        + " a second between kills"
    )


async def kill_until_done(fleet: Fleet) -> list[float]:
    """Kill one process after the other until the list is done; return when."""
    chosen, kills = random.Random(COUNT), list[float]()
    url = fleet.world.database_url
    async with asyncio.timeout(LIMIT):
        while True:
            await asyncio.sleep(KILL_EVERY)
            if await asyncio.to_thread(status, url) is BatchStatus.DONE:
                return kills
            await fleet.kill(chosen.randrange(len(fleet.roles)))
            kills.append(time.time())
            await fleet.start()


@pytest.fixture(params=["sqlite_fleet", "postgres_fleet"], ids=["sqlite", "postgres"])
def sending(request: pytest.FixtureRequest) -> Fleet:
    made = request.getfixturevalue(request.param)
    assert isinstance(made, Fleet)
    return made


async def test_no_row_is_called_twice_nor_left_without_an_outcome(sending: Fleet, say: Say) -> None:
    fleet = sending
    url = fleet.world.database_url
    fleet.world.settings |= {"ATOM_RATE": str(RATE)}
    await fleet.kill()
    await start_list(url, COUNT)
    async with in_front_of(fleet.world.atom.url) as arrivals:
        fleet.world.settings |= {"ATOM_URL": arrivals.url}
        await fleet.start()
        began = time.time()

        kills = await kill_until_done(fleet)

    counted, found = calls(fleet.world), await asyncio.to_thread(statuses, url)
    moments = sorted(call.at for call in fleet.world.atom.calls)
    seconds = time.time() - began
    say(figures(len(fleet.roles), counted, found, kept=rates(moments, kills)))
    most = most_in_a_second(arrivals.moments)
    say(f"{most} in one second at {RATE}/s, {seconds:.0f} s in all")
    never_left = await asyncio.to_thread(unknown_codes, url) - counted.keys()
    say(f"{len(kills)} kills; of the unknown ones {len(never_left)} had not left")
    assert kills
    assert [code for code, times in counted.items() if times > 1] == []
    assert sum(found.values()) == COUNT
    assert set(found) <= {"pending", "sent", "unknown"}
    assert found["unknown"] <= UNDER_WAY * len(kills)
    assert len(counted) >= COUNT - found["unknown"]
    assert len(moments) <= most_until(moments[-1], moments, rate=RATE)


async def test_a_single_send_passes_a_list(sending: Fleet, say: Say) -> None:
    fleet = sending
    url = fleet.world.database_url
    fleet.world.settings |= {"ATOM_RATE": str(RATE)}
    await fleet.kill()
    await start_list(url, MANY)
    await fleet.start()
    async with asyncio.timeout(LIMIT):
        while len(fleet.world.atom.calls) < RATE:  # noqa: ASYNC110 - many calls a second
            await asyncio.sleep(0.05)

    codes = [f"single-{number}" for number in range(5)]
    taken: dict[str, float] = {}
    for code in codes:
        await fleet.submit(code)
        taken[code] = time.time()
        await fleet.called(code)

    called = {call.body["params"]["code"]: call.at for call in fleet.world.atom.calls}
    waited = [called[code] - taken[code] for code in codes]
    say(
        "a single send in the middle of a list was called after "
        + ", ".join(f"{each * 1000:.0f} ms" for each in waited)
    )
    assert await asyncio.to_thread(status, url) is BatchStatus.RUNNING
    # Well before the rows that were there first.
    assert len(called) < MANY
