"""The words: every key in every language, none unused, none missing, none too long for Slack."""

import ast
import functools
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import bot
from bot.locales import LANGUAGES, Dictionary, load
from bot.sends import Status

FOLDER = Path(bot.__file__).parent
CODE = sorted(
    path
    for path in FOLDER.rglob("*.py")
    if not {"demo", "locales", "migrations"} & set(path.relative_to(FOLDER).parts)
)
KEYS = frozenset(load("en").sentences)
FAMILIES = frozenset(key.partition(".")[0] for key in KEYS)
NOT_KEYS = frozenset({"template.param"})  # a table in the catalogue's file
# What the form's fields are called in `form.<field>.label` and so on.
FIELDS = ("template", "phone", "client_name", "group", "params")
EACH = pytest.mark.parametrize("language", LANGUAGES)


@functools.cache
def trees() -> tuple[tuple[Path, tuple[ast.AST, ...]], ...]:
    """Give every file of the program with all nodes of its syntax."""
    return tuple((path, tuple(ast.walk(ast.parse(path.read_text())))) for path in CODE)


def text(node: ast.expr | None) -> Iterator[str]:
    """Give the text that an expression is, or either of the two that it may be."""
    match node:
        case ast.Constant(value=str(value)):
            yield value
        case ast.IfExp(body=body, orelse=orelse):
            yield from text(body)
            yield from text(orelse)


def calls(name: str, place: int) -> set[str]:
    """Collect the texts that are handed to a function or class of this name."""
    return {
        found
        for _, nodes in trees()
        for node in nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name | ast.Attribute)
        and (node.func.id if isinstance(node.func, ast.Name) else node.func.attr) == name
        for found in text(node.args[place] if len(node.args) > place else None)
    }


def judged() -> set[str]:
    """Collect the reasons that go with a status: in Atom's answers, and in outcomes."""
    pairs = {
        found
        for path, nodes in trees()
        if path.name == "atom.py"
        for node in nodes
        if isinstance(node, ast.Tuple) and "Status." in ast.unparse(node)
        for found in text(node.elts[-1])
    }
    return pairs | calls("Outcome", 1) | calls("Unclear", 0) | {Status.SENT, Status.PENDING}


def decided() -> set[str]:
    """Collect the reasons that people give."""
    return {
        found
        for path, nodes in trees()
        if path.parent.name == "store"
        for node in nodes
        if isinstance(node, ast.keyword) and node.arg == "reason"
        for found in text(node.value)
    }


def waited_for() -> set[str]:
    # Of the database it is never said: whoever would write that down is away.
    return calls("TryLater", 0) - {"database.unreachable"}


