"""Looking again and again for what is to be done, and at once when somebody says so."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

# The package's own, which says the same seldom, however often it happens.
logger = logging.getLogger(__package__)


async def keep_looking(
    look: Callable[[], Awaitable[None]], wake: asyncio.Event, *, seconds: float, postponed: str
) -> None:
    """Look now, after so many seconds, and whenever `wake` is set; `postponed` is for the log."""
    while True:
        wake.clear()
        try:
            await look()
        except Exception:  # whatever the database raises, somebody must go on to look
            logger.warning(postponed, exc_info=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), seconds)
