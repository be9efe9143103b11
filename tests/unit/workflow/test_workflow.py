"""The runs of a process: begun once, carried whatever the engine does, and swept up."""

import asyncio
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot import workflow
from bot.sends import Send, SendId, Status
from bot.store.database import open_engine
from bot.workflow.delete_old_runs import forget
from bot.workflow.engine_runs import ALONE
from bot.workflow.slow_poll_pool import SlowPollPool
from tests.unit.workflow.scene import SWEEP, WAIT, Scene, running

pytestmark = pytest.mark.slow

FAILED = 1.0  # seconds until a run that raised is taken up again


@contextmanager
def locked(scene: Scene) -> Iterator[None]:
    """Keep everybody else from writing; whatever happens, no longer than this is open."""
    other = sqlite3.connect(str(scene.engine.url.database), timeout=WAIT, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
    finally:
        other.close()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    """A SQLite file with the engine's own tables."""
    url = f"sqlite:///{tmp_path_factory.mktemp('workflow')}/bot.db"
    workflow.migrate(url)
    return open_engine(url, poolclass=SlowPollPool)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.workflow.SWEEP_SECONDS", SWEEP)
    monkeypatch.setattr("bot.workflow.LISTEN_SECONDS", SWEEP)
    monkeypatch.setattr("bot.workflow.engine_runs.START_SECONDS", 20.0)
    monkeypatch.setattr("bot.workflow.engine_runs.FAILED_SECONDS", FAILED)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for the engine but a moment."""
    monkeypatch.setattr("bot.workflow.engine_runs.START_SECONDS", 0.3)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no run share a workflow."""
    monkeypatch.setattr("bot.workflow.engine_runs.ALONE", 1000)


@pytest.fixture
async def scene(engine: sa.Engine) -> AsyncIterator[Scene]:
    async with running(engine) as made:
        made.sql("DELETE FROM workflow_status")
        yield made


async def test_a_send_that_is_begun_runs_once_and_is_written_down(scene: Scene) -> None:
    scene.begin("V1")

    await scene.until(lambda: scene.records() == {"V1:1": "SUCCESS"})

    assert (scene.work.attempts, scene.work.told) == (["V1"], ["V1"])


async def test_to_begin_twice_is_to_begin_once(scene: Scene) -> None:
    send = scene.sends.add("V1", scene.workflows.process)

    scene.workflows.begin(send)
    scene.workflows.begin(send)
    await scene.until(lambda: scene.work.told == ["V1"])
    await asyncio.sleep(4 * SWEEP)

    assert scene.work.attempts == ["V1"]


async def test_while_many_run_those_that_begin_together_share_a_workflow(scene: Scene) -> None:
    names = [f"V{number}" for number in range(20)]
    for name in names:
        scene.begin(name)

    await scene.until(lambda: len(scene.work.told) == len(names))

    # The first ones are alone: nobody waits for company that may not come.
    shared = ALONE
    records = {f"{name}:1": "SUCCESS" for name in names[: shared + 1]}
    await scene.until(lambda: scene.records() == records)
    assert sorted(scene.work.attempts) == sorted(names)


async def test_of_those_that_share_a_workflow_none_waits_for_another(scene: Scene) -> None:
    hangs: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    fails = f"V{ALONE + 2}"

    def before(send: Send) -> "asyncio.Future[None] | None":
        if send.id == fails and send.runs == 1:
            raise ZeroDivisionError
        return hangs if send.id == f"V{ALONE + 1}" else None

    scene.work.before = before
    for number in range(ALONE + 5):
        scene.begin(f"V{number}")

    await scene.until(lambda: len(scene.work.told) == ALONE + 4)
    assert scene.work.attempts.count(fails) == 2
    hangs.set_result(None)
    await scene.until(lambda: len(scene.work.told) == ALONE + 5)


async def test_a_stop_leaves_those_that_still_gather(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workflow.engine_runs.GATHER_SECONDS", 3600.0)
    for number in range(ALONE + 3):
        scene.begin(f"V{number}")
    await scene.until(lambda: len(scene.work.told) == ALONE)

    await asyncio.wait_for(scene.workflows.stop(patience=WAIT), WAIT / 2)

    assert len(scene.work.attempts) == ALONE
    assert scene.sends.handed_over == 1


async def test_a_run_that_the_engine_knows_already_runs_all_the_same(
    scene: Scene, request: pytest.FixtureRequest
) -> None:
    scene.begin("V1")
    await scene.until(lambda: scene.records() == {"V1:1": "SUCCESS"})
    scene.work.told.clear()
    # The engine had all the time that it needed to write down the first one.
    request.getfixturevalue("impatient")

    scene.begin("V1")

    await scene.until(lambda: scene.work.told == ["V1"])
    assert scene.work.attempts == ["V1", "V1"]


@pytest.mark.usefixtures("impatient")
async def test_without_the_engine_s_tables_sends_go_out_all_the_same(scene: Scene) -> None:
    scene.sql("ALTER TABLE workflow_status RENAME TO away")
    try:
        scene.begin("V1")

        await scene.until(lambda: scene.work.told == ["V1"])
        await asyncio.sleep(4 * SWEEP)
    finally:
        scene.sql("ALTER TABLE away RENAME TO workflow_status")

    assert scene.work.attempts == ["V1"]


@pytest.mark.usefixtures("impatient")
async def test_while_the_engine_can_not_write_sends_go_out_once_all_the_same(
    scene: Scene,
) -> None:
    names = [f"V{number}" for number in range(20)]
    with locked(scene):
        for name in names:
            scene.begin(name)

        await scene.until(lambda: len(scene.work.told) == 20)
    # Its own writes come late, and begin nothing more.
    await asyncio.sleep(1.0)

    assert sorted(scene.work.attempts) == sorted(names)


async def test_a_run_that_raises_is_taken_up_again_but_not_at_once(scene: Scene) -> None:
    moments: list[float] = []

    def fail(_: Send) -> None:
        moments.append(time.monotonic())
        if len(moments) == 1:
            raise ZeroDivisionError

    scene.work.before = fail
    scene.begin("V1")

    await scene.until(lambda: scene.work.told == ["V1"])

    assert scene.work.attempts == ["V1", "V1"]
    assert moments[1] - moments[0] > 0.9 * FAILED
    assert scene.sends.rows[SendId("V1")].runs == 2


async def test_what_is_due_is_found_whoever_carried_it(scene: Scene) -> None:
    """Nobody, this process without a run of it, and a dead one: on SQLite all others are."""
    scene.sends.add("V1")
    scene.sends.add("V2", scene.workflows.process)
    scene.sends.add("V3", "dead")

    await scene.until(lambda: len(scene.work.told) == 3)

    assert sorted(scene.work.attempts) == ["V1", "V2", "V3"]


async def test_what_is_decided_is_looked_for_at_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workflow.SWEEP_SECONDS", 3600.0)
    before = scene.sends.looks
    await scene.until(lambda: scene.sends.looks > before)
    scene.sends.add("V1")

    scene.workflows.look()

    await scene.until(lambda: scene.work.told == ["V1"])


async def test_what_runs_is_not_taken_up_a_second_time(scene: Scene) -> None:
    goes_on = asyncio.get_running_loop().create_future()
    scene.work.before = lambda _: goes_on
    scene.begin("V1")
    await scene.until(lambda: scene.work.attempts == ["V1"])

    looks = scene.sends.looks
    await scene.until(lambda: scene.sends.looks > looks + 3)

    assert scene.sends.rows[SendId("V1")].runs == 1
    goes_on.set_result(None)
    await scene.until(lambda: scene.work.told == ["V1"])


async def test_no_more_run_at_once_than_there_is_room_for(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workflow.AT_ONCE", 2)
    first = asyncio.get_running_loop().create_future()
    scene.work.before = lambda _: first
    for number in range(5):
        scene.begin(f"V{number}")
    await scene.until(lambda: len(scene.work.attempts) == 2)
    await asyncio.sleep(4 * SWEEP)
    assert len(scene.work.attempts) == 2

    first.set_result(None)

    await scene.until(lambda: len(scene.work.told) == 5)
    assert len(scene.work.attempts) == 5


async def test_no_more_are_taken_up_than_can_begin(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever takes up what it can't run takes it up again, and writes for nothing."""
    monkeypatch.setattr("bot.workflow.AT_ONCE", 2)
    goes_on = asyncio.get_running_loop().create_future()
    scene.work.before = lambda _: goes_on
    for number in range(5):
        scene.sends.add(f"V{number}")

    await scene.until(lambda: len(scene.work.attempts) == 2)
    looks = scene.sends.looks
    await scene.until(lambda: scene.sends.looks > looks + 3)

    assert sorted(row.runs for row in scene.sends.rows.values()) == [1, 1, 1, 2, 2]
    goes_on.set_result(None)
    await scene.until(lambda: len(scene.work.told) == 5)


async def test_what_is_only_to_be_told_need_not_wait_for_those_that_wait_for_a_permit(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.workflow.AT_ONCE", 2)
    goes_on = asyncio.get_running_loop().create_future()
    scene.work.before = lambda send: None if send.status.is_final else goes_on
    for number in range(3):
        scene.begin(f"V{number}")
    scene.sends.add("V9", status=Status.UNKNOWN)

    await scene.until(lambda: scene.work.told == ["V9"])

    goes_on.set_result(None)
    await scene.until(lambda: len(scene.work.told) == 4)


async def test_whatever_the_database_raises_somebody_goes_on_to_look(scene: Scene) -> None:
    scene.sends.failures = [ZeroDivisionError(), OSError(), LookupError()]
    scene.sends.add("V1")

    await scene.until(lambda: scene.work.told == ["V1"])

    assert scene.sends.failures == []
    assert scene.workflows.runs


async def test_a_stop_waits_for_what_is_under_way(scene: Scene) -> None:
    under_way = asyncio.get_running_loop().create_future()
    scene.work.before = lambda _: under_way
    scene.begin("V1")
    await scene.until(lambda: scene.work.attempts == ["V1"])

    stopping = asyncio.create_task(scene.workflows.stop(patience=WAIT))
    await asyncio.sleep(2 * SWEEP)
    assert not stopping.done()
    under_way.set_result(None)
    await stopping

    assert scene.work.told == ["V1"]
    assert (scene.sends.handed_over, scene.work.closed) == (1, True)
    assert not scene.workflows.runs


async def test_a_stop_leaves_what_waits_and_what_has_not_begun(scene: Scene) -> None:
    async def wait_in_line() -> None:
        await scene.drain.idle(asyncio.Event().wait())

    scene.work.before = lambda _: asyncio.ensure_future(wait_in_line())
    scene.begin("V1")
    await scene.until(lambda: scene.work.attempts == ["V1"])

    await asyncio.wait_for(scene.workflows.stop(patience=WAIT), WAIT / 2)
    scene.begin("V2")
    await asyncio.sleep(4 * SWEEP)

    assert (scene.work.attempts, scene.work.told) == (["V1"], [])
    assert scene.sends.handed_over == 1


async def test_a_stop_gives_up_waiting_for_what_hangs(scene: Scene) -> None:
    scene.work.before = lambda _: asyncio.get_running_loop().create_future()
    scene.begin("V1")
    await scene.until(lambda: scene.work.attempts == ["V1"])

    await asyncio.wait_for(scene.workflows.stop(patience=0.1), WAIT / 2)

    assert scene.work.told == []


@pytest.mark.usefixtures("impatient", "alone")
async def test_a_stop_does_not_wait_for_the_engine_s_tables(scene: Scene) -> None:
    with locked(scene):
        for number in range(2 * workflow.THREADS):
            scene.begin(f"V{number}")
        await scene.until(lambda: len(scene.work.told) == 2 * workflow.THREADS)
        await asyncio.wait_for(scene.workflows.stop(patience=0.1), WAIT / 2)

    assert scene.sends.handed_over == 1


@pytest.mark.usefixtures("alone")
async def test_records_of_what_ended_a_day_ago_are_deleted_and_no_others(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[forget.__module__], "AT_ONCE", 3)
    names = [f"V{number}" for number in range(10)]
    for name in names:
        scene.begin(name)
    await scene.until(lambda: list(scene.records().values()).count("SUCCESS") == 10)
    now = datetime.now(UTC)
    old = int((now - timedelta(hours=25)).timestamp() * 1000)
    young = int((now - timedelta(hours=23)).timestamp() * 1000)
    scene.sql("UPDATE workflow_status SET created_at = :old, completed_at = :old", old=old)
    scene.sql(
        "UPDATE workflow_status SET completed_at = :young WHERE workflow_uuid = 'V7:1'",
        young=young,
    )
    never_ended = "UPDATE workflow_status SET status = :status, completed_at = NULL"
    scene.sql(f"{never_ended} WHERE workflow_uuid = 'V8:1'", status="PENDING")
    scene.sql(f"{never_ended} WHERE workflow_uuid = 'V6:1'", status="ENQUEUED")
    scene.sql(
        f"{never_ended}, created_at = :young WHERE workflow_uuid = 'V9:1'",
        status="PENDING",
        young=young,
    )

    await forget()

    assert set(scene.records()) == {"V7:1", "V9:1"}
