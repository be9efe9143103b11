"""Which numbers of a message are found, whole, and in which order they are offered."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.phones import in_text
from bot.phones.in_text import Found
from tests.unit.phones.examples import anything, regions


def typed(text: str, region: str | None = "PA") -> list[str]:
    return [found.typed for found in in_text.find(text, region)]


def reached(text: str, region: str | None = "PA") -> list[list[str]]:
    """Say whom the numbers found would reach."""
    found = in_text.find(text, region)
    return [[phone.digits for phone in each.readings] for each in found]


ALONE = [
    ("Llamar a Rosa <tel:+50761234567|+507 6123-4567>", None, "+507 6123-4567"),
    ("<tel:+50761234567|Rosa>", None, "+50761234567"),
    ("<tel:911|911> 6123-4567", "PA", "6123-4567"),
    ("Rosa: +507 6123-4567, gracias", None, "+507 6123-4567"),
    ("Rosa (507) 6123-4567.", None, "(507) 6123-4567"),
    ("Tel:50761234567", None, "50761234567"),
    ("00507 6123 4567", None, "+507 6123 4567"),
    ("&lt;+50761234567&gt;", None, "+50761234567"),
    ("(11) 96123-4567 quiere cita", "BR", "(11) 96123-4567"),
    ("debe 2.001.234, tel 6123-4567", "PA", "6123-4567"),
    ("$61234567 a 6123-4567", "PA", "6123-4567"),
    ("el 22/05/2024 a las 08:00 llame al 6123-4567", "PA", "6123-4567"),
    ("2024-05-22 10:30 6123-4567", "PA", "6123-4567"),
    ("ts 1716400000.123456, 50761234567", None, "50761234567"),
    ("<@U61234567> <#C61234567|a> 6123-4567", "PA", "6123-4567"),
    ("<https://example.com/61234567|61234567> 6123-4567", "PA", "6123-4567"),
    ("<mailto:r61234567@example.com|r> 6123-4567", "PA", "6123-4567"),
    ("cliente 50755667788", "PA", "50755667788"),
    ("+507 5566-7788", None, "+507 5566-7788"),
    ("2 6123-4567", "PA", "6123-4567"),
    ("6123-4567, *6123-4567*", "PA", "6123-4567"),
    (":telephone_receiver: 6123-4567 :100:", "PA", "6123-4567"),
    ("cel 6123-456", "PA", "6123-456"),  # the form says what is wrong
    ("cel. 6123-4567 ext. 12", "PA", "6123-4567 ext. 12"),
]


@pytest.mark.parametrize(("text", "region", "number"), ALONE)
def test_the_number_of_a_message_is_found(text: str, region: str | None, number: str) -> None:
    assert typed(text, region) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hola, ¿cómo está?",
        "Son $1,234,567.89 el 22/05/2024 a las 08:00",
        "ts 1716400000.123456, 1716400000123",
        "cliente 50755667788",
        "<https://example.com/50761234567>",
        "<@U50761234567>",
        "v1.50761234567 50761234567kg id=50761234567 50761234567,25 5,50761234567",
        "https://wa.me/message/ABCDEF123456",
    ],
)
def test_a_message_without_a_number_has_none(text: str) -> None:
    assert typed(text, None) == []


# What stands in front of a number with a + is never cut off: the whole number, or nothing.
WHOLE = [
    "+507\u202f6123-4567", "+507\u200e6123-4567", "+507\t6123-4567", "+507 • 6123-4567",
    "+507 (cel) 6123-4567", "(+507) tel: 6123-4567", "+507\n6123-4567", "*+507* 6123-4567",
    "+507 :iphone: 6123-4567", "+507 <tel:61234567|6123-4567>", "+507 (Panamá) 6123-4567",
    "00507 (cel) 6123-4567", "+ 507 6123 4567", "＋507｜6123-4567", "+507, 6123-4567",  # noqa: RUF001
    "+507_6123-4567_", "+507 - cel. - 6123-4567", "+507 | WhatsApp | 6123-4567",
    "+507 \u2800\u3164 6123-4567", "+507 → 6123-4567", "+507 6123\u20604567", "`+507` `6123-4567`",
]  # fmt: skip


@pytest.mark.parametrize("text", WHOLE)
@pytest.mark.parametrize("region", ["CR", "PA", None])
def test_a_typed_country_code_is_never_cut_off(text: str, region: str | None) -> None:
    assert reached(f"Rosa: {text} gracias", region) == [["50761234567"]]


@pytest.mark.parametrize(
    "text",
    ["+507 cel 6123-456", "+1 (cel) 6123-4567", "+999 tel: 6123-4567", "+507 (cel) 6123-4567-8901"],
)
def test_what_is_no_number_with_its_code_is_none_without_it(text: str) -> None:
    found = [digits for each in reached(text, "CR") for digits in each]

    assert "50661234567" not in found


def test_a_plus_that_is_no_country_code_is_nobodys() -> None:
    assert reached(":+1: 6123-4567", "CR") == [["50661234567"]]
    assert reached("+1 persona, 6123-4567", "CR") == [["50661234567"]]


def test_a_code_without_a_plus_is_offered_with_its_number_and_without() -> None:
    assert reached("507 (cel) 6123-4567", "CR") == [["50661234567"], ["50761234567"]]


# What follows the name of another thing that has a number is no phone; what follows a phone's is.
NUMBERED = [
    ("Nro. de póliza: 61234568 / cel: 61234567", "PA", "61234567"),
    ("CI 0991234568 cel 0991234567", "EC", "0991234567"),
    ("Folio 2221234568, tel 222 123 4567", "MX", "222 123 4567"),
    ("CPF 123.456.789-09, cel 11 96123-4567", "BR", "11 96123-4567"),
    ("Pedido 61234568, WhatsApp 6123-4567", "PA", "6123-4567"),
    ("*Póliza:*\n61234568\n*Teléfono:*\n61234567", "PA", "61234567"),
    ("Factura N° 61234568; móvil: 61234567", "PA", "61234567"),
    ("cédula 8-123-4568 6123-4567", "PA", "6123-4567"),
    ("C.C. 3211234568 / celular 3211234567", "CO", "3211234567"),
    ("NIT: 321123456-8 fono 3211234567", "CO", "3211234567"),
    ("RUC 0991234568001, 0991234567", "EC", "0991234567"),
    ("DNI nro 91234568 - 912345678", "PE", "912345678"),
    ("contrato del cliente 61234568, phone 61234567", "PA", "61234567"),
    ("Ticket #61234568 para 61234567", "PA", "61234567"),
    ("caso:61234568 tel:61234567", "PA", "61234567"),
    ("expediente_61234568 61234567", "PA", "61234567"),
    ("Órden 61234568\ntel\n61234567", "PA", "61234567"),
    ("Apólice nº 11961234568 fone 11961234567", "BR", "11961234567"),
    ("guía 61234568, ref. 61234569, código: 61234560, 61234567", "PA", "61234567"),
    ("total 61234568 / celular 61234567", "PA", "61234567"),
]


@pytest.mark.parametrize(("text", "region", "number"), NUMBERED)
def test_another_things_number_is_none(text: str, region: str, number: str) -> None:
    assert typed(text, region) == [number]


@pytest.mark.parametrize(
    "thing",
    ["póliza", "Folio", "C.C.", "CC", "cédula", "CI", "CPF", "RUC", "NIT", "DNI", "contrato", "ticket",
     "caso", "factura", "orden", "expediente", "pedido", "Nro. de póliza", "Póliza número", "ID:"],
)  # fmt: skip
def test_another_things_number_alone_is_none_either(thing: str) -> None:
    assert typed(f"{thing} 61234567") == []


# A link, then what is called a phone, then a +, then the rest; all of them are offered.
SEVERAL = [
    ("Llamar a Luis 6123 4567, oficina +507 223-1234", ["+507 223-1234", "6123 4567"]),
    ("6123-4567, cel 6123-4568", ["6123-4568", "6123-4567"]),
    ("+573211234567 o <tel:+50761234567>", ["+50761234567", "+573211234567"]),
    ("+507 6123-4567 y +57 321 1234567", ["+507 6123-4567", "+57 321 1234567"]),
    ("6123-4567 / 6123-4568", ["6123-4567", "6123-4568"]),
    ("6123-4567 223-1234", ["6123-4567", "223-1234"]),
    ("casa 223-1234\ncel 6123-4567", ["6123-4567", "223-1234"]),
    ("+507 6123-4567 <https://wa.me/50761234568>", ["+50761234568", "+507 6123-4567"]),
    ("<tel:+50761234567> <tel:+50761234568>", ["+50761234567", "+50761234568"]),
    ("cel 6123-456, oficina 223-1234", ["6123-456", "223-1234"]),
]


@pytest.mark.parametrize(("text", "numbers"), SEVERAL)
def test_all_that_may_be_meant_are_found_the_likeliest_first(text: str, numbers: list[str]) -> None:
    assert typed(text) == numbers


def test_what_stood_before_a_number_comes_with_it() -> None:
    found = in_text.find("Llamar a *Luis*: 6123 4567, oficina +507 223-1234", "PA")

    assert [each.before for each in found] == ["oficina", "Llamar a Luis"]


def test_the_same_number_twice_is_one() -> None:
    found = in_text.find("321 123 4567 o +57 321 1234567 o wa.me/573211234567", "CO")

    assert [each.typed for each in found] == ["+573211234567"]


# A link's target is the number.
LINKS = [
    ("<tel:+50661234567|6123-4567>", "50661234567"),
    ("<https://wa.me/50661234567>", "50661234567"),
    ("<https://wa.me/50661234567?text=Hola|6123-4567>", "50661234567"),
    ("https://wa.me/50661234567?text=Llama%206123-4567", "50661234567"),
    ("<https://api.whatsapp.com/send?phone=50661234567|Escríbeme>", "50661234567"),
    ("<https://api.whatsapp.com/send?phone=50661234567&amp;text=hola|6123-4567>", "50661234567"),
    ("whatsapp://send?phone=50661234567", "50661234567"),
    ("&lt;tel:+50661234567|6123-4567&gt;", "50661234567"),
    ("<tel:50661234567|cel 6123-4567>", "50661234567"),
]


@pytest.mark.parametrize(("text", "digits"), LINKS)
def test_a_link_is_found_for_where_it_leads(text: str, digits: str) -> None:
    assert reached(text) == [[digits]]


@given(st.one_of(st.text(), st.text(alphabet="0123456789+-() <>tel:|#$.,\n/"), anything), regions)
def test_searching_any_text_ends_well(text: str, region: str | None) -> None:
    for found in in_text.find(text, region):
        assert isinstance(found, Found)
        assert any(char.isdecimal() for char in found.typed)


@pytest.mark.parametrize(
    "piece", ["+507 tel. ", "6123-4567 ", "12 ", "(", "+", "tel. ", "61234567/", "<tel:", ":a", "."]
)
def test_the_longest_message_is_searched_within_a_second(piece: str) -> None:
    text = (piece * 40_000)[:40_000]
    before = time.process_time()

    in_text.find(text, "PA")

    assert time.process_time() - before < 1
