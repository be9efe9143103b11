"""The moment that a send waits for: read from a person's words, kept by wall time and zone, shown.

No clock and no language of its own: whoever calls passes the present moment, the sender's zone and
the sender's language.
"""

from bot.times.clause import Cut, cut
from bot.times.moments import Change, Moment, recompute, resolve, wall_time
from bot.times.read import FURTHEST, Ask, Asker, Mistake, Reading, check_again, read
from bot.times.shown import Shown, in_zones, said, show

__all__ = [
    "FURTHEST",
    "Ask",
    "Asker",
    "Change",
    "Cut",
    "Mistake",
    "Moment",
    "Reading",
    "Shown",
    "check_again",
    "cut",
    "in_zones",
    "read",
    "recompute",
    "resolve",
    "said",
    "show",
    "wall_time",
]
