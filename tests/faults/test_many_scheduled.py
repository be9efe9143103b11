"""Many sends that are due in the same minute: all go out, at the rate, none twice, over two kills."""

import asyncio
import itertools
import os
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from benchmarks.measure import most_in_a_second
from bot import time_zones
from bot.demo.slack import seed
from bot.sends import Periods, SendAt, SendId, Status
from bot.store.database import open_engine
from bot.store.rows import to_row
from bot.store.tables import sends
from bot.times import wall_time
from tests.builders import make_send_request
from tests.conftest import PHONE, TEMPLATE
from tests.faults.call_rate import most_until
from tests.faults.conftest import Fleet, Say, calls, outcomes

pytestmark = pytest.mark.slow

COUNT = int(os.environ.get("SCHEDULED_SENDS", "400"))
RATE = int(os.environ.get("SCHEDULED_RATE", "20"))  # calls a second; what two cores can carry
STARTING = timedelta(seconds=5)
KILLS = 2
AT_ONCE = 500  # rows in one insert
LIMIT = 300.0 + 8 * COUNT / RATE  # seconds for all of it; on a quiet machine it takes a tenth


def plan(url: str, count: int, due: datetime) -> dict[SendId, str]:
    """Write down so many sends for one moment, as they are once their cards stand; give their codes."""
    zone = time_zones.find("America/Panama")
    assert zone
    send_at = SendAt(due, wall_time(due, zone), zone.key, time_zones.version())
    periods = Periods(timedelta(hours=6))
    codes, rows = {}, []
    for number in range(count):
        code = f"due-{number:05d}"
        request = make_send_request(
            id=SendId(f"D{number:07d}"),
            key=code,
            template=TEMPLATE,
            phone=PHONE.removeprefix("+"),
            params=(("code", code),),
            user=seed.ALICE,
            send_at=send_at,
        )
        row = to_row(request, now=datetime.now(UTC), periods=periods)
        rows.append(row | {"told": Status.SCHEDULED, "runner": "", "runs": 1})
        codes[request.id] = code
    engine = open_engine(url)
    for start in range(0, count, AT_ONCE):
        with engine.begin() as connection:
            connection.execute(sa.insert(sends), rows[start : start + AT_ONCE])
    engine.dispose()
    return codes


@pytest.fixture(params=["sqlite_fleet", "postgres_fleet"], ids=["sqlite", "postgres"])
def scheduling(request: pytest.FixtureRequest) -> Fleet:
    made = request.getfixturevalue(request.param)
    assert isinstance(made, Fleet)
    return made


async def test_all_that_is_due_at_once_goes_out_once(scheduling: Fleet, say: Say) -> None:
    fleet = scheduling
    fleet.world.settings |= {"ATOM_RATE": str(RATE)}
    await fleet.kill()
    due = datetime.now(UTC) + STARTING
    codes = await asyncio.to_thread(plan, fleet.world.database_url, COUNT, due)
    await fleet.start()
    began = time.monotonic()

    async with asyncio.timeout(LIMIT):
        for number in range(1, KILLS + 1):
            await called(fleet, COUNT * number // (KILLS + 1))
            await fleet.kill(*range(1, len(fleet.roles)) or (0,))
            await fleet.start()
        while len(outcomes(fleet.world)) < COUNT:  # noqa: ASYNC110 - many changes a second
            await asyncio.sleep(0.5)

    counted = calls(fleet.world)
    told = outcomes(fleet.world)
    moments = sorted(call.at for call in fleet.world.atom.calls)
    say(
        f"{COUNT} due at once, {len(fleet.roles)} processes, {KILLS} kills: "
        f"{len(moments)} calls, {sum(n > 1 for n in counted.values())} twice, "
        f"{len(codes.keys() - told.keys())} without an outcome, "
        f"{most_in_a_second(moments)} in one second at {RATE}/s, "
        f"{time.monotonic() - began:.0f} s"
    )
    assert [code for code, times in counted.items() if times > 1] == []
    assert told.keys() == codes.keys()
    statuses = {each["id"]: each["status"] for each in await fleet.world.history()}
    assert {statuses[send_id] for send_id in codes} <= {"pending", "unknown"}
    # Whoever was killed had at most so many calls under way.
    unknown = [send_id for send_id in codes if statuses[send_id] == "unknown"]
    assert len(moments) >= COUNT - len(unknown)
    assert len(moments) <= most_until(moments[-1], moments, rate=RATE)


async def called(fleet: Fleet, count: int) -> None:
    """Wait until Atom was called so often."""
    for _ in itertools.count():
        if len(fleet.world.atom.calls) >= count:
            return
        await asyncio.sleep(0.1)
