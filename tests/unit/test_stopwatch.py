"""What a machine stands still for is left out of what is measured."""

import asyncio
import time

from tests.stopwatch import running_for, stopwatch


async def test_what_stands_still_is_counted_and_what_waits_is_not() -> None:
    async with stopwatch() as watch:
        await asyncio.sleep(0.1)
        before = watch.late
        time.sleep(0.3)  # noqa: ASYNC251 - that nothing goes on is what is tried

    assert watch.late - before > 0.2


async def test_a_wait_goes_on_for_as_long_as_all_stood_still() -> None:
    began = time.monotonic()
    waiting = asyncio.create_task(running_for(0.2))
    await asyncio.sleep(0.05)
    time.sleep(0.3)  # noqa: ASYNC251 - that nothing goes on is what is tried
    await waiting

    assert time.monotonic() - began > 0.4
