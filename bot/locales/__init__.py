"""The words that people see, in English, Spanish and Portuguese, by key (gettext catalogues)."""

import contextlib
import functools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_timedelta, get_timezone_location
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = ("en", "es", "pt")
# Whose numbers: Latin America's Spanish writes 1,024 where Spain's has 1.024.
NUMBERS = {"en": "en", "es": "es_419", "pt": "pt_BR"}
NUMBERS_KEPT = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Translator:
    """All sentences of one language, each in one form, or in one for one and one for many.

    Only the same one is equal, so that what is drawn in it may be kept.
    """

    language: str
    sentences: Mapping[str, tuple[str, ...]]

    def __call__(self, key: str, /, **values: str | int) -> str:
        """Return the sentence in the form for the int `count`, with its `{places}` filled.

        Numbers are written the language's way; text is put in as it is.
        """
        sentence = self._form(key, values.get("count"))
        if not values and "{" not in sentence:
            return sentence
        return sentence.format_map({name: self._written(value) for name, value in values.items()})

    def country(self, code: str) -> str:
        """Name a country in this language; the code itself where it is unknown."""
        return str(_locale(self.language).territories.get(code, code))

    def place(self, zone: str) -> str:
        """Name the city of a time zone such as `America/Mexico_City`; its last part if unknown."""
        return _place(NUMBERS[self.language], zone)

    def time(self, moment: datetime, *, weekday: bool = False) -> str:
        """Say a time of day, as the clock at that place shows it."""
        form = "EEEE HH:mm" if weekday else "HH:mm"
        return format_datetime(moment.replace(tzinfo=None), form, locale=NUMBERS[self.language])

    def ago(self, seconds: int) -> str:
        """Say how long ago something was, in its largest unit."""
        past = -timedelta(seconds=max(seconds, 1))
        locale = NUMBERS[self.language]
        return format_timedelta(past, threshold=1, add_direction=True, locale=locale)

    def duration(self, seconds: float) -> str:
        """Say how long something takes, in the largest unit of which it is two or more."""
        whole = timedelta(seconds=max(math.ceil(seconds), 1))
        return format_timedelta(whole, threshold=2, locale=NUMBERS[self.language])

    def decimal(self, value: float) -> str:
        """Write a number with one decimal at most, the language's way."""
        return format_decimal(round(value, 1), locale=NUMBERS[self.language])

    def language_name(self, code: str) -> str:
        """Name a language such as `es_MX` in this one; the code itself where it is unknown."""
        try:
            return Locale.parse(code).get_display_name(self.language) or code
        except (ValueError, UnknownLocaleError):
            return code

    def has(self, key: str) -> bool:
        return key in self.sentences

    def _form(self, key: str, count: str | int | None) -> str:
        one = isinstance(count, int) and _is_one(self.language, count)
        # CLDR's "many" (millions in Spanish and Portuguese) has no form of its own here.
        return self.sentences[key][0 if one else -1]

    def _written(self, value: str | int) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            return _number(NUMBERS[self.language], value)
        return str(value)


@functools.cache
def _locale(code: str) -> Locale:
    return Locale.parse(code)


# Babel reads its rules anew each time, and a list has hundreds of numbers, mostly the same few.
@functools.lru_cache(maxsize=NUMBERS_KEPT)
def _is_one(language: str, count: int) -> bool:
    return _locale(language).plural_form(count) == "one"


@functools.lru_cache(maxsize=NUMBERS_KEPT)
def _number(language: str, value: int) -> str:
    return format_decimal(value, locale=_locale(language))


@functools.lru_cache(maxsize=NUMBERS_KEPT)
def _place(code: str, zone: str) -> str:
    city = zone.replace("_", " ")
    with contextlib.suppress(LookupError):
        city = get_timezone_location(zone, locale=code, return_city=True)
    # A zone without a city of its own in CLDR keeps its region: Argentina/Buenos Aires.
    return city.rsplit("/", 1)[-1]


class Translations:
    """The three languages, and which one is whose."""

    def __init__(self, shared: str) -> None:
        """`shared` is the language of what a whole channel sees."""
        self._languages = {language: load(language) for language in LANGUAGES}
        self.shared = self._languages[shared]

    def of(self, locale: str) -> Translator:
        """Choose by a Slack locale such as `es-LA`; the shared one where we don't speak it."""
        return self._languages.get(locale.partition("-")[0].lower(), self.shared)


@functools.cache
def load(language: str) -> Translator:
    """Read one catalogue, once: the same for whoever asks again."""
    with Path(__file__).with_name(f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    return Translator(
        language,
        {_forms(each.id)[0]: _forms(each.string or "") for each in catalogue if each.id},
    )


def _forms(text: str | Iterable[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)
