"""Which words of a command are the phone number: a number among them never joins it."""

import pytest

from bot.send_draft import NumberRules
from bot.slack.send_form import command_parser

# A word is a phone by itself, or joined with words that make one valid number of the country or
# begin with + or 00; the rest is left over.
READ = [
    ("aviso 3/3 912345678", "PE", "912345678", ("3/3",)),
    ("aviso 5/1 991234567", "EC", "991234567", ("5/1",)),
    ("aviso 4/5 6123-4567", "PA", "6123-4567", ("4/5",)),
    ("aviso 25.50 6123-4567", "PA", "6123-4567", ("25.50",)),
    ("aviso 6123-4567,", "PA", "6123-4567,", ()),
    ("aviso (6123-4567)", "PA", "(6123-4567)", ()),
    ("aviso 45 6123-4567", "PA", "6123-4567", ("45",)),
    ("aviso 6123 4567 45", "PA", "6123 4567", ("45",)),
    ("6123-4567 2/3 aviso", "PA", "6123-4567", ("2/3",)),
    ("aviso 10 321 123 45 67 3", "CO", "321 123 45 67", ("10", "3")),
    ("aviso 1.000 (11) 96123-4567", "BR", "(11) 96123-4567", ("1.000",)),
    ("aviso 2026 222 123 4567", "MX", "222 123 4567", ("2026",)),
    ("aviso 3 +507 6123-4567 4", "CR", "+507 6123-4567", ("3", "4")),
    ("aviso 00507 6123 4567 4", "CR", "00507 6123 4567", ("4",)),
    ("aviso +57 321 123 4567 3/5", "PA", "+57 321 123 4567", ("3/5",)),
    ("aviso 20260505 para 6123-4567", "PA", "6123-4567", ("20260505", "para")),
    ("aviso 50 (6123-4567), 12", "PA", "(6123-4567),", ("50", "12")),
    ("aviso cel: 6123-4567 2", "PA", "cel: 6123-4567", ("2",)),
    ("aviso 9 11 2345 6789", "AR", "9 11 2345 6789", ()),
    ("aviso 573211234567", "PA", "573211234567", ()),
    ("aviso 6123-456 2", "PA", "6123-456", ("2",)),  # the form says what is wrong
    ("aviso 3/3 912345678", None, "912345678", ("3/3",)),
    ("aviso 5566 7788", "PA", "5566 7788", ()),
    ("aviso 5", "PA", "", ("5",)),
    ("aviso 6123-4567 6123-4568", "PA", "6123-4567", ("6123-4568",)),
    ("aviso 6123\u200b-4567\u3164", "PA", "6123-4567", ()),
    ("aviso <tel:+50661234567|6123-4567>", "PA", "+50661234567", ()),
    ("aviso wa.me/50661234567?text=Hola 2", "PA", "+50661234567", ("2",)),
    ("aviso <https://api.whatsapp.com/send?phone=50661234567|Escríbeme>", "PA", "+50661234567", ()),
    ("aviso whatsapp://send?phone=50661234567", "PA", "+50661234567", ()),
]


@pytest.mark.parametrize(("text", "region", "phone", "unread"), READ)
def test_a_number_word_joins_no_phone(
    text: str, region: str | None, phone: str, unread: tuple[str, ...]
) -> None:
    words = command_parser.read(text, NumberRules(region))

    assert (words.phone, words.unread) == (phone, unread)


# Where it may be two numbers, or another country's that no + says, all of it is left over.
LEFT_OVER = [
    ("1 201 555 0123", "PA"),
    ("57 321 1234567", "PA"),
    ("+43 1 234567 5", "PA"),
    ("34 612 34 56 78", None),
]


@pytest.mark.parametrize(("text", "region"), LEFT_OVER)
def test_what_may_be_two_numbers_is_left_over(text: str, region: str | None) -> None:
    words = command_parser.read(f"aviso {text}", NumberRules(region))

    assert (words.phone, words.unread) == ("", tuple(text.split()))


def test_what_can_be_no_number_is_shown_in_its_field() -> None:
    words = command_parser.read("aviso 5123 4567 4123", NumberRules("GT"))

    assert (words.phone, words.unread) == ("5123 4567 4123", ())


# Whatever quotes hold a value, and whatever spaces stand round the "=".
VALUES = [
    "client=«Ana María»", "client=»Ana María«", "client=„Ana María“", "client=„Ana María”",
    "client=‹Ana María›", "client=「Ana María」", "client=『Ana María』", "client=‚Ana María‘",  # noqa: RUF001
    'client = "Ana María"', 'client= "Ana María"', 'client ="Ana María"', "client = «Ana María»",
    '"client" = "Ana María"', "client  =  'Ana María'", "CLIENTE = “Ana María”", "cliente=«Ana María",
]  # fmt: skip


@pytest.mark.parametrize("text", VALUES)
def test_a_value_is_held_by_any_quotes(text: str) -> None:
    words = command_parser.read(f"aviso {text.removesuffix('…')}", NumberRules("PA"))

    assert (words.client_name, words.template, words.unread) == ("Ana María", "aviso", ())


@pytest.mark.parametrize(
    "text",
    ["client=Ana group=Ventas assign=yes", "cliente=Ana grupo=Ventas asignar=sí",
     "Cliente = Ana Grupo = Ventas Atribuir = sim", "cliente=Ana group=Ventas atribuir=si"],
)  # fmt: skip
def test_the_fields_are_called_so_in_every_language(text: str) -> None:
    words = command_parser.read(f"6123-4567 {text}", NumberRules("PA"))

    assert (words.client_name, words.group, words.assign) == ("Ana", "Ventas", True)
    assert (words.phone, words.params, words.unread) == ("6123-4567", (), ())


def test_spaces_round_the_sign_join_no_two_pairs() -> None:
    words = command_parser.read("x= y=2 z = 3 =w", NumberRules("PA"))

    assert words.params == (("x", ""), ("y", "2"), ("z", "3"))
    assert words.unread == ("=w",)
