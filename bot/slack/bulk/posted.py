"""What was posted of lists, remembered by this process in case it can't be written down."""

import dataclasses
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.bulk.batches import Batch, BatchId
from bot.sends import Card
from bot.slack.notifications.cards import Message

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST = 2000  # of each that are remembered


@dataclass(frozen=True, slots=True)
class Posted:
    """The lists' cards, what stands on them, and what was said beside them."""

    _cards: OrderedDict[BatchId, Card] = field(default_factory=OrderedDict)
    _drawn: OrderedDict[BatchId, Message] = field(default_factory=OrderedDict)
    _replaced: OrderedDict[BatchId, bool] = field(default_factory=OrderedDict)
    _said: OrderedDict[tuple[BatchId, str], tuple[object, str]] = field(default_factory=OrderedDict)

    def placed(self, batch: Batch) -> Batch:
        """Return the list with the place of its card, also if its row does not have it (yet)."""
        card = self._cards.get(batch.id)
        if card is None:
            return batch
        return dataclasses.replace(batch, card_channel=card.channel, card_ts=card.ts)

    def keep_card(self, batch_id: BatchId, card: Card) -> None:
        """Remember where its card was posted last."""
        _keep(self._cards, batch_id, card)

    def shows(self, batch_id: BatchId, message: Message) -> bool:
        """Whether this was drawn on the card last."""
        return self._drawn.get(batch_id) == message

    def keep_drawn(self, batch_id: BatchId, message: Message) -> None:
        """Remember what was drawn on the card."""
        _keep(self._drawn, batch_id, message)

    def may_replace(self, batch_id: BatchId) -> bool:
        """Whether a card that is gone is posted anew: once, for somebody may not want it there."""
        if batch_id in self._replaced:
            return False
        _keep(self._replaced, batch_id, value=True)
        return True

    async def once(
        self, batch_id: BatchId, what: str, state: object, say: Callable[[], Awaitable[str]]
    ) -> str:
        """Say something unless just this was said, and return what came of it, now or then.

        `state` is another one whenever it is new.
        """
        known = self._said.get((batch_id, what))
        if known is not None and known[0] == state:
            return known[1]
        came_of_it = await say()
        _keep(self._said, (batch_id, what), (state, came_of_it))
        return came_of_it


def _keep(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > MOST:
        kept.popitem(last=False)
