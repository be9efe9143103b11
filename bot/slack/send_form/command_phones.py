"""Which of the words after a command are the phone number.

A word is one by itself, or with its neighbours if they begin with a + or 00, or make one valid
number of the country whose numbers need no code. All other digits mean something else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot import phones
from bot.errors import FixTheForm
from bot.phones import Phone, Warn
from bot.phones.normalize import MOST_DIGITS, digits_of, plain
from bot.phones.plans import FEWEST_DIGITS, code_of
from bot.send_draft import NumberRules

_MOST_WORDS = 10  # that one number is written in: +57 3 2 1 1 2 3 4 5 6 is not
_SMALL = 2  # digits of a count, a day or a month


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a run that are a number: where they begin, and where they end."""

    start: int
    end: int
    digits: frozenset[str] = frozenset()
    is_mobile: bool = False

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


def choose(runs: Sequence[Sequence[str]], rules: NumberRules) -> tuple[int, Span] | None:
    """Return the run of words that has the number, and which of its words are that."""
    words = [_Words(run, rules) for run in runs]
    for kind in (_whole, _foreign, _perhaps):
        for place, run in enumerate(runs):
            if span := kind(words[place]):
                start = span.start
                # "tel:" and a dash belong to what they stand before.
                while start and not digits_of(plain(run[start - 1])):
                    start -= 1
                return place, Span(start, span.end)
    return None


@dataclass(frozen=True, slots=True)
class _Words:
    """Words that follow each other, all of digits and phone punctuation."""

    run: Sequence[str]
    rules: NumberRules
    read: dict[str, tuple[Phone, ...]] = field(default_factory=dict)  # by its text

    def text(self, start: int, end: int) -> str:
        return " ".join(self.run[start:end])

    def readings(self, start: int, end: int) -> tuple[Phone, ...]:
        text = self.text(start, end)
        if text not in self.read:
            try:
                self.read[text] = phones.read(
                    text, region=self.rules.region, countries=self.rules.countries
                )
            except FixTheForm:
                self.read[text] = ()
        return self.read[text]

    def digits(self, place: int) -> str:
        return digits_of(plain(self.run[place]))

    def trails(self, start: int, end: int) -> bool:
        """Say whether the last word is a count behind what is nearly a number by itself."""
        before = [len(self.digits(place)) for place in range(start, end - 1)]
        return len(self.digits(end - 1)) <= _SMALL and max(before, default=0) >= FEWEST_DIGITS

    def ends(self, start: int) -> Iterator[int]:
        """Give every end of a number that begins with a word, the nearest first."""
        for end in range(start + 1, min(len(self.run), start + _MOST_WORDS) + 1):
            digits = digits_of(plain(self.text(start, end)))
            is_next = end - 1 > start and _has_code(self.run[end - 1], is_plus=True)
            if len(digits.removeprefix("00")) > MOST_DIGITS or is_next:
                return
            if self.digits(end - 1):
                yield end


def _has_code(word: str, *, is_plus: bool = False) -> bool:
    written = plain(word).lstrip("(tel:whapsTELWHAPS- ")
    return written.startswith("+") or (not is_plus and written.startswith("00"))


def _is_planned(phone: Phone) -> bool:
    return Warn.POSSIBLE not in phone.warnings or Warn.BRAZIL_NO_9 in phone.warnings


def _whole(words: _Words) -> Span | None:
    """Find the first number with its code, or of the country; none if it may be two."""
    coded = [*_coded(words)]
    # A + is never cut off from what follows it.
    home = [one for one in _at_home(words) if not any(map(one.overlaps, coded))]
    found = sorted([*coded, *home], key=lambda span: span.start)
    return next(
        (span for span in found if not any(span.overlaps(each) for each in found if each != span)),
        None,
    )


def _coded(words: _Words) -> Iterator[Span]:
    for start, word in enumerate(words.run):
        if not _has_code(word) or not digits_of(plain(word)):
            continue
        ends = [*words.ends(start)]
        read = {end: words.readings(start, end) for end in ends}
        valid = [end for end in ends if any(map(_is_planned, read[end]))]
        possible = [end for end in ends if read[end]]
        # What can't be read is shown whole: the form says what is wrong.
        for end in valid or possible[-1:] or ends[-1:]:
            yield Span(start, end, frozenset(phone.digits for phone in read[end]))


def _at_home(words: _Words) -> list[Span]:
    code = code_of(words.rules.region)
    found: list[Span] = []
    for start in range(len(words.run)):
        if not code or not words.digits(start) or _has_code(words.run[start]):
            continue
        for end in words.ends(start):
            planned = [
                phone
                for phone in words.readings(start, end)
                if phone.digits.startswith(code) and _is_planned(phone)
            ]
            if planned and not words.trails(start, end):
                digits = frozenset(phone.digits for phone in planned)
                is_mobile = Warn.FIXED_LINE not in planned[0].warnings
                found.append(Span(start, end, digits, is_mobile))
    whole = [span for span in found if not any(_is_within(span, other) for other in found)]
    return [span for span in whole if span.is_mobile or not _is_mobile_abroad(words, span)]


def _is_mobile_abroad(words: _Words, span: Span) -> bool:
    """Say whether a fixed line is the end of another country's mobile, as in 57 321 1234567."""
    return any(
        _is_planned(phone) and Warn.FIXED_LINE not in phone.warnings
        for start in range(max(0, span.end - _MOST_WORDS), span.start)
        for phone in words.readings(start, span.end)
    )


def _is_within(span: Span, other: Span) -> bool:
    """Say whether a number is only a part of another: of the same one, or a mobile's.

    Argentina's 11 2345 6789 is a fixed line, 9 11 2345 6789 a mobile.
    """
    is_part = other.start <= span.start and span.end <= other.end and span != other
    is_mobile_s = other.is_mobile and not span.is_mobile
    return is_part and (span.digits == other.digits or is_mobile_s)


def _foreign(words: _Words) -> Span | None:
    """Find a word that is a valid number with a code that no + says."""
    code = code_of(words.rules.region) or "none"
    for place in [] if any(map(_has_code, words.run)) else range(len(words.run)):
        readings = words.readings(place, place + 1)
        if any(_is_planned(each) and not each.digits.startswith(code) for each in readings):
            return Span(place, place + 1)
    return None


def _perhaps(words: _Words) -> Span | None:
    """Find what may have been meant as a number; the form asks, or says what is wrong."""
    if any(map(_has_code, words.run)):
        return None
    lengths = [len(words.digits(place)) for place in range(len(words.run))]
    large = [place for place, length in enumerate(lengths) if length >= FEWEST_DIGITS]
    if large and all(length <= _SMALL or length >= FEWEST_DIGITS for length in lengths):
        return Span(large[0], large[0] + 1)
    code = code_of(words.rules.region)
    readings = words.readings(0, len(words.run))
    is_home = all(code and phone.digits.startswith(code) for phone in readings)
    return Span(0, len(words.run)) if sum(lengths) >= FEWEST_DIGITS and is_home else None
