"""Which template a command names, and that none of its words is lost on the way."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.slack.messages import escape
from bot.slack.send_form import template_lookup
from bot.slack.send_form.command_parser import CommandWords
from bot.templates import Template, names
from tests.builders import TEMPLATE
from tests.unit.slack.send_form.lookup_scene import (
    CATALOGUE,
    CITA,
    DAY,
    PAGO,
    PHONE,
    SHORT,
    TWO,
    UNKNOWN_ID,
    WHOLE,
    called,
    catalogues,
    tokens,
)


@pytest.mark.parametrize(("typed", "template"), WHOLE)
def test_a_whole_name_in_front_may_hold_anything(typed: str, template: Template) -> None:
    named = template_lookup.read(escape(f'  {typed} {PHONE} client="Ana María" x=1'), CATALOGUE)

    assert named.template == template
    assert named.words == CommandWords(phone=PHONE, client_name="Ana María", params=(("x", "1"),))


@pytest.mark.parametrize(("typed", "template"), WHOLE)
def test_a_name_alone_is_enough(typed: str, template: Template) -> None:
    assert template_lookup.read(escape(typed), CATALOGUE) == template_lookup.Named(
        CommandWords(), template
    )


@pytest.mark.parametrize("quotes", ['""', "“”", "''"])
@pytest.mark.parametrize("template", [CITA, DAY])
def test_a_name_in_quotes_may_stand_anywhere(template: Template, quotes: str) -> None:
    typed = f"{PHONE} {quotes[0]}{template.name}{quotes[1]} x=1"

    named = template_lookup.read(typed, CATALOGUE)

    assert named.template == template
    assert (named.words.phone, named.words.params) == (PHONE, (("x", "1"),))
    assert named.words.unread == ()


@pytest.mark.parametrize(
    "typed",
    [
        f"{PHONE} recordatorio de cita",
        f"x=1 recordatorio {PHONE} de cita",
        f"recordatorio client=Ana de {PHONE} cita",
        f"rec cita {PHONE}",
        f"{PHONE} cita",
        f"CITA {PHONE}",
        f"cordatorio de ci {PHONE}",
        f"{TEMPLATE} {PHONE}",
        f"{PHONE} {TEMPLATE}",
        f"{TEMPLATE.lower()[:6]} {PHONE}",
    ],
)
def test_letters_or_words_or_the_id_are_enough_where_they_name_one(typed: str) -> None:
    named = template_lookup.read(typed, TWO)

    assert named.template == CITA
    assert (named.words.phone, named.words.unread, named.meant) == (PHONE, (), ())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("recordatorio", (CITA, PAGO)),
        ("recordatorio de", (CITA, PAGO)),
        ("recordatoro de sita", (CITA,)),
        ("recordatoro", (CITA, PAGO)),
        ("pagi", (PAGO,)),
    ],
)
def test_what_may_mean_several_or_is_mistyped_is_asked(
    typed: str, meant: tuple[Template, ...]
) -> None:
    named = template_lookup.read(f"{typed} {PHONE}", TWO)

    assert named.template is None
    assert named.asked == typed
    assert {each.name for each in meant} <= {each.name for each in named.meant}
    assert (named.words.phone, named.words.unread) == (PHONE, ())


def test_no_more_are_asked_about_than_fit_in_a_row() -> None:
    many = [called(f"Aviso {number}", id=f"{number:020}") for number in range(30)]

    named = template_lookup.read("avi", many)

    assert len(named.meant) == template_lookup.MOST_MEANT


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        (f"zzz {PHONE}", "zzz"),
        (f"zzz yyy {PHONE}", "zzz yyy"),
        (f"{UNKNOWN_ID} {PHONE}", UNKNOWN_ID),
        (PHONE, ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("catalogue", [TWO, ()])
def test_a_name_that_nobody_knows_is_said_again(
    typed: str, asked: str, catalogue: tuple[Template, ...]
) -> None:
    named = template_lookup.read(typed, catalogue)

    assert (named.template, named.meant, named.asked) == (None, (), asked)


def test_without_a_catalogue_the_first_word_with_letters_is_the_template() -> None:
    named = template_lookup.read(f"{PHONE} {UNKNOWN_ID} Rosa x=1", ())

    assert named.words == CommandWords(
        template=UNKNOWN_ID, phone=PHONE, params=(("x", "1"),), unread=("Rosa",)
    )


@pytest.mark.parametrize(
    ("typed", "unread"),
    [
        ("recordatorio de cita Rosa", ("Rosa",)),
        (f"recordatorio de cita Rosa {UNKNOWN_ID}", ("Rosa", UNKNOWN_ID)),
        ("recordatorio de cita 3,50 Rosa", ("Rosa", "3,50")),
        (f"{TEMPLATE} Rosa", ("Rosa",)),
        ('"recordatorio de cita" Rosa', ("Rosa",)),
        ("cita zzzzz wwwww", ("zzzzz", "wwwww")),
    ],
)
def test_words_beside_the_name_are_left_over(typed: str, unread: tuple[str, ...]) -> None:
    named = template_lookup.read(f"{typed} {PHONE}", TWO)

    assert named.template == CITA
    assert (named.words.unread, named.words.phone) == (unread, PHONE)


@pytest.mark.parametrize("catalogue", [TWO, ()])
def test_an_id_goes_before_names_for_whoever_types_one_means_it(
    catalogue: tuple[Template, ...],
) -> None:
    named = template_lookup.read(f"{UNKNOWN_ID} recordatorio de pago", catalogue)

    assert (named.template, named.meant) == (None, ())
    assert named.words.template == UNKNOWN_ID
    assert named.words.unread == ("recordatorio", "de", "pago")


def test_the_longest_name_that_fits_is_meant() -> None:
    assert template_lookup.read(f"cita 24 horas {PHONE}", CATALOGUE).template == DAY
    assert template_lookup.read(f"cita 24 {PHONE}", CATALOGUE).template == SHORT


def test_a_number_that_is_no_name_is_the_telephone() -> None:
    named = template_lookup.read(f"cita {PHONE}", (replace(SHORT, name="Cita 61"), SHORT))

    assert (named.template, named.words.phone) == (SHORT, PHONE)


def kept(named: template_lookup.Named) -> str:
    """Return all that becomes of a command; of the words of its name only those that are told."""
    words = named.words
    template = (named.template.name, named.template.id) if named.template else ()
    pairs = [part for pair in words.params for part in pair]
    fields = [words.phone, words.client_name, words.group, "assign=" * (words.assign is not None)]
    return names.fold(" ".join([*template, named.asked, *fields, *pairs, *words.unread]))


@given(tokens, catalogues)
def test_no_word_is_lost(typed: list[str], catalogue: tuple[Template, ...]) -> None:
    named = template_lookup.read(escape(" ".join(typed)), catalogue)

    held = kept(named)
    for word in typed:
        name, _, value = word.partition("=")
        parts = [name, value] if name not in {"client", "group", "assign"} else [value]
        plain = [names.fold(part.strip("\"'")) for part in parts]
        assert all(part in held for part in plain if part != "no"), (word, named)


@given(st.text(), catalogues)
def test_nothing_that_is_typed_is_too_odd(text: str, catalogue: tuple[Template, ...]) -> None:
    named = template_lookup.read(text, catalogue)

    assert named.template is None or named.template in catalogue
    assert len(named.meant) <= template_lookup.MOST_MEANT
