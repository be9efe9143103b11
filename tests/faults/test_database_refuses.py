"""A database that takes nothing for a while: tables that are locked, or all of it read-only."""

import asyncio

import pytest

from tests.faults.checks import Sends
from tests.faults.conftest import Fleet
from tests.faults.limits import without_writing
from tests.faults.postgres import alter, read_only, tables, tables_locked

pytestmark = pytest.mark.slow

LOCKED = 6.0
REFUSED = 10.0
CODES = tuple(f"refused-{number}" for number in range(6))


@pytest.mark.parametrize("locked", ["dbos.operation_outputs", "dbos.workflow_status", "every one"])
async def test_tables_that_are_locked_during_the_calls_lose_nothing(
    postgres_solo: Fleet, locked: str
) -> None:
    fleet, url = postgres_solo, postgres_solo.world.database_url
    await fleet.kill()
    alter(url, "SET statement_timeout = '1s'")
    await fleet.start()
    fleet.world.atom.behave("hangs", seconds=4.0)
    sends = Sends(fleet)
    # A second is little for a statement on a busy machine.
    await sends.submit_until_taken(*CODES)
    await sends.all_called()

    with tables_locked(url, *(tables(url) if locked == "every one" else [locked])):
        await asyncio.sleep(LOCKED)

    await sends.all_told()
    sends.assert_all("pending")
    await sends.assert_no_card_lies()


async def test_engine_tables_that_are_locked_while_sends_wait_lose_nothing(
    postgres_solo: Fleet,
) -> None:
    fleet, url = postgres_solo, postgres_solo.world.database_url
    await fleet.kill()
    alter(url, "SET statement_timeout = '1s'")
    await fleet.start()
    fleet.world.atom.behave("down")
    sends = Sends(fleet)
    await sends.submit_until_taken(*CODES)
    await sends.all_wait()

    with tables_locked(url, "dbos.operation_outputs"):
        await asyncio.sleep(LOCKED)

    fleet.world.atom.behave("answers")
    await sends.all_told()
    sends.assert_all("pending")
    await sends.assert_no_card_lies()


@pytest.mark.parametrize("afterwards", ["new connections", "the same connections"])
async def test_ten_seconds_of_a_read_only_postgresql_lose_nothing(
    postgres_solo: Fleet, afterwards: str
) -> None:
    fleet = postgres_solo
    fleet.world.atom.behave("down")
    sends = Sends(fleet)
    await sends.submit(*CODES)
    await sends.all_wait()

    with read_only(fleet.world.database_url, cut=afterwards == "new connections"):
        await asyncio.sleep(REFUSED / 2)
        fleet.world.atom.behave("answers")
        await asyncio.sleep(REFUSED / 2)

    await sends.all_told()
    sends.assert_all("pending")
    await sends.assert_no_card_lies()


async def test_ten_seconds_without_a_write_on_sqlite_lose_nothing(sqlite_fleet: Fleet) -> None:
    fleet = sqlite_fleet
    fleet.world.atom.behave("down")
    sends = Sends(fleet)
    await sends.submit(*CODES)
    await sends.all_wait()

    with without_writing(fleet.running[0].pid):
        await asyncio.sleep(REFUSED / 2)
        fleet.world.atom.behave("answers")
        await asyncio.sleep(REFUSED / 2)

    await sends.all_told()
    sends.assert_all("pending")
    await sends.assert_no_card_lies()
