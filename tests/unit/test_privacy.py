"""In a channel every value, name and number of a send is hidden in whatever Atom says.

Compared are letters and digits alone, whatever case, accents, escapes or separators they have.
"""
# ruff: noqa: RUF001 - what looks like other letters is what is tried

import json
import time
import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.privacy import MASK, masked
from bot.sends import SAID_LIMIT, Send
from tests.builders import make_send

PHONE = "50761234567"
SEND = make_send(
    client_name="Rosa Pérez de la Cruz",
    group="Citas Norte",
    params=(("client_name", "Rosa"), ("Monto", "MONTO-99123"), ("Fecha", "3 de mayo de 2027")),
)


@pytest.mark.parametrize(
    "number",
    [
        "6123/4567",
        "6123 - 4567",
        "6123–4567",
        "6123‑4567",
        "6123\u200b4567",
        "6123__4567",
        "６１２３４５６７",
        "٦١٢٣٤٥٦٧",
        "۶۱۲۳۴۵۶۷",
        "६१२३४५६७",
        "507612345679",
        "50761234567.00",
        "6123456799",
        "06123 4567",
        "+507 (0) 6123-4567",
        "5 0 7 6 1 2 3 4 5 6 7",
        "507.612.345.67",
        "6123\u00a0\u00a04567",
        "6123\u202f4567",
        "6123\u2060\u2060\u2060\u2060\u2060\u2060\u2060\u2060\u2060\u2060\u2060\u2060\u20604567",
        "6\u20e31\u20e32\u20e33\u20e34\u20e35\u20e36\u20e37\u20e3",
        "⑥①②③④⑤⑥⑦",
        "⁶¹²³⁴⁵⁶⁷",
        "6123 cel 4567",
        "tel:+507-6123-4567",
        "\\u0036\\u0031\\u0032\\u0033\\u0034\\u0035\\u0036\\u0037",
        "%2B507%206123%204567",
        "&#54;123&#52;567",
        "<b>6123</b>-<b>4567</b>",
        "wa.me/50761234567?text=hola",
        "x50761234567x",
        "6123*4567",
        "6123|4567",
        "6123,4567",
        "[6123][4567]",
        "1-23 4567",
        "612-345",
    ],
)
def test_the_number_is_hidden_however_it_is_written(number: str) -> None:
    said = masked(f"El número {number} no es válido", SEND)

    assert "•••• 4567" in said
    assert said.startswith("El número ")
    assert said.endswith("no es válido")
    assert not holds_number(said, PHONE)
    assert "6123" not in said
    assert "612-345" not in said


@pytest.mark.parametrize(
    "text",
    [
        "Error 50012345678, línea 12",
        "HTTP 507 en 61 ms",
        "No hay datos para enviar",
        "Falta el parámetro client_name o Fecha",
        "id 8812345999",
        "4567",
    ],
)
def test_what_is_not_of_this_send_stays(text: str) -> None:
    assert masked(text, SEND) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "El valor 'MONTO-99123' de Monto no es válido para Rosa",
            "El valor '••••' de Monto no es válido para ••••",
        ),
        ("monto_99123", MASK),
        ("Monto 99123", MASK),
        ("ＭＯＮＴＯ－９９１２３!", f"{MASK}!"),
        ("MON\u200bTO-99\u00ad123", MASK),
        ("para ROSA PEREZ DE LA CRUZ.", f"para {MASK}."),
        ("Pérez, Rosa", f"{MASK}, {MASK}"),
        ("firstName=Rosa&lastName=P%C3%A9rez", f"firstName={MASK}&lastName={MASK}"),
        ("Jose\\u0301 y P\\u00e9rez", f"Jose\\u0301 y {MASK}"),
        ("r\u00f3s\u00e0", MASK),
        ("el grupo «citas  norte» no existe", f"el grupo «{MASK}» no existe"),
        ("fecha 3_DE_MAYO_DE_2027", f"fecha {MASK}"),
        ("P&eacute;rez", MASK),
        ("xMONTO-99123x", f"x{MASK}x"),
        ("de la", "de la"),
    ],
)
def test_values_and_names_are_hidden_however_they_are_written(text: str, shown: str) -> None:
    assert masked(text, SEND) == shown


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("times", [1, 2])
def test_an_echo_of_the_request_tells_nothing(*, ascii_only: bool, times: int) -> None:
    request = SEND.request
    echo: object = {
        "templateId": request.template,
        "phoneNumber": request.phone,
        "clientName": request.client_name,
        "groupName": request.group,
        "params": dict(request.params),
    }
    for _ in range(times):
        echo = json.dumps(echo, ensure_ascii=ascii_only)

    said = masked(str(echo), SEND)

    assert request.template in said
    assert "Monto" in said
    for private in ("Rosa", "rez", "Cruz", "Norte", "99123", "mayo", "6123"):
        assert private not in said


