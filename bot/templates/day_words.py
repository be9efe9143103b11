"""Days as people name them from where they stand: hoy, amanhã, tomorrow, el lunes."""

import re
from datetime import date, timedelta

from bot.templates import names

# All of them folded: no accents, small letters.
RELATIVE = {
    "anteayer": -2,
    "antes de ayer": -2,
    "anteontem": -2,
    "yesterday": -1,
    "ayer": -1,
    "ontem": -1,
    "today": 0,
    "hoy": 0,
    "hoje": 0,
    "tomorrow": 1,
    "manana": 1,
    "amanha": 1,
    "day after tomorrow": 2,
    "the day after tomorrow": 2,
    "pasado manana": 2,
    "depois de amanha": 2,
}
# Monday is 0, as in `date.weekday`.
WEEKDAYS = {
    **dict(zip(("monday", "tuesday", "wednesday", "thursday"), range(4), strict=True)),
    **dict(zip(("friday", "saturday", "sunday"), range(4, 7), strict=True)),
    **dict(zip(("lunes", "martes", "miercoles", "jueves", "viernes"), range(5), strict=True)),
    **dict(zip(("segunda", "terca", "quarta", "quinta", "sexta"), range(5), strict=True)),
    "sabado": 5,
    "domingo": 6,
    "2a": 0,
    "3a": 1,
    "4a": 2,
    "5a": 3,
    "6a": 4,
}
# With or without the "feira" of Portuguese; "2a" is folded from "2ª" and needs it.
WEEKDAY = (
    r"(?:[2-6]a(?:-| )?feira|(?:segunda|terca|quarta|quinta|sexta)(?:(?:-| )feira)?"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|lunes|martes|miercoles|jueves|viernes|sabado|domingo)"
)
# "Next Friday" in English is this week's for some and next week's for others: it is not read here.
_WEEKDAY = re.compile(
    rf"(?:el |on |na |no |this |(?:este|esta) |(?:el |na |no )?proxim[oa] )?(?P<name>{WEEKDAY})"
    r"(?: que viene| que vem)?"
)


def read_day_word(text: str, today: date) -> date | None:
    """Return the day that a word means on this day of the agent's, or None.

    The name of a weekday is the coming one, never the present day, which is called `hoy`.
    """
    folded = names.fold(text).rstrip(".")
    if folded in RELATIVE:
        return today + timedelta(days=RELATIVE[folded])
    if found := _WEEKDAY.fullmatch(folded):
        return today + timedelta(days=(weekday_of(found["name"]) - today.weekday() - 1) % 7 + 1)
    return None


def weekday_of(folded: str) -> int:
    """Return the number of a weekday that `WEEKDAY` matches."""
    return WEEKDAYS[re.split("[- ]|(?<=a)(?=feira)", folded)[0]]
