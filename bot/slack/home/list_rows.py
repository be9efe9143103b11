"""Lists as Home shows them: how each one stands, and what can be done about it at once. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.bulk.batches import BatchStatus
from bot.locales import Translator
from bot.slack.bulk import buttons, card, progress_view
from bot.slack.bulk.shown import Shown
from bot.slack.notifications import cards
from bot.slack.platform.blocks import Block, Element, actions, context, header, section

SHOWN = 10
BLOCKS_EACH = 2
AROUND = 2  # the heading, and how many more there are
GOING = frozenset({BatchStatus.RUNNING, BatchStatus.PAUSED, BatchStatus.STOPPED, BatchStatus.DONE})


@dataclass(frozen=True, slots=True)
class HomeList:
    """A list, and what whoever looks at Home may do about it."""

    shown: Shown
    is_own: bool = True
    may_decide: bool = True  # its sender, or an admin
    may_approve: bool = False


def draw(
    lists: Sequence[HomeList], translator: Translator, *, room: int = BLOCKS_EACH * SHOWN + AROUND
) -> list[Block]:
    """Draw as many of these as `room` blocks hold, and say how many are left out."""
    shown = lists[: min(SHOWN, (room - AROUND) // BLOCKS_EACH)] if room > AROUND else ()
    if not shown:
        return []
    blocks = [header(translator("home.lists"))]
    for each in shown:
        blocks += _row(each, translator)
    if more := len(lists) - len(shown):
        blocks.append(context(translator("home.lists.more", count=more)))
    return blocks


def _row(each: HomeList, translator: Translator) -> list[Block]:
    shown, batch = each.shown, each.shown.batch
    facts = [
        translator(f"bulk.status.{batch.status}"),
        *([] if each.is_own else [f"<@{batch.request.user}>"]),
        cards.clock(batch.created, day=True),
    ]
    # Its card has all the rest.
    if batch.card_channel.startswith(("C", "G")):
        facts.append(f"<#{batch.card_channel}>")
    lines = [card.title(shown, translator), " · ".join(facts)]
    if batch.status in GOING and shown.progress.total:
        lines.append(progress_view.bar(shown, translator))
    if batch.status.is_final and shown.progress.undecided:
        lines.append(translator("bulk.card.unknown", count=shown.progress.undecided))
    blocks: list[Block] = [section("\n".join(lines), block_id=f"list.{batch.id}")]
    if possible := _possible(each, translator):
        blocks.append(actions(possible, block_id=f"list_actions.{batch.id}"))
    return blocks


def _possible(each: HomeList, translator: Translator) -> list[Element]:
    """Offer what needs nothing of what only the card says."""
    shown, batch = each.shown, each.shown.batch
    offered: list[Element] = []
    if batch.status is BatchStatus.AWAITING_APPROVAL:
        if each.may_approve:
            offered += buttons.decide_approval(batch, translator)
            offered.append(buttons.messages(batch, translator))
        if each.may_decide:
            offered.append(buttons.discard(batch, translator))
    elif each.may_decide and batch.status is BatchStatus.RUNNING:
        offered += [buttons.pause(batch, translator), buttons.stop(shown, translator)]
    elif each.may_decide and batch.status is BatchStatus.PAUSED:
        offered += [buttons.resume(batch, translator), buttons.stop(shown, translator)]
    elif each.may_decide and batch.status.is_final and shown.progress.undecided:
        offered += buttons.decide_unknown(batch, shown.progress.undecided, translator)
    return offered
