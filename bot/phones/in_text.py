"""The phone numbers in a message, and which of them are somebody's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from bot import phones
from bot.errors import FixTheForm
from bot.phones import Phone, Warn
from bot.phones.digit_runs import Run, flat, runs
from bot.phones.normalize import EXTENSION, MOST_DIGITS, digits_of
from bot.phones.plans import FEWEST_DIGITS, code_of
from bot.phones.words import AMOUNT, END, IS_NO_PHONE, LABEL, NUMBER, START

MOST_FOUND = 100  # a list of customers is no message about one of them
BEFORE = 60  # characters of what stood before a number

# How likely it is that a number is meant: a link, one that is called a phone, one with its country
# code, bare digits.
_BY_LINK, _BY_NAME, _BY_CODE, _BARE = range(4)
# What may stand between a country code and its number; other words may be about something else.
_NOISE = re.compile(rf"(?:[^\w]|_|{LABEL.pattern})*", re.IGNORECASE)
_LONGEST_GAP = 40
_LONGEST_LIST = 120  # characters of numbers that only marks set apart
_COUNT = 2  # digits of it
_COUNTRY_CODE = 4  # digits of it and one more
_WHOLE_TOKEN = 5  # digits from which on a numbered thing's number is whole where a space stands
_SUM = re.compile(r"\d{1,3}(?:\.\d{3})+")
_SEVERAL = re.compile(r" */ *| +- +| {2,}")
_BETWEEN = (
    rf"(?:[^\w\n]{{0,4}}(?:{NUMBER.pattern}|{START}(?:es|é|is|el|la|o|al|del?|d[ao]|su|seu|sua|cliente?"
    rf"|nuevo|novo|nova|actual|atual){END})){{0,3}}[^\w\n]{{0,6}}_?\n?[^\w\n]{{0,6}}_?$"
)
_CALLED = re.compile(LABEL.pattern + _BETWEEN, re.IGNORECASE)
_NUMBERED = re.compile(rf"(?:{IS_NO_PHONE.pattern}{_BETWEEN}|{AMOUNT.pattern} ?$)", re.IGNORECASE)
# A number that sticks to something is a part of it.
_STUCK_BEFORE = re.compile(r"(?:[^\W_]|[@=&\\]|\d[,:'])$")
_STUCK_AFTER = re.compile(r"[^\W_]|[%€@\\]|[,:']\d{1,5}(?!\d)|@")


@dataclass(frozen=True, slots=True)
class Found:
    """A number of a message, as a person would type it, and what is known of it."""

    typed: str
    before: str = ""  # what stood before it
    rank: int = _BARE
    readings: tuple[Phone, ...] = ()  # none: it can't be sent to as it is

    @property
    def is_likely(self) -> bool:
        """Whether somebody says that it is a phone, or a numbering plan does."""
        is_planned = any(
            Warn.POSSIBLE not in phone.warnings or Warn.BRAZIL_NO_9 in phone.warnings
            for phone in self.readings
        )
        return self.rank < _BARE or (is_planned and not _SUM.fullmatch(self.typed))


def find(
    text: str, region: str | None = None, countries: frozenset[str] = frozenset()
) -> tuple[Found, ...]:
    """Find the numbers in a Slack message's text, as Slack escaped it; the likeliest one first.

    Each comes whole or not at all, and none that stands behind the name of something else.
    """
    finder = _Finder(flat(text), region, countries)
    found = [*islice(finder.all(), 2 * MOST_FOUND)]
    # Any eleven digits are possible somewhere: at home is as far as a guess goes.
    code = code_of(region) or "none"
    perhaps = [
        each for each in found if any(phone.digits.startswith(code) for phone in each.readings)
    ]
    likely = [each for each in found if each.is_likely] or perhaps
    kept: list[Found] = []
    seen: set[str] = set()
    for each in sorted(likely, key=lambda each: each.rank):
        digits = {phone.digits for phone in each.readings} or {each.typed}
        if not digits & seen:
            kept.append(each)
        seen |= digits
    return tuple(kept[:MOST_FOUND])


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds the numbers of one text, in its order."""

    flat: str
    region: str | None
    countries: frozenset[str]

    def all(self) -> Iterator[Found]:
        found = [*runs(self.flat)]
        place, since = 0, 0
        while place < len(found):
            run, place = found[place], place + 1
            follows = found[place] if place < len(found) else None
            while follows and run.has_plus and not follows.has_plus and not self._read(run.text):
                whole = self._whole(run, follows)
                if whole is None:
                    break
                run, place = whole, place + 1
                follows = found[place] if place < len(found) else None
            if follows and not run.has_plus:
                yield from self._with_code(run, follows, since)
            yield from self._judged(run, since)
            since = run.end

    def _read(self, text: str) -> tuple[Phone, ...]:
        if len(text) > _LONGEST_LIST:
            return ()
        try:
            return phones.read(text, region=self.region, countries=self.countries)
        except FixTheForm:
            return ()

    def _is_valid(self, text: str) -> bool:
        return any(Warn.POSSIBLE not in phone.warnings for phone in self._read(text))

    def _whole(self, run: Run, follows: Run) -> Run | None:
        """Join a + and its code with the digits that follow; None if those stand for themselves."""
        gap, whole = self.flat[run.end : follows.start], run.joined(follows)
        is_long = len(digits_of(whole.text)) > MOST_DIGITS + len("00")
        if len(gap) > _LONGEST_GAP or is_long:
            return None
        if _NOISE.fullmatch(gap):
            return whole
        # +1 may be said of many things, +507 hardly.
        if len(digits_of(run.text)) > _COUNTRY_CODE or not self._read(whole.text):
            return None
        return whole if self._is_valid(whole.text) else replace(whole, text="")

    def _with_code(self, run: Run, follows: Run, since: int) -> Iterator[Found]:
        """Give the number that a code without a + may belong to, as in `507 (cel) 6123-4567`."""
        gap = self.flat[run.end : follows.start]
        is_code = len(digits_of(run.text)) < _COUNTRY_CODE and not run.text.startswith("0")
        is_joined = (
            is_code and not run.is_link and len(gap) <= _LONGEST_GAP and _NOISE.fullmatch(gap)
        )
        if not is_joined or "\n" in gap or _NUMBERED.search(self._before(run, since)):
            return
        readings = self._read(run.joined(follows).text)
        if any(phone.digits.startswith(digits_of(run.text)) for phone in readings):
            before = self._before(run, since)
            yield Found(run.joined(follows).text, _shown(before), _rank(before, run), readings)

    def _before(self, run: Run, since: int) -> str:
        return self.flat[max(since, run.start - 2 * BEFORE) : run.start]

    def _judged(self, run: Run, since: int) -> Iterator[Found]:
        before = self._before(run, since)
        rank = _rank(before, run)
        text = self._own(run, before, is_bare=rank == _BARE)
        extension = EXTENSION.match(self.flat, run.end)
        is_part = not (run.is_link or extension) and _STUCK_AFTER.match(self.flat, run.end)
        if is_part or len(digits_of(text)) < FEWEST_DIGITS:
            return
        text += extension[0] if extension else ""
        parts = self._with_count(text) if self._read(text) else self._parts(text)
        for part in parts:
            yield Found(part, _shown(before), rank, self._read(part))
        if not parts and rank < _BARE:
            yield Found(text, _shown(before), rank)

    def _own(self, run: Run, before: str, *, is_bare: bool) -> str:
        """Return the run without another thing's number; empty if all of it is that."""
        if not is_bare:
            return run.text
        if _STUCK_BEFORE.search(self.flat[max(0, run.start - 2) : run.start]):
            return ""
        if not _NUMBERED.search(before):
            return run.text
        # "8-123-456 6123-4567", and not "52 123 456".
        token, _, rest = run.text.partition(" ")
        return rest.strip(" -/") if len(digits_of(token)) >= _WHOLE_TOKEN else ""

    def _with_count(self, text: str) -> list[str]:
        """Give a number, and the one that it is without a count behind it: +43 1 234567 5."""
        head, _, count = text.rpartition(" ")
        is_count = count.isdecimal() and len(count) <= _COUNT
        return [text, head] if is_count and self._is_valid(head) else [text]

    def _parts(self, text: str) -> list[str]:
        """Take apart what holds several numbers, or a count and a number."""
        if len(text) > _LONGEST_LIST:
            return []
        parts = _SEVERAL.split(text)
        if len(parts) > 1 and all(map(self._read, parts)):
            return parts
        for space in re.finditer(" ", text):
            parts = [text[: space.start()], text[space.end() :]]
            if all(map(self._is_valid, parts)):
                return parts
        count, _, rest = text.partition(" ")
        is_count = re.fullmatch(r"[1-9][0-9]?", count)
        return [rest] if is_count and self._is_valid(rest) else []


def _rank(before: str, run: Run) -> int:
    if run.is_link:
        return _BY_LINK
    if _CALLED.search(before):
        return _BY_NAME
    return _BY_CODE if run.has_plus else _BARE


def _shown(before: str) -> str:
    """Cut what stood before a number to a few words."""
    text = " ".join(re.sub(r"[|·*_~`\ue000\ue001]", " ", before).split()).strip(" ,;:.()-/")
    if len(text) > BEFORE:
        text = text[-BEFORE:].partition(" ")[2] or text[-BEFORE:]
    return text
