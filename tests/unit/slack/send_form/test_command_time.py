"""The time to send at among a command's words: what is one, and that it is nothing else then."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.send_form import command_words, template_lookup
from bot.slack.send_form.command_parser import CommandWords
from bot.templates import Template
from tests.builders import make_template
from tests.unit.times.scene import ANY, asker, written

PHONE = "6123-4567"


def called(name: str, template_id: str) -> Template:
    return make_template(name=name, id=template_id * 20)


CITA = make_template()
NINE = called("Cita a las 9", "K")
TOMORROW = called("Recordatorio mañana", "M")
BOOK = (CITA, NINE, TOMORROW)

FECHA = {"fecha": "3 de mayo"}
AT_NINE = ("a", "las", "9")
OF_MAY = ("de", "mayo", *AT_NINE)
# The text, its template, its phone, its parameters, its time, and what found no field.
READ = [
    (f"recordatorio de cita {PHONE} mañana a las 9", CITA, {}, "05-06/09:00", ()),
    (f"recordatorio de cita {PHONE} at tomorrow 08:30", CITA, {}, "05-06/08:30", ()),
    (f'recordatorio de cita {PHONE} fecha="3 de mayo" a las 9', CITA, FECHA, "05-06/09:00", ()),
    (
        f"recordatorio de cita {PHONE} nombre=Ana a las 9",
        CITA,
        {"nombre": "Ana"},
        "05-06/09:00",
        (),
    ),
    (f"recordatorio de cita a las 9 {PHONE}", CITA, {}, "", AT_NINE),
    (f"recordatorio de cita {PHONE} hora=9:00", CITA, {"hora": "9:00"}, "", ()),
    (f'recordatorio de cita {PHONE} "mañana a las 9"', CITA, {}, "", ("mañana a las 9",)),
    (f"recordatorio de cita {PHONE} «mañana 9:00»", CITA, {}, "", ("mañana 9:00",)),
    (f'recordatorio de cita {PHONE} "hora=a las 9"', CITA, {"hora": "a las 9"}, "", ()),
    (f"recordatorio de cita {PHONE} hora = 9:00", CITA, {"hora": "9:00"}, "", ()),
    (f"recordatorio de cita {PHONE} fecha=mañana a las 9", CITA, {"fecha": "mañana"}, "", AT_NINE),
    (f"recordatorio de cita {PHONE} fecha=3 de mayo a las 9", CITA, {"fecha": "3"}, "", OF_MAY),
    # A template's name may hold such words.
    (f"Cita a las 9 {PHONE}", NINE, {}, "", ()),
    (f"cita a las 9 {PHONE} mañana a las 10", NINE, {}, "05-06/10:00", ()),
    (f"recordatorio mañana {PHONE}", TOMORROW, {}, "", ()),
    (f"recordatorio mañana {PHONE} mañana 9:00", TOMORROW, {}, "05-06/09:00", ()),
    (f"recordatorio mañana 9:00 {PHONE}", TOMORROW, {}, "", ("9:00",)),
    ("recordatorio mañana 9:00", TOMORROW, {}, "", ("9:00",)),
]


@pytest.mark.parametrize(("text", "template", "params", "time", "unread"), READ)
def test_the_time_is_told_from_names_and_values(
    text: str, template: Template, params: dict[str, str], time: str, unread: tuple[str, ...]
) -> None:
    named = template_lookup.read(text, BOOK, asker=asker())

    assert named.template == template
    assert dict(named.words.params) == params
    assert named.words.unread == unread
    assert named.send_at is not None
    assert written(named.send_at.reading) == time


def test_a_name_behind_the_number_is_no_time() -> None:
    named = template_lookup.read(f"{PHONE} Cita a las 9", BOOK, asker=asker())

    assert named.send_at is not None
    assert named.send_at.reading is None


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        (f"recordatorio de cita {PHONE} mañana", "mañana"),
        (f"recordatorio de cita {PHONE} 9am", "9am"),
        (f"recordatorio de cita {PHONE}", ""),
        (f"{PHONE} recordatorio mañana", ""),  # it names the template
    ],
)
def test_what_only_looks_like_a_time_is_noted_if_it_found_no_field(text: str, noted: str) -> None:
    named = template_lookup.read(text, BOOK, asker=asker())

    assert named.send_at is not None
    note = named.send_at.note
    assert (note.values["words"] if note else "") == noted


def test_for_nobodys_clocks_there_is_no_time() -> None:
    named = template_lookup.read(f"recordatorio de cita {PHONE} a las 9", BOOK)

    assert named.send_at is None
    assert named.words.unread == ("a", "las", "9")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a b", "a b"),
        ('"a" b', "b"),
        ('a "b"', ""),
        ('a "b c', ""),
        ("x=1 b", "b"),
        ('x="1 2" b c', "b c"),
        ("x = 1 b", "b"),
        ("a 5' b", "a 5' b"),
        ("[x] b", "[x] b"),
        ("“a” b «c» d", "d"),
        ("", ""),
    ],
)
def test_plain_words_begin_behind_quotes_and_names(text: str, plain: str) -> None:
    assert text[command_words.plain_from(text) :].strip() == plain


@given(st.text("ab9:=\"'«» ", max_size=30))
def test_plain_words_are_words_by_themselves(text: str) -> None:
    start = command_words.plain_from(text)

    apart = [*command_words.split(text[:start]), *command_words.split(text[start:])]

    assert apart == [*command_words.split(text)]
    assert all(name is None for name, _ in command_words.split(text[start:]))


TIMES = ("mañana a las 9", "at tomorrow 08:30", "às 15h", "on friday at 14:00", "el 3 a las 9")
HEADS = (f"recordatorio de cita {PHONE}", f'cita {PHONE} client="Ana" grupo=Citas', f"{PHONE} xyz")


@given(st.sampled_from(HEADS), st.sampled_from(TIMES), st.sampled_from(ANY))
def test_the_other_words_are_read_as_without_a_time(head: str, time: str, language: str) -> None:
    without = template_lookup.read(head, BOOK, asker=asker(language))

    named = template_lookup.read(f"{head} {time}", BOOK, asker=asker(language))

    assert named.send_at is not None
    assert named.send_at.words == time
    assert named.words == without.words
    assert named.words != CommandWords()
    assert named.template == without.template
