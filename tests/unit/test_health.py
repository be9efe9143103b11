"""What the probes say: looked at by the process itself, seldom, and never because somebody asks."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import TryLater
from bot.health import GRACE, HANGS, Health, Look, Watch, look_at, look_at_database, look_at_slack
from bot.sends import Periods, SendId, Status
from bot.slack.platform.client import open_slack
from bot.store.clock import Clock as DatabaseClock
from bot.store.database import Database, open_engine
from bot.store.rate_limit import StoredRateLimit
from bot.store.readiness import longest_wait
from bot.store.sends import SendStore
from bot.store.tables import catalogue, rate_limit, sends
from tests.builders import make_send_request
from tests.conftest import BOT_TOKEN, World, open_world
from tests.fakes import NOON

SOON = 60.0  # seconds; what is waited for comes long before, also on a busy machine

MINUTE = timedelta(minutes=1)


class Clock:
    """A monotonic clock that stands still."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> float:
        return self.seconds


class Finding:
    """A look that finds what it is told, and counts how often it was asked."""

    def __init__(self, *, every: float = 30.0, longest: float = 240.0) -> None:
        self.finds: str | Exception = ""
        self.looks = 0
        self._looked = asyncio.Event()
        self.look = Look("part", self.at, every=every, longest=longest)

    async def at(self) -> str:
        self.looks += 1
        self._looked.set()
        if isinstance(self.finds, Exception):
            raise self.finds
        return self.finds

    async def next(self) -> None:
        """Wait for the next look."""
        self._looked.clear()
        await self._looked.wait()


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_a_bot_that_starts_says_so() -> None:
    health = Health()

    assert health.why_not_ready() == ["starting"]
    with pytest.raises(TryLater):
        await health.metrics()


async def test_a_bot_that_ends_is_not_ready_any_more(database: Database) -> None:
    health = Health()
    async with health.watching(database, [Finding().look]):
        during = health.why_not_ready()

    assert (during, health.why_not_ready()) == ([], ["starting"])


async def test_asking_causes_no_look(database: Database) -> None:
    finding = Finding()
    health = Health()
    async with health.watching(database, [finding.look]):
        await asyncio.sleep(0)
        answers = [health.why_not_ready() for _ in range(200)]
        await asyncio.sleep(0)

    assert answers == [[]] * 200
    assert finding.looks == 0


async def test_what_is_wrong_is_named_until_it_is_well(clock: Clock) -> None:
    finding = Finding()
    watch = Watch(finding.look, now=clock.now)
    finding.finds = "broken"
    await watch.look()
    wrong = watch.trouble
    finding.finds = ""
    await watch.look()

    assert (wrong, watch.trouble) == ("part: broken", "")


async def test_the_pause_grows_while_something_is_wrong(clock: Clock) -> None:
    finding = Finding()
    watch = Watch(finding.look, now=clock.now)
    pauses = []
    for finds in ("broken", "broken", "broken", "broken", ""):
        finding.finds = finds
        await watch.look()
        pauses.append(watch.pause)

    assert pauses == [60.0, 120.0, 240.0, 240.0, 30.0]


@pytest.mark.parametrize("before", ["", "broken"])
async def test_what_can_t_be_found_out_stays_as_it_was(clock: Clock, before: str) -> None:
    finding = Finding()
    watch = Watch(finding.look, now=clock.now)
    finding.finds = before
    await watch.look()
    finding.finds = TryLater("slack.limited", after=500.0)
    await watch.look()
    clock.seconds += 500.0

    assert watch.trouble == (before and f"part: {before}")
    clock.seconds += GRACE + 1
    assert watch.trouble == "part: not looked at in time"


async def test_a_look_that_hangs_is_not_well(clock: Clock) -> None:
    watch = Watch(Finding(every=5.0).look, now=clock.now)
    clock.seconds += 5.0 + GRACE
    before = watch.trouble
    clock.seconds += 0.1

    assert (before, watch.trouble) == ("", "part: not looked at in time")


async def test_a_look_that_fails_in_a_new_way_goes_on(clock: Clock) -> None:
    finding = Finding()
    watch = Watch(finding.look, now=clock.now)
    finding.finds = ZeroDivisionError()
    await watch.look()
    wrong = watch.trouble
    finding.finds = ""
    await watch.look()

    assert (wrong, watch.trouble) == ("part: can't be looked at", "")


async def test_it_is_looked_at_again_and_again(database: Database) -> None:
    finding = Finding(every=0.01)
    health = Health()
    async with health.watching(database, [finding.look]), asyncio.timeout(SOON):
        for _ in range(3):
            await finding.next()
        finding.finds = "broken"
        await finding.next()
        # By the next one what this one found is written down.
        await finding.next()

        assert health.why_not_ready() == ["part: broken"]


