"""The soak: many sends while random processes are killed again and again."""

import asyncio
import time

import pytest

from tests.faults.conftest import POSTGRES, SQLITE, Fleet, Say
from tests.faults.crowd import Crowd

pytestmark = pytest.mark.slow

SENDS = {len(SQLITE): 100, len(POSTGRES): 200}
"""By the number of processes: the more there are, the more can go wrong between them."""
LIMIT = 600.0
"""Seconds for all of it; on a quiet machine it takes 20 and 40."""


async def test_no_send_is_called_twice_and_none_is_lost(fleet: Fleet, say: Say) -> None:
    crowd = Crowd(fleet, SENDS[len(fleet.roles)])
    await crowd.settle_in()
    began = time.monotonic()

    try:
        async with asyncio.timeout(LIMIT):
            await asyncio.gather(crowd.people_send(), crowd.kill())
            await crowd.everything_told()
    finally:
        say(
            f"soak, {len(fleet.roles)} processes: {crowd.figures()}, {time.monotonic() - began:.0f} s"
        )

    await crowd.check()
