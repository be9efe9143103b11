"""Delete the engine's records of runs that ended: nobody reads them, and they only grow."""

import asyncio
import functools
from datetime import UTC, datetime, timedelta

from dbos import DBOS

KEPT = timedelta(days=1)
# Small enough that nobody waits long for the lock of a SQLite file.
AT_ONCE = 200
PAUSE = 0.05  # seconds, in which others write


async def forget() -> None:
    """Delete all records older than a day, those of runs that never came to an end among them."""
    before = (datetime.now(UTC) - KEPT).isoformat()
    ended = functools.partial(DBOS.list_workflows_async, completed_before=before)
    never_ended = functools.partial(
        # Those in a queue are of the version before, which has no process any more.
        DBOS.list_workflows_async,
        status=["PENDING", "ENQUEUED"],
        end_time=before,
    )
    for find in (ended, never_ended):
        while old := await find(limit=AT_ONCE, load_input=False, load_output=False):
            await DBOS.delete_workflows_async([each.workflow_id for each in old])
            await asyncio.sleep(PAUSE)
