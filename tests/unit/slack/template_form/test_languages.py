"""Languages are found by name and by code."""

import pytest

from bot.locales import LANGUAGES
from bot.slack.template_form import languages
from tests.unit.slack.template_form.form_scene import EN, WORDS

# The menus.


@pytest.mark.parametrize(
    ("language", "typed", "first"),
    [
        ("en", "", "es"),
        ("en", "mex", "es_MX"),
        ("es", "alem", "de"),
        ("es", "español méxico", "es_MX"),
        ("pt", "ingl", "en"),
        ("en", "pt", "pt_BR"),
        ("en", "ES-co", "es_CO"),
        ("en", "prs_AF", "prs_AF"),
    ],
)
def test_a_language_is_found_by_its_name_and_by_its_code(
    language: str, typed: str, first: str
) -> None:
    assert languages.find(typed, WORDS[language])[0] == first


@pytest.mark.parametrize("typed", ["Klingon", "12", "es_PAN"])
def test_what_is_no_language_is_not_offered(typed: str) -> None:
    assert languages.find(typed, EN) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_are_called_by_their_names_and_fit_their_menu(language: str) -> None:
    called = [languages.called(code, WORDS[language]) for code in languages.CODES]

    assert all(
        name.endswith(f" · {code}") for name, code in zip(called, languages.CODES, strict=True)
    )
    assert len(called) <= 100
    assert max(map(len, called)) <= 75
