"""The private question whether pending sends arrived, of one or of several. Pure."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Final

from bot.locales import Translator
from bot.policy.nudges import may_remind
from bot.sends import Arrival, Send, SendId
from bot.slack.notifications import buttons, cards
from bot.slack.platform.action_ids import CORRECT
from bot.slack.platform.blocks import Block, Element, actions, section
from bot.slack.platform.elements import button

# Each carries the send's id.
ARRIVED: Final = "nudge_arrived"
NOT_ARRIVED: Final = "nudge_not_arrived"
REMIND: Final = "nudge_remind"
BLOCK: Final = "nudge."  # and the send's id
MOST = 20  # in one message: Slack takes 50 blocks


def draw(sends: Sequence[Send], words: Translator) -> cards.Message:
    """Draw the question as it stands: what was answered says so, and asks no more."""
    if len(sends) == 1:
        return _message([], [_entry(sends[0], words, "nudge.question", [buttons.panel(words)])])
    head = words("nudge.many", count=len(sends))
    return _message([head], [_entry(each, words, "nudge.sent_at", []) for each in sends])


def as_asked(send: Send) -> Send:
    """Return a send as it will be once its sender was asked about it."""
    return dataclasses.replace(send, nudge_at=None, nudges=send.nudges + 1)


def ids_in(blocks: Sequence[dict[str, Any]]) -> tuple[SendId, ...]:
    """Name the sends that a question is about, by its blocks as Slack gives them back."""
    names = (str(each.get("block_id") or "") for each in blocks)
    return tuple(SendId(each.removeprefix(BLOCK)) for each in names if each.startswith(BLOCK))


def _message(head: list[str], entries: Sequence[tuple[str, list[Block]]]) -> cards.Message:
    blocks = [section(each) for each in head]
    for _, drawn in entries:
        blocks += drawn
    return cards.Message("\n".join([*head, *(text for text, _ in entries)]), blocks, None)


def _entry(
    send: Send, words: Translator, question: str, more: Sequence[Element]
) -> tuple[str, list[Block]]:
    title = cards.title(send, words, cards.EMOJI[send.status])
    text = f"{title}\n{_stands(send, words, question)}"
    blocks = [section(text, block_id=f"{BLOCK}{send.id}")]
    if possible := _possible(send, words, more):
        blocks.append(actions(possible))
    return text, blocks


def _stands(send: Send, words: Translator, question: str) -> str:
    if send.arrival:
        return words(f"nudge.said.{send.arrival}")
    if send.nudge_at:
        return words("nudge.later", when=cards.clock(send.nudge_at, form=cards.DAY_AND_TIME))
    return words(question, when=cards.clock(send.ended or send.updated, day=True))


def _possible(send: Send, words: Translator, more: Sequence[Element]) -> list[Element]:
    details = buttons.details(send, words)
    if send.arrival is Arrival.NOT_ARRIVED:
        # Where it was asked for, and through the form: whatever speaks against it is asked there.
        return [button(CORRECT, words("button.send_again"), send.id), details]
    if send.arrival or send.nudge_at:
        return []
    asking = [
        button(ARRIVED, words("nudge.arrived"), send.id),
        button(NOT_ARRIVED, words("nudge.not_arrived"), send.id),
    ]
    if may_remind(send.nudges):
        asking.append(button(REMIND, words("nudge.remind"), send.id))
    return [*asking, details, *more]
