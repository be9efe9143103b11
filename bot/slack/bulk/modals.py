"""What is shown of a list to those alone who may see it whole: messages, and unknown rows. Pure."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from bot.bulk.batches import BatchId, RowResult
from bot.locales import Translator
from bot.sends import Send
from bot.slack.bulk import card, dry_run_view
from bot.slack.bulk.shown import Shown
from bot.slack.notifications import buttons as of_sends
from bot.slack.notifications import cards
from bot.slack.notifications.summary import whole_number
from bot.slack.platform import payloads
from bot.slack.platform.blocks import Block, Element, View, actions, context, modal, section
from bot.slack.platform.elements import button
from bot.slack.platform.payloads import Payload

UNKNOWN_ID: Final = "bulk_unknown"
MESSAGES_ID: Final = "bulk_messages"
MOST_ROWS = 40  # of two blocks each, of a hundred that a modal has


def messages(shown: Shown, translator: Translator) -> View:
    """Draw the first messages with all that is in them."""
    drawn = dry_run_view.whole_messages(shown, translator)
    head = section(card.title(shown, translator))
    return modal(
        translator("bulk.messages.title"),
        [head, *(drawn or [section(translator("bulk.card.nothing_to_send"))])],
        close=translator("details.close"),
        callback_id=MESSAGES_ID,
    )


def unknown(shown: Shown, rows: Sequence[RowResult], translator: Translator, *, count: int) -> View:
    """Draw the rows of which nobody knows, each with its own buttons."""
    head = translator("bulk.card.unknown", count=count) if count else ""
    blocks: list[Block] = [
        section(card.title(shown, translator)),
        section(head or translator("bulk.unknown.none")),
    ]
    for row in rows[:MOST_ROWS]:
        blocks += _row(row, translator)
    if count > MOST_ROWS:
        blocks.append(context(translator("bulk.unknown.more", count=count - MOST_ROWS)))
    return modal(
        translator("bulk.unknown.title"),
        blocks,
        close=translator("details.close"),
        callback_id=UNKNOWN_ID,
        private_metadata=json.dumps({"batch": shown.batch.id}),
    )


def batch_of(view: Payload) -> BatchId:
    """Read of which list a modal is."""
    return BatchId(payloads.note_of(view).get("batch", ""))


def _row(row: RowResult, translator: Translator) -> list[Block]:
    send = row.send
    if send is None:
        return []
    name = cards.unmarked(send.request.client_name)
    line = translator("bulk.unknown.row", line=str(row.row.line))
    said = [line, whole_number(send), *([name] if name else [])]
    return [
        section(" · ".join(said), block_id=f"row.{row.row.line}"),
        actions([*_decisions(send, translator)], block_id=f"decide.{row.row.line}"),
    ]


def _decisions(send: Send, translator: Translator) -> Iterator[Element]:
    """Offer what a person may know; what did not arrive is sent again with all others at once."""
    if of_sends.asks(send):
        yield button(of_sends.RESOLVE_SENT, translator("button.resolve_sent"), send.id)
        lost = translator("button.bulk_row_not_arrived")
        yield button(of_sends.RESOLVE_NOT_SENT, lost, send.id)
    yield of_sends.details(send, translator)
