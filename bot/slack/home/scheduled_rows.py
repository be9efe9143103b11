"""What waits for its moment or for a second person, as Home lists it, with what can be done. Pure."""

from collections.abc import Sequence
from typing import Final

from bot.locales import Translator
from bot.sends import Send
from bot.slack.notifications import buttons, cards
from bot.slack.platform.action_ids import RESCHEDULE
from bot.slack.platform.blocks import Block, actions, context, header, section

SHOWN: Final = 10
BLOCKS_EACH = 2
AROUND = 2  # the heading, and how many more there are
OFFERED = frozenset({buttons.SEND_NOW, RESCHEDULE, buttons.CANCEL})


def draw(
    sends: Sequence[Send], count: int, translator: Translator, *, room: int, with_names: bool
) -> list[Block]:
    """Draw as many of these as `room` blocks hold, and say how many of all `count` are left out."""
    shown = sends[: min(SHOWN, (room - AROUND) // BLOCKS_EACH)] if room > AROUND else ()
    if not shown:
        return []
    blocks = [header(translator("home.scheduled"))]
    for each in shown:
        blocks += _row(each, translator, with_name=with_names)
    if more := count - len(shown):
        blocks.append(context(translator("home.scheduled.more", count=more)))
    return blocks


def _row(send: Send, translator: Translator, *, with_name: bool) -> list[Block]:
    line = cards.title(send, translator, cards.EMOJI[send.status])
    if with_name:
        line = f"{line} · <@{send.request.user}>"
    possible = [each for each in buttons.possible(send, translator) if each["action_id"] in OFFERED]
    return [
        section(f"{line}\n{cards.waiting(send, translator)}", block_id=f"planned.{send.id}"),
        actions([*possible, buttons.details(send, translator)], block_id=f"decide.{send.id}"),
    ]