async def test_a_part_of_the_process_is_asked(clock: Clock) -> None:
    is_well = True

    async def ask() -> bool:
        return is_well

    watch = Watch(look_at("socket", ask, "not connected"), now=clock.now)
    await watch.look()
    well = watch.trouble
    is_well = False
    await watch.look()

    assert (well, watch.trouble) == ("", "socket: not connected")


async def until_well(look: Look) -> None:
    """Wait until nothing is wrong: a write may take longer than is waited for it."""
    async with asyncio.timeout(SOON):
        while await look.at():  # noqa: ASYNC110 - nothing tells us
            await asyncio.sleep(0.1)


@pytest.mark.slow
class TestDatabase:
    """Whether the database takes a write."""

    async def test_a_database_that_takes_a_write_keeps_nothing_of_it(
        self, database: Database
    ) -> None:
        before = rows(database.engine)

        assert await look_at_database(database).at() == ""
        assert rows(database.engine) == before

    async def test_a_write_is_really_made(self, tmp_path: Path, sqlite_url: str) -> None:
        file = tmp_path / "bot.db"
        engine = open_engine(sqlite_url)
        database = Database(engine)
        await look_at_database(database).at()
        before = journal(file)

        await look_at_database(database).at()

        assert journal(file) != before
        engine.dispose()

    async def test_a_locked_file_takes_none(self, tmp_path: Path, sqlite_url: str) -> None:
        file = tmp_path / "bot.db"
        engine = open_engine(sqlite_url)
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        loop = asyncio.get_running_loop()
        began = loop.time()

        found = await look_at_database(Database(engine)).at()

        assert found == "takes no write"
        assert loop.time() - began < HANGS / 2
        other.close()
        # What waits in the thread goes on; only then may the file be closed.
        await until_well(look_at_database(Database(engine)))
        engine.dispose()

    async def test_a_lock_that_lasts_holds_one_thread(
        self, tmp_path: Path, sqlite_url: str
    ) -> None:
        file = tmp_path / "bot.db"
        engine = open_engine(sqlite_url)
        begun = 0

        def count(*_: object) -> None:
            nonlocal begun
            begun += 1

        sa.event.listen(engine, "before_cursor_execute", count)
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        look = look_at_database(Database(engine))

        found = [await look.at() for _ in range(3)]

        assert (found, begun) == (["takes no write"] * 3, 1)
        other.close()
        await until_well(look)
        engine.dispose()

    async def test_a_read_only_file_takes_none(self, sqlite_url: str) -> None:
        engine = open_engine(sqlite_url)
        sa.event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA query_only=ON"))

        assert (await look_at_database(Database(engine)).at()).startswith("takes no write")
        engine.dispose()

    async def test_a_server_that_only_reads_takes_none(self, migrated_url: str) -> None:
        read_only = "-c default_transaction_read_only=on"
        url = sa.make_url(migrated_url).update_query_dict({"options": read_only})
        engine = open_engine(url.render_as_string(hide_password=False))

        found = await look_at_database(Database(engine)).at()

        assert found == "takes no write (ReadOnlySqlTransaction)"
        engine.dispose()

    @pytest.mark.parametrize("hours", [-24, -1, 1, 24, 8760])
    async def test_on_a_server_it_is_the_server_s_clock_that_counts(
        self, postgres_database: Database, hours: int
    ) -> None:
        """A process whose own is wrong neither calls a fresh send late nor misses a late one."""
        wrong = timedelta(hours=hours)
        clock = DatabaseClock(lambda: datetime.now(NOON.tzinfo) + wrong)
        rows, look = Rows(postgres_database), look_at_database(postgres_database, clock)
        await rows.take("V1", updated=datetime.now(NOON.tzinfo))
        fresh = await look.at()
        await rows.take("V2", updated=datetime.now(NOON.tzinfo) - 2 * MINUTE)

        late = await look.at()

        assert fresh == ""
        assert late.startswith("a send is due for 12")
        # And so a process that only takes sends writes the right time into them.
        assert abs(clock.now() - datetime.now(NOON.tzinfo)) < MINUTE

    async def test_a_send_that_lies_about_is_named(self, database: Database) -> None:
        await Rows(database).take("V1", updated=datetime.now(NOON.tzinfo) - 2 * MINUTE)

        found = await look_at_database(database).at()

        assert found.startswith("a send is due for 12")


@pytest.fixture
def database(migrated: sa.Engine) -> Database:
    with migrated.begin() as connection:
        connection.execute(sa.delete(sends))
        connection.execute(sa.update(rate_limit).values(next_at=0.0, held_until=0.0))
    return Database(migrated)


