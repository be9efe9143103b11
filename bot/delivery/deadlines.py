"""Until when sends that wait are tried."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.sends import Send, SendId

KEPT_DEADLINES = 20_000


class Deadlines:
    """Until when each send that waits is tried, whatever the clock does meanwhile."""

    def __init__(self, longest: timedelta, monotonic: Callable[[], float] = time.monotonic) -> None:
        """No send waits longer than `longest`, even if a clock that was ahead said so."""
        self._longest = longest.total_seconds()
        self._monotonic = monotonic
        self._until: dict[SendId, tuple[datetime, float]] = {}

    def left(self, send: Send, now: datetime) -> float:
        """Return how many seconds are left; the clock counts only the first time."""
        at, until = self._until.get(send.id, (None, 0.0))
        if at != send.give_up_at:
            self._prune()
            left = (send.give_up_at - now).total_seconds()
            until = self._monotonic() + min(left, self._longest)
            self._until[send.id] = send.give_up_at, until
        return until - self._monotonic()

    def _prune(self) -> None:
        """Forget those that must have come to their end in another process."""
        if len(self._until) > KEPT_DEADLINES:
            now = self._monotonic()
            self._until = {key: known for key, known in self._until.items() if known[1] > now}

    def forget(self, send_id: SendId) -> None:
        """Keep nothing of what has come to its end."""
        self._until.pop(send_id, None)
