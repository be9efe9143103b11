"""The words of a time as a whole: a day, a time of the day, or both, in one of three languages."""

import re
from dataclasses import dataclass
from datetime import date

from bot.templates import names
from bot.templates.dates import read_day
from bot.templates.day_words import RELATIVE, WEEKDAY, weekday_of
from bot.times.hours import BEFORE, CLOCK, PART, Hours, hours_of

_LANGUAGES = ("en", "es", "pt")
_PAST = {"anteayer", "antes de ayer", "anteontem"}
_RELATIVE = "|".join(sorted({*RELATIVE} - _PAST, key=len, reverse=True))
_SHORT = {
    **dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), range(7), strict=True)),
    **dict(zip(("lun", "mar", "mie", "jue", "vie", "sab", "dom"), range(7), strict=True)),
    **dict(zip(("seg", "ter", "qua", "qui", "sex"), range(5), strict=True)),
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
}
_TODAY_S = r"tonight|this (?:morning|afternoon|evening)|esta (?:manana|manha|tarde|noche|noite)"
_NUMBER = r"(?:[0-9]{1,2}(?:\.?[oa]|e?ro?|st|nd|rd|th)?)"
# Their first letters in three languages; the rest of the word is read with the day.
_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|set|oct|nov|dec|ene|abr|ago|dic|fev|mai|out|dez)[a-z]*"
)
_DATE = (
    r"[0-9]{4}[/.-][0-9]{1,2}[/.-][0-9]{1,2}"
    r"|[0-9]{1,2} ?[/.-] ?[0-9]{1,2}(?: ?[/.-] ?(?:[0-9]{4}|[0-9]{2}))?"
    rf"|{_NUMBER}[ /-](?:(?:de|of) )?{_MONTH}\.?"
    r"(?:,?(?: de | del | |[/-])[0-9]{4})?"
    rf"|{_MONTH} {_NUMBER}(?:,?(?: de | del | )[0-9]{{4}})?"
)
_NEXT = r"(?:el |na |no )?proxim[oa] |(?P<next{n}>next )"
_DAY = (
    rf"(?:(?P<relative{{n}}>{_RELATIVE})|(?P<today{{n}}>{_TODAY_S})"
    rf"|(?:on |el |na |no |this |(?:n?est[ea]) |{_NEXT})?"
    rf"(?P<weekday{{n}}>{WEEKDAY}|(?:{'|'.join(_SHORT)})\.?)(?: que viene| que vem)?"
    rf"(?:,? (?:el |dia |the )?(?P<weekday_date{{n}}>{_DATE}|{_NUMBER}))?"
    rf"|(?:on |on the |el |el dia |no dia |em |dia )?(?P<date{{n}}>{_DATE})"
    rf"|(?:el|el dia|no dia|dia|on the) (?P<monthday{{n}}>{_NUMBER}))"
)
_DAY_PART = rf"(?P<part{{n}}>{PART}|morning|afternoon|evening|night)"
_HOUR_PART = rf"(?P<part{{n}}>{PART})"
_BEFORE_A_NUMBER = {"at", "a las", "a la", "as"}
_LINK = r"(?:on|el|del|de|do|da|na|no|em|dia)"


def _named(pattern: str, place: str) -> str:
    """Give the groups of a pattern names of their own, since it stands several times."""
    return pattern.replace("{n}", place)


_FORMS = (
    re.compile(  # "el lunes por la mañana a las 9", "at tomorrow 08:30"
        rf"(?:at )?{_named(_DAY, '1')}(?:,? {_named(_DAY_PART, '1')})?,?"
        rf"(?: (?P<before>{BEFORE}))? {CLOCK}(?: {_named(_HOUR_PART, '2')})?"
    ),
    re.compile(  # "a las 9 de la mañana del lunes", "9am tomorrow"
        rf"(?:(?P<before>{BEFORE}) )?{CLOCK}(?: {_named(_HOUR_PART, '2')})?,?"
        rf" (?:{_LINK} )?{_named(_DAY, '1')}(?:,? {_named(_DAY_PART, '1')})?"
    ),
    re.compile(rf"(?:(?P<before>{BEFORE}) )?{CLOCK}(?: {_named(_HOUR_PART, '2')})?"),
    re.compile(rf"(?:(?P<before>at) )?{_named(_DAY, '1')}(?:,? {_named(_DAY_PART, '1')})?"),
)
_ENGLISH = re.compile(
    r"at|on|in|the|this|next|noon|midday|midnight|morning|afternoon|evening|night|tonight|today"
    r"|tomorrow|o'?clock|[a-z]+day|mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun|of"
)
_OTHERS = re.compile(
    r"a|al|ao|as|la|las|el|de|del|do|da|na|no|em|dia|manana|tarde|noche|madrugada|manha|noite|hoy"
    r"|hoje|amanha|pasado|n?est[ea]|y|e|horas?|hs|medio|mediodia|meio|media|medianoche|meia"
    r"|(?:lun|mart|miercol|juev|viern)es|sabado|domingo|segunda|terca|quarta|quinta|sexta|feira"
    r"|lun|mie|jue|vie|sab|dom|seg|ter|qua|qui|sex|proxim[oa]"
)


