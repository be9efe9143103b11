"""The words that people see, in English, Spanish and Portuguese, by key (gettext catalogues)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel import Locale
from babel.messages.pofile import read_po

LANGUAGES = ("en", "es", "pt")


@dataclass(frozen=True, slots=True)
class Words:
    """All sentences of one language."""

    language: str
    sentences: Mapping[str, str]

    def __call__(self, key: str, /, **values: str | int) -> str:
        """Return the sentence with its `{places}` filled; the values are put in as they are."""
        return self.sentences[key].format_map(values)

    def country(self, code: str) -> str:
        """Name a country in this language; the code itself where it is unknown."""
        return str(Locale(self.language).territories.get(code, code))

    def has(self, key: str) -> bool:
        return key in self.sentences


class Dictionary:
    """The three languages, and which one is whose."""

    def __init__(self, shared: str) -> None:
        """`shared` is the language of what a whole channel sees."""
        self._languages = {language: load(language) for language in LANGUAGES}
        self.shared = self._languages[shared]

    def of(self, locale: str) -> Words:
        """Choose by a Slack locale such as `es-LA`; the shared one where we don't speak it."""
        return self._languages.get(locale.partition("-")[0].lower(), self.shared)


def load(language: str) -> Words:
    """Read one catalogue."""
    with Path(__file__).with_name(f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    return Words(
        language,
        {str(message.id): str(message.string) for message in catalogue if message.id},
    )
