"""What a delivery works with, as far as it knows it."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from bot.sends import Card, Outcome, Send, SendId, SendRequest

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A call that may begin, in how many seconds, and whether it tests a paused queue."""

    send: Send
    wait: float = 0.0
    is_probe: bool = False


class DeliveryRepository(Protocol):
    """The sends as they are written down. What changes one returns it as it is then."""

    async def claim(self, send_id: SendId) -> Claimed | float | None:
        """Mark the call as begun, before it is, and take its permit.

        Returns in how many seconds there is a permit if there is none now; None if the call may
        not begin any more. Raises TryLater while the queue is paused.
        """
        ...

    async def get(self, send_id: SendId) -> Send: ...

    async def settle(self, send: Send, outcome: Outcome, *, claim: str) -> Send:
        """Write down what is known of this call."""
        ...

    async def refuse(self, send: Send, outcome: Outcome) -> Send:
        """Write down why it is not called at all; nothing happens once a call has begun."""
        ...

    async def postpone(
        self, send: Send, *, next_try: datetime, reason: str, claim: str = ""
    ) -> Send:
        """Write down when it is tried again; with a `claim`, that nothing went out."""
        ...

    async def fire(self, send: Send) -> Send:
        """Let one go out whose moment has come."""
        ...

    async def ask_late(self, send: Send) -> Send:
        """Leave it to a person what becomes of one whose moment is long past."""
        ...

    async def expire(self, send: Send) -> Send:
        """End one that nobody approved in time."""
        ...

    async def wait_until(self, send: Send, moment: datetime, *, reason: str) -> Send:
        """Write down that it is due at a later moment; it is given up so much later, too."""
        ...

    async def resume(self) -> None:
        """Let those go on that wait for the end of a pause: it has ended."""
        ...

    async def told(self, send: Send, channel: str, ts: str) -> None: ...

    async def not_told(self, send: Send, *, reason: str) -> None:
        """Write down that nobody tries to tell it any more, and why."""
        ...

    async def tell_later(self, send: Send, *, next_try: datetime) -> None: ...


class Gateway(Protocol):
    """The way to Atom."""

    async def send(self, request: SendRequest) -> Outcome:
        """Call once. Raises TryLater if nothing went out, and Unclear."""
        ...


class RateLimit(Protocol):
    """Whether calls may begin at all, over all processes of one database."""

    async def pause(self, seconds: float) -> bool:
        """Let none begin; say whether they might until now."""
        ...

    async def resume(self) -> None: ...


class Notifier(Protocol):
    """Tells the people in Slack."""

    def begin(self, send: Send) -> None:
        """Show the card if nothing is known in a second; never waited for."""
        ...

    def show(self, send: Send) -> None:
        """Show the card as it is now; never waited for."""
        ...

    async def tell(self, send: Send) -> Card:
        """Say once what became of it. Raises TryLater or Refused."""
        ...


class Alerts(Protocol):
    """Tells the admins; never waited for."""

    def token_refused(self, http_status: int) -> None: ...

    def token_taken(self) -> None: ...


class Idle(Protocol):
    """Waits for what a stop of the process need not wait for."""

    async def __call__(self, wait: Awaitable[T]) -> T: ...
