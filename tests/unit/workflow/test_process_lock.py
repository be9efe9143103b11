"""Which processes live, on a real PostgreSQL: what a dead one carried is taken over."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from bot import workflow
from bot.store.database import open_engine
from bot.workflow.process_lock import TRY, ProcessLock, key
from bot.workflow.slow_poll_pool import SlowPollPool
from tests.unit.workflow.scene import SWEEP, Scene, running

WAIT = 60.0
DEAD = 0.5  # seconds


@pytest.fixture
def engine(postgres_url: str) -> Iterator[sa.Engine]:
    # Of the engine's own threads none holds a connection when this ends.
    engine = open_engine(postgres_url, poolclass=SlowPollPool)
    yield engine
    engine.dispose()


@contextlib.asynccontextmanager
async def held(engine: sa.Engine, process: str) -> AsyncIterator[ProcessLock]:
    """Let another process live."""
    lock = ProcessLock(engine, process)
    await lock.take()
    try:
        yield lock
    finally:
        await lock.leave()


def cut_connections(engine: sa.Engine) -> None:
    """Do as a restart does: end every other connection of this database, and all that it held."""
    with engine.connect() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid, :milliseconds) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ),
            # Waits for each: it goes on for a moment after it was told to end.
            {"milliseconds": int(WAIT * 1000)},
        )


async def until_ended(engine: sa.Engine, pid: int) -> None:
    """Wait until the server ended what belonged to a connection: some time after it is closed."""
    found = sa.text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
    with engine.connect() as connection:
        while connection.scalar(found, {"pid": pid}):
            await asyncio.sleep(0.01)
            connection.rollback()


async def test_a_process_lives_from_when_it_took_its_lock_until_it_leaves(
    engine: sa.Engine,
) -> None:
    async with held(engine, "this") as this:
        async with held(engine, "other"):
            assert await this.living({"other", "nobody"}) == {"other"}

        assert await this.living({"other", "nobody"}) == set()


async def test_to_take_the_lock_again_and_again_is_to_take_it_once(engine: sa.Engine) -> None:
    async with held(engine, "this") as this:
        async with held(engine, "other") as other:
            for _ in range(3):
                await other.take()
            assert await this.living({"other"}) == {"other"}

        assert await this.living({"other"}) == set()


async def test_a_lock_whose_connection_was_lost_is_taken_again(engine: sa.Engine) -> None:
    async with held(engine, "this") as this, held(engine, "other") as other:
        cut_connections(engine)
        assert await this.living({"other"}) == set()

        await other.take()

        assert await this.living({"other"}) == {"other"}


async def test_nobody_waits_for_a_lost_connection_that_the_server_takes_for_alive(
    engine: sa.Engine,
) -> None:
    """A network that fails without a word leaves it there, on some servers for hours."""
    with engine.connect() as lost:
        lost.execute(TRY, {"key": key("other")})
        pid = lost.scalar(sa.text("SELECT pg_backend_pid()"))
        # Left whatever happens, or its connection would end in the middle of another test.
        async with (
            asyncio.timeout(WAIT),
            held(engine, "this") as this,
            held(engine, "other") as other,
        ):
            assert await this.living({"other"}) == {"other"}

            lost.invalidate()
            await until_ended(engine, pid)
            await other.take()

            assert await this.living({"other"}) == {"other"}


async def test_who_lost_its_own_connection_sees_who_lives_all_the_same(
    engine: sa.Engine,
) -> None:
    async with held(engine, "this") as this:
        cut_connections(engine)

        async with held(engine, "other"):
            assert await this.living({"other", "nobody"}) == {"other"}


@pytest.fixture
async def scene(postgres_url: str, engine: sa.Engine) -> AsyncIterator[Scene]:
    """A process among others."""
    workflow.migrate(postgres_url)
    async with running(engine) as made:
        yield made


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.workflow.SWEEP_SECONDS", SWEEP)
    monkeypatch.setattr("bot.workflow.LISTEN_SECONDS", SWEEP)
    monkeypatch.setattr("bot.workflow.takeover.DEAD_SECONDS", DEAD)


async def test_what_a_living_process_carries_is_left_to_it(scene: Scene) -> None:
    async with held(scene.engine, "other"):
        scene.sends.add("V1", "other")
        scene.sends.add("V2")
        await scene.until(lambda: scene.work.told == ["V2"])
        looks = scene.sends.looks
        await scene.until(lambda: scene.sends.looks > looks + 15)
        assert scene.work.attempts == ["V2"]

    await scene.until(lambda: scene.work.told == ["V2", "V1"])


async def test_a_process_is_not_dead_because_it_was_looked_for_twice_in_a_moment(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is decided in Slack lets somebody look at once."""
    monkeypatch.setattr("bot.workflow.takeover.DEAD_SECONDS", 3600.0)
    scene.sends.add("V1", "other")
    for _ in range(20):
        looks = scene.sends.looks
        scene.workflows.look()
        await scene.until(lambda looks=looks: scene.sends.looks > looks)  # type: ignore[misc]

    assert scene.work.attempts == []


async def test_a_process_that_came_back_in_between_is_not_taken_for_dead_later(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("bot.workflow.takeover.time", SimpleNamespace(monotonic=lambda: now))

    async def looked() -> None:
        looks = scene.sends.looks
        await scene.until(lambda: scene.sends.looks > looks + 2)

    scene.sends.add("V1", "other")
    await looked()
    async with held(scene.engine, "other"):
        await looked()
        now += 2 * DEAD
    await looked()

    assert scene.work.attempts == []
    now += 2 * DEAD
    await scene.until(lambda: scene.work.told == ["V1"])


async def test_a_process_lives_while_its_sweep_waits_for_the_database(
    scene: Scene, postgres_url: str
) -> None:
    waits = asyncio.Event()
    due = scene.sends.due

    async def hang(limit: int) -> object:
        await waits.wait()
        return await due(limit)

    scene.sends.due = hang  # type: ignore[method-assign,assignment]
    await asyncio.sleep(2 * SWEEP)
    cut_connections(scene.engine)

    observing = open_engine(postgres_url)
    try:
        async with held(observing, "observer") as observer, asyncio.timeout(WAIT):
            while not await observer.living({scene.workflows.process}):  # noqa: ASYNC110 - nobody says when
                await asyncio.sleep(SWEEP)
    finally:
        waits.set()
        observing.dispose()
