"""Which of a command's last words are the time to send at, and which are a template's or a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.times import cut
from tests.unit.times.scene import ANY, asker, written

TAKEN = [
    ("recordatorio 6123-4567 mañana a las 9", "mañana a las 9", "05-06/09:00"),
    ("recordatorio 6123-4567  a las 15:30 ", "a las 15:30", "05-05/15:30"),
    ("recordatorio 6123-4567 at 9am", "at 9am", "05-06/09:00"),
    ("recordatorio 6123-4567 at tomorrow 08:30", "at tomorrow 08:30", "05-06/08:30"),
    ("lembrete 11 96123-4567 amanhã às 9h", "amanhã às 9h", "05-06/09:00"),
    ("lembrete 11 96123-4567 às 9h", "às 9h", "05-06/09:00"),
    ("lembrete 11 96123-4567 segunda 9h", "segunda 9h", "05-10/09:00"),
    ("reminder 6123 4567 on friday at 14:00", "on friday at 14:00", "05-07/14:00"),
    ("reminder 6123 4567 9am tomorrow", "9am tomorrow", "05-06/09:00"),
    ("recordatorio +507 6123 4567 el 3/6 9:00", "el 3/6 9:00", "06-03/09:00"),
    ("recordatorio 61234567 2027-05-13 09:00", "2027-05-13 09:00", "05-13/09:00"),
    ("recordatorio 61234567 hoy 18:30", "hoy 18:30", "05-05/18:30"),
    ("recordatorio 61234567 mañana 9", "mañana 9", "05-06/09:00"),
    ("recordatorio 61234567 al mediodía", "al mediodía", "05-05/12:00"),
    ("recordatorio 61234567 el lunes a las 9", "el lunes a las 9", "05-10/09:00"),
    ("recordatorio 61234567 lunes 7 a las 9", "lunes 7 a las 9", "06-07/09:00"),
    # The longest run of words counts.
    ("recordatorio 61234567 a las 9 de la mañana", "a las 9 de la mañana", "05-06/09:00"),
    ("x 61234567 pasado mañana a las 9", "pasado mañana a las 9", "05-07/09:00"),
    ("x 61234567 esta noche a las 9", "esta noche a las 9", "05-05/21:00"),
    ("x 61234567 el 3 a las 9", "el 3 a las 9", "06-03/09:00"),
    # What can't be sent at is said to be a time all the same.
    ("recordatorio 61234567 hoy 9:00", "hoy 9:00", "time.today_past 05-06/09:00"),
    ("recordatorio 61234567 at tomorrow", "at tomorrow", "time.no_hour"),
    ("recordatorio 61234567 at 9", "at 9", "time.ask.half 05-05/21:00 05-06/09:00"),
    ("recordatorio 61234567 viernes 13 a las 9", "viernes 13 a las 9", "time.other_weekday"),
    ("a las 9", "a las 9", "05-06/09:00"),
]
# With what is noted: it looks like a time.
LEFT = [
    ("", ""),
    ("recordatorio 6123-4567", ""),
    ("recordatorio mañana 6123-4567", ""),
    ("a las 9 recordatorio 6123-4567", ""),
    ("recordatorio 6123-4567 mañana", "mañana"),
    ("recordatorio 6123-4567 el lunes", "el lunes"),
    ("recordatorio 6123-4567 3/6", "3/6"),
    ("recordatorio 6123-4567 9:00", "9:00"),
    ("recordatorio 6123-4567 9am", "9am"),
    ("recordatorio 6123-4567 15h", "15h"),
    ("recordatorio 6123-4567 noon", "noon"),
    ("recordatorio 6123-4567 lunes 9", "lunes 9"),
    ("recordatorio 6123-4567 9", ""),
    ("recordatorio 6123-4567 at lunch", ""),
    # Tied to the word before.
    ("cita 6123-4567 para mañana a las 9", "mañana a las 9"),
    ("cita 6123-4567 cita del lunes a las 9", "lunes a las 9"),
    ("cita 6123-4567 cada lunes a las 9", "lunes a las 9"),
    ("aula 6123-4567 todas as segundas às 9h", "às 9h"),
    ("cita 6123-4567 todos los lunes a las 9", "lunes a las 9"),
    ("class 6123-4567 every monday at 9am", "monday at 9am"),
    ("class 6123-4567 before tomorrow at 9am", "tomorrow at 9am"),
    ("cita 6123-4567 de 9h a 10h", "a 10h"),
    # A day before it that is not understood must not be passed over.
    ("cita 6123-4567 próximo mes a las 9", "a las 9"),
    ("cita 6123-4567 mañana temprano a las 9", "a las 9"),
    ("cita 6123-4567 next week at 9am", "at 9am"),
    ("cita 6123-4567 en mayo a las 9", "a las 9"),
    ("cita 6123-4567 31 de febrero a las 9", "a las 9"),
    ("cita 6123-4567 31/2 a las 9", "a las 9"),
    ("cita 6123-4567 at el 32 a las 9", "a las 9"),
    ("cita 6123-4567 at a 9:00", "a 9:00"),
    ("cita 6123-4567 2027-13-01 a las 9", "a las 9"),
    ("cita 6123-4567 next monday friday at 9am", "friday at 9am"),
]


@pytest.mark.parametrize(("text", "words", "found"), TAKEN)
@pytest.mark.parametrize("language", ANY)
def test_the_last_words_are_a_time(text: str, words: str, found: str, language: str) -> None:
    taken = cut(text, 0, asker(language))

    assert (taken.words, written(taken.reading), taken.note) == (words, found, None)
    assert f"{taken.rest} {words}".split() == text.split()


@pytest.mark.parametrize(("text", "noted"), LEFT)
@pytest.mark.parametrize("language", ["es", "pt"])
def test_other_words_stay_where_they_are(text: str, noted: str, language: str) -> None:
    left = cut(text, 0, asker(language))

    assert (left.rest, left.words, left.reading) == (text, "", None)
    assert (left.note.values["words"] if left.note else "") == noted


@pytest.mark.parametrize(
    "text",
    ['x "cita a las 9"', "x hora=9:00", "x fecha=mañana", 'x "mañana" 9:00', "x dia=lunes 9"],
)
def test_nothing_begins_before_the_plain_words(text: str) -> None:
    start = max(text.rfind('"'), text.rfind("=") + 4)

    assert cut(text, start, asker()).reading is None


@pytest.mark.parametrize(
    ("text", "rest", "words"),
    [
        ("6123-4567 Cita a las 9", "6123-4567 Cita a las 9", ""),
        ("6123-4567 cita  A LAS 9", "6123-4567 cita  A LAS 9", ""),
        ("6123-4567 cita a las 9 mañana a las 10", "6123-4567 cita a las 9", "mañana a las 10"),
        ("6123-4567 recita a las 9", "6123-4567 recita", "a las 9"),
        ("6123-4567 mañana a las 9", "6123-4567", "mañana a las 9"),
    ],
)
def test_the_end_of_a_templates_name_is_no_time(text: str, rest: str, words: str) -> None:
    taken = cut(text, 0, asker(), ["cita a las 9", ""])

    assert (taken.rest, taken.words) == (rest, words)


PIECES = """a las 9 9:00 at am de la mañana lunes el 3/6 de mayo às 9h amanhã on friday 61234567 x=1
cita para noon 2027-05-13 mediodía next"""
WORDS = st.sampled_from([*PIECES.split(), "", "\u00a0", "\t"])


@given(st.lists(WORDS, max_size=16), st.sampled_from(ANY), st.integers(0, 60))
def test_nothing_is_lost_or_made_up(words: list[str], language: str, start: int) -> None:
    text = " ".join(words)

    taken = cut(text, start, asker(language))

    assert f"{taken.rest} {taken.words}".split() == text.split()
    assert (taken.words == "") == (taken.reading is None)
    assert not taken.words or len(text.rstrip()) - len(taken.words) >= start


def test_a_long_text_takes_no_time() -> None:
    text = "a las 9 de la mañana del lunes " * 1000

    assert cut(text, 0, asker()).rest
