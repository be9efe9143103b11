"""Who has Home open, and drawing it again for them once a send of theirs has changed.

What changed is read from the database, so that it does not matter which process did it, and that
no run and no acknowledgement waits for Home. Slack takes about a hundred Homes a minute from a
whole workspace (docs: views.publish, tier 4): one is drawn at a time, with a pause after each.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.errors import BotError, TryLater
from bot.repositories import SendRepository
from bot.slack.home.state import HomeState

logger = logging.getLogger(__name__)

HOMES_KEPT = 1000
# Slack does not say when somebody leaves Home.
OPEN_SECONDS = 3600.0
EVERY = 1.0  # seconds from look to look, and from Home to Home
# A send goes through several statuses within a second or two: they are drawn as one.
REST = 1.0  # seconds without a change
LONGEST_WAIT = 5.0  # seconds
# Events are numbered before they are committed: one with a lower number may be seen later.
OVERLAP = 100
PAUSE = 10.0  # seconds, while the database can't be asked
LONGEST_PAUSE = 60.0

Draw = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class OpenHome:
    """What a person's Home shows, as far as this process knows."""

    state: HomeState
    version: str  # Slack's hash of it: whoever publishes to another one is refused
    shown: str  # what was drawn
    sees_planned: bool = False  # of others, as admins and approvers do


@dataclass(frozen=True, slots=True)
class _Wait:
    since: float
    changed: float  # when something happened last

    def is_over(self, now: float) -> bool:
        return now - self.changed >= REST or now - self.since >= LONGEST_WAIT


class HomeWatch:
    """Remembers the Homes that were opened lately, and has those drawn again that have changed."""

    def __init__(
        self,
        sends: SendRepository,
        *,
        every: float = EVERY,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`every` and `now` are in seconds."""
        self._sends = sends
        self._every = every
        self._now = now
        self._homes: dict[str, tuple[float, OpenHome]] = {}  # whoever opened it last, at the end
        self._waiting: dict[str, _Wait] = {}
        self._seen: frozenset[int] | None = None
        self._task: asyncio.Task[None] | None = None

    def find(self, user: str) -> OpenHome | None:
        """Return somebody's Home if it was opened lately."""
        opened, home = self._homes.get(user, (0.0, None))
        return home if self._now() - opened < OPEN_SECONDS else None

    def opened(self, user: str, home: OpenHome, draw: Draw) -> None:
        """Remember a Home that its person has just asked for, and watch it from now on."""
        self._homes.pop(user, None)
        self._homes[user] = (self._now(), home)
        if len(self._homes) > HOMES_KEPT:
            self.forget(next(iter(self._homes)))
        if self._task is None or self._task.done():
            self._seen = None
            self._task = asyncio.create_task(self._run(draw))
            self._task.add_done_callback(_ended)

    def drawn(self, user: str, home: OpenHome) -> None:
        """Remember what a Home shows now, which nobody asked for."""
        if user in self._homes:
            self._homes[user] = (self._homes[user][0], home)

    def forget(self, user: str) -> None:
        """Leave somebody's Home alone."""
        self._homes.pop(user, None)
        self._waiting.pop(user, None)

    async def close(self) -> None:
        """Watch no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, draw: Draw) -> None:
        while self._homes:
            pause = await self._look() or await self._draw_one(draw)
            await asyncio.sleep(max(self._every, pause))
            self._forget_old()

    async def _look(self) -> float:
        """Find whose sends have changed; return how long to leave the database alone."""
        last = max(self._seen or (), default=0)
        try:
            found = await self._sends.whose_changed(max(0, last - OVERLAP))
        except TryLater as error:
            logger.info("homes not looked at", extra={"reason": error.key})
            return PAUSE
        if self._seen is None:
            # Something may have happened while the first Home was drawn.
            changed = set(self._homes)
        else:
            new = [each for number, each in found.items() if number not in self._seen]
            changed = {each.user for each in new}
            if any(each.is_planned for each in new):
                changed |= {user for user, (_, home) in self._homes.items() if home.sees_planned}
        self._seen = frozenset(found)
        now = self._now()
        for user in changed & self._homes.keys():
            known = self._waiting.get(user)
            self._waiting[user] = _Wait(known.since if known else now, changed=now)
        return 0.0

    async def _draw_one(self, draw: Draw) -> float:
        """Draw the Home that waits longest, if any is due; return for how long Slack wants none."""
        user = self._due()
        if user is None:
            return 0.0
        del self._waiting[user]
        try:
            await draw(user)
        except BotError as error:
            logger.info("home not drawn", extra={"user": user, "reason": error.key})
            return min(error.after, LONGEST_PAUSE) if isinstance(error, TryLater) else 0.0
        return 0.0

    def _due(self) -> str | None:
        """Name who waits longest of those whose sends rest, or who waited long enough."""
        now = self._now()
        return next((user for user, wait in self._waiting.items() if wait.is_over(now)), None)

    def _forget_old(self) -> None:
        for user in [user for user in self._homes if self.find(user) is None]:
            self.forget(user)


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        logger.error("homes not watched", exc_info=error)
