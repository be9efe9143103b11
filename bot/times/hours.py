"""A time of the day in words: 9am, 15:30, 9h30, 9 y media de la noche, meio-dia."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

NOON = time(12)
MIDNIGHT = time(0)
_HALF_DAY = 12
_DAY = 24

# All patterns are for folded text: no accents, small letters, single spaces.
_NOON = r"(?:12 )?noon|midday|mediodia|medio dia|meio(?:-| )?dia"
_MIDNIGHT = r"(?:12 )?midnight|media ?noche|meia(?:-| )?noite"
_AFTER = r"y media|y cuarto|menos cuarto|e meia|en punto|em ponto"
CLOCK = (
    rf"(?:(?P<noon>{_NOON})(?: (?P<noon_half>y media|e meia))?|(?P<midnight>{_MIDNIGHT})"
    r"|(?P<hour>[0-9]{1,2})(?:(?P<mark>[:.]| ?h ?)(?P<minute>[0-9]{2}))?"
    r"(?P<unit> ?(?:h|hs|hrs?)\.?| horas?| o'?clock)?"
    rf"(?: (?P<after>{_AFTER}))?(?: ?(?P<half>[ap])\.? ?m\.?)?)"
)
# "A las 9", "às 9h", "at 9am", "a la 1", "ao meio-dia", "a medianoche".
BEFORE = r"at|a las?|as|al|ao|a"
# "De mañana" without its article is tomorrow's; "de manhã" is the morning's.
PART = (
    r"(?:(?:de|en|por|a) la (?:manana|tarde|noche|madrugada)|de (?:noche|madrugada|tarde)"
    r"|(?:da|de|na|pela) (?:manha|tarde|noite|madrugada)|a (?:tarde|noite)"
    r"|in the (?:morning|afternoon|evening)|at night)"
)
_MORNING = {"manana", "manha", "morning", "madrugada"}
_AFTERNOON = {"tarde", "afternoon"}
_NIGHT = {"noche", "noite", "night", "evening"}
# The hours of the clock of twelve that a part of the day has in speech; "2 de la noche" has none.
_HOURS: Mapping[str, frozenset[int]] = {
    **dict.fromkeys(_MORNING - {"madrugada"}, frozenset(range(1, 12))),
    "madrugada": frozenset(range(1, 7)),
    **dict.fromkeys(_AFTERNOON, frozenset({12, *range(1, 9)})),
    **dict.fromkeys(_NIGHT, frozenset(range(5, 12))),
}
_MINUTES = {"y media": 30, "e meia": 30, "y cuarto": 15, "menos cuarto": -15}


@dataclass(frozen=True, slots=True)
class Hours:
    """The times that were perhaps meant: one, or several and the sentence to ask which."""

    times: tuple[time, ...]
    ask: str = ""
    is_written_out: bool = True  # no bare number, which may be anything


def hours_of(found: Mapping[str, str | None], part: str, *, is_english: bool) -> Hours | None:
    """Return the times that the groups of `CLOCK` mean, with a part of the day; None for none."""
    if found["noon"]:
        return Hours((_plus(NOON, 30 if found["noon_half"] else 0),)) if not part else None
    if found["midnight"]:
        return Hours((MIDNIGHT,), "time.ask.midnight") if part in {"", *_NIGHT} else None
    hour, minute = int(found["hour"] or 0), int(found["minute"] or 0)
    if hour >= _DAY or minute >= 60:  # noqa: PLR2004
        return None
    half, after = found["half"] or "", found["after"] or ""
    if after and (found["minute"] or not 1 <= hour <= _HALF_DAY):
        return None
    unit = (found["unit"] or "").strip(" .")
    is_bare = not (found["minute"] or unit or after or half or part)
    if half or part:
        times, ask = _of_half(hour, half, part)
    elif is_english and 1 <= hour <= _HALF_DAY and (is_bare or unit.startswith("o")):
        times, ask = (time(hour % _HALF_DAY), time(hour % _HALF_DAY + _HALF_DAY)), "time.ask.half"
    else:
        times, ask = (time(hour),), ""
    minutes = minute + _MINUTES.get(after, 0)
    if found["minute"] and not part and ask == "time.ask.midnight":
        ask = ""  # 12:00 am and 12:30 am are that day's
    return Hours(tuple(_plus(each, minutes) for each in times), ask, not is_bare) if times else None


def _of_half(hour: int, half: str, part: str) -> tuple[tuple[time, ...], str]:
    """Return the hour of a half of the day or a part of it; none where they contradict."""
    if half and part and (half == "a") != (part in _MORNING):
        return (), ""
    if part:
        return _of_part(hour, part)
    if hour == _HALF_DAY and half == "a":
        return (MIDNIGHT,), "time.ask.midnight"
    if half == "a":
        return ((time(hour),), "") if hour < _HALF_DAY else ((), "")
    if hour == 0:
        return (), ""
    return (time(hour if hour >= _HALF_DAY else hour + _HALF_DAY),), ""


def _of_part(hour: int, part: str) -> tuple[tuple[time, ...], str]:
    if hour == _HALF_DAY and part in {"madrugada", *_NIGHT}:
        return (MIDNIGHT,), "time.ask.midnight"
    # In Spain it is noon, elsewhere nobody says it.
    if hour == _HALF_DAY and part in {"manana", "manha", "morning"}:
        return (MIDNIGHT, NOON), "time.ask.half"
    if hour > _HALF_DAY:  # "a las 15 de la tarde"
        is_right = part not in _MORNING and hour - _HALF_DAY in _HOURS[part]
        return ((time(hour),), "") if is_right else ((), "")
    if hour not in _HOURS[part]:
        return (), ""
    later = _HALF_DAY if part not in _MORNING else 0
    return (time(hour % _HALF_DAY + later),), ""


def _plus(start: time, minutes: int) -> time:
    total = (start.hour * 60 + start.minute + minutes) % (_DAY * 60)
    return time(total // 60, total % 60)
