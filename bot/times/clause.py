"""Where a time ends a command's words: `recordatorio 6123-4567 mañana a las 9`.

The last words are the time to send at if all of this is so; what isn't stays as it was typed:

- They stand at the very end, without quotes, outside of `name=value`, behind every quoted word:
  `"cita a las 9"`, `hora=9:00` and `mañana 6123-4567` are no times.
- They are a time from the first to the last of them. The longest run of words counts:
  `a las 9 de la mañana` is not `mañana`.
- They say a time of the day, and that it is one: by a day (`mañana 9:00`, `9am tomorrow`) or by
  `at`, `a las`, `às` before it. `9:00` alone may be a value, and so may `mañana` alone.
- A bare number is an hour only behind `at`, `a las`, `às` or `hoy`, `mañana`, `tomorrow`: in
  `lunes 9` it is rather the day.
- The word before does not tie them to what it belongs to (`cita para mañana a las 9`, `cada lunes
  a las 9`, `de 9h a 10h`, `próximo mes a las 9`, `fecha=mañana a las 9`).
- They are not the end of a template's name that the text ends with; a time behind such a name is one.

What looks like a time but is none by these rules is named in a note.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.errors import Problem
from bot.templates import names
from bot.templates.day_words import WEEKDAY
from bot.times.grammar import Parsed, parse
from bot.times.read import FIELD, Asker, Reading, reading_of

# "at the day after tomorrow at 9 o'clock in the morning" has ten.
_MOST_WORDS = 14
_MOST_CHARACTERS = 100
_TIED = re.compile(
    r"de|del|do|da|dos|das|para|pra|por|of|for|from|until|till|by|since|before|after|antes|depois"
    r"|despues|desde|hasta|ate|entre|between|every|each|cada|todos?|todas?|los|las|os|next|last"
    r"|este|esta|this|proxim[oa]s?|semana|mes|week|weekend|month|temprano|cedo|early|late|en|in"
    r"|dentro|em|not|a|to|and|y|e|or|o|ou|-|[a-z]+days|segundas|tercas|quartas|quintas|sextas|feiras"
    r"|[a-z]+-feiras|sabados|domingos|at|on|el|la|dia|day"
)
# A day that is none here, such as 5/13 in Spanish.
_LIKE_A_DATE = re.compile(
    "[0-9]{1,2}[/.][0-9]{1,2}|(?:[0-9]{1,2}|[0-9]{4})([/.-])[0-9]{1,2}\\1[0-9]{1,4}"
)
_DAY_NUMBER = re.compile(rf"(?:el|dia|the|{WEEKDAY}) [0-9]{{1,2}}[a-z]*")
_MOST_WORDS_OF_A_DAY = 4


@dataclass(frozen=True, slots=True)
class Cut:
    """A text without the time at its end."""

    rest: str
    words: str = ""  # the time as it was typed
    reading: Reading | None = None
    note: Problem | None = None  # what looks like a time and was left in `rest`


def cut(text: str, start: int, asker: Asker, called: Collection[str] = ()) -> Cut:
    """Take the time to send at off the end of a text; `start` is where its plain words begin.

    `called` are the folded names of templates.
    """
    places = [found.start() for found in re.finditer(r"\S+", text) if found.start() >= start]
    for place in places[-_MOST_WORDS:]:
        words = text[place:].strip()
        if len(words) > _MOST_CHARACTERS:
            continue
        parsed = parse(words, asker.wall.date(), asker.language)
        if not parsed:
            continue
        if len(names.fold(words)) <= _named_end(text, called):
            break
        before = text[:place].split()
        is_tied = _is_tied(before, asker) and not _named_end(text[:place], called)
        if is_tied or not _says_a_time(parsed):
            return Cut(text, note=_note(words))
        return Cut(text[:place].rstrip(), words, reading_of(parsed, words, asker))
    return Cut(text)


def _named_end(text: str, called: Collection[str]) -> int:
    """Return the length of the longest folded name that a text ends with."""
    folded = f" {names.fold(text)}"
    return max((len(each) for each in called if each and folded.endswith(f" {each}")), default=0)


def _says_a_time(parsed: Parsed) -> bool:
    """Say whether words are plainly a time to send at; `at` before a mere day means one, too."""
    return parsed.has_before or (parsed.day is not None and parsed.hours is not None)


def _is_tied(before: list[str], asker: Asker) -> bool:
    """Say whether the words before make a time a part of something else, or of another time."""
    if not before:
        return False
    # An unquoted value that goes on behind its first word: `fecha=mañana a las 9`.
    *rest, last_word = before
    _, equals, value = last_word.rpartition("=")
    word = names.fold(value).strip(".,;:")
    if not equals and (_TIED.fullmatch(word) or _LIKE_A_DATE.fullmatch(word)):
        return True
    today, language = asker.wall.date(), asker.language
    near = [word] if equals else [*rest[1 - _MOST_WORDS_OF_A_DAY :], word]
    if _DAY_NUMBER.fullmatch(names.fold(" ".join(near[-2:]))):
        return True
    last = (" ".join(near[at:]) for at in range(len(near)))
    # A month by its name, too.
    return any(parse(each, today, language) for each in (f"1 {word}", *last))


def _note(words: str) -> Problem:
    return Problem(FIELD, "time.not_taken", {"words": words})
