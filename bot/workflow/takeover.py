"""Which sends a process may take up: nobody's, its own, and those of processes that died."""

import time
from collections.abc import Collection, Sequence
from datetime import timedelta

from bot.sends import Due
from bot.workflow.process_lock import ProcessLock

# Longer than it takes a living process to hold its lock again after the database was away.
DEAD_SECONDS = 3.0
# What a process of the version before has written is its own for so long: a call and its answer.
GRACE = timedelta(seconds=150)


class Takeover:
    """Tells what a living process carries from what a dead one left."""

    def __init__(self, lock: ProcessLock) -> None:
        """On SQLite there is no other process, so whatever another one carried is left."""
        self._lock = lock
        self._gone_since: dict[str, float] = {}

    async def left_by_others(self, found: Sequence[Due]) -> list[Due]:
        """Leave out what other processes carry that live."""
        living = await self.living({each.runner for each in found})
        return [
            each
            for each in found
            if each.runner not in living and not self._is_of_version_before(each)
        ]

    async def living(self, runners: Collection[str]) -> set[str]:
        """Name those of these processes, this one left out, that live as far as one can say.

        It is asked again and again of all that carry what is looked at.
        """
        others = {*runners} - {"", self._lock.process}
        return others - await self._find_dead(others)

    async def _find_dead(self, others: set[str]) -> frozenset[str]:
        """Name the processes that are gone: those that were not there for some seconds.

        Once is not enough: a restart of PostgreSQL takes everybody's lock away for a moment.
        """
        if self._lock.alone:
            return frozenset(others)
        gone = others - await self._lock.living(others) if others else others
        now = time.monotonic()
        self._gone_since = {each: self._gone_since.get(each, now) for each in gone}
        return frozenset(
            each for each, since in self._gone_since.items() if now - since >= DEAD_SECONDS
        )

    def _is_of_version_before(self, found: Due) -> bool:
        """Whether a process of the version before, which names itself nowhere, may carry it."""
        if self._lock.alone or found.runs:
            return False
        # Its own clock may be ahead of the database's.
        return abs(found.late) < GRACE
