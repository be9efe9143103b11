"""The glossary at the top of each catalogue: one word for one thing, in every sentence."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import bot
from bot.locales import LANGUAGES, load

FOLDER = Path(bot.__file__).parent / "locales"
EACH = pytest.mark.parametrize("language", LANGUAGES)
LINE = re.compile(r"#   (?P<term>[^=]+?) = (?P<words>.+?)(?: · never: (?P<never>.+))?")
# What is typed, put in or drawn is nobody's wording: code, places, emoji codes, fields' names.
NO_WORDS = re.compile(r"`[^`]*`|/[a-z-]+|\{+[^{}]*\}+|:[a-z_]+:|\b\S+=\S+|<[^>]*>")
FEWEST_TERMS = 20

Sentences = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Term:
    """One line: an English term, how a language says it, and what it does not say."""

    english: str
    words: tuple[str, ...]
    never: tuple[str, ...]


def glossary(language: str) -> dict[str, Term]:
    """Read the lines at the top of a catalogue's file."""
    head = (FOLDER / f"{language}.po").read_text().partition("\nmsgid ")[0]
    found = [LINE.fullmatch(line) for line in head.splitlines() if line.startswith("#   ")]
    assert all(found), "a line of the glossary can't be read"
    terms = [
        Term(line["term"], _listed(line["words"]), _listed(line["never"] or ""))
        for line in found
        if line
    ]
    assert len({each.english for each in terms}) == len(terms)
    return {each.english: each for each in terms}


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each for each in text.split(", ") if each)


def has_any(sentence: str, words: Iterable[str]) -> bool:
    """Say whether a sentence has one of these words, in whatever case; `*` is any ending."""
    plain = NO_WORDS.sub(" ", sentence).casefold()
    return any(re.search(_pattern(each), plain) for each in words)


def _pattern(word: str) -> str:
    return rf"\b{re.escape(word)}\b".replace(r"\*\b", r"\w*\b")


def wrong(sentences: Sentences, terms: Mapping[str, Term]) -> Iterator[tuple[str, str]]:
    """Give the keys of sentences that have a word of none of these terms, with the term."""
    for key, forms in sentences.items():
        for term in terms.values():
            if has_any(" ".join(forms), term.never):
                yield key, term.english


def missing(
    sentences: Sentences, english: Sentences, terms: Mapping[str, Term]
) -> Iterator[tuple[str, str]]:
    """Give the keys of sentences that say otherwise what the English one has a term for."""
    for key, forms in sentences.items():
        for term in terms.values():
            meant = has_any(" ".join(english[key]), [term.english])
            if meant and not all(has_any(each, term.words) for each in forms):
                yield key, term.english


@EACH
def test_every_language_has_the_same_terms(language: str) -> None:
    terms = glossary(language)

    assert list(terms) == list(glossary("en"))
    assert len(terms) >= FEWEST_TERMS


@EACH
def test_every_term_is_used(language: str) -> None:
    sentences = [form for forms in load(language).sentences.values() for form in forms]

    unused = {
        term.english
        for term in glossary(language).values()
        if not any(has_any(each, term.words) for each in sentences)
    }

    assert unused == set()


@EACH
def test_no_sentence_has_a_word_that_is_not_to_be_used(language: str) -> None:
    assert list(wrong(load(language).sentences, glossary(language))) == []


@EACH
def test_a_term_is_said_the_same_way_everywhere(language: str) -> None:
    sentences, english = load(language).sentences, load("en").sentences

    assert list(missing(sentences, english, glossary(language))) == []


@pytest.mark.parametrize(
    ("language", "sentence", "term"),
    [
        ("en", "Somebody sent an unknown one.", "unconfirmed"),
        ("es", "Pulsa Enviar.", "press"),
        ("es", "Hay un HUECO sin nombre.", "variable*"),
        ("pt", "Este template não existe.", "template*"),
        ("pt", "Digite em qual aba.", "home tab"),
    ],
)
def test_a_wrong_word_is_found(language: str, sentence: str, term: str) -> None:
    assert list(wrong({"planted": (sentence,)}, glossary(language))) == [("planted", term)]


@pytest.mark.parametrize(
    ("language", "forms"),
    [("es", ("Un formato.",)), ("es", ("Una plantilla.", "Varias.")), ("pt", ("Um padrão.",))],
)
def test_another_word_for_a_term_is_found(language: str, forms: tuple[str, ...]) -> None:
    english = {"planted": ("One template.", "Several templates.")}

    found = list(missing({"planted": forms}, english, glossary(language)))

    assert found == [("planted", "template*")]


def test_what_is_typed_is_not_judged() -> None:
    sentence = "`/whatsapp-template` y {template}: client=Rosa, {{{{place}}}} :thread:"

    assert list(wrong({"planted": (sentence,)}, glossary("es"))) == []
