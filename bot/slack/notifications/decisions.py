"""What stands in a thread once somebody said what became of an unknown send. Pure."""

from collections.abc import Sequence

from bot.locales import Translator
from bot.sends import Send
from bot.slack.notifications import buttons, cards
from bot.slack.platform.blocks import Block, section

ANSWERS = frozenset({buttons.ARRIVED, buttons.NOT_ARRIVED, buttons.LEFT})
AGAIN = ":arrows_counterclockwise:"
NAMED = {2: "try.second", 3: "try.third"}


def card(
    send: Send, tries: Sequence[Send], translator: Translator, names: cards.Names = cards.NO_NAMES
) -> cards.Message:
    """Draw the card of a send that did not arrive: it shows how the last try of it stands."""
    if not tries or tries[-1].id == send.id:
        return cards.card(send, translator, names)
    newest, number = tries[-1], len(tries)
    ends = newest.status.is_final
    status = translator(f"status.{newest.status}" if ends else "status.again")
    which = translator(NAMED.get(number, "try.number"), number=number)
    emoji = cards.EMOJI[newest.status] if ends else AGAIN
    facts = cards.facts(send, translator, names)
    return cards.drawn(send, translator, emoji, [f"{status} {which}", *facts])


def is_answered(send: Send) -> bool:
    """Whether a person said what became of one that was unknown."""
    return buttons.decision(send) in ANSWERS


def answered(
    send: Send, translator: Translator, names: cards.Names = cards.NO_NAMES
) -> cards.Message:
    """Draw the question of an unknown send once it is answered: who said what, and when."""
    when = cards.clock(send.ended or send.updated, day=True)
    user = cards.who(send.decided_by, names)
    line = translator(f"answered.{buttons.decision(send)}", user=user, when=when)
    shown = cards.for_all(send)
    blocks: list[Block] = [section(line), *cards.quote_of(shown, translator)]
    text = [line, *cards.said(shown, translator)]
    # It is the outcome now: nothing more is posted.
    return cards.Message("\n".join(text), blocks, cards.metadata(send))
