"""How a process is told to stop, also while it still waits for what it needs to start."""

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")

# SIGTERM to exit within 10 s, whatever hangs.
LAST_SECONDS = 9.5


class Stopped(Exception):
    """Told to stop before it had started."""


def stop_event() -> asyncio.Event:
    """Return what SIGTERM and Ctrl-C set; whatever hangs then, the process ends in time."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def begin() -> None:
        stop.set()
        # Everything durable is on disk at any moment, so that even this loses nothing.
        last = threading.Timer(LAST_SECONDS, os._exit, (0,))
        last.daemon = True
        last.start()

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, begin)
    return stop


@contextlib.asynccontextmanager
async def until_stopped() -> AsyncIterator[None]:
    """Take it for an end like any other if the stop came before the start was over."""
    with contextlib.suppress(Stopped):
        yield
    logger.info("stopped")


async def unless_stopped(work: Coroutine[Any, Any, T], stop: asyncio.Event) -> T:
    """Return what `work` does. Raises Stopped as soon as `stop` is set."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Stopped
        return working.result()
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


async def pause(seconds: float, stop: asyncio.Event) -> None:
    """Wait. Raises Stopped as soon as `stop` is set."""
    await unless_stopped(asyncio.sleep(seconds), stop)