@pytest.fixture
def postgres_database(migrated_url: str) -> Iterator[Database]:
    engine = open_engine(migrated_url)
    yield Database(engine)
    engine.dispose()


def rows(engine: sa.Engine) -> list[object]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.select(catalogue))]


def journal(file: Path) -> bytes:
    return Path(f"{file}-wal").read_bytes()


class Rows:
    """Sends in a database, each as a test wants it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._store = SendStore(
            database,
            rate_limit=StoredRateLimit(database, rate=10.0),
            periods=Periods(timedelta(hours=6)),
            clock=DatabaseClock(lambda: NOON),
        )

    async def take(self, send_id: str, **values: object) -> None:
        """Put a send in, with these columns."""
        await self._store.take(make_send_request(id=SendId(send_id)))
        update = sa.update(sends).where(sends.c.id == send_id).values({"updated": NOON, **values})
        await self._database.write(lambda c: c.execute(update))

    async def waits(self, after: timedelta) -> timedelta:
        """Return how long the oldest due send waits, so long after noon."""
        return await self._database.write(lambda c: longest_wait(c, NOON + after))

    async def pause(self, until: datetime) -> None:
        update = sa.update(rate_limit).values(held_until=until.timestamp())
        await self._database.write(lambda c: c.execute(update))


class TestDue:
    """For how long the oldest due send waits."""

    async def test_without_any_send_nothing_waits(self, database: Database) -> None:
        assert await Rows(database).waits(MINUTE) == timedelta()

    async def test_the_oldest_counts(self, database: Database) -> None:
        rows = Rows(database)
        await rows.take("V1")
        await rows.take("V2", next_try=NOON + MINUTE)

        assert await rows.waits(5 * MINUTE) == 5 * MINUTE

    async def test_a_send_that_waits_for_its_next_try_is_due_then(self, database: Database) -> None:
        rows = Rows(database)
        await rows.take("V1", next_try=NOON + 10 * MINUTE)

        assert await rows.waits(9 * MINUTE) == timedelta()
        assert await rows.waits(12 * MINUTE) == 2 * MINUTE

    async def test_an_outcome_that_nobody_was_told_is_due(self, database: Database) -> None:
        rows = Rows(database)
        await rows.take("V1", status=Status.PENDING)

        assert await rows.waits(2 * MINUTE) == 2 * MINUTE

    @pytest.mark.parametrize(
        "values",
        [
            {"status": Status.PENDING, "told": Status.PENDING},
            {"status": Status.SENDING},
        ],
    )
    async def test_what_is_told_or_under_way_is_not_due(
        self, database: Database, values: dict[str, object]
    ) -> None:
        rows = Rows(database)
        await rows.take("V1", **values)

        assert await rows.waits(9 * MINUTE) == timedelta()

    async def test_while_the_queue_is_held_nothing_is_due(self, database: Database) -> None:
        rows = Rows(database)
        await rows.take("V1")
        await rows.pause(NOON + 4 * MINUTE)

        assert await rows.waits(3 * MINUTE) == timedelta()
        assert await rows.waits(5 * MINUTE) == 5 * MINUTE

    @pytest.mark.parametrize("ahead", [2, 10, 60, 1440, 525600])
    async def test_no_hold_lasts_longer_because_a_clock_was_ahead(
        self, database: Database, ahead: int
    ) -> None:
        """Calls go on then, and so what lies about all the same is named."""
        rows = Rows(database)
        await rows.take("V1")
        await rows.pause(NOON + ahead * MINUTE + 5 * MINUTE)

        assert await rows.waits(5 * MINUTE) == 5 * MINUTE


class TestSlack:
    """Whether the token is good, asked of a stand-in."""

    @pytest.fixture
    async def world(self, tmp_path: Path) -> AsyncIterator[World]:
        async with open_world(tmp_path, "") as made:
            yield made

    async def test_a_good_token_is_well(self, world: World) -> None:
        async with open_slack(BOT_TOKEN, world.slack.api_url) as client:
            assert await look_at_slack(client).at() == ""

    async def test_a_token_that_slack_took_back_is_named(self, world: World) -> None:
        async with open_slack("xoxb-gone", world.slack.api_url) as client:
            assert await look_at_slack(client).at() == "invalid_auth"

    async def test_a_slack_that_is_away_is_named(self) -> None:
        async with open_slack(BOT_TOKEN, "http://127.0.0.1:9/api/") as client:
            assert await look_at_slack(client).at() == "not reachable"

    async def test_a_limit_says_nothing_of_the_token(self, world: World) -> None:
        world.slack.fail("auth.test", "ratelimited", retry_after=77)
        async with open_slack(BOT_TOKEN, world.slack.api_url) as client:
            with pytest.raises(TryLater) as raised:
                await look_at_slack(client).at()

        assert raised.value.after == 77.0