@dataclass(frozen=True, slots=True)
class Day:
    """The days that were perhaps meant: dates, or every day of one name."""

    dates: tuple[date, ...] = ()
    weekday: int | None = None
    ask: str = ""
    is_today: bool = False
    is_other_weekday: bool = False  # "lunes 3/5", which is none


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the words say, whole: nothing of them was left over."""

    day: Day | None
    hours: Hours | None
    has_before: bool  # "at", "a las", "às": said to be a time


def parse(text: str, today: date, language: str) -> Parsed | None:
    """Read words as a time; None if they are not one from the first to the last.

    `language` is the person's, and counts where the words are of none: `3/4 9:00`.
    """
    folded = names.fold(text).replace("\u2019", "'").rstrip(".,")
    is_english = _is_english(folded, language)
    for form in _FORMS:
        found = form.fullmatch(folded)
        if found and (parsed := _parsed(found, today, is_english=is_english)):
            return parsed
    return None


def _is_english(folded: str, language: str) -> bool:
    # Of "a.m." neither letter is a word.
    words = re.findall("[a-z']+", re.sub(r"(?<![a-z])[ap]\.? ?m\b", "", folded))
    if any(_OTHERS.fullmatch(each) for each in words):
        return False
    return language == "en" or any(_ENGLISH.fullmatch(each) for each in words)


def _parsed(found: re.Match[str], today: date, *, is_english: bool) -> Parsed | None:
    groups = {**dict.fromkeys(_GROUPS), **found.groupdict()}
    parts = {
        (groups[name] or "").rpartition(" ")[2].replace("tonight", "night")
        for name in ("part1", "part2", "today1")
    } - {""}
    if len(parts) > 1:
        return None
    has_time = any(groups[name] for name in ("hour", "noon", "midnight"))
    hours = hours_of(groups, "".join(parts), is_english=is_english) if has_time else None
    has_day = any(
        groups[name] for name in ("relative1", "today1", "weekday1", "date1", "monthday1")
    )
    day = _day(groups, today, is_english=is_english) if has_day else None
    before = groups["before"] or ("at" if found[0].startswith("at ") else "")
    if (has_time and not hours) or (has_day and not day):
        return None
    is_hour = hours is None or hours.is_written_out or before in _BEFORE_A_NUMBER
    # "Lunes 9" is rather the ninth, and "9 mañana" nine of something.
    is_behind_day = bool(groups["relative1"]) and not found[0].startswith(groups["hour"] or "-")
    return Parsed(day, hours, bool(before)) if is_hour or is_behind_day else None


_MONTHS = 92  # days that are looked through, as far ahead as anything is sent
_GROUPS = tuple({name for form in _FORMS for name in form.groupindex})


def _day(groups: dict[str, str | None], today: date, *, is_english: bool) -> Day | None:
    if groups["today1"]:
        return Day((today,), is_today=True)
    if word := groups["relative1"]:
        day = date.fromordinal(today.toordinal() + RELATIVE[word])
        return Day((day,), is_today=day == today)
    if number := groups["monthday1"]:
        dates = _dates_of_number(number, today)[:1]
        return Day(dates) if dates else None
    written = groups["weekday_date1"] or groups["date1"]
    weekday = _weekday(groups["weekday1"])
    if not written:
        return Day(weekday=weekday, ask="time.ask.week" if groups["next1"] else "")
    if re.fullmatch(_NUMBER, written):
        dates = _dates_of_number(written, today)
        # Of "lunes 7" the first one that is a Monday.
        named = tuple(each for each in dates if each.weekday() == weekday)[:1]
    else:
        dates = _dates(written, today, is_english=is_english)
        named = tuple(each for each in dates if weekday is None or each.weekday() == weekday)
    ask = "time.ask.month" if len(named) > 1 else ""
    return Day(named, ask=ask, is_other_weekday=not named) if dates else None


def _dates_of_number(number: str, today: date) -> tuple[date, ...]:
    """Return the next days of this number; none if no month has it."""
    wanted = int(re.findall("[0-9]+", number)[0])
    ahead = (date.fromordinal(today.toordinal() + count) for count in range(_MONTHS))
    return tuple(each for each in ahead if each.day == wanted)


def _weekday(written: str | None) -> int | None:
    if not written:
        return None
    short = _SHORT.get(written.rstrip("."))
    return weekday_of(written) if short is None else short


def _dates(written: str, today: date, *, is_english: bool) -> tuple[date, ...]:
    """Read a date; two of them if English may put the month first."""
    ways = [written]
    # Who writes English may be from where the month comes first.
    turned = re.sub(r"^([0-9]{1,2})( ?[/.-] ?)([0-9]{1,2})(?![0-9])", r"\3\2\1", written)
    if is_english and turned != written:
        ways.append(turned)
    read = (read_day(each, _LANGUAGES, today) for each in ways)
    return tuple(dict.fromkeys(each for each in read if each))
