"""Connections to PostgreSQL that break at any moment, also in the middle of a commit."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.conftest import open_world
from tests.faults.checks import Sends
from tests.faults.commit_relay import before_postgres
from tests.faults.conftest import SQLITE, Fleet, Say
from tests.faults.crowd import LONG, Crowd
from tests.faults.postgres import cut_at_random

pytestmark = pytest.mark.slow

SENDS = 1000
LIMIT = 900.0
"""Seconds for all of them; on a quiet machine it takes 60 to 120."""
PAUSES = (0.05, 0.3)  # seconds from one cut to the next
EVERY = 13  # commits to one that is cut


async def test_a_thousand_sends_survive_sessions_that_end_at_random(
    postgres_fleet: Fleet, say: Say
) -> None:
    crowd = Crowd(postgres_fleet, SENDS, size=20, rest=(0.0, 0.2))
    sends = Sends(postgres_fleet, crowd.taken)
    await crowd.settle_in()
    began = time.monotonic()
    cuts: list[int] = []

    try:
        async with asyncio.timeout(LIMIT):
            async with cut_at_random(postgres_fleet.world.database_url, pauses=PAUSES) as cuts:
                await crowd.people_send()
            await sends.all_told(seconds=LONG)
    finally:
        say(f"{len(cuts)} sessions cut: {crowd.figures()}, {time.monotonic() - began:.0f} s")

    # Fewer would show little; how many there are to cut depends on how fast the sends go.
    assert len(cuts) >= 20
    await crowd.check()
    await sends.assert_no_card_lies()


async def test_commits_whose_answer_is_lost_or_that_never_arrive_lose_nothing(
    tmp_path: Path, migrated_url: str, say: Say
) -> None:
    async with open_world(tmp_path, migrated_url) as world, before_postgres(migrated_url) as relay:
        world.settings["DATABASE_URL"] = relay.database_url
        crowd = Crowd(Fleet(world, SQLITE), 120, size=10, rest=(0.1, 0.5))
        await crowd.settle_in()
        sends = Sends(crowd.fleet, crowd.taken)
        relay.every = EVERY

        try:
            async with asyncio.timeout(LIMIT):
                await crowd.people_send()
                await crowd.fleet.world.slack.until(
                    lambda: len(sends.untold()) < 5 or None, timeout=LONG
                )
                relay.every = 0
                await sends.all_told(seconds=LONG)
        finally:
            say(
                f"{relay.commits} commits, {relay.lost} answers to them lost, "
                f"{relay.prevented} never arrived: {crowd.figures()}"
            )

        assert relay.lost > 5
        assert relay.prevented > 5
        await crowd.check()
        await sends.assert_no_card_lies()
