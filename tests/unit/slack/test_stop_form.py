"""Which messages ask to be left alone, and what the offer looks like."""

import pytest

from bot.demo.slack.blockkit import check_view
from bot.locales import LANGUAGES, load
from bot.send_draft import NumberRules
from bot.slack.stop_form import STOP_WORDS, asks_to_stop, build, number_of


@pytest.mark.parametrize("word", sorted(STOP_WORDS))
def test_a_message_that_is_such_a_word_asks_to_stop(word: str) -> None:
    for text in (word, word.upper(), f" ¡{word.capitalize()}! ", f"*{word}*.", f"«{word}»\n"):
        assert asks_to_stop({"text": text}), text


@pytest.mark.parametrize(
    "text", ["", "Bája", "stop it", "no quiero parar", "paradas", "STOP STOP", "baja 61234567"]
)
def test_a_message_that_has_it_among_others_does_not(text: str) -> None:
    assert asks_to_stop({"text": text}) == (text == "Bája")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_offer_is_a_view_that_slack_takes(language: str) -> None:
    drawn = build("+507 6123-4567", {"channel": "C0SOPORTE01"}, load(language))

    assert check_view(drawn, kind="modal") == []


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ({"text": "STOP", "username": "Ana +507 6123-4567"}, "+507 6123-4567"),
        ({"text": "STOP", "bot_profile": {"name": "6123-4567"}}, "6123-4567"),
        ({"text": "STOP", "username": "+507 6123-4567 / +507 6123-4568"}, ""),
        ({"text": "STOP", "username": "Ana"}, ""),
        ({"text": "STOP", "user": "U0ALICE0001", "username": None}, ""),
    ],
)
def test_the_number_is_known_only_from_the_name_of_who_wrote(
    message: dict[str, object], number: str
) -> None:
    assert number_of(message, NumberRules("PA")) == number
