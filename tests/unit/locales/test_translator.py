"""How the words are spoken: the language of a person, names of places, what is counted, numbers."""

import pytest

from bot.locales import LANGUAGES, Translations, Translator, load

COUNTS = (0, 1, 2, 21, 1_000_000)


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
    assert Translations("es").of(locale).language == language


@pytest.mark.parametrize(
    ("language", "name"), [("en", "Panama"), ("es", "Panamá"), ("pt", "Panamá")]
)
def test_countries_have_names(language: str, name: str) -> None:
    translator = load(language)

    assert translator.country("PA") == name
    assert translator.country("??") == "??"


@pytest.mark.parametrize(
    ("zone", "names"),
    [
        ("America/Panama", ["Panama", "Panamá", "Panamá"]),
        ("America/Mexico_City", ["Mexico City", "Ciudad de México", "Cidade do México"]),
        ("America/Argentina/Buenos_Aires", ["Buenos Aires"] * 3),
        ("America/Punta_Arenas", ["Punta Arenas"] * 3),
        ("Mars/Olympus_Mons", ["Olympus Mons"] * 3),
    ],
)
def test_time_zones_are_called_after_their_city(zone: str, names: list[str]) -> None:
    assert [load(language).place(zone) for language in LANGUAGES] == names


def test_what_is_put_into_a_sentence_is_left_as_it_is() -> None:
    translator = load("en")

    assert translator("param.empty", name="{phone} {0}").startswith("{phone} {0}: ")
    assert translator("param.empty", name="1024").startswith("1024: ")
    assert translator("param.empty", name=True).startswith("True: ")


@pytest.mark.parametrize(("language", "one"), [("en", {1}), ("es", {1}), ("pt", {0, 1})])
def test_the_form_goes_by_what_is_counted(language: str, one: set[int]) -> None:
    translator = Translator(language, {"cakes": ("a cake", "cakes")})

    assert {count for count in COUNTS if translator("cakes", count=count) == "a cake"} == one


def test_a_sentence_of_one_form_may_count_as_well() -> None:
    translator = Translator("en", {"cakes": ("Cakes: {count}.",)})

    assert [translator("cakes", count=count) for count in (1, 2)] == ["Cakes: 1.", "Cakes: 2."]


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("en", "And 1 more problem.", "And 1,000,000 more problems."),
        ("es", "Y 1 problema más.", "Y 1,000,000 problemas más."),
        ("pt", "E mais 1 problema.", "E mais 1.000.000 problemas."),
    ],
)
def test_the_forms_come_out_of_the_catalogue(language: str, one: str, many: str) -> None:
    translator = load(language)

    assert translator("form.more_problems", count=1) == one
    assert translator("form.more_problems", count=1_000_000) == many


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "999 1,024 10,000"), ("es", "999 1,024 10,000"), ("pt", "999 1.024 10.000")],
)
def test_numbers_are_written_the_way_of_the_language(language: str, written: str) -> None:
    translator = Translator(language, {"numbers": ("{small} {middle} {big}",)})

    assert translator("numbers", small=999, middle=1024, big=10_000) == written


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, ["1 second", "1 segundo", "1 segundo"]),
        (1.2, ["2 seconds", "2 segundos", "2 segundos"]),
        (119, ["119 seconds", "119 segundos", "119 segundos"]),
        (121, ["2 minutes", "2 minutos", "2 minutos"]),
        (86_400, ["24 hours", "24 horas", "24 horas"]),
    ],
)
def test_how_long_something_takes_is_said_in_the_language(seconds: float, words: list[str]) -> None:
    assert [load(language).duration(seconds) for language in LANGUAGES] == words


def test_a_decimal_is_written_the_language_s_way() -> None:
    assert [load(each).decimal(1234.56) for each in LANGUAGES] == ["1,234.6", "1,234.6", "1.234,6"]
