"""Whether the same template went, goes or will go to the same number at about the same time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.retries import AGAIN
from bot.sends import SendId, Status

# What ended so did not reach anybody. All else did, may have, or still will.
NOT_SENT = frozenset({Status.REJECTED, Status.FAILED, Status.CANCELLED})


@dataclass(frozen=True, slots=True)
class Earlier:
    """What matters of another send of the same template to the same number."""

    id: SendId
    status: Status
    user: str
    due: datetime  # when it went out or is to go out, as far as a person decided
    channel: str = ""  # of its card, or where it was asked for
    card_ts: str = ""


class EarlierSends(Protocol):
    """Knows what was taken before."""

    async def earlier(
        self, phone: str, template: str, *, due: datetime, window: timedelta
    ) -> tuple[Earlier, ...]:
        """Return sends of a template to a number, however it is written. Raises TryLater."""
        ...


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another send that makes this one a duplicate: to be said, and overridden by a person."""

    earlier: Earlier  # of several the one nearest in time
    distance: timedelta  # from its due moment to this one's; below zero: it is later
    others: int = 0

    @property
    def is_unsure(self) -> bool:
        """Whether nobody knows if the other one arrived."""
        return self.earlier.status is Status.UNKNOWN

    @property
    def is_ahead(self) -> bool:
        """Whether the other one has not gone out yet."""
        return not self.earlier.status.is_final


def look(
    earlier: Iterable[Earlier],
    *,
    due: datetime,
    window: timedelta,
    send_id: SendId,
    confirmed: frozenset[SendId] = frozenset(),
) -> Duplicate | None:
    """Find what this send, due at a moment, would be a duplicate of; a window of 0 finds nothing.

    Judged between due moments, whichever is later. `confirmed` are those that a person was told of
    and sends beside; a new try of the same request is no duplicate of the tries before.
    """
    found = [
        each
        for each in earlier
        if each.status not in NOT_SENT
        and each.id not in confirmed
        and _first(each.id) != _first(send_id)
        and abs(due - each.due) < window
    ]
    if not found:
        return None
    nearest = min(found, key=lambda each: (abs(due - each.due), each.id))
    return Duplicate(nearest, due - nearest.due, len(found) - 1)


def _first(send_id: SendId) -> str:
    return send_id.partition(AGAIN)[0]
