"""Which words after the command ask for the form for a list."""

import re

import pytest

from bot.locales import LANGUAGES, load
from bot.slack.send_form.listeners import COMMAND
from bot.slack.subcommands.parse import Topic, list_words, read


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("bulk", ""),
        (" BULK ", ""),
        ("bulk recordatorio de cita", "recordatorio de cita"),
        ("Bulk  a &amp; b", "a &amp; b"),
        ("lista recordatorio", "recordatorio"),
        ("LISTA a", "a"),
        ("lista", None),
        ("list a", None),
        ("bulky", None),
        ("recordatorio bulk", None),
        ("", None),
        ("  ", None),
    ],
)
def test_an_order_for_a_list_begins_with_its_word(text: str, words: str | None) -> None:
    assert list_words(text) == words


def test_a_question_is_no_order_for_a_list() -> None:
    asked = read("lista")

    assert asked
    assert asked.topic is Topic.LIST


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_names_it(language: str) -> None:
    said = load(language)("help.text", shortcut="X")

    typed = re.findall(rf"`{COMMAND} (bulk[^`]+)`", said)

    assert [list_words(each) is not None for each in typed] == [True]
