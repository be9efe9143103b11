"""Whether the same template went, goes or will go to the same number at about the same time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

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
    replaces: SendId | None = None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another send that makes this one a duplicate: to be said, and overridden by a person."""

    earlier: Earlier  # of several the one nearest in time
    distance: timedelta  # from its due moment to this one's; below zero: it is later
    ids: tuple[SendId, ...]  # of all of them, the nearest first

    @property
    def others(self) -> int:
        """How many there are beside the one that is told."""
        return len(self.ids) - 1

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
    replaces: SendId | None = None,
    confirmed: frozenset[SendId] = frozenset(),
) -> Duplicate | None:
    """Find what this send, due at a moment, would be a duplicate of; a window of 0 finds nothing.

    Judged between due moments, whichever is later. `confirmed` are those that a person was told of
    and sends beside. What is sent again (`replaces`) is no duplicate of the tries before, nor of
    what its sender was told of when they asked for it first.
    """
    earlier = tuple(earlier)
    tries = _chain(earlier, replaces)
    told = max((each.due for each in earlier if each.id in tries), default=None)
    found = [
        each
        for each in earlier
        if each.status not in NOT_SENT
        and each.id not in confirmed
        and each.id not in tries
        and (told is None or each.due > told)
        and abs(due - each.due) < window
    ]
    if not found:
        return None
    found.sort(key=lambda each: (abs(due - each.due), each.id))
    return Duplicate(found[0], due - found[0].due, tuple(each.id for each in found))


def _chain(earlier: Iterable[Earlier], last: SendId | None) -> frozenset[SendId]:
    """Name the tries of one request, from the last one back to the first."""
    replaced = {each.id: each.replaces for each in earlier}
    tries = set[SendId]()
    while last and last not in tries:
        tries.add(last)
        last = replaced.get(last)
    return frozenset(tries)
