"""The holidays of Colombia: by date, by Easter, and moved to Mondays by the Ley Emiliani.

Ley 51 de 1983, as amended by Ley 2578 de 2026 (Chiquinquirá); Ley 35 de 1939 (8 December).
"""

import functools
from datetime import date, timedelta

_FIXED = ((1, 1), (5, 1), (7, 20), (8, 7), (12, 8), (12, 25))
# On the Monday that follows, unless they are one.
_TO_MONDAY = ((1, 6), (3, 19), (6, 29), (8, 15), (10, 12), (11, 1), (11, 11))
_SINCE = (((7, 9), 2026),)
# Days after Easter: Maundy Thursday and Good Friday stay; Ascension, Corpus Christi and the Sacred
# Heart are on the Mondays after 39, 60 and 68 days.
_BY_EASTER = (-3, -2, 43, 64, 71)


def is_holiday(day: date) -> bool:
    """Say whether a day is a holiday all over Colombia."""
    return day in holidays(day.year)


@functools.lru_cache(maxsize=16)
def holidays(year: int) -> frozenset[date]:
    """Return the holidays of a year, as the laws of today have them."""
    moved = [*_TO_MONDAY, *(day for day, since in _SINCE if year >= since)]
    return frozenset(
        [
            *(date(year, month, day) for month, day in _FIXED),
            *(_monday(date(year, month, day)) for month, day in moved),
            *(easter(year) + timedelta(days=days) for days in _BY_EASTER),
        ]
    )


def _monday(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def easter(year: int) -> date:
    """Return Easter Sunday, by Meeus's Gregorian computus: good for every year of the calendar."""
    century, of_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * (year % 19) + century - leaps - shift + 15) % 30
    weekday = (32 + 2 * rest + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (year % 19 + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
