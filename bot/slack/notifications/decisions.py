"""What stands in a thread once somebody said what became of an unknown send. Pure."""

from collections.abc import Sequence

from bot.locales import Translator
from bot.sends import Send
from bot.slack.notifications import cards
from bot.slack.platform.blocks import Block, context, section

ANSWERS = frozenset({cards.ARRIVED, cards.NOT_ARRIVED})
AGAIN = ":arrows_counterclockwise:"
NAMED = {2: "try.second", 3: "try.third"}


def card(send: Send, tries: Sequence[Send], words: Translator) -> cards.Message:
    """Draw the card of a send that did not arrive: it shows how the last try of it stands."""
    if not tries or tries[-1].id == send.id:
        return cards.card(send, words)
    newest, number = tries[-1], len(tries)
    ends = newest.status.is_final
    summary = words(
        "card.followed",
        emoji=cards.EMOJI[newest.status] if ends else AGAIN,
        status=words(f"status.{newest.status}" if ends else "status.again"),
        which=words(NAMED.get(number, "try.number"), number=number),
        template=cards.named(send.request),
        phone=send.masked_phone,
    )
    facts = cards.facts(send, words)
    blocks: list[Block] = [section(summary), context(" · ".join(facts))]
    return cards.Message(" · ".join([summary, *facts]), blocks, cards.metadata(send))


def answered(send: Send, words: Translator) -> cards.Message:
    """Draw the question of an unknown send once it is answered: who said what, and when."""
    when = cards.clock(send.ended or send.updated, day=True)
    line = words(f"answered.{send.reason}", user=f"<@{send.decided_by}>", when=when)
    blocks: list[Block] = [section(line), *cards.quote_of(cards.for_all(send), words)]
    reference = cards.reference(cards.for_all(send), words)
    text = [line, *cards.said(cards.for_all(send), words), reference]
    # Its metadata stays as it was: that it was unknown.
    return cards.Message("\n".join(text), [*blocks, context(reference)], None)
