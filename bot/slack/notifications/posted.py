"""What stands in Slack by now, remembered by this process in case it can't be written down."""

import dataclasses
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TypeVar

from bot.sends import Send, SendId

T = TypeVar("T")

MOST = 2000  # of each that are remembered


@dataclass(frozen=True, slots=True)
class Posted:
    """The cards and outcomes that were posted last: told once more, they would stand there twice."""

    _cards: OrderedDict[SendId, tuple[str, str]] = field(default_factory=OrderedDict)
    _told: OrderedDict[SendId, tuple[object, ...]] = field(default_factory=OrderedDict)

    def placed(self, send: Send) -> Send:
        """Return the send with the place of its card, also if the row does not have it."""
        if send.card_channel or send.id not in self._cards:
            return send
        channel, ts = self._cards[send.id]
        return dataclasses.replace(send, card_channel=channel, card_ts=ts)

    def keep_card(self, send: Send) -> None:
        """Remember where its card was posted."""
        _keep(self._cards, send.id, (send.card_channel, send.card_ts))

    def is_told(self, send: Send) -> bool:
        """Whether just this was told, and the row was not changed since."""
        return self._told.get(send.id) == _state(send)

    def keep_told(self, send: Send) -> None:
        """Remember that it was told as it stands."""
        _keep(self._told, send.id, _state(send))


def _state(send: Send) -> tuple[object, ...]:
    """Return what is another one whenever there is something new to be told."""
    return send.updated, send.status, send.reason, send.decided_by


def _keep(kept: OrderedDict[SendId, T], send_id: SendId, value: T) -> None:
    kept[send_id] = value
    kept.move_to_end(send_id)
    if len(kept) > MOST:
        kept.popitem(last=False)
