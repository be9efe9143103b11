"""The names that people give to files and sheets, as a channel may read them. Pure.

Words stay, so that whoever gave it knows it again: of a number nothing does, for it may be somebody's.
"""

import re

from bot.privacy import MASK
from bot.slack.notifications import cards
from bot.slack.platform.error_messages import short

LIMIT = 60  # characters
# Four digits and more, whatever people write between them.
_A_NUMBER = re.compile(r"\+?\d(?:[\W_]{0,3}\d){3,}")


def named(name: str, *, in_private: bool, limit: int = LIMIT) -> str:
    """Write a name as text without marks."""
    # Cut first, the end of a number would be too short to be known as one.
    shown = name if in_private else _A_NUMBER.sub(MASK, name)
    return cards.unmarked(short(shown, limit))