@pytest.mark.parametrize("begun", ["MONTO-9", "Rosa Pér", "50761", "3 de m"])
def test_what_was_cut_off_in_the_middle_is_hidden(begun: str) -> None:
    text = "x " * ((SAID_LIMIT - len(begun)) // 2 + 1) + begun

    assert masked(text, SEND).endswith(f"x {MASK}")


# A value of one or two characters is hidden where it is a word of its own, and nowhere else.
@pytest.mark.parametrize(
    ("value", "text", "shown"),
    [
        ("a", "No hay datos para enviar", "No hay datos para enviar"),
        ("a", "El valor 'a' no vale", f"El valor '{MASK}' no vale"),
        ("1", '{"code":100,"cuotas":1}', f'{{"code":100,"cuotas":{MASK}}}'),
        ("Li", "La lista de Li", f"La lista de {MASK}"),
        ("25", "2525 no, 25 no", f"2525 no, {MASK} no"),
        ("é", "qué e?", f"qué {MASK}?"),
        ("李", "客户李的信息", f"客户{MASK}的信息"),
        ("🎉", "La fiesta🎉 no", f"La fiesta{MASK} no"),
        ("Ana", "semana", f"sem{MASK}"),
        (" - ", "a - b", "a - b"),
    ],
)
def test_short_values_do_not_turn_the_text_to_pulp(value: str, text: str, shown: str) -> None:
    send = make_send(client_name="", group="", params=(("Valor", value),))

    assert masked(text, send) == shown


def plain(text: str) -> str:
    """Write a text as it is compared: an oracle that knows nothing of the code that hides."""
    bare = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = (char for char in bare if char.isalnum())
    return "".join(str(unicodedata.digit(char, char)) for char in letters)


def holds_number(text: str, number: str) -> bool:
    digits = "".join(char for char in plain(text) if char.isdigit())
    return number[-8:] in digits


ALPHABET = "abcñéXYZ ß0159-_/.'\"%\\&;u李•"
values = st.text(ALPHABET, min_size=3, max_size=12).filter(lambda text: len(plain(text)) > 2)
noise = st.text(ALPHABET, max_size=12)
SEPARATORS = ["", " ", "-", "/", "–", "‑", "_", "\u200b", "\u00a0", " - ", ".", "\u2066", ") ("]
DIGITS = ["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"]


@st.composite
def written(draw: st.DrawFn, text: str) -> str:
    """Write a text in one of the many ways."""
    way = draw(st.integers(0, 7))
    if way == 1:
        text = text.upper()
    elif way == 2:
        text = unicodedata.normalize("NFKD", text)
    elif way == 3:
        text = json.dumps(text)
    elif way == 4:
        text = quote(text)
    elif way == 5:
        text = "\u200b".join(text)
    elif way == 6:
        text = text.replace(" ", draw(st.sampled_from(["_", "  ", "\u00a0", "+"])))
    elif way == 7:
        text = json.dumps(json.dumps(text))
    return text


@st.composite
def spelled(draw: st.DrawFn, number: str) -> str:
    """Spell a number with any digits and anything between them."""
    script = draw(st.sampled_from(DIGITS))
    digits = [script[int(each)] for each in draw(st.sampled_from([number, number[3:]]))]
    between = draw(st.lists(st.sampled_from(SEPARATORS), min_size=11, max_size=11))
    tail = draw(st.sampled_from(["", "9", ".0", "/12", " x3"]))
    return "".join(a + b for a, b in zip(digits, between, strict=False)) + tail


@st.composite
def echoes(draw: st.DrawFn) -> tuple[Send, str]:
    """Make a send, and a text of Atom's that repeats all of it somehow."""
    number = "507" + draw(st.text("0123456789", min_size=8, max_size=8))
    secrets = draw(st.lists(values, min_size=1, max_size=3))
    name = draw(values)
    params = tuple((f"P{n}", each) for n, each in enumerate(secrets))
    send = make_send(phone=number, client_name=name, group="", params=params)
    pieces = [draw(written(each)) for each in (*secrets, name)] + [draw(spelled(number))]
    text = ""
    for piece in draw(st.permutations(pieces)):
        text += draw(noise) + draw(st.sampled_from([" ", "'", ": "])) + piece + " "
    return send, text


@settings(max_examples=3 * settings().max_examples)
@given(echoes())
@example((make_send(phone=PHONE, client_name="4567", params=()), "0 6123 • 50761234567 de 4567"))
def test_no_value_name_or_number_is_left_in_the_text(case: tuple[Send, str]) -> None:
    send, text = case

    said = masked(text, send)

    # The four digits of the mask are on every card; far from others they make no number.
    assert not holds_number(said.replace(send.masked_phone, MASK), send.request.phone)
    for private in (send.request.client_name, *(value for _, value in send.request.params)):
        assert plain(private) not in plain(said)
        assert private not in said


@pytest.mark.parametrize("piece", ["5", "50761234567", "&#", "%35", "\\u0035", "a", "Rosa ", "•"])
def test_hostile_words_are_hidden_at_once(piece: str) -> None:
    began = time.process_time()

    masked((piece * SAID_LIMIT)[:SAID_LIMIT], SEND)

    assert time.process_time() - began < 0.5
