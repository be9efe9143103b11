"""One of a person's own sends as one line, with a button that opens the form with it again.

For its sender's eyes alone: the number is whole.
"""

from bot.locales import Translator
from bot.phones import Phone
from bot.sends import Send, Status
from bot.slack.notifications import cards
from bot.slack.platform import elements
from bot.slack.platform.action_ids import SEND_AGAIN
from bot.slack.platform.blocks import Block, Confirm, Element, section


def send_line(send: Send, translator: Translator) -> Block:
    """Draw a send with its button."""
    return section(line_of(send, translator), accessory=again_button(send, translator))


def line_of(send: Send, translator: Translator) -> str:
    """Say its status, template, number, customer and moment."""
    facts = [cards.escape(send.request.client_name), cards.clock(send.created, day=True)]
    return " · ".join([summary_of(send, translator), *filter(None, facts)])


def summary_of(send: Send, translator: Translator) -> str:
    """Say its status, template and number."""
    return translator(
        "card.summary",
        emoji=cards.EMOJI[send.status],
        status=translator(f"status.{send.status}"),
        template=cards.named(send.request),
        phone=whole_number(send),
    )


def again_button(send: Send, translator: Translator) -> Element:
    """Offer to send it again; while its outcome is open, only after asking back."""
    text, asking = translator("button.send_again"), _asking_back(send, translator)
    return elements.button(SEND_AGAIN, text, send.id, asking=asking)


def whole_number(send: Send) -> str:
    """Write the number as it is printed on a card."""
    return Phone(send.request.phone, send.request.country).international


def _asking_back(send: Send, translator: Translator) -> Confirm | None:
    if send.status is Status.UNKNOWN:
        text = translator("confirm.again.unknown", phone=whole_number(send))
    elif not send.status.is_final:
        text = translator("confirm.again.underway", phone=whole_number(send))
    else:
        return None
    return elements.confirm(
        translator("confirm.retry.title"),
        text,
        yes=translator("confirm.again.yes"),
        no=translator("confirm.no"),
    )
