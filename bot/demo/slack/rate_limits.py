"""Slack's rate limits: calls a minute by tier, and one message a second a channel."""

import collections
import math

from bot.demo.clock import Clock

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
MINUTE = 60.0
BURST = 10.0
"""How many messages a channel takes at once; Slack publishes no number."""


class Limits:
    """Counts calls; says how many seconds to wait where there were too many."""

    def __init__(self, clock: Clock, *, enabled: bool) -> None:
        self.enabled = enabled
        self._clock = clock
        self._calls: dict[str, collections.deque[float]] = {}
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, method: str, tier: int | None) -> int:
        """Count one call of a method; 0 lets it pass, else the seconds of Retry-After."""
        if not self.enabled or tier is None:
            return 0
        now = self._clock.now()
        calls = self._calls.setdefault(method, collections.deque())
        while calls and now - calls[0] >= MINUTE:
            calls.popleft()
        if len(calls) >= TIERS[tier]:
            return max(1, math.ceil(MINUTE - (now - calls[0])))
        calls.append(now)
        return 0

    def wait_to_post(self, channel: str) -> int:
        """Count one message to a channel, like `wait`."""
        if not self.enabled:
            return 0
        now = self._clock.now()
        left, since = self._buckets.get(channel, (BURST, now))
        left = min(BURST, left + now - since)
        if left < 1:
            return 1
        self._buckets[channel] = (left - 1, now)
        return 0