def written() -> set[str]:
    """Collect the keys that stand in the code as they are."""
    constants = {
        node.value
        for _, nodes in trees()
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {
        each
        for each in constants
        if each not in NOT_KEYS
        and each.partition(".")[0] in FAMILIES
        and "." in each
        and not each.endswith(".")
        and set(each) <= set(string.ascii_lowercase + "_.")
    }


def computed() -> set[str]:
    return {
        *(f"status.{status}" for status in Status),
        *(f"outcome.{reason}" for reason in judged() | decided()),
        *(f"card.decided.{reason}" for reason in decided()),
        *(f"waiting.{reason}" for reason in waited_for()),
        *(f"form.{field}.label" for field in FIELDS),
        *(f"form.{field}.placeholder" for field in FIELDS),
    }


def optional() -> set[str]:
    return {f"form.{field}.hint" for field in FIELDS}


def test_the_code_is_read_as_it_is_meant() -> None:
    assert {"rejected", "token", "server_error", "odd_answer", "odd_status"} <= judged()
    assert {"gave_up", "interrupted", "no_answer"} <= judged()
    assert decided() == {"arrived", "not_arrived", "cancelled"}
    assert {"atom.unreachable", "atom.too_many", "atom.held", "slack.limited"} <= waited_for()
    assert {"form.title", "phone.empty", "refused.guest"} <= written()


def test_no_key_is_missing() -> None:
    assert (written() | computed()) - KEYS == set()


def test_no_key_is_unused() -> None:
    assert KEYS - written() - computed() - optional() == set()


@EACH
def test_every_key_is_in_every_language(language: str) -> None:
    sentences = load(language).sentences

    assert set(sentences) == KEYS
    assert [key for key, sentence in sentences.items() if not sentence.strip()] == []


@EACH
def test_no_sentence_is_marked_as_a_guess(language: str) -> None:
    with FOLDER.joinpath("locales", f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)

    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@EACH
def test_the_places_to_fill_are_the_same_in_every_language(language: str) -> None:
    english, other = load("en").sentences, load(language).sentences

    assert {key: places(other[key]) for key in KEYS} == {key: places(english[key]) for key in KEYS}


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_sentences_are_translated(language: str) -> None:
    english, other = load("en").sentences, load(language).sentences

    same = {key for key in KEYS if english[key] == other[key] and len(english[key].split()) > 3}
    # Nothing in it but places and what is typed.
    assert {key for key in same if any(c.isalpha() for c in _words_only(english[key]))} == set()


def _words_only(sentence: str) -> str:
    return "".join(literal for literal, *_ in string.Formatter().parse(sentence))


LIMITS = {
    "form.title": 24,
    "form.submit": 24,
    "form.submit_anyway": 24,
    "form.close": 24,
    "form.assign.option": 75,
    "confirm.retry.title": 100,
    "confirm.retry.text": 300 - len("•••• 4567"),
    "confirm.retry.yes": 30,
    "confirm.no": 30,
    **dict.fromkeys(
        ("button.cancel", "button.open_panel", "button.resolve_sent", "button.retry"), 75
    ),
    **{key: 150 for key in KEYS if key.startswith("form.") and key.endswith((".label", ".hint"))},
    **{key: 150 for key in KEYS if key.startswith("form.") and key.endswith(".placeholder")},
}


@EACH
def test_no_label_is_too_long_for_slack(language: str) -> None:
    sentences = load(language).sentences

    assert {
        key: sentences[key] for key, limit in LIMITS.items() if len(sentences[key]) > limit
    } == {}


@EACH
def test_a_sentence_leaves_room_for_what_is_put_into_it(language: str) -> None:
    sentences = load(language).sentences

    assert {key for key, sentence in sentences.items() if len(sentence) > 1500} == set()


def said_in_slack() -> Iterator[str]:
    """Give the texts in bot/slack that read like sentences, but for docstrings and the log."""
    for path, nodes in trees():
        if path.parent.name != "slack" or path.name == "manifest.py":
            continue
        silent = {
            id(inner)
            for node in nodes
            if (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
            or (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("logger."))
            for inner in ast.walk(node)
        }
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = [word for word in node.value.split() if word.isalpha() and len(word) > 1]
                if len(words) > 1 and id(node) not in silent:
                    yield f"{path.name}:{node.lineno} {node.value}"


def test_no_sentence_for_people_stands_outside_the_catalogue() -> None:
    assert list(said_in_slack()) == []


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("es-LA", "es"),
        ("es-ES", "es"),
        ("pt-BR", "pt"),
        ("PT-pt", "pt"),
        ("en-GB", "en"),
        ("de-DE", "es"),
        ("", "es"),
    ],
)
def test_a_person_is_spoken_to_in_their_language_where_we_speak_it(
    locale: str, language: str
) -> None:
    assert Dictionary("es").of(locale).language == language


@pytest.mark.parametrize(
    ("language", "name"), [("en", "Panama"), ("es", "Panamá"), ("pt", "Panamá")]
)
def test_countries_have_names(language: str, name: str) -> None:
    words = load(language)

    assert words.country("PA") == name
    assert words.country("??") == "??"


def test_what_is_put_into_a_sentence_is_left_as_it_is() -> None:
    words = load("en")

    assert words("param.empty", name="{phone} {0}").startswith("{phone} {0}: ")
